"""Which changes of a run's learning rate are allowed."""

from mnistlab.core.analysis.range_test.suggestion import is_range_test
from mnistlab.core.errors import ConfigError
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.fields import LEARNING_RATE, RATE_CHANGES
from mnistlab.core.settings.kinds import reject
from mnistlab.core.settings.typed_numbers import write_number
from mnistlab.engine.live import LiveRun
from mnistlab.store import RunRecord


def check_rate_change(record: RunRecord, live: LiveRun | None, rate: float) -> LiveRun:
    """Return the run as it is; ConfigError if its learning rate can't be changed to `rate` now."""
    if live is None and record.status is RunStatus.RUNNING:
        raise _refuse(
            "can only be changed through the server that trains this run",
            "Open the page there.",
        )
    if live is None or live.status is not RunStatus.RUNNING:
        raise _refuse(
            "can only be changed while the run is being trained",
            "Set another one in the form, and train a run with it.",
        )
    if record.explains is not None or is_range_test(record.config):
        raise _refuse("of such a test is fixed", "Train a run of your own to change it on the way.")
    if not LEARNING_RATE.check(rate):
        raise reject(LEARNING_RATE, write_number(rate))
    if rate == live.history.base_rate(live.config):
        raise _refuse(f"is {write_number(rate)} already", "Choose another one.")
    if len(live.config.rate_changes) >= RATE_CHANGES.most:
        raise _refuse(
            f"was changed {RATE_CHANGES.most} times, the most that a run may have",
            "Let this run end, or stop it and train another.",
        )
    return live


def _refuse(problem: str, remedy: str) -> ConfigError:
    return ConfigError(LEARNING_RATE.name, f"The learning rate {problem}.", remedy)
