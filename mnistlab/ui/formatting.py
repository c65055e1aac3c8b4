"""Numbers and settings as text."""

import re
from collections.abc import Mapping
from datetime import datetime

from mnistlab.core import formatting as writing
from mnistlab.core.analysis.range_test.suggestion import is_range_test
from mnistlab.core.formatting import NOTHING as NOTHING
from mnistlab.core.formatting import listed as listed
from mnistlab.core.formatting import loss as loss
from mnistlab.core.formatting import loss_with_margin as loss_with_margin
from mnistlab.core.formatting import number as number
from mnistlab.core.formatting import percent as percent
from mnistlab.core.formatting import percent_interval as percent_interval
from mnistlab.core.formatting import percent_with_margin as percent_with_margin
from mnistlab.core.formatting import with_margin as with_margin
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.activations import ACTIVATIONS, Activation
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.distortions import DISTORTIONS, Distortion
from mnistlab.core.settings.fields import SEED, SETTINGS
from mnistlab.core.settings.kinds import Value
from mnistlab.core.settings.limits import WIDEST, Limits
from mnistlab.core.settings.rate_change import RateChange
from mnistlab.core.settings.registry import (
    INITIALISATIONS,
    OPTIMIZERS,
    SCHEDULES,
    Initialisation,
    Optimizer,
    Schedule,
)

Registered = Activation | Optimizer | Initialisation | Schedule | Distortion

REGISTRIES: Mapping[str, Mapping[str, Registered]] = {
    "activation": ACTIVATIONS,
    "optimizer": OPTIMIZERS,
    "initialisation": INITIALISATIONS,
    "schedule": SCHEDULES,
    "distortions": DISTORTIONS,
}
"""By setting, its choices with their labels and hints."""

STATUS_WORDS = {
    RunStatus.QUEUED: "Queued",
    RunStatus.RUNNING: "Training",
    RunStatus.FINISHED: "Finished",
    RunStatus.STOPPED: "Stopped",
    RunStatus.DIVERGED: "Diverged",
    RunStatus.FAILED: "Failed",
    RunStatus.INTERRUPTED: "Interrupted",
}


def state(status: RunStatus, config: RunConfig) -> str:
    """Write a run's status; a range test that diverges has ended normally."""
    if status is RunStatus.DIVERGED and is_range_test(config):
        return "Ended"
    return STATUS_WORDS[status]


_MARKUP = re.compile(r"([\\`*_\[\]<>&$~])")
_SHORTCUT = re.compile(r"(:|@|\bwww)(?=[\w/+.-])")
_WORD_JOINER = "\N{WORD JOINER}"


def plain(text: str) -> str:
    """Return Markdown that shows a text literally, in one line.

    Messages quote typed texts and links, which may contain markup.
    """
    marked = _MARKUP.sub(r"\\\1", " ".join(text.split()))
    # Streamlit searches for links and emoji again after it has removed the backslashes.
    return _SHORTCUT.sub(rf"\1{_WORD_JOINER}", marked)


def probability(share: float) -> str:
    """Write a network's probability, which is never quite 0 or 1: 97.3%, > 99.9%."""
    if share > 0.9995:
        return "> 99.9%"
    return "< 0.1%" if share < 0.0005 else percent(share, 1)


def digits(count: int) -> str:
    """Write how many digits there are: 1 digit, 12 digits."""
    return "1 digit" if count == 1 else f"{count:,} digits"


def images(count: int) -> str:
    """Write how many images there are: 1 image, 1,204 images."""
    return "1 image" if count == 1 else f"{count:,} images"


_LONGEST = 10_000 * 3600.0
"""Seconds: more than a year."""


def epoch(epochs: float) -> str:
    """Write a place on an axis of epochs: Epoch 3, Epoch 3.25."""
    return f"Epoch {epochs:.2f}".removesuffix(".00")


