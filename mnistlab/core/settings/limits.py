"""The limits of one server on runs, below the limits of the settings.

`RunConfig` does not check them: a link or a run from a larger server can be read, but may be
too big to train on this one.
"""

import bisect
import dataclasses
from dataclasses import dataclass

from mnistlab.core.errors import ConfigError
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.fields import EPOCHS, HIDDEN_LAYERS, UNITS

FEWEST_PARAMETERS = RunConfig(hidden_layers=0).parameter_count
MOST_PARAMETERS = RunConfig(
    hidden_layers=HIDDEN_LAYERS.high, units=(UNITS.each.high,)
).parameter_count
"""Of the smallest and of the largest network that the settings allow."""

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Limits:
    """The limits of one server.

    The defaults suit two training workers in 2.7 GB.

    Attributes:
        max_parameters: Most weights and biases that a network may have.
        max_epochs: Most epochs that a run may have in all.
        runs_per_lab: How many of its runs a lab keeps.
        store_bytes: The limit of all runs' curves and weights together.
    """

    max_parameters: int = 3_000_000
    max_epochs: int = EPOCHS.high
    runs_per_lab: int = 150
    store_bytes: int = 5_000 * MEGABYTE

    def problems(self, config: RunConfig) -> tuple[ConfigError, ...]:
        """Return an error for each limit that a config exceeds."""
        too_big = []
        if config.parameter_count > self.max_parameters:
            problem = (
                f"This network has {config.parameter_count:,} parameters, but this server allows "
                f"at most {self.max_parameters:,}."
            )
            remedy = "Use fewer hidden layers or fewer units per layer."
            too_big.append(ConfigError(UNITS.name, problem, remedy))
        if config.epochs > self.max_epochs:
            problem = (
                f"{EPOCHS.label} can't be {config.epochs:,}: this server allows at most "
                f"{self.max_epochs:,}."
            )
            too_big.append(ConfigError(EPOCHS.name, problem, f"Set {self.max_epochs:,} or fewer."))
        return tuple(too_big)

    def check(self, config: RunConfig) -> None:
        """Raise the first of `problems`, if there are any."""
        for error in self.problems(config):
            raise error

    def nearest(self, config: RunConfig) -> RunConfig:
        """Return a config within the limits: with fewer epochs, and its widest layers narrower."""
        config = dataclasses.replace(config, epochs=min(config.epochs, self.max_epochs))

        def count(width: int) -> int:
            return _narrowed(config, width).parameter_count

        widths = range(1, max(config.units) + 1)
        fitting = bisect.bisect_right(widths, self.max_parameters, key=count)
        return _narrowed(config, max(fitting, 1))


def _narrowed(config: RunConfig, width: int) -> RunConfig:
    units = tuple(min(width, each) for each in config.units)
    return dataclasses.replace(config, units=units)


WIDEST = Limits(MOST_PARAMETERS, EPOCHS.high, runs_per_lab=10_000, store_bytes=10**15)
"""The limits of the settings alone."""
