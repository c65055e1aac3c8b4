"""Telling each worker how many runs share its machine."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from distributed import Client

from mnistlab.engine import cores

TRAIN_PREFIX = "train"
"""What the keys of training tasks begin with, by which Dask groups them."""


def share_cores(client: Client) -> None:
    """Tell all workers how many runs are trained on their machine; wait for their answers."""
    for workers in _by_host(client.processing()).values():
        runs = sum(any(_is_training(key) for key in keys) for keys in workers.values())
        client.run(cores.share, runs, workers=list(workers), on_error="ignore")


def _by_host(
    processing: Mapping[str, Sequence[object]],
) -> dict[str, dict[str, Sequence[object]]]:
    hosts: dict[str, dict[str, Sequence[object]]] = defaultdict(dict)
    for address, keys in processing.items():
        hosts[urlsplit(address).hostname or address][address] = keys
    return hosts


def _is_training(key: object) -> bool:
    return str(key).startswith(TRAIN_PREFIX)
