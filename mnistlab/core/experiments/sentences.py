"""Sentences and parts of them that several experiments use."""

from collections.abc import Sequence

from mnistlab.core.analysis.diagnosis.overfitting import Onset, Unknown
from mnistlab.core.experiments.outcome import Outcome
from mnistlab.core.formatting import listed, number, percent, percent_interval

VALIDATION = "of the validation images"


def score(outcome: Outcome) -> str:
    """Write the accuracy of a run: 94.58%; or that there is none."""
    return "no result, it diverged" if outcome.has_diverged else percent(outcome.accuracy)


def scores(outcomes: Sequence[Outcome]) -> str:
    """Write the accuracies of several runs: 94.58% (ReLU) and 90.88% (Sigmoid)."""
    return listed([f"{score(outcome)} ({outcome.label})" for outcome in outcomes])


def winner(level: Sequence[Outcome], name: str = "{}") -> str:
    """Write which run is best, and which are level with it.

    Args:
        level: The best, and those level with it; at least one.
        name: The text for a run, with its label in place of the braces.
    """
    first, *others = level
    said = (
        f"The best was {name.format(first.label)}: {percent(first.accuracy)} {VALIDATION} correct "
        f"after epoch {best_epoch(first)} of {first.last.epoch}, its best (95% CI "
        f"{percent_interval(first.interval)})."
    )
    if others:
        said += f" These images show no clear difference from {scores(others)}."
    return said


def best_epoch(outcome: Outcome) -> int:
    """Return the number of the epoch with the lowest validation loss; 0 if there is none."""
    best = outcome.history.best_epoch
    return best.epoch if best else 0


def fall(outcome: Outcome) -> str:
    """Write the change of the validation loss: from 2.302 to 2.283."""
    start, end = (outcome.history.epochs[place].validation_loss or 0.0 for place in (0, -1))
    return f"from {number(start, 4)} to {number(end, 4)}"


def both_splits(outcome: Outcome) -> str:
    """Write the training and validation accuracy of the last epoch."""
    return (
        f"{percent(outcome.training_accuracy)} of the training images and "
        f"{percent(outcome.last.validation_accuracy)} {VALIDATION}"
    )


def when_overfitting(outcome: Outcome, name: str) -> str:
    """Write when a run began to overfit by its validation loss, or that it did not."""
    found = outcome.overfitting
    if isinstance(found, Onset):
        when = f"began at epoch {found.best.epoch}"
        return f"{name}: {when} (between {found.earliest} and {found.latest})"
    if isinstance(found, Unknown):
        return f"{name}: can't tell, {found.value}"
    return f"{name}: none in {outcome.last.epoch} epochs"
