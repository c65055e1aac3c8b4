"""The charts' numbers, as Vega writes them in a browser."""

from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from mnistlab.core.settings.config import RunConfig
from mnistlab.store import open_store
from tests.browser.conftest import Server, Visit, settle
from tests.browser.runs.test_compare import put
from tests.factories import SECONDS

LOSS = ".st-key-loss_panel svg.marks"
TOOLTIP = "#vg-tooltip-element"


def open_chart(server: Server, visit: Visit, loss: float) -> Page:
    """Open the Train page of a run whose training loss is `loss` after its first epoch."""
    with closing(open_store(server.home).store) as store:
        lab = store.create_lab()
        run = put(store, lab, RunConfig(epochs=2), loss)
    page = visit(server.link(lab=lab, run=run))
    page.wait_for_selector(
        f"{LOSS} .mark-line path", state="attached"
    )  # a level line has no height
    settle(page)
    return page


def point_at_the_middle(page: Page) -> str:
    page.hover(LOSS)
    page.wait_for_selector(f"{TOOLTIP}.visible")
    return page.inner_text(TOOLTIP)


@pytest.mark.parametrize(
    ("loss", "written", "halved"),
    [
        (4e34, "↑ 4.0 × 10³⁴", "2.0 × 10³⁴"),
        (1e7, "↑ 1.0 × 10⁷", "5.0 × 10⁶"),
        (2e-9, "0.04", "1.0 × 10⁻⁹"),
        (0.5, "0.4", "0.250"),
    ],
)
def test_huge_and_tiny_losses_are_powers_of_ten(
    server: Server, visit: Visit, loss: float, written: str, halved: str
) -> None:
    page = open_chart(server, visit, loss)
    assert written in page.locator(f"{LOSS} text").all_text_contents()
    # In the middle is the validation loss of the first epoch.
    assert halved in point_at_the_middle(page)


@pytest.mark.parametrize(("loss", "label"), [(4e34, "2 × 10³⁴"), (2e-9, "2 × 10⁻⁹")])
def test_the_whole_range_has_powers_of_ten_on_its_axis(
    server: Server, visit: Visit, loss: float, label: str
) -> None:
    page = open_chart(server, visit, loss)
    page.click(".st-key-whole_range label")
    labels = page.locator(f"{LOSS} .role-axis-label text")
    expect(labels.filter(has_text=label)).not_to_have_count(0, timeout=SECONDS * 1000)
