"""Errors as visitors see them: a sentence and a remedy, never a traceback."""

import functools
import logging
import uuid
from collections.abc import Callable
from typing import ParamSpec

import streamlit as st

from mnistlab.core.errors import MnistlabError

logger = logging.getLogger(__name__)

P = ParamSpec("P")


def kindly(part: Callable[P, None]) -> Callable[P, None]:
    """Wrap a page or a fragment so that its errors are shown kindly and logged."""

    @functools.wraps(part)
    def shown(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            part(*args, **kwargs)
        except MnistlabError as error:
            st.error(str(error))
        except Exception:
            reference = uuid.uuid4().hex[:8]
            logger.exception("A page failed, reference %s", reference)
            st.error(
                f"Something went wrong on this page (reference {reference}). Your runs are "
                "safe. Reload the page; if it happens again, show the reference to whoever "
                "keeps the server."
            )

    return shown
