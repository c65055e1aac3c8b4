"""Sentences on what differs between a run's settings and those with a remedy."""

from mnistlab.core.analysis.comparison import differing_settings
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.fields import SETTINGS
from mnistlab.ui import formatting


def describe_change(before: RunConfig, after: RunConfig) -> str:
    """Write what was changed: learning rate 0.001 instead of 0.01."""
    names = [name for name in differing_settings([before, after]) if _matters(name, after)]
    return " and ".join(_describe(name, before, after) for name in names)


_COUNTED = {"hidden_layers", "units", "epochs", "training_images"}
"""Settings that count what their label names."""


def _describe(name: str, before: RunConfig, after: RunConfig) -> str:
    now, then = (formatting.setting(name, getattr(config, name)) for config in (after, before))
    label = SETTINGS[name].label
    label = f"{label[0].lower()}{label[1:]}"
    if name not in _COUNTED:
        return f"{label} {now} instead of {then}"
    return f"{now} {label.removesuffix('s') if now == '1' else label} instead of {then}"


def _matters(name: str, config: RunConfig) -> bool:
    """Return whether a setting has a meaning: units have none without a hidden layer."""
    return name != "units" or config.hidden_layers > 0
