"""A first visit draws at once, with the ready-made network; a lab with a run may choose it."""

import numpy as np
from playwright.sync_api import Page

from mnistlab.core.network.ready_made import FOLDER, card
from mnistlab.core.run import RunResult, RunStatus
from mnistlab.core.training.history import History
from mnistlab.store import RunStore, this_owner
from tests.browser.conftest import Server, Visit, open_page, read_query, settle
from tests.browser.drawing import PLACES, draw, open_pad

NAME = "Ready-made network"
CHOICE = ".st-key-picked_run input"


PICKED = """(name) => {
  const choice = document.querySelector(".st-key-picked_run")
  return choice && (choice.innerText + choice.querySelector("input")?.value).includes(name)
}"""


def wait_for_network(page: Page, name: str) -> None:
    """Wait until a network with this name predicts."""
    page.wait_for_function(PICKED, arg=name)
    settle(page)


def put_run(store: RunStore, lab: str) -> str:
    """Put a run that has ended into a lab; return its id."""
    run = store.create_run(lab, card().config, "My own", this_owner())
    weights = (FOLDER / "network.safetensors").read_bytes()
    probabilities = np.full((10_000, 10), 0.1, dtype=np.float32)
    result = RunResult(
        RunStatus.FINISHED,
        History(),
        weights=weights,
        test_probabilities=probabilities,
        test_correct=9_000,
    )
    store.save_result(run.id, result, attempt=1)
    return run.id


def test_a_first_visit_is_answered_and_sees_mistakes(server: Server, visit: Visit) -> None:
    page = visit(server.link("draw"))
    open_pad(page)
    draw(page, 3, *PLACES["large in the middle"])
    page.wait_for_selector("[data-prediction='3']")
    page.reload()
    page.wait_for_selector("[data-prediction='3']")
    assert page.locator("[data-testid=stAlert]").count() == 0
    open_page(page, "mistakes")
    mistakes = 10_000 - card().test_correct
    page.wait_for_selector(f"text={mistakes} mistakes")
    page.wait_for_selector("text=Train your own and compare")


def test_the_choice_is_in_the_url_and_back_takes_it_back(
    server: Server, visit: Visit, store: RunStore
) -> None:
    lab = store.create_lab()
    run = put_run(store, lab)
    page = visit(server.link("draw", lab=lab, run=run))
    wait_for_network(page, "My own")
    page.locator(CHOICE).click()
    page.click(f"[role=option]:has-text('{NAME}')")
    wait_for_network(page, NAME)
    page.wait_for_function("() => location.search.includes('network=ready-made')")
    assert read_query(page, "run") == run
    page.reload()
    wait_for_network(page, NAME)
    open_page(page, "mistakes")
    wait_for_network(page, NAME)
    page.go_back()
    page.wait_for_selector("[data-testid=stMain] h1:has-text('Draw')")
    wait_for_network(page, NAME)
    page.go_back()
    wait_for_network(page, "My own")
