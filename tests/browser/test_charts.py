"""The charts' numbers, as Vega writes them in a browser."""

from contextlib import closing

import pytest
from playwright.sync_api import Page

from mnistlab.core.settings.config import RunConfig
from mnistlab.store import open_store
from tests.browser.conftest import Server, Visit, settle
from tests.browser.runs.test_compare import put

LOSS = ".st-key-loss_panel svg.marks"
TOOLTIP = "#vg-tooltip-element"


def open_chart(server: Server, visit: Visit, loss: float) -> Page:
    """Open the Train page of a run whose training loss is `loss` after its first epoch."""
    with closing(open_store(server.home).store) as store:
        lab = store.create_lab()
        run = put(store, lab, RunConfig(epochs=2), loss)
    page = visit(server.link(lab=lab, run=run))
    page.wait_for_selector(f"{LOSS} .mark-line path")
    settle(page)
    return page


def point_at_the_middle(page: Page) -> str:
    page.hover(LOSS)
    page.wait_for_selector(f"{TOOLTIP}.visible")
    return page.inner_text(TOOLTIP)


@pytest.mark.parametrize(
    ("loss", "label", "halved"),
    [
        (4e34, "4 × 10³⁴", "2.0 × 10³⁴"),
        (1e7, "10⁷", "5.0 × 10⁶"),
        (2e-9, "1.5 × 10⁻⁹", "1.0 × 10⁻⁹"),
        (0.5, "0.5", "0.2500"),
    ],
)
def test_huge_and_tiny_losses_are_powers_of_ten(
    server: Server, visit: Visit, loss: float, label: str, halved: str
) -> None:
    page = open_chart(server, visit, loss)
    assert label in page.locator(f"{LOSS} .role-axis-label text").all_text_contents()
    # In the middle is the validation loss of the first epoch.
    assert halved in point_at_the_middle(page).splitlines()
