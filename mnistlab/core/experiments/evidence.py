"""The findings of a single run."""

from mnistlab.core.analysis.diagnosis.overfitting import Onset, find_overfitting
from mnistlab.core.formatting import loss, percent
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import EpochPoint
from mnistlab.core.training.history import History, Measure


def find_evidence(config: RunConfig, history: History) -> list[str]:
    """Return a sentence for each finding in a run's curves."""
    best = history.best_epoch
    if best is None:
        return []
    return [*_losses(history), _accuracies(best), *_overfitting(config, history)]


def _losses(history: History) -> list[str]:
    if not history.steps:
        return []
    first, last = history.steps[0], history.epochs[-1]
    moved = "fell" if (last.train_loss or 0.0) < first.train_loss else "did not fall"
    return [
        f"Training loss {moved}: {loss(first.train_loss)} at the first step, "
        f"{loss(last.train_loss)} in epoch {last.epoch}."
    ]


def _accuracies(best: EpochPoint) -> str:
    return (
        f"Best at epoch {best.epoch}, which had the lowest validation loss "
        f"({loss(best.validation_loss)}): {percent(best.validation_accuracy)} of the validation "
        "images correct."
    )


def _overfitting(config: RunConfig, history: History) -> list[str]:
    found = find_overfitting(history, config.validation_images, Measure.LOSS)
    if not isinstance(found, Onset):
        return []
    return [
        f"Overfitting, by validation loss, began at epoch {found.best.epoch} "
        f"(between {found.earliest} and {found.latest}). Since then the loss has risen by "
        f"{loss(found.change.worse)}."
    ]
