"""What is said of a run whose loss left the finite numbers."""

import math

from mnistlab.core.analysis.range_test.suggestion import is_range_test
from mnistlab.core.errors import DivergedError
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.kinds import write_number


def explain_divergence(loss: float, split: str, step: int, config: RunConfig) -> DivergedError:
    """Return the error for a loss that is infinite or not a number.

    Args:
        loss: That loss.
        split: On which images it was measured.
        step: Steps taken until then.
        config: The run's settings.
    """
    became = "is no longer a number" if math.isnan(loss) else "grew beyond all numbers"
    where = f"after step {step:,} (epoch {step / config.steps_per_epoch:.2f})"
    problem = f"The {split} loss {became} {where}"
    if is_range_test(config):
        return DivergedError(f"{problem}.", "So ends many a range test.")
    smaller = write_number(float(f"{config.learning_rate / 10:.3g}"))
    return DivergedError(
        f"{problem}: {DivergedError.REASON}.",
        f"Try a learning rate of {smaller} or less.",
    )
