"""A run's network, asked in the server itself."""

import threading
from collections import OrderedDict

from mnistlab.core.arrays import Probabilities, Views
from mnistlab.core.errors import NotFoundError
from mnistlab.core.network.numpy_forward import Network, predict_views, read_network
from mnistlab.store import RunRecord
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state

_BYTES_KEPT = 96 * 2**20
"""Memory for networks that were asked lately: thirty of the default size fit, or two of
three layers of 2,048 units."""

Version = tuple[str, int, int | None]
"""Tells a run's network from what it was before the run was trained on."""

_lock = threading.Lock()
_kept: OrderedDict[Version, Network] = OrderedDict()


def warm_up(run: RunRecord) -> None:
    """Load a run's network, so that the first question is answered at once."""
    network(run)


def ask(run: RunRecord, views: Views) -> Probabilities:
    """Return what a run's network makes of drawings in their views.

    Args:
        run: Whose network is asked.
        views: One drawing's (views, 28, 28), or those of several (drawings, views, 28, 28).

    Returns:
        Ten probabilities for each drawing, (10,) or (drawings, 10).

    Raises:
        NotFoundError: If the run has no weights.
    """
    state.note_use(run)
    return predict_views(network(run), views)


def network(run: RunRecord) -> Network:
    """Return a run's network, from memory if it was asked lately.

    Raises:
        NotFoundError: If the run has no weights.
    """
    with _lock:
        network = _kept.get(version(run))
    if network is None:
        network = _read(run)
    _keep(version(run), network)
    return network


def version(run: RunRecord) -> Version:
    """Return which of a run's networks it has now."""
    # While a run is trained on, its epochs count up before its weights are replaced; what
    # these make of the test images is replaced with them.
    return run.id, run.epochs_done, run.test_correct


def _read(run: RunRecord) -> Network:
    weights = get_services().store.weights(run.id)
    if weights is None:
        raise NotFoundError(
            "This run has no weights to predict with.", "Choose another, or run it again."
        )
    return read_network(run.config, weights)


def _keep(version: Version, network: Network) -> None:
    """Keep a network that was just asked, in place of those not asked for longest."""
    with _lock:
        _kept[version] = network
        _kept.move_to_end(version)
        while len(_kept) > 1 and sum(kept.size for kept in _kept.values()) > _BYTES_KEPT:
            _kept.popitem(last=False)
