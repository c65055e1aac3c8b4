"""The drawing pad, by mouse and by fingers."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page

from mnistlab.store import RunStore
from tests.browser.conftest import Server, Visit, read_query, settle
from tests.browser.drawing import PAD, clear, follow, measure, open_pad
from tests.factories import wait_until

DOWN: list[tuple[float, float]] = [(140, 40), (138, 140), (136, 240)]
ACROSS: list[tuple[float, float]] = [(60, 140), (220, 140)]


@pytest.fixture
def page(server: Server, visit: Visit, reader: str) -> Page:
    page = visit(f"{server.url}/draw?{reader}")
    open_pad(page)
    return page


def kept(store: RunStore, page: Page) -> list[Any]:
    """Return the strokes as the server keeps them."""
    drawing = json.loads(store.drawing(read_query(page, "lab")) or '{"objects": []}')
    strokes: list[Any] = drawing["objects"]
    return strokes


def wait_for_strokes(store: RunStore, page: Page, count: int) -> list[Any]:
    wait_until(lambda: len(kept(store, page)) == count, f"{count} strokes")
    return kept(store, page)


def test_strokes_have_the_pads_own_coordinates_at_any_size(page: Page, store: RunStore) -> None:
    for count, width in enumerate((1280, 390), start=1):
        page.set_viewport_size({"width": width, "height": 844})
        open_pad(page)
        follow(page, DOWN)
        path = wait_for_strokes(store, page, count)[-1]["path"]
        assert path[0][1:] == pytest.approx(DOWN[0], abs=1)
        assert path[-1][1:] == pytest.approx(DOWN[-1], abs=1)
    clear(page)


def test_two_strokes_one_right_after_the_other_are_both_kept(page: Page, store: RunStore) -> None:
    follow(page, DOWN)
    page.wait_for_timeout(60)
    follow(page, ACROSS)
    wait_for_strokes(store, page, 2)
    settle(page)
    assert page.locator(f"{PAD} path").count() == 2
    clear(page)


def test_a_stroke_goes_on_beyond_the_edge(page: Page, store: RunStore) -> None:
    follow(page, [(140, 140), (140, 320), (200, 320), (200, 140)])
    [stroke] = wait_for_strokes(store, page, 1)
    assert stroke["path"][-1][1:] == pytest.approx((200, 140), abs=1)
    clear(page)


def test_undo_takes_the_last_stroke_and_the_brush_is_as_wide_as_was_set(
    page: Page, store: RunStore
) -> None:
    page.locator(".st-key-canvas input").fill("12")
    follow(page, DOWN)
    page.locator(".st-key-canvas input").fill("20")
    follow(page, ACROSS)
    assert [stroke["strokeWidth"] for stroke in wait_for_strokes(store, page, 2)] == [12, 20]
    page.click(".st-key-canvas .undo")
    assert [stroke["strokeWidth"] for stroke in wait_for_strokes(store, page, 1)] == [12]
    clear(page)


def test_a_labelled_digit_stays_until_the_next_one_is_begun(page: Page, store: RunStore) -> None:
    follow(page, DOWN)
    page.click(".st-key-label_1 button:enabled")
    page.wait_for_selector("text=Right: added to My handwriting")
    assert page.locator(f"{PAD} path").count() == 1
    assert page.get_attribute("[data-prediction]", "data-prediction") == "1"
    follow(page, ACROSS)
    [stroke] = wait_for_strokes(store, page, 1)
    assert stroke["path"][0][1:] == pytest.approx(ACROSS[0], abs=1)
    page.wait_for_selector("text=Right: added to My handwriting", state="detached")
    store.handwriting.delete_all(read_query(page, "lab"))
    clear(page)


def test_a_digit_begun_before_the_answer_to_a_label_is_one_of_its_own(
    page: Page, store: RunStore
) -> None:
    follow(page, DOWN)
    page.wait_for_selector(".st-key-label_1 button:enabled")
    settle(page)
    box = measure(page)
    page.click(".st-key-label_1 button:enabled", no_wait_after=True)
    page.mouse.move(box["x"] + 50, box["y"] + 50)
    page.mouse.down()
    page.wait_for_selector("text=Right: added to My handwriting")
    page.mouse.move(box["x"] + 200, box["y"] + 50, steps=5)
    page.mouse.up()
    wait_for_strokes(store, page, 1)
    assert page.locator(f"{PAD} path").count() == 1
    store.handwriting.delete_all(read_query(page, "lab"))
    clear(page)


class TestAFinger:
    """On a phone's screen, whose pixels are smaller than the page's."""

    @pytest.fixture
    def phone(self, browser: Browser, server: Server, reader: str) -> Any:
        context = browser.new_context(
            viewport={"width": 390, "height": 844}, device_scale_factor=3, has_touch=True
        )
        page = context.new_page()
        page.goto(f"{server.url}/draw?{reader}")
        open_pad(page)
        yield page
        context.close()

    def test_draws_and_scrolls_nothing(self, phone: Page, store: RunStore) -> None:
        fingers, box = phone.context.new_cdp_session(phone), measure(phone)
        touch(fingers, "touchStart", (box["x"] + 150, box["y"] + 50))
        for down in range(60, 300, 20):
            touch(fingers, "touchMove", (box["x"] + 150, box["y"] + down))
        touch(fingers, "touchEnd")
        [stroke] = wait_for_strokes(store, phone, 1)
        assert stroke["path"][-1][2] == pytest.approx(280 * 280 / box["width"], abs=2)
        assert measure(phone)["y"] == box["y"]
        clear(phone)

    def test_is_not_disturbed_by_a_second_one(self, phone: Page, store: RunStore) -> None:
        fingers, box = phone.context.new_cdp_session(phone), measure(phone)
        first, second = (box["x"] + 100, box["y"] + 100), (box["x"] + 300, box["y"] + 300)
        touch(fingers, "touchStart", first)
        touch(fingers, "touchStart", first, second)
        touch(fingers, "touchMove", (first[0], first[1] + 80), (second[0], second[1] - 150))
        touch(fingers, "touchMove", (first[0], first[1] + 160), second)
        touch(fingers, "touchEnd")
        [stroke] = wait_for_strokes(store, phone, 1)
        x, y = stroke["path"][-1][1:]
        scale = 280 / box["width"]
        assert (x, y) == pytest.approx((100 * scale, 260 * scale), abs=2)
        clear(phone)


def touch(fingers: CDPSession, kind: str, *places: tuple[float, float]) -> None:
    points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
    fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
