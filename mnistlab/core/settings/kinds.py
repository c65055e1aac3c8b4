"""The kinds of setting: the values of each, and how they are read from and written as text.

`parse` raises a `ConfigError` with the rule for text that is not allowed; `nearest` returns the
closest allowed value. A link with a bad value thus gives a message and a working page.

Two attributes are for the form: the settings of a `group` are together, and two `is_narrow` ones
in a row are beside each other.
"""

import difflib
import itertools
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

from mnistlab.core.errors import ConfigError
from mnistlab.core.settings.rate_change import RateChange
from mnistlab.core.settings.typed_numbers import GROUPED, read_number, read_whole, write_number

Value: TypeAlias = int | float | str | tuple[int, ...] | tuple[RateChange, ...]
T = TypeVar("T", bound=Value)


class Group(StrEnum):
    """What a setting is about; the main ones are in view, the other groups are folded."""

    MAIN = "main"
    NETWORK = "network"
    LEARNING = "learning"
    DATA = "data"


_QUOTED_LENGTH = 40
"""A message quotes at most this many characters of a typed value."""


def quote(text: str) -> str:
    """Return `text` in quotation marks, cut short if it is long."""
    shown = text if len(text) <= _QUOTED_LENGTH else text[: _QUOTED_LENGTH - 1] + "…"
    return f"“{shown}”"


def reject(setting: "Setting", text: str) -> ConfigError:
    """Return the error for a value that `setting` does not allow."""
    given = f"can't be {quote(text)}" if text.strip() else "can't be empty"
    problem = f"{setting.label} {given}: it must be {setting.rule}."
    usual = setting.format(setting.default)
    return ConfigError(setting.name, problem, f"Try {usual}, the default.")


@dataclass(frozen=True)
class _Setting(Generic[T]):
    name: str
    label: str
    hint: str
    default: T
    group: Group = field(default=Group.MAIN, kw_only=True)
    is_narrow: bool = field(default=False, kw_only=True)

    def format(self, value: Value) -> str:
        return str(value)


@dataclass(frozen=True)
class WholeNumber(_Setting[int]):
    """A whole number from `low` to `high`, both allowed."""

    low: int
    high: int

    @property
    def rule(self) -> str:
        return f"a whole number from {self.low:,} to {self.high:,}"

    def check(self, value: object) -> bool:
        return type(value) is int and self.low <= value <= self.high

    def parse(self, text: str) -> int:
        number = read_whole(text)
        if number is None or not number.is_integer() or not self.check(int(number)):
            raise reject(self, text)
        return int(number)

    def nearest(self, text: str) -> int:
        number = read_whole(text)
        if number is None:
            return self.default
        return round(min(max(number, self.low), self.high))


@dataclass(frozen=True)
class RealNumber(_Setting[float]):
    """A number from `low` to `high`, both allowed."""

    low: float
    high: float

    @property
    def rule(self) -> str:
        return f"a number from {write_number(self.low)} to {write_number(self.high)}"

    def check(self, value: object) -> bool:
        if not isinstance(value, int | float) or isinstance(value, bool):
            return False
        return self.low <= value <= self.high

    def parse(self, text: str) -> float:
        number = read_number(text)
        if number is None or not self.check(number):
            raise reject(self, text)
        return number

    def nearest(self, text: str) -> float:
        number = read_number(text)
        return self.default if number is None else min(max(number, self.low), self.high)

    def format(self, value: Value) -> str:
        return write_number(value) if isinstance(value, float | int) else str(value)


