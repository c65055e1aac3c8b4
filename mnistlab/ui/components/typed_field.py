"""A text field for numbers, whose text is replaced by the number as parsed.

Streamlit's own number field takes only the first digits: 1e4 becomes 1.
"""

import contextlib
from collections.abc import Callable
from typing import TypeAlias

import streamlit as st

from mnistlab.core.errors import ConfigError
from mnistlab.core.settings.kinds import RateChanges, RealNumber, WholeNumber, Widths

TypedSetting: TypeAlias = WholeNumber | RealNumber | Widths | RateChanges

MOST_CHARACTERS = 700
"""Enough for the most changes of the learning rate."""


def show_typed_field(
    setting: TypedSetting,
    key: str,
    text: str,
    note: Callable[[str], None] = lambda _: None,
) -> str:
    """Show a field for `setting` and return its text, which may not be allowed.

    Args:
        setting: The setting to enter.
        key: The widget's key.
        text: The initial text.
        note: Called with each text that the visitor enters.
    """
    st.session_state.setdefault(key, text)
    return st.text_input(
        setting.label,
        key=key,
        max_chars=MOST_CHARACTERS,
        help=explain(setting),
        on_change=lambda: note(_tidy(setting, key)),
    )


def explain(setting: TypedSetting) -> str:
    """Return the help of a field: what the setting is, and its rule."""
    return f"{setting.hint}  \n{setting.rule[0].upper()}{setting.rule[1:]}."


def _tidy(setting: TypedSetting, key: str) -> str:
    """Replace the field's text by the parsed value, if it is valid; return the text."""
    # The caller shows the errors.
    with contextlib.suppress(ConfigError):
        st.session_state[key] = setting.format(setting.parse(st.session_state[key]))
    return str(st.session_state[key])
