"""Predictions by experiment, and their form in the URL: name:key,name:key."""

from collections.abc import Mapping

from mnistlab.core.experiments.registry import EXPERIMENTS

SKIPPED = "-"
"""The key of a prediction that was skipped."""


def read(text: str) -> dict[str, str]:
    """Read the text of `write`; invalid predictions are left out silently."""
    pairs = (part.partition(":") for part in text.split(","))
    return {name: key for name, _, key in pairs if _is_guess(name, key)}


def write(guesses: Mapping[str, str]) -> str:
    """Write predictions as one text."""
    return ",".join(f"{name}:{key}" for name, key in guesses.items())


def _is_guess(name: str, key: str) -> bool:
    return name in EXPERIMENTS and (key == SKIPPED or key in EXPERIMENTS[name].options)