@dataclass(frozen=True)
class Widths(_Setting[tuple[int, ...]]):
    """One whole number for all hidden layers, or one for each: `512` or `512,256`."""

    each: WholeNumber
    most: int

    @property
    def rule(self) -> str:
        return f"{self.each.rule}, or one for each layer, separated by commas"

    def check(self, value: object) -> bool:
        if not isinstance(value, tuple) or not 1 <= len(value) <= self.most:
            return False
        return all(self.each.check(width) for width in value)

    def parse(self, text: str) -> tuple[int, ...]:
        if self._may_be_one(text):
            raise ConfigError(
                self.name,
                f"{self.label} can't be {quote(text)}: it may be one number or several.",
                f"Write {text.replace(',', '')} for one, or {text.replace(',', ', ')} for several.",
            )
        try:
            widths = tuple(self.each.parse(part) for part in text.split(","))
        except ConfigError:
            raise reject(self, text) from None
        if not self.check(widths):
            raise reject(self, text)
        return widths

    def nearest(self, text: str) -> tuple[int, ...]:
        numbers = [part for part in text.split(",") if read_number(part) is not None]
        widths = tuple(self.each.nearest(part) for part in numbers[: self.most])
        return widths or self.default

    def format(self, value: Value) -> str:
        if not isinstance(value, tuple):
            return str(value)
        written = ",".join(map(str, value))
        return written.replace(",", ", ") if self._may_be_one(written) else written

    def _may_be_one(self, text: str) -> bool:
        """Return whether commas may separate thousands: 1,536 and 9,024, but not 512,256."""
        if "," not in text or not GROUPED.fullmatch(text.strip()):
            return False
        number = read_whole(text)
        has_zeros = any(part.startswith("0") for part in text.split(","))
        return has_zeros or (number is not None and self.each.check(int(number)))


@dataclass(frozen=True)
class Choice(_Setting[str]):
    """One of the names in a registry."""

    names: tuple[str, ...]

    @property
    def rule(self) -> str:
        return f"one of {', '.join(self.names)}"

    def check(self, value: object) -> bool:
        return value in self.names

    def parse(self, text: str) -> str:
        name = text.strip().lower()
        if not self.check(name):
            raise reject(self, text)
        return name

    def nearest(self, text: str) -> str:
        close = difflib.get_close_matches(text.strip().lower()[:_QUOTED_LENGTH], self.names, n=1)
        return close[0] if close else self.default


@dataclass(frozen=True)
class RateChanges(_Setting[tuple[RateChange, ...]]):
    """Changes of the learning rate, in the order of their steps: `500:0.001,900:0.0005`."""

    step: WholeNumber
    rate: RealNumber
    most: int

    @property
    def rule(self) -> str:
        return f"none, or up to {self.most} such as 500:0.001,900:0.0005, each at a later step"

    def check(self, value: object) -> bool:
        if not isinstance(value, tuple) or len(value) > self.most:
            return False
        if not all(isinstance(each, RateChange) and self._allows(each) for each in value):
            return False
        return all(one.step < other.step for one, other in itertools.pairwise(value))

    def _allows(self, change: RateChange) -> bool:
        return self.step.check(change.step) and self.rate.check(change.learning_rate)

    def parse(self, text: str) -> tuple[RateChange, ...]:
        if text.strip().lower() == "none":
            return ()
        try:
            changes = tuple(self._parse_one(part) for part in text.split(","))
        except ConfigError:
            raise reject(self, text) from None
        if not self.check(changes):
            raise reject(self, text)
        return changes

    def _parse_one(self, text: str) -> RateChange:
        step, _, rate = text.partition(":")
        return RateChange(self.step.parse(step), self.rate.parse(rate))

    def nearest(self, text: str) -> tuple[RateChange, ...]:
        pairs = [part.partition(":")[::2] for part in text.split(",")]
        by_step = {
            self.step.nearest(step): self.rate.nearest(rate)
            for step, rate in pairs
            if read_whole(step) is not None and read_number(rate) is not None
        }
        return tuple(itertools.starmap(RateChange, sorted(by_step.items())))[: self.most]

    def format(self, value: Value) -> str:
        if not isinstance(value, tuple):
            return str(value)
        changes = (each for each in value if isinstance(each, RateChange))
        written = (f"{each.step}:{self.rate.format(each.learning_rate)}" for each in changes)
        return ",".join(written) or "none"


Setting: TypeAlias = WholeNumber | RealNumber | Widths | Choice | RateChanges
