"""The digits of the Mistakes page: the test set, or the lab's own handwriting."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from mnistlab.core.analysis.metrics import confusion_matrix
from mnistlab.core.analysis.predictions import PredictedDigits
from mnistlab.core.arrays import Counts, Pixels
from mnistlab.core.errors import NotFoundError
from mnistlab.core.settings.config import DIGITS
from mnistlab.store import RunRecord
from mnistlab.ui import formatting
from mnistlab.ui.mistakes.actions import show_actions
from mnistlab.ui.prediction import own_digits, predictor
from mnistlab.ui.prediction.mnist_images import DISPUTED, load_test_digits
from mnistlab.ui.prediction.own_digits import OwnDigits
from mnistlab.ui.services import get_services
from mnistlab.ui.session import ready_made

_TEST_SET, _OWN = "Test set", "My handwriting"


@dataclass(frozen=True)
class DigitSet:
    """A set of digits, and a network's predictions for them.

    Attributes:
        what: The set in words, to follow "mistakes in".
        pixels: Brightness of ink, (n, 28, 28).
        predicted: Labels and probabilities of the same digits.
        disputed: The indices of digits whose label people disputed.
        name: Returns the name of the digit at an index.
        show_actions: Shows the actions on the digit at an index.
    """

    what: str
    pixels: Pixels
    predicted: PredictedDigits
    disputed: frozenset[int]
    name: Callable[[int], str]
    show_actions: Callable[[int], None]

    @property
    def is_small(self) -> bool:
        """Whether a confusion matrix would be all but empty."""
        return len(self.predicted.labels) < DIGITS

    @functools.cached_property
    def matrix(self) -> Counts:
        """The confusion matrix, (10, 10)."""
        return confusion_matrix(self.predicted.labels, self.predicted.predictions)

    @property
    def mistakes(self) -> int:
        """How many digits are misclassified."""
        return int(self.matrix.sum() - self.matrix.trace())


def choose_digits(run: RunRecord, on_change: Callable[[], None]) -> DigitSet:
    """Show a choice of the set, if the lab has its own digits, and return the set.

    Args:
        run: The run, which has weights.
        on_change: Called when another set is chosen.

    Raises:
        NotFoundError: If the run has no test results.
        StoreError: If the digits can't be read.
    """
    own = own_digits.load()
    if len(own) and _choose_set(on_change) == _OWN:
        return _own_set(run, own)
    return _test_set(run)


def _choose_set(on_change: Callable[[], None]) -> str | None:
    return st.segmented_control(
        "Mistakes in",
        [_TEST_SET, _OWN],
        default=_TEST_SET,
        required=True,
        key="mistakes_of",
        on_change=on_change,
        label_visibility="collapsed",
    )


def _test_set(run: RunRecord) -> DigitSet:
    predicted = _read_test_set(run.id, run.test_correct or 0)
    return DigitSet(
        what=f"{len(predicted.labels):,} test digits",
        pixels=load_test_digits().pixels,
        predicted=predicted,
        disputed=DISPUTED,
        name=lambda place: f"Test digit {place}",
        show_actions=lambda _: None,
    )


@functools.lru_cache(maxsize=32)
def _read_test_set(run_id: str, version: int) -> PredictedDigits:
    """Read a run's test predictions; `version` changes when training continues."""
    if run_id == ready_made.ID:
        return PredictedDigits(load_test_digits().labels, predictor.predict_test_digits())
    probabilities = get_services().store.test_probabilities(run_id)
    if probabilities is None:
        raise NotFoundError("This run has no test results.", "Choose another, or run it again.")
    return PredictedDigits(load_test_digits().labels, probabilities)


def _own_set(run: RunRecord, own: OwnDigits) -> DigitSet:
    return DigitSet(
        what=f"{formatting.digits(len(own))} of your handwriting",
        pixels=own.views()[:, 0],
        predicted=own.predict(run),
        disputed=frozenset(),
        name=lambda place: f"Digit {place + 1} of your handwriting",
        show_actions=lambda place: show_actions(own.entries[place]),
    )
