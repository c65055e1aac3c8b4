"""Errors as visitors see them: a sentence and a remedy, never a traceback."""

import functools
import logging
import uuid
from collections.abc import Callable
from typing import ParamSpec

import streamlit as st

from mnistlab.core.errors import MnistlabError
from mnistlab.ui.wording import plain

logger = logging.getLogger(__name__)

P = ParamSpec("P")


_ERRORS = "_action_errors"


def kindly(part: Callable[P, None]) -> Callable[P, None]:
    """Wrap a page or a fragment so that its errors are shown kindly and logged."""

    @functools.wraps(part)
    def shown(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            part(*args, **kwargs)
        except Exception as error:
            st.error(plain(_explain(error)))

    return shown


def kind_action(action: Callable[P, None]) -> Callable[P, None]:
    """Wrap what a button does, so that the page which follows shows its errors."""

    @functools.wraps(action)
    def done(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            action(*args, **kwargs)
        except Exception as error:
            st.session_state.setdefault(_ERRORS, []).append(_explain(error))

    return done


def show_action_errors() -> None:
    """Show what went wrong in the action that led to this run of the page."""
    for message in st.session_state.pop(_ERRORS, []):
        st.error(plain(message))


def _explain(error: Exception) -> str:
    if isinstance(error, MnistlabError):
        return str(error)
    reference = uuid.uuid4().hex[:8]
    logger.error("A page failed, reference %s", reference, exc_info=error)
    return (
        f"Something went wrong on this page (reference {reference}). Your runs are safe. "
        "Reload the page; if it happens again, show the reference to whoever keeps the server."
    )
