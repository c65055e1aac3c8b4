"""Each page in a browser: as a first request, and as it is used."""

import random
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from mnistlab.core.analysis.predictions import PredictedDigits
from mnistlab.store import open_store
from mnistlab.ui.navigation import PAGES
from tests.browser.conftest import NO_CLUSTER, PROJECT, Server, Visit, read_query, serve, settle
from tests.browser.drawing import PLACES, clear, draw, open_pad
from tests.factories import DIGITS, SECONDS

FIRST_SIGN = {
    "train": ".st-key-train",
    "compare": "text=first",
    "experiments": ".st-key-open_luck",
    "mistakes": ".st-key-confusion_matrix",
    "draw": ".st-key-pad",
    "rate": ".st-key-start_range_test",
}


@pytest.mark.parametrize("page_name", [page.name for page in PAGES])
def test_a_page_may_be_the_very_first_request(page_name: str, visit: Visit, tmp_path: Path) -> None:
    with serve(tmp_path, NO_CLUSTER) as server:
        page = visit(server.link(page_name, epochs="3"))
        page.wait_for_selector(FIRST_SIGN[page_name])
        page.wait_for_selector("header >> text=Mistakes")
        assert read_query(page, "epochs") == "3"
        assert read_query(page, "lab")
        assert f"/{page_name}" in page.evaluate("location.pathname")
        assert page.locator("text=app").count() == 0 or "app" not in page.inner_text("header")


def test_a_page_is_one_file_and_one_entry(visit: Visit, tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    (project / "pages" / "hello.py").write_text("import streamlit as st\n\nst.title('Good day')\n")
    pages = project / "mnistlab" / "ui" / "navigation.py"
    entry = 'RATE, PageSpec("hello", "Hello"))'
    pages.write_text(re.sub(r"RATE\)$", entry, pages.read_text(), flags=re.MULTILINE))
    with serve(tmp_path, NO_CLUSTER, project) as server:
        page = visit(server.link("hello", epochs="3"))
        page.wait_for_selector("h1:has-text('Good day')")
        assert read_query(page, "epochs") == "3"
        assert read_query(page, "lab")
        page.click("header >> text=Mistakes")
        page.wait_for_selector("h1:has-text('Mistakes')")
        page.click("header >> text=Hello")
        page.wait_for_selector("h1:has-text('Good day')")
        assert read_query(page, "epochs") == "3"
        (project / "pages" / "hello.py").write_text("raise OSError('secret')\n")
        page.reload()
        page.wait_for_selector("text=Something went wrong on this page")
        assert "secret" not in page.inner_text("body")


def copy_project(into: Path) -> Path:
    """Copy what a server runs from."""
    for name in ("mnistlab", "pages", ".streamlit"):
        shutil.copytree(PROJECT / name, into / name)
    shutil.copy(PROJECT / "app.py", into)
    return into


def test_a_number_is_taken_whole_as_it_is_typed(server: Server, visit: Visit) -> None:
    page = visit(server.link())
    page.click("text=More settings")
    field = page.locator(".st-key-training_images input")
    for typed in ("1e4", "10.000", "10,000", "10\N{NARROW NO-BREAK SPACE}000"):
        settle(page)
        field.fill("500")
        field.press("Enter")
        page.wait_for_function("() => location.search.includes('training_images=500&')")
        settle(page)
        field.fill(typed)
        field.press("Enter")
        page.wait_for_function("() => location.search.includes('training_images=10000&')")
        expect(field).to_have_value("10000", timeout=SECONDS * 1000)
    settle(page)
    field.fill("1e")
    field.press("Enter")
    refusal = "Training images can't be “1e”: it must be a whole number from 1 to"
    page.wait_for_selector(f"text={refusal}")
    assert page.locator(".st-key-train button").is_disabled()


MATRIX = ".st-key-confusion_matrix table"


def test_a_confusion_cell_shows_exactly_its_images(
    server: Server, visit: Visit, student: str
) -> None:
    readings = _readings(server, student)
    page = visit(f"{server.url}/mistakes?{student}")
    wrong = np.argwhere(_matrix(readings) * (1 - np.eye(10)) > 0)
    for label, prediction in random.Random(0).sample(wrong.tolist(), 10):
        _press_cell(page, label, prediction)
        expected = np.flatnonzero((readings.labels == label) & (readings.predictions == prediction))
        page.wait_for_selector(f"text={label} predicted as {prediction}")
        _wait_for_tiles(page, expected.tolist())


def _readings(server: Server, query: str) -> PredictedDigits:
    from mnistlab.ui.prediction.mnist_images import load_test_digits

    store = open_store(server.home).store
    probabilities = store.test_probabilities(query.rsplit("=", 1)[1])
    store.close()
    assert probabilities is not None
    return PredictedDigits(load_test_digits().labels, probabilities)


def _matrix(readings: PredictedDigits) -> np.ndarray:
    matrix = np.zeros((10, 10), dtype=int)
    np.add.at(matrix, (readings.labels, readings.predictions), 1)
    return matrix


def _press_cell(page: Page, label: int, prediction: int) -> None:
    cell = page.locator(f"{MATRIX} td button[data-cell='[{label},{prediction}]']")
    cell.click()
    expect(cell).to_have_attribute("aria-pressed", "true")


def _wait_for_tiles(page: Page, indices: list[int]) -> None:
    page.wait_for_function(
        """(wanted) => {
            const host = [...document.querySelectorAll('.st-key-digit_grid, .st-key-digit_grid *')]
              .find((element) => element.shadowRoot?.querySelector('.grid'))
            const shown = [...(host?.shadowRoot ?? document).querySelectorAll('[data-index]')]
              .map((tile) => Number(tile.dataset.index)).sort((a, b) => a - b)
            return JSON.stringify(shown) === JSON.stringify(wanted)
        }""",
        arg=sorted(indices),
    )


def test_a_pressed_tile_shows_its_ten_probabilities(
    server: Server, visit: Visit, reader: str
) -> None:
    page = visit(f"{server.url}/mistakes?{reader}")
    page.click(".st-key-digit_grid button")
    page.wait_for_selector("[role=dialog] .lab-bars li >> nth=9")


def test_the_drawer_leads_to_the_next_image_and_gives_the_focus_back(
    server: Server, visit: Visit, reader: str
) -> None:
    page = visit(f"{server.url}/mistakes?{reader}")
    tiles = page.locator(".st-key-digit_grid button")
    tiles.first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text(_name(tiles.nth(0)))
    page.click(".st-key-drawer_next button")
    expect(drawer).to_contain_text(_name(tiles.nth(1)))
    settle(page)  # the button takes its key when all of the page has come
    page.keyboard.press("ArrowLeft")
    expect(drawer).to_contain_text(_name(tiles.nth(0)))
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(tiles.first).to_be_focused()


def _name(tile: Locator) -> str:
    return (tile.get_attribute("aria-label") or "").partition(":")[0] + ":"


def test_the_matrix_is_used_by_the_keyboard(server: Server, visit: Visit, reader: str) -> None:
    page = visit(f"{server.url}/mistakes?{reader}")
    cells = page.locator(f"{MATRIX} td button")
    expect(cells).to_have_count(100)
    settle(page)
    cells.nth(0).focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    expect(cells.nth(31)).to_be_focused()
    assert page.locator(f"{MATRIX} button[tabindex='0']").count() == 1
    page.keyboard.press("Enter")
    expect(cells.nth(31)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".st-key-confusion_matrix [role=status]")).to_contain_text(
        "3 predicted as 1"
    )
    expect(cells.nth(31)).to_be_focused()


