"""Outcomes, for tests of pages."""

from tests.factories import outcome as outcome
