"""The Experiments page in a browser: from the question to the answer, and where it leads."""

from playwright.sync_api import Page

from mnistlab.core.experiments.registry import EXPERIMENTS
from mnistlab.core.run import RunStatus
from mnistlab.store import RunStore, this_owner
from tests.browser.conftest import Server, Visit, open_popover, read_query, settle
from tests.factories import outcome

ARMS = EXPERIMENTS["luck"].arms
CHART = ".st-key-comparison_panel svg.marks"


def put(store: RunStore, lab: str, count: int) -> list[str]:
    """Put the first runs of an experiment into a lab, as ones that have finished."""
    ids = []
    for place, arm in enumerate(ARMS[:count]):
        record = store.create_run(lab, arm.config, arm.label, this_owner())
        made = outcome(arm.label, arm.config, 0.92 + place / 500)
        store.save_history(record.id, made.history, attempt=1)
        store.mark(record.id, RunStatus.FINISHED, attempt=1)
        ids.append(record.id)
    return ids


def test_a_prediction_is_answered_and_survives_reload_and_back(
    server: Server, visit: Visit, store: RunStore
) -> None:
    lab = store.create_lab()
    ids = put(store, lab, 5)
    page = visit(server.link("experiments", lab=lab))
    page.click(".st-key-open_luck button")
    page.click(".st-key-guess_luck button >> text=0.1–2 percentage points")
    page.wait_for_selector("text=Your prediction was correct")
    page.wait_for_selector(f"{CHART} .mark-line path")
    assert read_query(page, "experiment") == "luck"
    page.reload()
    page.wait_for_selector("text=Your prediction was correct")
    page.click("text=Open in Compare")
    page.wait_for_selector("text=Ranked by")
    assert read_query(page, "compare").replace("%2C", ",") == ",".join(ids)
    page.go_back()
    page.wait_for_selector("text=Your prediction was correct")
    open_popover(page, ".st-key-open_one button").locator("text=Seed 3").click()
    page.wait_for_selector(".st-key-train")
    assert read_query(page, "run") == ids[3]
    assert read_query(page, "seed") == "3"


# The page notes it itself: who asks it from outside, every so often, may miss a short run.
NOTE_WHAT_COMES = """() => {
  window.seen = new Set()
  new MutationObserver(() => {
    for (const part of ['.st-key-stop_experiment', '.lab-dot.running, .lab-dot.queued'])
      if (document.querySelector(part)) window.seen.add(part)
  }).observe(document.body, {childList: true, subtree: true})
}"""


def places(page: Page) -> list[object]:
    """Return where the prediction's row, the chart and the table stand."""
    parts = (".st-key-prediction", ".st-key-comparison_panel", ".lab-ranking")
    return [page.locator(part).bounding_box() for part in parts]


def test_what_is_missing_runs_before_ones_eyes(
    server: Server, visit: Visit, store: RunStore
) -> None:
    lab = store.create_lab()
    put(store, lab, 4)
    page = visit(server.link("experiments", lab=lab, experiment="luck", guesses="luck:small"))
    page.wait_for_selector(f"{CHART} .mark-line path")
    settle(page)
    page.evaluate(NOTE_WHAT_COMES)
    before = places(page)
    page.click(".st-key-run_experiment button")
    page.wait_for_selector("text=What this shows")
    page.wait_for_selector(".lab-explained")
    assert page.evaluate("window.seen.size") == 2, "there was no button to stop, or no progress"
    assert places(page) == before, "something has moved"
    assert page.locator(".lab-ranking tbody tr").count() == 5
    assert page.locator(".lab-options .right").count() == 1
