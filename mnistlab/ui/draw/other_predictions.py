"""The predictions of other networks for the same digit: the lab's, and the ready-made one."""

from dataclasses import dataclass

import streamlit as st
from markupsafe import Markup

from mnistlab.core.arrays import Probabilities
from mnistlab.core.errors import NotFoundError
from mnistlab.store import RunRecord
from mnistlab.ui import formatting
from mnistlab.ui.draw.question import Prediction, certainty
from mnistlab.ui.errors import show_errors
from mnistlab.ui.overlay import words as comparison_words
from mnistlab.ui.prediction import predictor
from mnistlab.ui.services import get_services
from mnistlab.ui.session import ready_made, state
from mnistlab.ui.session.offered_runs import offer

_MOST = 5
_KEY, _CHOSEN = "opinions", "_opinions"

_PARAMETERS_AT_FIRST = 8_000_000
"""The most parameters of the preselected networks, so that all of them stay in memory."""


@dataclass(frozen=True)
class OtherPrediction:
    """One network's prediction.

    Attributes:
        name: The run's unique name.
        test_accuracy: As a fraction.
        probabilities: Ten.
    """

    name: str
    test_accuracy: float
    probabilities: Probabilities


@show_errors
def show_other_predictions(run: RunRecord, prediction: Prediction) -> None:
    """Show the predictions of other networks beside that of `run`."""
    runs = [*offer(get_services().store.runs(state.lab())), ready_made.record()]
    others = [other for other in runs if other.test_correct is not None and other.id != run.id]
    if not others:
        st.html(_ALONE)
        return
    names = comparison_words.name_runs(others)
    place = st.container()
    chosen = _choose(others, names)
    predictions = [_ask(other, names[other.id], prediction) for other in chosen]
    place.html(_table([prediction for prediction in predictions if prediction is not None]))


_CAPTION = Markup('<p class="lab-caption">Predictions of other networks</p>')
_ALONE = _CAPTION + Markup(
    '<p class="lab-note">Train a network of your own to see whether it agrees: networks '
    "differ most where a digit is unclear.</p>"
)


def _choose(others: list[RunRecord], names: dict[str, str]) -> list[RunRecord]:
    """Show a choice of the networks and return those chosen."""
    kept: list[str] | None = st.session_state.get(_CHOSEN)
    known = _first(others) if kept is None else [run_id for run_id in kept if run_id in names]
    st.session_state[_KEY] = known
    st.multiselect(
        "Networks to ask",
        list(names),
        key=_KEY,
        format_func=lambda run_id: names.get(run_id, ""),
        max_selections=_MOST,
        select_all=False,
        placeholder="Choose networks",
        on_change=_note_choice,
    )
    return [other for other in others if other.id in known]


def _note_choice() -> None:
    st.session_state[_CHOSEN] = list(st.session_state[_KEY])[:_MOST]


def _first(others: list[RunRecord]) -> list[str]:
    """Return the ids of the first runs that together are not too large."""
    newest: list[str] = []
    room = _PARAMETERS_AT_FIRST
    for other in others:
        size = other.config.parameter_count
        if size <= room and len(newest) < _MOST:
            newest.append(other.id)
            room -= size
    return newest


def _ask(other: RunRecord, name: str, prediction: Prediction) -> OtherPrediction | None:
    accuracy = (other.test_correct or 0) / (other.test_total or 1)
    try:
        return OtherPrediction(name, accuracy, predictor.ask(other, prediction.question.views))
    except NotFoundError:  # deleted since the page was shown
        return None


def _table(predictions: list[OtherPrediction]) -> Markup:
    return _CAPTION + Markup(
        '<table class="lab-table lab-opinions"><thead><tr><th>Network</th><th>Prediction</th>'
        "<th>Confidence</th></tr></thead><tbody>{}</tbody></table>"
        '<p class="lab-note">Same image, differently trained networks: where they '
        "disagree, the digit is probably unclear.</p>"
    ).format(Markup().join(map(_row, predictions)))


def _row(prediction: OtherPrediction) -> Markup:
    return Markup(
        "<tr><th>{}<small>{} test accuracy</small></th><td><b>{}</b></td><td>{}</td></tr>"
    ).format(
        prediction.name,
        formatting.percent(prediction.test_accuracy),
        int(prediction.probabilities.argmax()),
        certainty(prediction.probabilities),
    )
