"""The settings of the next run: four in view, the rest folded away.

Number fields have no limits of their own: what is typed is checked by the same rules
as a link, and answered with the same words.
"""

from collections.abc import Callable

import streamlit as st

from mnistlab.core.settings import fields as settings
from mnistlab.core.settings.kinds import (
    Choice,
    RealNumber,
    Setting,
    WholeNumber,
    Widths,
    write_number,
)
from mnistlab.core.settings.presets import PRESETS
from mnistlab.core.settings.registry import OPTIMIZERS
from mnistlab.ui import navigation
from mnistlab.ui.formatting import REGISTRIES, plain
from mnistlab.ui.session import state as session
from mnistlab.ui.train.distortion_strip import show_strip

_STEPS = {"dropout": 0.05, "momentum": 0.1, "shuffled_labels": 0.1, "weight_decay": 0.001}
_RATES = [
    float(f"{digit}e{power}")
    for power in range(-6, 3)
    for digit in (1, 2, 3, 5)
    if float(f"{digit}e{power}") <= settings.LEARNING_RATE.high
]
"""The learning-rate control is logarithmic: four stops for each power of ten."""


def show_form() -> None:
    """Show all settings, each with what is wrong with it right below."""
    _show_presets()
    left, right = st.columns(2, wrap=False)
    with left:
        _number(settings.HIDDEN_LAYERS)
    with right:
        _text(settings.UNITS)
    _rate()
    _number(settings.EPOCHS)
    with st.expander("More settings"):
        _show_more()
    for error in session.config()[1]:
        st.error(plain(str(error)))


def _show_presets() -> None:
    current, problems = session.config()
    chosen = [name for name, preset in PRESETS.items() if preset.config == current]
    st.session_state["preset"] = chosen[0] if chosen and not problems else None
    st.pills(
        "Start from",
        list(PRESETS),
        key="preset",
        format_func=lambda name: PRESETS[name].label,
        help="  \n".join(f"**{preset.label}**: {preset.hint}" for preset in PRESETS.values()),
        on_change=_load_preset,
    )


def _load_preset() -> None:
    name = st.session_state["preset"]
    if name is not None:
        session.load_settings(PRESETS[name].config)


def _show_more() -> None:
    _choice(settings.ACTIVATION)
    _choice(settings.OPTIMIZER)
    if _uses_momentum():
        _number(settings.MOMENTUM)
    left, right = st.columns(2, wrap=False)
    with left:
        _number(settings.BATCH_SIZE)
        _number(settings.DROPOUT)
        _number(settings.TRAINING_IMAGES)
    with right:
        _choice(settings.SCHEDULE)
        _number(settings.WEIGHT_DECAY)
        _number(settings.VALIDATION_IMAGES)
    _choice(settings.DISTORTION)
    show_strip(session.config()[0].distortions)
    _choice(settings.INITIALISATION)
    left, right = st.columns(2, wrap=False)
    with left:
        _number(settings.SHUFFLED_LABELS)
    with right:
        _number(settings.SEED)


def _uses_momentum() -> bool:
    return OPTIMIZERS[session.config()[0].optimizer].takes_momentum


def _on_change(setting: Setting, write: Callable[[object], str]) -> Callable[[], None]:
    def note() -> None:
        session.set_text(setting.name, write(st.session_state[setting.name]))

    return note


def _number(setting: WholeNumber | RealNumber) -> None:
    whole = isinstance(setting, WholeNumber)
    value = setting.nearest(session.texts()[setting.name])
    st.session_state.setdefault(setting.name, value)
    st.number_input(
        setting.label,
        key=setting.name,
        step=1 if whole else _STEPS[setting.name],
        format="%d" if whole else "%g",
        help=setting.hint,
        on_change=_on_change(setting, _write_number),
    )


def _write_number(value: object) -> str:
    if isinstance(value, float):
        return write_number(value)
    return "" if value is None else str(value)


def _text(setting: Widths) -> None:
    st.session_state.setdefault(setting.name, session.texts()[setting.name])
    st.text_input(
        setting.label,
        key=setting.name,
        max_chars=60,
        help=setting.hint,
        on_change=_on_change(setting, str),
    )


def _rate() -> None:
    setting = settings.LEARNING_RATE
    current = setting.nearest(session.texts()[setting.name])
    st.session_state.setdefault(setting.name, current)
    st.select_slider(
        setting.label,
        sorted({*_RATES, current}),
        key=setting.name,
        format_func=write_number,
        help=setting.hint,
        on_change=_on_change(setting, _write_number),
    )
    st.page_link(navigation.RATE.path, label="Find a good rate", icon=":material/search:")


def _choice(setting: Choice) -> None:
    registry = REGISTRIES[setting.name]
    st.session_state.setdefault(setting.name, session.texts()[setting.name])
    hints = [f"**{spec.label}**: {spec.hint}" for spec in registry.values()]
    st.selectbox(
        setting.label,
        list(registry),
        key=setting.name,
        format_func=lambda name: registry[name].label,
        help="  \n".join([setting.hint, *hints]),
        on_change=_on_change(setting, str),
    )
