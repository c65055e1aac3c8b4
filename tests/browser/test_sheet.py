"""A form is downloaded, filled in, photographed, and its digits added, in a real browser."""

from pathlib import Path

import pypdfium2
from playwright.sync_api import Page

from tests.browser.conftest import Server, Visit, settle, upload
from tests.browser.drawing import open_pad
from tests.forms import photograph_form


def test_a_sheet_is_downloaded_filled_in_and_added(
    server: Server, visit: Visit, reader: str, tmp_path: Path
) -> None:
    page = visit(server.link("draw"))
    open_pad(page)
    page.click("text=Fill in a sheet")
    assert _pages(_download(page, tmp_path)) == 1

    upload(page, "[data-testid=stExpander]", photograph_form())
    page.wait_for_selector("text=in 100 boxes")
    settle(page)
    page.click(".st-key-add_sheet >> text=Add 30 digits")
    page.wait_for_selector("text=Added 30 digits to My handwriting")
    page.wait_for_selector("tr[data-run] >> text=of 30")


def _download(page: Page, folder: Path) -> Path:
    with page.expect_download() as download:
        page.click(".st-key-sheet_form_A4 button")
    download.value.save_as(folder / "form.pdf")
    return folder / "form.pdf"


def _pages(file: Path) -> int:
    with pypdfium2.PdfDocument(file) as document:
        return len(document)
