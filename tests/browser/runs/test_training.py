"""Trainings that take long: into overfitting, again in another lab, over a server's end."""

import dataclasses
from pathlib import Path

from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.store import open_store
from tests.browser.conftest import (
    NO_CLUSTER,
    Server,
    Visit,
    press_stop,
    press_train,
    read_query,
    serve,
    wait_for_status,
)
from tests.browser.watching import END_WATCH, LINE, WATCH_CHART, wait_until_nothing_is_to_come
from tests.factories import LONG, SECONDS, SMALL

OVERFITTING = RunConfig(
    hidden_layers=1,
    units=(512,),
    optimizer="adam",
    learning_rate=0.0005,
    batch_size=5,
    dropout=0.0,
    weight_decay=0.0,
    schedule="constant",
    epochs=60,
    training_images=2_000,
)
"""Begins to learn its training images by heart after a few epochs of half a second."""

# In one frame: some epochs later accuracy may well be shaded too.
ONLY_LOSS_IS_SHADED = """
() => {
  const shaded = (name) => document.querySelector(`.st-key-${name}_panel svg.marks .mark-rect path`)
  return shaded('loss') && !shaded('accuracy')
}
"""


def test_overfitting_is_told_and_shaded_while_it_happens(server: Server, visit: Visit) -> None:
    page = visit(server.link(**OVERFITTING.to_query()))
    page.set_default_timeout(4 * SECONDS * 1000)  # it takes many epochs
    press_train(page)
    page.wait_for_selector(LINE)
    wait_until_nothing_is_to_come(page)
    page.evaluate(WATCH_CHART)
    page.wait_for_selector("[data-verdict=began] >> text=Overfitting, by loss")
    page.wait_for_function(ONLY_LOSS_IS_SHADED)
    seen = page.evaluate(END_WATCH)
    assert (seen["same"], seen["places"]) == (True, 1)
    # It may be told of one epoch and not of the next, so that it is looked for before the end.
    page.wait_for_selector("[data-about=run] >> text=Past its best")
    press_stop(page)
    page.click("text=How this is judged")
    page.wait_for_selector("text=a paired test")


def test_the_same_link_in_another_lab_gives_the_same_run(server: Server, visit: Visit) -> None:
    runs = []
    for _ in range(2):
        page = visit(server.link(**SMALL.to_query()))
        runs.append(press_train(page))
        wait_for_status(page, "finished")
    store = open_store(server.home).store
    first, second = (store.history(run) for run in runs)
    store.close()
    assert first == second
    assert runs[0] != runs[1]


# What the page shows is written down a moment later: by the second epoch the first one is.
SECOND_EPOCH = r"""() =>
  Number(document.querySelector('.lab-status')?.textContent.match(/epoch (\d+)/)?.[1]) >= 2
"""


def test_a_killed_server_leaves_finished_runs_and_a_label(visit: Visit, tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        page = visit(server.link(**SMALL.to_query()))
        finished = press_train(page)
        wait_for_status(page, "finished")
        lab = read_query(page, "lab")
        config = dataclasses.replace(LONG, training_images=10_000, epochs=200)
        page = visit(server.link(lab=lab, **config.to_query()))
        cut_short = press_train(page)
        page.wait_for_function(SECOND_EPOCH)
        server.process.kill()
    with serve(server.home, NO_CLUSTER) as again:
        page = visit(again.link(lab=lab, run=finished))
        wait_for_status(page, "finished")
        page = visit(again.link(lab=lab, run=cut_short))
        wait_for_status(page, "interrupted")
        page.wait_for_selector(LINE)
        page.wait_for_selector(".st-key-run_again button")
    store = open_store(server.home).store
    assert store.run(cut_short).status is RunStatus.INTERRUPTED
    assert store.history(cut_short).steps
    store.close()
