"""A run's network, asked in the server itself. Imports torch when first asked."""

import functools
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mnistlab.core.errors import NotFoundError
from mnistlab.core.metrics import Probabilities
from mnistlab.store import RunRecord
from mnistlab.ui import session
from mnistlab.ui.services import get_services

if TYPE_CHECKING:
    from mnistlab.core.model import MLP

Image = NDArray[np.uint8]
"""Brightness of ink from 0 to 255, (28, 28)."""

_NETWORKS_KEPT = 8


def warm_up(run: RunRecord) -> None:
    """Load a run's network, so that the first question is answered at once."""
    _load(run.id, run.epochs_done)


def ask(run: RunRecord, image: Image) -> Probabilities:
    """Return what a run's network makes of one image: ten probabilities, (10,)."""
    import torch

    from mnistlab.core.evaluate import predict

    session.note_use(run)
    pixels = torch.from_numpy(image.reshape(1, -1))  # (1, 784)
    probabilities: Probabilities = predict(_load(run.id, run.epochs_done), pixels)[0]
    return probabilities


@functools.lru_cache(maxsize=_NETWORKS_KEPT)
def _load(run_id: str, version: int) -> "MLP":
    """Build a run's network; `version` changes when the run is trained on."""
    import torch

    from mnistlab.core.model import restore, unpack

    # One image keeps one core busy for a fraction of a millisecond: threads would only
    # take the cores from training.
    torch.set_num_threads(1)
    store = get_services().store
    weights = store.weights(run_id)
    if weights is None:
        raise NotFoundError("This run has no weights to ask.", "Choose another, or run it again.")
    return restore(store.run(run_id).config, unpack(weights))
