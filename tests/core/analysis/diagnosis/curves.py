"""Curves, for tests of pages."""

from tests.factories import curve as curve
from tests.factories import hidden as hidden
from tests.factories import last as last
from tests.factories import probe as probe
