"""A field for numbers: typed as text, read whole, and written again as it was read.

Streamlit's own field for numbers takes the first digits of what is typed: 1e4 becomes 1.
"""

import contextlib
from collections.abc import Callable

import streamlit as st

from mnistlab.core.errors import ConfigError
from mnistlab.core.settings.kinds import RealNumber, WholeNumber, Widths

_MOST_CHARACTERS = 60


def show_typed_field(
    setting: WholeNumber | RealNumber | Widths,
    key: str,
    text: str,
    note: Callable[[str], None] = lambda _: None,
) -> str:
    """Show a field for `setting` and return what is in it, which may not be allowed.

    Args:
        setting: What is asked for.
        key: The widget's.
        text: What is in the field at first.
        note: Is given each text that the visitor enters.
    """
    st.session_state.setdefault(key, text)
    rule = setting.rule[0].upper() + setting.rule[1:]
    return st.text_input(
        setting.label,
        key=key,
        max_chars=_MOST_CHARACTERS,
        help=f"{setting.hint}  \n{rule}.",
        on_change=lambda: note(_tidy(setting, key)),
    )


def _tidy(setting: WholeNumber | RealNumber | Widths, key: str) -> str:
    """Have the field show how its text is read, if it can be; return the text."""
    # What is wrong with a text says whoever uses it.
    with contextlib.suppress(ConfigError):
        st.session_state[key] = setting.format(setting.parse(st.session_state[key]))
    return str(st.session_state[key])
