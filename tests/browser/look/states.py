"""Each page in its states: empty, while a run goes on, and after it."""

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from playwright.sync_api import Page

from mnistlab.core.experiments.registry import EXPERIMENTS
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import Divergence
from mnistlab.core.training.history import History
from tests.browser.conftest import settle, upload
from tests.browser.drawing import PAD
from tests.browser.look.material import NETWORK, Curves, Material, put, put_copy, put_half
from tests.factories import DIGITS, outcome
from tests.forms import photograph_form
from tests.photos import photograph

EXPERIMENT = "optimizers"
_PREDICTION = f"{EXPERIMENT}:adam-0.001"
_ACCURACIES = (0.917, 0.955, 0.957, 0.968, 0.971, 0.96)

Query = dict[str, str]


def _do_nothing(page: Page) -> None:
    pass


@dataclass(frozen=True)
class State:
    """A page in one of its states.

    Attributes:
        page: The page's name.
        fill: Puts into a lab what the page is to show; returns the rest of the link's query.
        sign: A selector of what is there once the page is.
        act: What a visitor does then.
        in_view: Selectors of what is to be in the first view, by the widths of the window.
    """

    page: str
    fill: Callable[[Material, str], Query]
    sign: str
    act: Callable[[Page], None] = _do_nothing
    in_view: Mapping[str, Sequence[int]] = field(default_factory=dict)


def _nothing(material: Material, lab: str) -> Query:
    return {}


def _network(material: Material, lab: str) -> Query:
    return {"run": put_copy(material.store, lab, material.network)}


def _network_and_a_drawing(material: Material, lab: str) -> Query:
    strokes = [
        {
            "type": "Path",
            "path": [
                ["L" if place else "M", 40 + 2 * x, 40 + 2 * y]
                for place, (x, y) in enumerate(points)
            ],
            "stroke": "#ffffff",
            "strokeWidth": 20,
            "fill": None,
        }
        for points in DIGITS[3]
    ]
    material.store.save_drawing(lab, json.dumps({"objects": strokes}))
    return _network(material, lab)


def _network_and_a_run(material: Material, lab: str) -> Query:
    put_half(material.store, lab, material.network)
    return _network(material, lab)


def _half_a_run(material: Material, lab: str) -> Query:
    return {"run": put_half(material.store, lab, material.network)}


def _diverged(material: Material, lab: str) -> Query:
    return {"run": put_copy(material.store, lab, material.diverged)}


def _three_runs(material: Material, lab: str) -> Query:
    _put_diverged(material, lab, dataclasses.replace(NETWORK, learning_rate=10.0))
    _put_curve(material, lab, dataclasses.replace(NETWORK, dropout=0.3), 0.971)
    put_copy(material.store, lab, material.network)
    return {}


def _two_runs_and_one_that_goes_on(material: Material, lab: str) -> Query:
    _put_curve(material, lab, dataclasses.replace(NETWORK, dropout=0.3), 0.971)
    _put_curve(material, lab, dataclasses.replace(NETWORK, dropout=0.5), 0.968)
    put_half(material.store, lab, material.network)
    return {}


def _put_curve(material: Material, lab: str, config: RunConfig, accuracy: float) -> None:
    history = outcome("", config, accuracy).history
    put(material.store, lab, Curves(f"Dropout {config.dropout}", config, history))


def _put_diverged(material: Material, lab: str, config: RunConfig) -> None:
    history = outcome("", config, 0.1).history.up_to(2 * config.steps_per_epoch)
    history.divergence = Divergence(history.steps[-1].step + 1, history.steps[-1].epoch, "training")
    put(material.store, lab, Curves("Learning rate 10", config, history, RunStatus.DIVERGED))


def _whole_experiment(material: Material, lab: str) -> Query:
    return _experiment(material, lab, ended=5)


def _part_of_an_experiment(material: Material, lab: str) -> Query:
    return _experiment(material, lab, ended=3)