@pytest.mark.parametrize("width", [360, 390, 768, 1280, 1366, 1920])
def test_the_first_mistake_is_in_the_first_view(
    server: Server, visit: Visit, reader: str, width: int
) -> None:
    page = visit(f"{server.url}/mistakes?{reader}")
    page.set_viewport_size({"width": width, "height": 768 if width > 640 else 844})
    expect(page.locator(".st-key-digit_grid button").first).to_be_in_viewport()
    settle(page)
    box = page.locator(".st-key-digit_grid button").first.bounding_box()
    assert box is not None
    assert box["y"] < 760


def test_labels_under_suspicion_are_a_press_away(
    server: Server, visit: Visit, student: str
) -> None:
    page = visit(f"{server.url}/mistakes?{student}")
    settle(page)
    page.click("a:has-text('Suspicious labels')")
    expect(page.locator("h3:has-text('Labels under suspicion')")).to_be_in_viewport()
    page.click(".st-key-suspicious_grid button")
    expect(page.get_by_role("dialog")).to_contain_text("Suspected, not proven wrong")
    page.wait_for_selector("[role=dialog] .lab-bars li >> nth=9")


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_ten_digits_drawn_by_hand_are_read_right(
    server: Server, visit: Visit, reader: str, place: tuple[int, int, int]
) -> None:
    page = visit(f"{server.url}/draw?{reader}")
    open_pad(page)
    read = {}
    for digit in DIGITS:
        draw(page, digit, *place)
        page.wait_for_selector("[data-prediction]")
        read[digit] = int(page.get_attribute("[data-prediction]", "data-prediction") or -1)
        clear(page)
    assert read == {digit: digit for digit in DIGITS}


def test_a_drawing_is_there_after_page_change_and_reload(
    server: Server, visit: Visit, reader: str
) -> None:
    page = visit(f"{server.url}/draw?{reader}")
    open_pad(page)
    draw(page, 3, *PLACES["large in the middle"])
    page.wait_for_selector("[data-prediction='3']")
    page.click("header >> text=Mistakes")
    page.wait_for_selector("h1:has-text('Mistakes')")
    page.click("header >> text=Draw")
    page.wait_for_selector("[data-prediction='3']")
    page.reload()
    page.wait_for_selector("[data-prediction='3']")
    clear(page)


# It may stick out for a moment, while it is drawn; and what sticks out may come late.
HAS_FITTED_FOR_A_SECOND = """() => {
  const fits = document.querySelector('[data-testid=stMain]').scrollWidth <= innerWidth
  window.fitsSince = fits ? (window.fitsSince ?? performance.now()) : undefined
  return fits && performance.now() - window.fitsSince > 1000
}"""


CUT_LINKS = """() => [...document.querySelectorAll('.st-key-small_screen_pages a, header a')]
  .filter((link) => [link, ...link.querySelectorAll('*')].some((part) =>
    part.clientWidth > 0 && part.scrollWidth > part.clientWidth))
  .map((link) => link.textContent)
"""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("page_name", FIRST_SIGN)
def test_nothing_sticks_out_sideways(
    server: Server, visit: Visit, reader: str, page_name: str, width: int
) -> None:
    page = visit(f"{server.url}/{page_name}?{reader}")
    page.set_viewport_size({"width": width, "height": 844})
    page.wait_for_selector("h1")
    settle(page)
    page.wait_for_function(HAS_FITTED_FOR_A_SECOND, timeout=20_000)
    assert page.evaluate(CUT_LINKS) == []
