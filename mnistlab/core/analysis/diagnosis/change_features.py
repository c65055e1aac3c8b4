"""What a change of settings makes of a run's figures, as numbers (`features.py`)."""

from collections.abc import Callable, Mapping

from mnistlab.core.analysis.diagnosis.features import OF_CONFIG, OF_RUN

Named = Mapping[str, float]


def _moved_by_rate(name: str) -> Callable[[Named, Named, Named], float]:
    """Return a feature of the curves as it would be if it grew as the learning rate does."""
    rate = "rate with momentum"
    return lambda before, after, run: run[name] + after[rate] - before[rate]


OF_CHANGE: dict[str, Callable[[Named, Named, Named], float]] = {
    "greatest update then": _moved_by_rate("greatest update"),
    "least update then": _moved_by_rate("least update"),
    "first update then": _moved_by_rate("first update"),
    "greatest distance then": lambda before, after, run: (
        run["greatest distance"] + after["way"] - before["way"]
    ),
    "fall then": lambda before, after, run: run["pace"] * 10 ** after["epochs"],
    "changed": lambda before, after, run: float(sum(before[name] != after[name] for name in after)),
}
"""By name, from the settings before and after a change, and the curves of the run before it."""


def of_change(before: list[float], after: list[float], run: list[float]) -> list[float]:
    """Return the features of a change, in the order of `OF_CHANGE`.

    Args:
        before: The features of the run's settings.
        after: Those of the changed settings.
        run: Those of the run's curves.
    """
    now, then = (dict(zip(OF_CONFIG, each, strict=True)) for each in (before, after))
    curves = dict(zip(OF_RUN, run, strict=True))
    return [feature(now, then, curves) for feature in OF_CHANGE.values()]
