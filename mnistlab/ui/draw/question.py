"""What a network is asked on the Draw page, and what it reads."""

from dataclasses import dataclass

from mnistlab.core.arrays import Probabilities, Views
from mnistlab.store import RunRecord
from mnistlab.ui import formatting
from mnistlab.ui.prediction import predictor


@dataclass(frozen=True, eq=False)
class Question:
    """What a network is asked.

    Attributes:
        views: How it is shown to the network, whose answer is the mean over them.
        plain: How most demos would show it; None for what is an MNIST image already.
        has_slash: Whether the slash of a zero was left out.
        label: The digit that it is, if that is known.
    """

    views: Views
    plain: Views | None = None
    has_slash: bool = False
    label: int | None = None


@dataclass(frozen=True, eq=False)
class Prediction:
    """A question and what a network answers: ten probabilities, (10,)."""

    question: Question
    probabilities: Probabilities

    @property
    def prediction(self) -> int:
        """The most probable digit."""
        return int(self.probabilities.argmax())


def ask(run: RunRecord, question: Question) -> Prediction:
    """Ask a run's network.

    Raises:
        NotFoundError: If the run has no weights.
    """
    return Prediction(question, predictor.ask(run, question.views))


def certainty(probabilities: Probabilities) -> str:
    """Write how sure a network is of its prediction: 97.3 %."""
    return formatting.probability(float(probabilities.max()))
