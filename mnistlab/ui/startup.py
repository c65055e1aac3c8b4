"""What a server does as soon as it starts, while the first browser still loads its page."""

import importlib
import logging
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from streamlit.runtime.pages_manager import PagesManager

logger = logging.getLogger(__name__)

_SECONDS_TO_WAIT_FOR_SOMEBODY = 10.0
_SECONDS_TO_DRAW_A_PAGE = 1.0
"""What the browser takes to show the first page, on the same machine perhaps."""

_is_seen = threading.Event()


@asynccontextmanager
async def prepare_server(_app: object) -> AsyncIterator[None]:
    """Get all ready that pages need, in a thread of its own; the first page's parts first."""
    # Else the folder `pages/` has Streamlit run a linked page's file in place of app.py, until
    # somebody opens the first page (Streamlit 1.67, a private name).
    PagesManager.uses_pages_directory = False
    threading.Thread(target=_get_ready, name="startup", daemon=True).start()
    yield


def mark_page_shown() -> None:
    """Note that a first page was shown, which is kept waiting no more by what others need."""
    _is_seen.set()


def _get_ready() -> None:
    try:
        from mnistlab.ui import services

        services.get_services()
        importlib.import_module("mnistlab.ui.frame")
        from mnistlab.ui.navigation import PAGES

        first, *others = PAGES
        first.import_parts()
        _is_seen.wait(_SECONDS_TO_WAIT_FOR_SOMEBODY)
        time.sleep(_SECONDS_TO_DRAW_A_PAGE)
        for page in others:
            page.import_parts()
        _draw_charts()
        importlib.import_module("mnistlab.ui.prediction.mnist_images").load_training_images()
    except Exception:
        logger.exception("While getting ready")


def _draw_charts() -> None:
    """Build the charts of a first run, which would keep its first point waiting."""
    from mnistlab.core.settings.config import RunConfig
    from mnistlab.ui.charts import learning_curves

    learning_curves.accuracy_spec(RunConfig().epochs, False)
    learning_curves.loss_spec(RunConfig().epochs, False)