def duration(seconds: float) -> str:
    """Write a duration: 25 s, 1 min 20 s, 2 h 5 min."""
    if seconds >= _LONGEST:
        return "over a year"
    whole = max(1, round(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes_left = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes_left} min"
    if minutes >= 10 or (minutes and not rest):
        return f"{minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{whole} s"


def short_time(seconds: float) -> str:
    """Write a short duration with two significant digits: 12 s, 3.6 s, 0.08 s."""
    if seconds >= _LONGEST:
        return duration(seconds)
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.{1 if seconds >= 1 else 2}f} s"


def place_in_line(place: int, seconds: float | None) -> str:
    """Write when a queued run starts, in a phone's line: No. 3 in line, about 40 s."""
    where = "Next in line" if place == 1 else f"No. {place} in line"
    if seconds is None:
        return where
    return f"{where}, about {duration(5 * max(1, round(seconds / 5)))}"


def moment(when: datetime) -> str:
    """Write a time in the server's zone, with the date unless it is today: 3 May, 14:05."""
    local, today = when.astimezone(), datetime.now().astimezone()
    if local.date() == today.date():
        return f"{local:%H:%M}"
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local.day} {local:%b}{year}, {local:%H:%M}"


def limits(allowed: Limits) -> str:
    """Write the server's limits that are narrower than those of the settings."""
    runs = "newest run" if allowed.runs_per_lab == 1 else f"newest {allowed.runs_per_lab:,} runs"
    most = []
    if allowed.max_parameters < WIDEST.max_parameters:
        most.append(f"{allowed.max_parameters:,} parameters")
    if allowed.max_epochs < WIDEST.max_epochs:
        most.append("1 epoch" if allowed.max_epochs == 1 else f"{allowed.max_epochs:,} epochs")
    narrower = f"On this server: up to {' and '.join(most)}. " if most else ""
    return f"{narrower}Your lab keeps its {runs}."


def setting(name: str, value: Value) -> str:
    """Write the value of a setting: 55,000, 0.002, 512 → 256, One-cycle."""
    if name in REGISTRIES:
        return REGISTRIES[name][str(value)].label
    if isinstance(value, tuple):
        return _listed_setting(value)
    # A seed is no amount, so it has no thousands separators.
    if isinstance(value, int) and name != SEED.name:
        return f"{value:,}"
    if isinstance(value, float):
        return writing.setting(value)
    return SETTINGS[name].format(value)


_MOST_CHANGES = 3


def _listed_setting(values: tuple[int, ...] | tuple[RateChange, ...]) -> str:
    """Write widths, 512 → 256, or rate changes: 0.001 from step 500, 0.0005 from step 900."""
    if not values:
        return "None"
    changes = [each for each in values if isinstance(each, RateChange)]
    if not changes:
        return " → ".join(map(str, values))
    more = len(changes) - _MOST_CHANGES
    written = [rate_change(each) for each in changes[:_MOST_CHANGES]]
    return ", ".join([*written, *([f"{more} more"] if more > 0 else [])])


def rate_change(change: RateChange) -> str:
    """Write a change of the learning rate: 0.001 from step 1,500."""
    return f"{writing.setting(change.learning_rate)} from step {change.step:,}"


def network(config: RunConfig) -> str:
    """Write the layers from pixels to digits: 784 → 512 → 512 → 10."""
    return " → ".join(map(str, config.layer_sizes))


def short_name(config: RunConfig) -> str:
    """Name a run by its main settings: 2×512 ReLU, AdamW 0.002, affine."""
    rate = "LR range test" if is_range_test(config) else writing.setting(config.learning_rate)
    parts = [_layers(config), f"{OPTIMIZERS[config.optimizer].label} {rate}"]
    if config.is_distorted:
        parts.append(DISTORTIONS[config.distortions].label.lower())
    return ", ".join(parts)


def _layers(config: RunConfig) -> str:
    if not config.hidden_layers:
        return "No hidden layer"
    same = len(set(config.widths)) == 1
    layers = f"{config.hidden_layers}×{config.widths[0]}" if same else network(config)
    return f"{layers} {ACTIVATIONS[config.activation].label}"
