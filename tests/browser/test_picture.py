"""A picture of digits: outlined, read, put right, and added to the visitor's own test set."""

import http.server
import io
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from mnistlab.store import RunStore
from tests.browser.chromium import FLAGS
from tests.browser.conftest import LAPTOP, Server, Visit, open_link, read_query, settle, upload
from tests.factories import SECONDS
from tests.photos import photograph

PHOTO = ".st-key-digit_photo svg"
CHOSEN = f"{PHOTO} g.chosen"


def choose(page: Page, content: bytes) -> None:
    """Upload a picture, and wait until it is looked through."""
    upload(page, ".st-key-picture", content)
    page.wait_for_selector(f"{PHOTO} image")
    settle(page)


@pytest.fixture
def page(server: Server, visit_anew: Visit) -> Page:
    page = visit_anew(server.link("draw"))
    page.click("button:has-text('Picture')")
    page.wait_for_selector(".st-key-picture input[type=file]", state="attached")
    settle(page)
    return page


def test_one_digit_is_outlined_read_and_added(page: Page, store: RunStore) -> None:
    choose(page, photograph(3))
    page.wait_for_selector("[data-prediction='3']")
    assert (page.get_attribute(CHOSEN, "aria-label") or "").startswith("Read as 3, ")
    outline, photo = page.locator(f"{CHOSEN} .outline"), page.locator(PHOTO)
    inner, outer = outline.bounding_box(), photo.bounding_box()
    assert inner is not None
    assert outer is not None
    assert 0.3 < inner["height"] / outer["height"] < 0.9
    page.click(".st-key-label_3 button")
    page.wait_for_selector("text=Added 1 to My handwriting")
    [entry] = store.handwriting.entries(read_query(page, "lab"))
    assert entry.label == 3
    assert page.locator(".st-key-label_3 button").is_disabled()


def test_what_stands_beside_the_digit_is_cropped_away_or_left_out(page: Page) -> None:
    choose(page, photograph(7, blot=True))
    box = page.locator(PHOTO).bounding_box()
    assert box is not None
    page.click("button:has-text('Crop')")
    # The left half of the picture, which is twice as wide as it is high.
    page.mouse.move(box["x"] + 2, box["y"] + box["height"] * 0.15)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.9, steps=5)
    page.mouse.up()
    page.wait_for_selector(f"{PHOTO} .outside")
    page.wait_for_selector("[data-prediction='7']")
    page.click("button:has-text('Start over')")
    page.wait_for_selector(f"{PHOTO} .outside", state="detached")
    page.wait_for_selector(CHOSEN)


def test_a_turned_picture_is_turned_back(page: Page) -> None:
    turned = Image.open(io.BytesIO(photograph(4))).rotate(90, expand=True)
    file = io.BytesIO()
    turned.save(file, "PNG")
    choose(page, file.getvalue())
    page.click("button:has-text('Turn')")
    page.wait_for_selector("[data-prediction='4']")


def test_several_digits_are_read_put_right_and_added(page: Page, store: RunStore) -> None:
    page.click("button:has-text('Several')")
    settle(page)
    choose(page, photograph(1, 4, 7, 2))
    marks = page.locator(f"{PHOTO} g text")
    page.wait_for_selector(f"{PHOTO} g >> nth=3")
    assert marks.all_text_contents() == ["1", "4", "7?", "2"]
    page.locator(f"{PHOTO} g").nth(3).press("Enter")
    page.wait_for_selector("[data-prediction='2']")
    listed = page.locator(".st-key-digit_photo .list button")
    assert listed.all_text_contents() == ["1", "4", "7?", "2"]
    listed.nth(2).click()
    page.wait_for_selector("[data-prediction='7']")
    page.click(".st-key-label_9 button")  # which its writer meant
    page.wait_for_selector("text=Added 1 to My handwriting")
    page.wait_for_selector(".list button >> text=9 ✓")
    page.click("button:has-text('Add 3 digits as read')")
    page.wait_for_selector("text=Added 4 to My handwriting")
    labels = [entry.label for entry in store.handwriting.entries(read_query(page, "lab"))]
    assert sorted(labels) == [1, 2, 4, 9]


@pytest.fixture
def other_site(server: Server, tmp_path: Path) -> Iterator[str]:
    """A site that shows the dashboard's Draw page in a frame."""
    link = server.link("draw")
    (tmp_path / "index.html").write_text(f"<iframe src='{link}' width=1200 height=800></iframe>")

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(tmp_path))  # type: ignore[arg-type]

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield f"http://localhost:{site.server_port}/"
        site.shutdown()


def test_in_a_frame_of_another_site_a_link_leads_to_a_tab_of_its_own(
    browser: Browser, other_site: str
) -> None:
    with closing(browser.new_context()) as context:
        page = context.new_page()
        page.set_default_timeout(SECONDS * 1000)
        page.goto(other_site)
        frame = page.frame_locator("iframe")
        frame.locator("button:has-text('Picture')").click()
        with context.expect_page() as opened:
            frame.locator("text=Open it in a tab of its own").click()
        tab = opened.value
        tab.wait_for_selector("h1:has-text('Draw')")
        assert tab.evaluate("window.self === window.top")
        tab.click("button:has-text('Picture')")
        settle(tab)
        assert not tab.locator("text=Open it in a tab of its own").is_visible()


def test_a_photo_is_taken_with_the_devices_camera(
    browser: Browser, chromium: str | None, server: Server
) -> None:
    camera = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    with closing(
        browser.browser_type.launch(executable_path=chromium, args=[*FLAGS, *camera])
    ) as own:
        page = open_link(own.new_page(), server.link("draw"))
        page.click("button:has-text('Picture')")
        settle(page)
        page.click('label:has-text("Use this device\'s camera")')
        take = "[data-testid=stCameraInputButton]:enabled:has-text('Take Photo')"
        for _ in range(2):
            # Streamlit's button can be pressed before there is anything to take.
            page.wait_for_function("document.querySelector('video')?.readyState >= 2")
            button = page.locator(take).bounding_box()
            assert button is not None
            assert button["y"] + button["height"] <= LAPTOP["height"]
            page.click(take)
            page.wait_for_selector(f"{PHOTO} image")
            page.click("button:has-text('Take another')")
            page.wait_for_selector(f"{PHOTO} image", state="detached")