def _experiment(material: Material, lab: str, ended: int) -> Query:
    for place, (arm, accuracy) in enumerate(
        zip(EXPERIMENTS[EXPERIMENT].arms, _ACCURACIES, strict=True)
    ):
        history, status = outcome(arm.label, arm.config, accuracy).history, RunStatus.FINISHED
        if place == ended:
            history, status = history.up_to(2 * arm.config.steps_per_epoch), RunStatus.RUNNING
        elif place > ended:
            history, status = History(), RunStatus.QUEUED
        put(material.store, lab, Curves(arm.label, arm.config, history, status))
    return {"experiment": EXPERIMENT, "guesses": _PREDICTION}


def _range_test(material: Material, lab: str) -> Query:
    for run in (material.range_test, *reversed(material.checks)):
        put_copy(material.store, lab, run)
    return NETWORK.to_query()


def _half_a_range_test(material: Material, lab: str) -> Query:
    put_half(material.store, lab, material.range_test)
    return NETWORK.to_query()


def _press_a_cell(page: Page) -> None:
    cell = "[data-cell='[4,9]']"
    page.click(f"td {cell}")
    page.wait_for_selector(f"td {cell}[aria-pressed=true]")
    settle(page)


def _show_photo(content: bytes, *ways: str) -> Callable[[Page], None]:
    """Return what uploads a picture after these ways were pressed."""

    def show(page: Page) -> None:
        for way in ("Picture", *ways):
            page.click(f"button:has-text('{way}')")
            settle(page)
        upload(page, ".st-key-picture", content)
        page.wait_for_selector(f"{_PHOTO} g.chosen")
        settle(page)

    return show


def _show_form(page: Page) -> None:
    page.click("text=Fill in a sheet")
    settle(page)
    upload(page, "[data-testid=stExpander]", photograph_form())
    page.wait_for_selector("text=in 100 boxes")
    page.click("text=Show all digits")
    page.wait_for_selector(".st-key-sheet_grid [data-index]")
    settle(page)


HEIGHTS = {360: 800, 390: 844, 768: 1024, 1280: 800, 1366: 768, 1920: 1080}
"""Of windows, by their widths: two phones, a tablet, two laptops and a projector."""

PHONES = (360, 390)
_ALL = tuple(HEIGHTS)

_THIRD_ROW = ".lab-ranking tbody tr >> nth=2"
_TILE = ".st-key-digit_grid [data-index] >> nth=0"
_ANSWER = ".lab-answer [data-prediction='3']"
_PHOTO = ".st-key-digit_photo svg"
_CHART = "svg.marks .mark-line path"

STATES = {
    "train-empty": State("train", _nothing, ".st-key-train"),
    "train-during": State("train", _half_a_run, _CHART),
    "train-after": State("train", _network, _CHART),
    "train-diverged": State("train", _diverged, _CHART),
    "compare-empty": State("compare", _nothing, "h1"),
    "compare-during": State("compare", _two_runs_and_one_that_goes_on, _CHART),
    "compare-after": State("compare", _three_runs, _CHART, in_view={_THIRD_ROW: (1280,)}),
    "experiments-empty": State("experiments", _nothing, "h1"),
    "experiments-question": State("experiments", lambda *_: {"experiment": EXPERIMENT}, "h1"),
    "experiments-during": State("experiments", _part_of_an_experiment, _CHART),
    "experiments-after": State("experiments", _whole_experiment, _CHART),
    "mistakes-empty": State("mistakes", _nothing, "h1"),
    "mistakes-during": State("mistakes", _network_and_a_run, ".st-key-digit_grid"),
    "mistakes-after": State(
        "mistakes", _network, ".st-key-digit_grid", _press_a_cell, {_TILE: _ALL}
    ),
    "draw-empty": State("draw", _nothing, "h1"),
    "draw-during": State("draw", _network_and_a_run, ".st-key-pad"),
    "draw-after": State(
        "draw", _network_and_a_drawing, _ANSWER, in_view={PAD: _ALL, _ANSWER: _ALL}
    ),
    "draw-picture": State(
        "draw", _network, PAD, _show_photo(photograph(3)), {_PHOTO: _ALL, _ANSWER: _ALL}
    ),
    "draw-several": State("draw", _network, PAD, _show_photo(photograph(*range(10)), "Several")),
    "draw-form": State("draw", _network, PAD, _show_form),
    "rate-empty": State("rate", _nothing, ".st-key-start_range_test"),
    "rate-during": State("rate", _half_a_range_test, _CHART),
    "rate-after": State("rate", _range_test, _CHART),
}
