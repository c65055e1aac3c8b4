"""Sentences on what differs between a run's settings and those with a remedy."""

from mnistlab.core.analysis.comparison import differing_settings
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.fields import SETTINGS
from mnistlab.ui import formatting


def describe_change(before: RunConfig, after: RunConfig) -> str:
    """Write what was changed: learning rate 0.001 instead of 0.01."""
    names = [name for name in differing_settings([before, after]) if _matters(name, after)]
    parts = []
    for name in names:
        now, then = (formatting.setting(name, getattr(c, name)) for c in (after, before))
        label = SETTINGS[name].label
        parts.append(f"{label[0].lower()}{label[1:]} {now} instead of {then}")
    return " and ".join(parts)


def _matters(name: str, config: RunConfig) -> bool:
    """Return whether a setting has a meaning: units have none without a hidden layer."""
    return name != "units" or config.hidden_layers > 0
