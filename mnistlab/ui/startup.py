"""Preparation at server startup, while the first browser loads its page."""

import importlib
import logging
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from streamlit.runtime.pages_manager import PagesManager

logger = logging.getLogger(__name__)

_MOST_SECONDS_TO_FIRST_PAGE = 10.0
_SECONDS_TO_RENDER = 1.0
"""Time for a browser, perhaps on the same machine, to render the first page."""

_page_shown = threading.Event()


@asynccontextmanager
async def prepare_server(_app: object) -> AsyncIterator[None]:
    """Import and build in a thread what pages need, beginning with the first page's parts."""
    # Because of the folder `pages/`, Streamlit otherwise runs a linked page's file in place of
    # app.py until the first page is opened (Streamlit 1.67, a private name).
    PagesManager.uses_pages_directory = False
    threading.Thread(target=_get_ready, name="startup", daemon=True).start()
    yield


def mark_page_shown() -> None:
    """Note that a page was shown, after which the other pages' parts may be imported."""
    _page_shown.set()


def _get_ready() -> None:
    try:
        from mnistlab.ui import services

        services.get_services()
        importlib.import_module("mnistlab.ui.frame")
        from mnistlab.ui.navigation import PAGES

        first, *others = PAGES
        first.import_parts()
        _page_shown.wait(_MOST_SECONDS_TO_FIRST_PAGE)
        time.sleep(_SECONDS_TO_RENDER)
        for page in others:
            page.import_parts()
        _draw_charts()
        importlib.import_module("mnistlab.ui.prediction.mnist_images").load_training_images()
    except Exception:
        logger.exception("While getting ready")


def _draw_charts() -> None:
    """Build the specs of a first run's charts, which would delay its first point."""
    from mnistlab.core.settings.config import RunConfig
    from mnistlab.core.training.history import Measure
    from mnistlab.ui.charts import learning_curves

    for measure in Measure:
        learning_curves.curve_spec(measure, RunConfig().epochs, whole=False)
