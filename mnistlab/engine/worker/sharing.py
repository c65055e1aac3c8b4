"""Telling each worker how many runs share its machine."""

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
"""What the keys of training tasks begin with, by which Dask groups them."""


class Sharing:
    """Keeps the workers informed, in a thread of its own: one may be slow to answer."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "mnistlab-share")

    def renew(self, client: Client) -> None:
        """Tell all workers, soon, how many runs are trained on their machine now."""
        with contextlib.suppress(RuntimeError):  # closed meanwhile
            self._thread.submit(_share_cores, client)

    def close(self) -> None:
        """Say no more."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def _share_cores(client: Client) -> None:
    from mnistlab.engine.worker import cores

    try:
        for workers in _by_host(client.processing()).values():
            runs = sum(any(_is_training(key) for key in keys) for keys in workers.values())
            client.run(cores.share, runs, workers=list(workers), on_error="ignore")
    except Exception as error:  # the connection broke; another begins with all cores free
        logger.info("The workers can't be told how many they are: %s", error)


def _by_host(
    processing: Mapping[str, Sequence[object]],
) -> dict[str, dict[str, Sequence[object]]]:
    hosts: dict[str, dict[str, Sequence[object]]] = defaultdict(dict)
    for address, keys in processing.items():
        hosts[urlsplit(address).hostname or address][address] = keys
    return hosts


def _is_training(key: object) -> bool:
    return str(key).startswith(TRAIN_PREFIX)
