"""The ten digits that `tests/browser` draws with real pointer events."""

from tests.factories import DIGITS as DIGITS
