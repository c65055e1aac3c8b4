"""A change of the learning rate during a run: a setting, and an event of the run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RateChange:
    """From a step on, another learning rate; the run's schedule scales it as it did the first.

    Attributes:
        step: The first step at this rate; a run's steps are counted from 0.
        learning_rate: The rate.
    """

    step: int
    learning_rate: float
