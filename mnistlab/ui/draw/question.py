"""A digit on the Draw page, and a network's prediction for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from mnistlab.core.arrays import Probabilities, Views
from mnistlab.core.drawing.views import Omission
from mnistlab.core.pictures.doubt import temper
from mnistlab.store import RunRecord
from mnistlab.ui import formatting
from mnistlab.ui.prediction import predictor


@dataclass(frozen=True, eq=False)
class Question:
    """A digit to be predicted.

    Attributes:
        views: The network's inputs, over which its probabilities are averaged.
        plain: The input of most demos; None for an MNIST image.
        omissions: What the views leave out of a drawing.
        label: The true label, if known.
        plausibility: The probability that it is a digit, and the one that is meant.
    """

    views: Views
    plain: Views | None = None
    omissions: Sequence[Omission] = ()
    label: int | None = None
    plausibility: float = 1.0


@dataclass(frozen=True, eq=False)
class Prediction:
    """A question and a network's probabilities, (10,)."""

    question: Question
    probabilities: Probabilities

    @property
    def digit(self) -> int:
        """The most probable digit."""
        return int(self.probabilities.argmax())


def ask(run: RunRecord, question: Question) -> Prediction:
    """Return the prediction of a run's network.

    Raises:
        NotFoundError: If the run has no weights.
    """
    probabilities = predictor.ask(run, question.views)
    return Prediction(question, temper(probabilities, question.plausibility))


def certainty(probabilities: Probabilities) -> str:
    """Write a network's confidence in its prediction: 97.3%."""
    return formatting.probability(float(probabilities.max()))
