"""Predictions of a run's network, computed in the server."""

import functools
import threading

from mnistlab.core.arrays import Probabilities, Views
from mnistlab.core.errors import NotFoundError
from mnistlab.core.network import ready_made as ready_made_network
from mnistlab.core.network.numpy_forward import Network, predict, predict_views, read_network
from mnistlab.store import RunRecord
from mnistlab.ui.prediction.mnist_images import load_test_digits
from mnistlab.ui.prediction.sized_cache import SizedCache
from mnistlab.ui.services import get_services
from mnistlab.ui.session import ready_made, state

_BYTES_KEPT = 96 * 2**20
"""Memory for recently used networks: 30 of the default size fit, or two with three layers of
2,048 units."""

Version = tuple[str, int, int | None]
"""Identifies a run's network; it changes when training continues."""

_networks: SizedCache[Network] = SizedCache(_BYTES_KEPT, lambda network: network.size)


def warm_up(run: RunRecord) -> None:
    """Load a run's network, so that the first prediction is fast."""
    network(run)


def ask(run: RunRecord, views: Views) -> Probabilities:
    """Return a run's predictions for drawings.

    Args:
        run: The run whose network predicts.
        views: One drawing's (views, 28, 28), or those of several (drawings, views, 28, 28).

    Returns:
        Ten probabilities for each drawing, (10,) or (drawings, 10).

    Raises:
        NotFoundError: If the run has no weights.
    """
    state.note_use(run)
    return predict_views(network(run), views)


def network(run: RunRecord) -> Network:
    """Return a run's network, from memory if it was used recently.

    Raises:
        NotFoundError: If the run has no weights.
    """
    if ready_made.is_ready_made(run):
        return ready_made_network.network()
    network = _networks.get(version(run)) or _read(run)
    _networks.put(version(run), network)
    return network


def version(run: RunRecord) -> Version:
    """Return the version of a run's network."""
    # In continued training the epochs change before the weights do; the test result changes
    # together with the weights.
    return run.id, run.epochs_done, run.test_correct


def _read(run: RunRecord) -> Network:
    weights = get_services().store.weights(run.id)
    if weights is None:
        raise NotFoundError(
            "This run has no weights to predict with.", "Choose another, or run it again."
        )
    return read_network(run.config, weights)


_predicting = threading.Lock()


def predict_test_digits() -> Probabilities:
    """Return the ready-made network's predictions for the test images, (10000, 10).

    They are computed once per server, in 1.2 s; those of runs are stored.

    Raises:
        DataError: If the network or the images are missing or damaged.
    """
    with _predicting:  # so that visitors at the same time do not each compute them
        return _predict_test_digits()


@functools.cache
def _predict_test_digits() -> Probabilities:
    pixels = load_test_digits().pixels
    return predict(ready_made_network.network(), pixels.reshape(len(pixels), -1))
