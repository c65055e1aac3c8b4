"""Texts of a comparison: the lines' names, and sentences on the ranking."""

from collections.abc import Sequence

from mnistlab.core.analysis.comparison import (
    Group,
    RankedGroup,
    count_tied,
    telling_settings,
)
from mnistlab.core.settings.config import RunConfig
from mnistlab.store import RunRecord
from mnistlab.ui import formatting
from mnistlab.ui.overlay.names import describe_setting
from mnistlab.ui.session.offered_runs import label

BAND = (
    "A band shows the same settings trained with several seeds. It spans the lowest to the highest "
    "value; the lines are means."
)
RANKING = (
    "Ranked by the validation accuracy of each run's best epoch, the one with the lowest "
    "validation loss. Test accuracy is left out on purpose: if you choose by it, no unseen images "
    "are left to check your choice."
)
_COUNTS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
DEVIATION = "± SD is the standard deviation between seeds: how much chance alone changes a result."


def tell_apart(names: Sequence[str], configs: Sequence[RunConfig]) -> list[str]:
    """Return unique names: equal ones are completed by the settings that differ.

    Args:
        names: The runs' names.
        configs: Their settings, in the same order.
    """
    namesakes: dict[str, list[RunConfig]] = {}
    for name, config in zip(names, configs, strict=True):
        namesakes.setdefault(name, []).append(config)
    telling = {name: telling_settings(same) for name, same in namesakes.items()}
    named = [
        " · ".join([name, *(describe_setting(setting, config) for setting in telling[name])])
        for name, config in zip(names, configs, strict=True)
    ]
    return _number_equals(named)


def name_runs(runs: Sequence[RunRecord]) -> dict[str, str]:
    """Return unique names by the runs' ids."""
    names = tell_apart([label(run) for run in runs], [run.config for run in runs])
    return {run.id: name for run, name in zip(runs, names, strict=True)}


def _number_equals(names: Sequence[str]) -> list[str]:
    numbered: list[str] = []
    for name in names:
        number, unique = 1, name
        while unique in numbered:
            number += 1
            unique = f"{name} ({number})"
        numbered.append(unique)
    return numbered


def accuracy(group: Group) -> str:
    """Write the validation accuracy, or why there is none."""
    if group.accuracy is None:
        return _why_not_judged(group)
    mean, deviation = group.accuracy.mean, group.accuracy.deviation
    if deviation is None:
        return formatting.percent(mean)
    return f"{formatting.percent_with_margin(mean, deviation)} SD"


def loss(group: Group) -> str:
    """Write the validation loss."""
    if group.loss is None:
        return formatting.NOTHING
    mean, deviation = group.loss.mean, group.loss.deviation
    if deviation is None:
        return formatting.loss(mean)
    return f"{formatting.loss_with_margin(mean, deviation)} SD"


def interval(group: Group) -> str:
    """Write the 95% confidence interval of the validation accuracy."""
    measured = group.interval
    return formatting.NOTHING if measured is None else formatting.percent_interval(measured)


def epochs(group: Group) -> str:
    """Write how many epochs are done: 8 of 8, 2–5 of 8."""
    done = sorted(member.history.epochs_done for member in group.members)
    span = str(done[0]) if done[0] == done[-1] else f"{done[0]}–{done[-1]}"
    return f"{span} of {group.config.epochs}"


def seconds(group: Group) -> str:
    """Write the training time, of several runs their mean."""
    return formatting.duration(group.seconds) if group.seconds else formatting.NOTHING


def verdicts(ranking: Sequence[RankedGroup]) -> list[str]:
    """Return sentences on what the ranking does not show by itself."""
    sentences = [_verdict(ranking), _different_images(ranking)]
    several = any(s.group.accuracy and s.group.accuracy.deviation is not None for s in ranking)
    sentences.append(DEVIATION if several else "")
    return [*filter(None, sentences), *_repeats([ranked.group for ranked in ranking])]


def _why_not_judged(group: Group) -> str:
    if not group.config.validation_images:
        return "No validation images"
    return "No epoch finished yet"


def _verdict(ranking: Sequence[RankedGroup]) -> str:
    judged = [ranked for ranked in ranking if ranked.rank is not None]
    if len(judged) < 2:
        return ""
    level = count_tied(ranking)
    counts = {ranked.group.config.validation_images for ranked in judged}
    images = f"{counts.pop():,}" if len(counts) == 1 else "their"
    if level == 1:
        return f"First place leads by more than chance explains with {images} validation images."
    who = "first and second" if level == 2 else f"the first {_COUNTS[level]}"
    return (
        f"Between {who}, {images} validation images show no clear difference: their 95% confidence "
        "intervals (CI) overlap."
    )


def _different_images(ranking: Sequence[RankedGroup]) -> str:
    counts = {ranked.group.config.validation_images for ranked in ranking} - {0}
    if len(counts) < 2:
        return ""
    listed = formatting.listed([f"{count:,}" for count in sorted(counts)])
    return (
        f"These runs were judged on different numbers of validation images: {listed}. A larger set "
        "contains all images of a smaller one, plus others that may be easier or harder."
    )


def _repeats(groups: Sequence[Group]) -> list[str]:
    return [
        f"“{repeat.name}” is counted once: another run here has the same settings and seed."
        for group in groups
        for repeat in group.repeats
    ]
