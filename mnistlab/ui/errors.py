"""Errors as shown to visitors: a sentence and a remedy, never a traceback."""

import functools
import logging
import time
import uuid
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import streamlit as st

from mnistlab.core.errors import EngineError, MnistlabError, StoreError
from mnistlab.ui.formatting import plain

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

_ERRORS = "_action_errors"
_SECONDS_APART = 60.0


_logged: dict[str, tuple[str, float]] = {}
"""The reference and time of each error's last log entry."""


def show_errors(part: Callable[P, T]) -> Callable[P, T | None]:
    """Wrap a page or a fragment so that its errors are shown in a sentence and logged."""

    @functools.wraps(part)
    def shown(*args: P.args, **kwargs: P.kwargs) -> T | None:
        try:
            return part(*args, **kwargs)
        except Exception as error:
            st.error(plain(_explain(error)))
            return None

    return shown


def catch_action_errors(action: Callable[P, None]) -> Callable[P, None]:
    """Wrap a button's callback, so that the page run after it shows its errors."""

    @functools.wraps(action)
    def done(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            action(*args, **kwargs)
        except Exception as error:
            st.session_state.setdefault(_ERRORS, []).append(_explain(error))

    return done


def show_action_errors() -> None:
    """Show the errors of the callback that led to this run of the page."""
    for message in st.session_state.pop(_ERRORS, []):
        st.error(plain(message))


def _explain(error: Exception) -> str:
    if not isinstance(error, MnistlabError):
        return (
            f"Something went wrong on this page (reference {_log(error)}). Your runs are safe. "
            "Reload the page. If it happens again, give the reference to the server administrator."
        )
    if isinstance(error, StoreError | EngineError) and error.__cause__ is not None:
        return f"{error} (Reference for the server administrator: {_log(error)}.)"
    return str(error)


def _log(error: Exception) -> str:
    """Log an error, unless it was logged in the last minute; return its reference."""
    # Thirty pages that rerun every second would otherwise fill the disk with one error.
    now = time.monotonic()
    for text in [text for text, (_, at) in _logged.items() if at < now - _SECONDS_APART]:
        _logged.pop(text, None)
    reference, at = _logged.setdefault(repr(error), (uuid.uuid4().hex[:8], now))
    if at == now:
        logger.error("A page failed, reference %s", reference, exc_info=error)
    return reference
