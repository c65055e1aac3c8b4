"""The query of a URL, read without corrections."""

from collections.abc import Mapping
from typing import Any

from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.fields import SETTINGS


def read_query(query: Mapping[str, str]) -> RunConfig:
    """Read settings written as text; ConfigError for the first value that is not allowed."""
    values: dict[str, Any] = {name: SETTINGS[name].parse(text) for name, text in query.items()}
    return RunConfig(**values)
