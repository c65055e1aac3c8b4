"""Checks a suggested learning rate by short runs at a third, once and three times it.

The lowest validation loss decides and not the highest accuracy, since it also decides which
epoch's weights are kept. A short run may be best at a rate that is not best for a long one.
"""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

from mnistlab.core.analysis.comparison import ComparedRun
from mnistlab.core.analysis.metrics import NORMAL_95
from mnistlab.core.analysis.range_test.suggestion import is_range_test, round_rate
from mnistlab.core.settings.config import RunConfig

FACTORS = (1 / 3, 1.0, 3.0)

_STEPS = 800
"""The least number for a check, in whole epochs, if the config has as many. With half of that,
one network of twenty ends one percentage point below its best rate."""


@dataclass(frozen=True)
class RateCheckResult:
    """The result of the checks.

    Attributes:
        rate: The best of them.
        level: Those without a clear difference from it, itself among them, from the lowest to
            the highest: their 95 % intervals of validation loss overlap the best one's. That is
            stricter than a test of the difference. The best alone without validation images,
            since training losses have no such interval.
        is_validated: Whether validation loss decided; else training loss did.
    """

    rate: float
    level: tuple[float, ...]
    is_validated: bool


@dataclass(frozen=True)
class _Score:
    rate: float
    loss: float
    margin: float
    """Half the width of the 95 % interval."""


def trained_config(config: RunConfig, rate: float) -> RunConfig:
    """Return a config at another rate from start to end; a range test's schedule is dropped."""
    schedule = "constant" if is_range_test(config) else config.schedule
    return dataclasses.replace(config, learning_rate=rate, schedule=schedule, rate_changes=())


def check_configs(config: RunConfig, rate: float) -> tuple[RunConfig, ...]:
    """Return three short runs, from the lowest rate to the highest.

    They have the config's schedule and seed, and as few epochs as have 800 steps. At a limit of
    the setting there may be fewer runs.
    """
    epochs = min(config.epochs, -(-_STEPS // config.steps_per_epoch))
    shortened = dataclasses.replace(config, epochs=epochs)
    rates = sorted({round_rate(rate * factor) for factor in FACTORS})
    return tuple(trained_config(shortened, each) for each in rates)


def judge(checks: Sequence[ComparedRun]) -> RateCheckResult | None:
    """Return the result of checks that have ended; None if none of them has trained an epoch.

    Args:
        checks: Without those that failed.
    """
    validated = [score for check in checks if (score := _validation_score(check))]
    scores = validated or [score for check in checks if (score := _training_score(check))]
    if not scores:
        return None
    best = min(scores, key=lambda score: score.loss)
    level = sorted(
        score.rate for score in scores if score.loss - score.margin <= best.loss + best.margin
    )
    return RateCheckResult(best.rate, tuple(level), is_validated=bool(validated))


def _validation_score(check: ComparedRun) -> _Score | None:
    best = check.history.best_epoch
    if best is None or best.validation_loss is None:
        return None
    # A single image has no standard error.
    error = math.inf if best.errors is None else best.errors.loss
    return _Score(check.config.learning_rate, best.validation_loss, NORMAL_95 * error)


def _training_score(check: ComparedRun) -> _Score | None:
    last = check.history.epochs[-1] if check.history.epochs else None
    if last is None or last.train_loss is None:
        return None
    return _Score(check.config.learning_rate, last.train_loss, 0.0)
