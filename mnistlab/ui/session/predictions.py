"""What was predicted, by experiment, and how that travels in the URL: name:key,name:key."""

from collections.abc import Mapping

from mnistlab.core.experiments.registry import EXPERIMENTS

SKIPPED = "-"
"""What stands for a prediction where somebody would rather not make one."""


def read(text: str) -> dict[str, str]:
    """Read what `write` wrote; what is no prediction is left out without a word."""
    pairs = (part.partition(":") for part in text.split(","))
    return {name: key for name, _, key in pairs if _is_guess(name, key)}


def write(guesses: Mapping[str, str]) -> str:
    """Write predictions as one text."""
    return ",".join(f"{name}:{key}" for name, key in guesses.items())


def _is_guess(name: str, key: str) -> bool:
    return name in EXPERIMENTS and (key == SKIPPED or key in EXPERIMENTS[name].options)
