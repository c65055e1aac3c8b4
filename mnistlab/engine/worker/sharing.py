"""Sends each worker the number of runs that share its machine."""

from __future__ import annotations

import contextlib
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from distributed import Client

logger = logging.getLogger(__name__)

TRAIN_PREFIX = "train"
"""The prefix of training tasks' keys, by which Dask groups them."""


class Sharing:
    """Informs the workers in a thread of its own, since one may be slow to answer."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "mnistlab-share")

    def renew(self, client: Client) -> None:
        """Send all workers, soon, the number of runs that are trained on their machine."""
        with contextlib.suppress(RuntimeError):  # closed meanwhile
            self._thread.submit(_share_cores, client)

    def close(self) -> None:
        """Stop informing the workers."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def _share_cores(client: Client) -> None:
    from mnistlab.engine.worker import cores

    try:
        for workers in _by_host(client.processing()).values():
            runs = sum(any(_is_training(key) for key in keys) for keys in workers.values())
            client.run(cores.share, runs, workers=list(workers), on_error="ignore")
    except Exception as error:  # the connection was lost; the next one starts with no runs
        logger.info("The workers can't be informed of the number of runs: %s", error)


def _by_host(
    processing: Mapping[str, Sequence[object]],
) -> dict[str, dict[str, Sequence[object]]]:
    hosts: dict[str, dict[str, Sequence[object]]] = defaultdict(dict)
    for address, keys in processing.items():
        hosts[urlsplit(address).hostname or address][address] = keys
    return hosts


def _is_training(key: object) -> bool:
    return str(key).startswith(TRAIN_PREFIX)
