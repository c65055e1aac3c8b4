"""Whether a suggested learning rate is good: short runs at a third, once and three times it.

The lowest validation loss decides rather than the highest accuracy: it is also the epoch's
whose weights are kept. The two seldom disagree; CONTRIBUTING has the count. A short run can
prefer a rate that a long one does not, the more so the shorter it is.
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
"""A check has that many at least, in whole epochs, if the config has. With half of that, one
network of twenty ended a whole point behind its best rate; CONTRIBUTING has the figures."""


@dataclass(frozen=True)
class RateCheckResult:
    """What the checks say.

    Attributes:
        rate: The best of them.
        level: Those that can't be told from it, itself among them, from the lowest to the
            highest: their 95 % intervals of validation loss overlap the best one's. That is
            stricter than a test of the difference. The best alone without validation
            images, since training losses have no such interval.
        is_validated: Whether validation images decided; else the training loss did.
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
    """Return a config at another rate, to train in earnest; a range test keeps its rate."""
    schedule = "constant" if is_range_test(config) else config.schedule
    return dataclasses.replace(config, learning_rate=rate, schedule=schedule)


def check_configs(config: RunConfig, rate: float) -> tuple[RunConfig, ...]:
    """Return three short runs, from the lowest rate to the highest.

    They are the config itself, with its schedule and its seed, for as few epochs as have
    800 steps. Where a limit of the setting is met, there may be fewer.
    """
    epochs = min(config.epochs, -(-_STEPS // config.steps_per_epoch))
    shortened = dataclasses.replace(config, epochs=epochs)
    rates = sorted({round_rate(rate * factor) for factor in FACTORS})
    return tuple(trained_config(shortened, each) for each in rates)


def judge(checks: Sequence[ComparedRun]) -> RateCheckResult | None:
    """Return what checks say that have ended; None if none of them has trained an epoch.

    Args:
        checks: Without those that failed, which are no candidates.
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
    # One image alone says nothing of how others would have done.
    error = math.inf if best.errors is None else best.errors.loss
    return _Score(check.config.learning_rate, best.validation_loss, NORMAL_95 * error)


def _training_score(check: ComparedRun) -> _Score | None:
    last = check.history.epochs[-1] if check.history.epochs else None
    if last is None or last.train_loss is None:
        return None
    return _Score(check.config.learning_rate, last.train_loss, 0.0)
