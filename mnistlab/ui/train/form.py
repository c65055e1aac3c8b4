"""The settings of the next run: the main ones visible, the other groups in an expander.

Number fields have no limits of their own: typed values and links are checked by the same rules,
with the same error messages.
"""

import functools
from collections.abc import Callable
from typing import Any

import streamlit as st

from mnistlab.core.settings import fields
from mnistlab.core.settings.fields import SETTINGS
from mnistlab.core.settings.kinds import Choice, Group, Setting
from mnistlab.core.settings.presets import PRESETS
from mnistlab.core.settings.registry import OPTIMIZERS
from mnistlab.core.settings.typed_numbers import write_number
from mnistlab.ui import formatting, navigation
from mnistlab.ui.components.typed_field import show_typed_field
from mnistlab.ui.formatting import REGISTRIES, plain
from mnistlab.ui.session import state
from mnistlab.ui.train.distortion_strip import show_strip

_RATES = [
    float(f"{digit}e{power}")
    for power in range(-6, 3)
    for digit in (1, 2, 3, 5)
    if float(f"{digit}e{power}") <= fields.LEARNING_RATE.high
]
"""The learning-rate control is logarithmic: four stops for each power of ten."""

_MORE = "more_settings"


def show_form() -> None:
    """Show all settings, then their errors."""
    _show_presets()
    main, *further = Group
    _show_group(main)
    more = st.expander("More settings", key=_MORE, on_change="rerun")
    if more.open:  # most visitors never unfold them, a third of the page's elements
        with more:
            for group in further:
                st.markdown(f"**{group.capitalize()}**")
                _show_group(group)
    for error in state.config()[1]:
        st.error(plain(str(error)))


def _show_presets() -> None:
    current, problems = state.config()
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
        state.load_settings(PRESETS[name].config)


def _show_group(group: Group) -> None:
    """Show a group's settings below each other, but two narrow ones in a row side by side."""
    left = [each for each in SETTINGS.values() if each.group is group and _is_shown(each)]
    while left:
        row = left[:2] if all(each.is_narrow for each in left[:2]) else left[:1]
        left = left[len(row) :]
        for column, setting in zip(st.columns(len(row), wrap=False), row, strict=True):
            with column:
                _show_setting(setting)


def _show_setting(setting: Setting) -> None:
    if isinstance(setting, Choice):
        _choice(setting)
    elif setting is fields.LEARNING_RATE:
        _rate()
    else:
        note = functools.partial(state.set_text, setting.name)
        show_typed_field(setting, setting.name, state.texts()[setting.name], note)
    if setting is fields.DISTORTION:
        show_strip(state.config()[0].distortions)


def _is_shown(setting: Setting) -> bool:
    takes_momentum = OPTIMIZERS[state.config()[0].optimizer].takes_momentum
    return setting is not fields.MOMENTUM or takes_momentum


def _on_change(setting: Setting, write: Callable[[Any], str]) -> Callable[[], None]:
    def note() -> None:
        state.set_text(setting.name, write(st.session_state[setting.name]))

    return note


def _rate() -> None:
    setting = fields.LEARNING_RATE
    current = setting.nearest(state.texts()[setting.name])
    st.session_state.setdefault(setting.name, current)
    st.select_slider(
        setting.label,
        sorted({*_RATES, current}),
        key=setting.name,
        format_func=write_number,
        help=setting.hint,
        on_change=_on_change(setting, write_number),
    )
    _show_rate_changes()
    st.page_link(navigation.RATE.path, label="Find a good learning rate", icon=":material/search:")


def _show_rate_changes() -> None:
    changes = state.config()[0].rate_changes
    if not changes:
        return
    written = formatting.setting(fields.RATE_CHANGES.name, changes)
    st.markdown(f":small[Changes on the way: {plain(written)}]")
    st.button(
        "Remove the changes",
        key="remove_rate_changes",
        type="tertiary",
        icon=":material/close:",
        on_click=_remove_rate_changes,
    )


def _remove_rate_changes() -> None:
    setting = fields.RATE_CHANGES
    state.set_text(setting.name, setting.format(setting.default))
    st.session_state.pop(setting.name, None)


def _choice(setting: Choice) -> None:
    registry = REGISTRIES[setting.name]
    st.session_state.setdefault(setting.name, state.texts()[setting.name])
    hints = [f"**{spec.label}**: {spec.hint}" for spec in registry.values()]
    st.selectbox(
        setting.label,
        list(registry),
        key=setting.name,
        format_func=lambda name: registry[name].label,
        help="  \n".join([setting.hint, *hints]),
        on_change=_on_change(setting, str),
    )
