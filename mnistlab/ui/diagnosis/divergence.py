"""Texts on a run whose loss became infinite or not a number."""

from mnistlab.core.analysis.range_test.suggestion import is_range_test
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.fields import LEARNING_RATE
from mnistlab.core.settings.typed_numbers import write_number
from mnistlab.core.training.events import Divergence
from mnistlab.core.training.history import History


def explain(history: History, config: RunConfig) -> str:
    """Write where a run diverged, what was kept, and what to try."""
    kept = _kept(history)
    sentence = f"{where(history.divergence)}.{f' Kept: {kept}.' if kept else ''}"
    if is_range_test(config):
        return f"{sentence} Range tests often end this way."
    step = history.divergence.step - 1 if history.divergence else 0  # counted from 0
    smaller = float(f"{config.base_rate(step) / 10:.3g}")
    if smaller < LEARNING_RATE.low:
        return sentence
    return f"{sentence} Try a learning rate of {write_number(smaller)} or less."


def where(divergence: Divergence | None) -> str:
    """Write at which step the loss became infinite or NaN, without the full stop."""
    if divergence is None:  # in older runs it is not recorded
        return "The loss became infinite or NaN (not a number)"
    loss = f"the {divergence.split} loss" if divergence.split else "the loss"
    step = f"step {divergence.step:,} (epoch {divergence.epoch:.2f})"
    return f"At {step} {loss} became infinite or NaN (not a number)"


def measured_with(history: History) -> str:
    """Write which weights a run that diverged was tested with."""
    weights = _kept(history) or "weights from before it"
    return f"This run diverged. Measured with what was kept: {weights}."


def _kept(history: History) -> str:
    kept = history.divergence.kept_epoch if history.divergence else None
    if kept is None:
        return ""
    if history.best_epoch is None:
        return f"the weights after epoch {kept:.3g}"
    return f"epoch {kept:g}, the best before"
