"""A student's own test set, by real pen strokes and real files."""

from pathlib import Path

import numpy as np
from playwright.sync_api import Page

from mnistlab.core.drawing.handwriting import LabelledDrawing
from mnistlab.store import RunStore
from tests.browser.conftest import Server, Visit, open_popover, read_query, settle
from tests.browser.drawing import PLACES, clear, draw, open_pad
from tests.factories import DIGITS, stroke


def test_two_digits_are_drawn_labelled_inspected_exported_deleted_and_imported(
    server: Server, visit: Visit, reader: str, tmp_path: Path, store: RunStore
) -> None:
    page = _open_in_a_new_lab(server, visit, reader)
    _draw_and_label(page, 3, label=3)
    page.wait_for_selector("text=now 1 digit")
    _draw_and_label(page, 4, label=9)  # which it is not: a mistake to find
    page.wait_for_selector("text=Predicted 4, added as a 9, now 2 digits")

    page.click("header >> text=Mistakes")
    page.click(".st-key-mistakes_of >> text=My handwriting")
    page.wait_for_selector("text=in 2 digits of your handwriting")
    page.wait_for_selector("text=1 mistake")
    settle(page)
    page.click(".st-key-digit_grid button >> nth=0")
    page.wait_for_selector("[role=dialog] >> text=Digit 2 of your handwriting")
    page.keyboard.press("Escape")

    page.click("header >> text=Draw")
    page.wait_for_selector(".st-key-export_handwriting")
    file = _export(page, tmp_path)
    with np.load(file, allow_pickle=False) as kept:
        assert kept["labels"].tolist() == [3, 9]
        assert kept["digit_start"].tolist() == [0, 1, 3]  # a 4 has two strokes
        assert kept["points"].max() <= 280

    open_popover(page, ".st-key-ask_delete_handwriting button")
    page.click(".st-key-delete_handwriting button")
    page.wait_for_selector("text=Your handwriting is deleted")
    page.wait_for_selector(".st-key-export_handwriting", state="detached")

    open_popover(page, ".st-key-import_handwriting button")
    page.set_input_files("[data-testid=stPopoverBody] input[type=file]", file)
    page.wait_for_selector("text=Added 2 digits to My handwriting")

    lines = ([(40 + 2 * x, 40 + 2 * y) for x, y in line] for line in DIGITS[3])
    three = LabelledDrawing(3, tuple(stroke(*line) for line in lines))
    store.handwriting.add(read_query(page, "lab"), [three] * 8)
    page.reload()
    page.wait_for_selector("tr[data-run] >> text=9 of 10")


def test_a_digit_is_relabelled_and_another_deleted_in_a_closer_look(
    server: Server, visit: Visit, reader: str
) -> None:
    page = _open_in_a_new_lab(server, visit, reader)
    _draw_and_label(page, 3, label=8)
    _draw_and_label(page, 7, label=1)
    page.click("header >> text=Mistakes")
    page.click(".st-key-mistakes_of >> text=My handwriting")
    page.wait_for_selector("text=2 mistakes")

    _look_closer(page)
    page.click("[role=dialog] [class*=st-key-relabel_] input")
    page.click("[role=option] >> text=3" if _is_a_three(page) else "[role=option] >> text=7")
    page.wait_for_selector("[role=dialog]", state="detached")
    page.wait_for_selector("text=1 mistake")

    _look_closer(page)
    page.click("[role=dialog] .st-key-delete_own_digit button")
    page.wait_for_selector("[role=dialog]", state="detached")
    page.wait_for_selector("text=0 mistakes")
    page.wait_for_selector("text=in 1 digit of your handwriting")


def test_the_last_digit_can_be_taken_back_and_is_on_the_pad_again(
    server: Server, visit: Visit, reader: str
) -> None:
    page = _open_in_a_new_lab(server, visit, reader)
    _draw_and_label(page, 7, label=1)
    page.click(".st-key-take_back button")
    page.wait_for_selector("[data-prediction='7']")
    page.wait_for_selector("text=no network has trained on them")
    clear(page)


def _look_closer(page: Page) -> None:
    settle(page)
    page.click(".st-key-digit_grid button >> nth=0")
    page.wait_for_selector("[role=dialog] .lab-bars")
    settle(page)


def _is_a_three(page: Page) -> bool:
    return page.locator("[role=dialog] >> text=Digit 1 of").is_visible()


def _open_in_a_new_lab(server: Server, visit: Visit, reader: str) -> Page:
    """Open the Draw page as somebody does whom only the run was shared with."""
    page = visit(server.link("draw"))
    open_pad(page)
    return page


def _draw_and_label(page: Page, digit: int, label: int) -> None:
    draw(page, digit, *PLACES["large in the middle"])
    settle(page)  # the note on the digit before is gone
    page.click(f".st-key-label_{label} button:enabled")
    page.wait_for_selector(".st-key-take_back button")


def _export(page: Page, folder: Path) -> Path:
    settle(page)
    with page.expect_download() as download:
        page.click(".st-key-export_handwriting button")
    assert download.value.suggested_filename == "my-handwriting.npz"
    download.value.save_as(folder / "my-handwriting.npz")
    return folder / "my-handwriting.npz"
