"""A run's speed, and the time it has left."""

from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History

_RECENT_POINTS = 20


def images_per_second(history: History, config: RunConfig) -> float | None:
    """Return the speed over the last points; None before there are two."""
    recent = history.steps[-_RECENT_POINTS:]
    if len(recent) < 2:
        return None
    seconds = recent[-1].seconds - recent[0].seconds
    epochs = recent[-1].epoch - recent[0].epoch
    return epochs * config.training_images / seconds if seconds > 0 else None


def seconds_left(history: History, config: RunConfig) -> float | None:
    """Return the estimated remaining time; None before the speed is known."""
    pace = images_per_second(history, config)
    if not pace:
        return None
    return (config.epochs - history.epochs_trained) * config.training_images / pace


def seconds_per_epoch(history: History) -> float | None:
    """Return the mean training time of complete epochs; None before the first."""
    epochs = [point.seconds for point in history.epochs if point.epoch > 0]
    return sum(epochs) / len(epochs) if epochs else None
