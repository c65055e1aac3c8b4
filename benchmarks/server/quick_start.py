"""Quick start as a student has it: pressed and watched in a browser until its test result.

A real server with a worker that is ready, and a real browser.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from statistics import mean, median
from typing import NamedTuple
from urllib.parse import urlencode

from playwright.sync_api import Page

from benchmarks.harness.dashboard import Server, browse, run_in_view, serve
from mnistlab.core.settings.config import RunConfig
from mnistlab.store import open_store

_SECONDS = 300

_PRESS = """() => {
    const at = () => performance.now() / 1000;
    const began = at();
    document.querySelector(".st-key-train button").click();
    return new Promise(resolve => {
        const look = setInterval(() => {
            const numbers = document.querySelector(".lab-stats")?.textContent;
            if (!numbers?.includes("Test accuracy")) return;
            clearInterval(look);
            resolve(at() - began);
        }, 16);
    });
}"""


class Outcome(NamedTuple):
    """What came of one run.

    Attributes:
        seconds: From the press until the test accuracy is on the page.
        test: Share of the test images that are classified correctly.
        validation: The same of the validation images, at the best epoch.
    """

    seconds: float
    test: float
    validation: float


def watch(configs: Sequence[RunConfig]) -> Mapping[str, float]:
    """Train each config in turn; return the median of the seconds and the means of the others."""
    with serve() as server, browse() as page:
        page.set_default_timeout(_SECONDS * 1000)
        outcomes = [_train(server, page, config) for config in configs]
    return {
        "quick_start_press_to_result_s": median(one.seconds for one in outcomes),
        "quick_start_press_to_result_worst_s": max(one.seconds for one in outcomes),
        "quick_start_watched_test": mean(one.test for one in outcomes),
        "quick_start_watched_validation": mean(one.validation for one in outcomes),
    }


def _train(server: Server, page: Page, config: RunConfig) -> Outcome:
    page.goto(f"{server.address}/?{urlencode(config.to_query())}")
    page.wait_for_selector("text=parameters, about")  # the worker is ready
    seconds = page.evaluate(_PRESS)
    run_id = run_in_view(page)
    with closing(open_store(server.home).store) as store:
        record = store.run(run_id)
        best = store.history(run_id).best_epoch
    assert best is not None
    assert best.validation_accuracy is not None
    assert record.test_correct
    assert record.test_total
    return Outcome(seconds, record.test_correct / record.test_total, best.validation_accuracy)
