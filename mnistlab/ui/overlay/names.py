"""What groups of runs are called, as short as can be: by what distinguishes them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mnistlab.core.analysis.comparison import ComparedRun, Group, differing_settings
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.fields import (
    ACTIVATION,
    EPOCHS,
    MOMENTUM,
    OPTIMIZER,
    RATE_CHANGES,
    SCHEDULE,
    SEED,
    SETTINGS,
)
from mnistlab.core.settings.kinds import Value
from mnistlab.core.settings.registry import OPTIMIZERS
from mnistlab.ui import formatting

_CLEAR_BY_VALUE = (ACTIVATION.name, OPTIMIZER.name, SCHEDULE.name, RATE_CHANGES.name)
"""Settings whose values need no label: tanh, AdamW, One-cycle, 0.001 from step 500."""


@dataclass(frozen=True)
class GroupName:
    """What a group of runs is called.

    Attributes:
        text: Unique among the groups.
        further: In what it differs from the others, if its name does not say it.
    """

    text: str
    further: str


def name_groups(groups: Sequence[Group]) -> list[GroupName]:
    """Name groups by what distinguishes them: what their students called them, or settings.

    Only those settings are told that most of the groups do not share.
    """
    given = _without_shared_start([_given_name(group.members[0]) for group in groups])
    usual = _find_usual_settings([group.config for group in groups])
    names = []
    for name, group in zip(given, groups, strict=True):
        parts = _tell_differences(group.config, usual)
        is_clear = given.count(name) == 1
        texts = [name] if name and is_clear else list(filter(None, [name, *parts]))
        further = [part for part in parts if part not in texts]
        if not texts:
            settings = formatting.short_name(group.config)
            texts, further = ([_BASELINE], [settings]) if len(groups) > 1 else ([settings], [])
        text = " · ".join(texts) + _count_seeds(group)
        names.append(GroupName(text, " · ".join([*further, *_list_seeds(group)])))
    return names


_BASELINE = "Baseline"
"""The group whose settings are all shared by most of the groups."""


def _given_name(run: ComparedRun) -> str:
    return "" if run.name == formatting.short_name(run.config) else run.name


def _without_shared_start(names: Sequence[str]) -> list[str]:
    """Return names without what is before a colon in all of them: that of one experiment."""
    starts = {name.rpartition(": ")[0] for name in names}
    is_shared = len(starts) == 1 and len(names) > 1
    return [name.rpartition(": ")[2] if is_shared else name for name in names]


def _find_usual_settings(configs: Sequence[RunConfig]) -> dict[str, Value | None]:
    """Return the settings that differ, but the seed: of each the value of most configs, or None."""
    usual: dict[str, Value | None] = {}
    for name in differing_settings(configs):
        [(value, count)] = Counter(getattr(config, name) for config in configs).most_common(1)
        usual[name] = value if count > len(configs) / 2 else None
    usual.pop(SEED.name, None)
    return usual


def _tell_differences(config: RunConfig, usual: Mapping[str, Value | None]) -> list[str]:
    different = [name for name, value in usual.items() if getattr(config, name) != value]
    if not OPTIMIZERS[config.optimizer].takes_momentum:
        different = [name for name in different if name != MOMENTUM.name]
    return [describe_setting(name, config) for name in different]


def _count_seeds(group: Group) -> str:
    return f" ({len(group.members)} seeds)" if len(group.members) > 1 else ""


def _list_seeds(group: Group) -> list[str]:
    seeds = sorted(member.config.seed for member in group.members)
    return [f"Seeds {', '.join(map(str, seeds))}"] if len(seeds) > 1 else []


def describe_setting(name: str, config: RunConfig) -> str:
    """Write a setting in a few words: tanh, Dropout 0.2, 10 epochs."""
    value = formatting.setting(name, getattr(config, name))
    if name == EPOCHS.name:
        return f"{value} epochs" if config.epochs > 1 else "1 epoch"
    if name == RATE_CHANGES.name and not config.rate_changes:
        return "No learning-rate changes"
    is_clear = name in _CLEAR_BY_VALUE and not value.startswith("None")
    return value if is_clear else f"{SETTINGS[name].label} {value}"
