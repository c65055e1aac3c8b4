"""A run's network, asked on the server: its newest weights, read once while they are wanted."""

import dataclasses

import numpy as np
import pytest
import torch

from mnistlab.core.data.mnist import Digits
from mnistlab.core.errors import NotFoundError
from mnistlab.core.network.model import MLP, pack
from mnistlab.core.network.numpy_forward import Network
from mnistlab.core.run import RunResult, RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.evaluate import predict
from mnistlab.core.training.history import History
from mnistlab.store import RunRecord, this_owner
from mnistlab.ui.prediction import predictor
from mnistlab.ui.prediction.sized_cache import SizedCache
from mnistlab.ui.services import Services

CONFIG = RunConfig(hidden_layers=1, units=(30,))
ENDED = RunResult(RunStatus.FINISHED, History())


def model(seed: int) -> MLP:
    """Make a network with random weights."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return MLP(CONFIG)


def save(server: Services, run_id: str, network: MLP) -> RunRecord:
    """End a run with this network's weights; how many digits it reads right is made up."""
    probabilities = np.full((10_000, 10), 0.1, dtype=np.float32)
    weights = pack(network.state_dict())
    correct = int(network.state_dict()["layers.0.weight"].abs().sum())
    result = dataclasses.replace(
        ENDED, weights=weights, test_probabilities=probabilities, test_correct=correct
    )
    server.store.save_result(run_id, result, attempt=1)
    return server.store.run(run_id)


@pytest.fixture
def run_id(server: Services) -> str:
    """A run without weights."""
    return server.store.create_run(server.store.create_lab(), CONFIG, "A run", this_owner()).id


@pytest.fixture
def reads(server: Services, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the runs whose weights are read from the store, in order."""
    read: list[str] = []
    weights = server.store.weights

    def note(run_id: str) -> bytes | None:
        read.append(run_id)
        return weights(run_id)

    monkeypatch.setattr(server.store, "weights", note)
    return read


def test_answers_as_the_run_s_weights_do(
    server: Services, run_id: str, test_digits: Digits
) -> None:
    run = save(server, run_id, model(0))
    expected = predict(model(0), test_digits.pixels[:5])
    for pixels, answer in zip(test_digits.pixels[:5].numpy(), expected, strict=True):
        assert predictor.ask(run, pixels.reshape(1, 28, 28)) == pytest.approx(answer, abs=1e-5)


def test_answers_anew_when_the_run_was_trained_on(
    server: Services, run_id: str, test_digits: Digits
) -> None:
    image = test_digits.pixels[0].numpy().reshape(1, 28, 28)
    before = predictor.ask(save(server, run_id, model(0)), image)
    after = predictor.ask(save(server, run_id, model(1)), image)
    assert after == pytest.approx(predict(model(1), test_digits.pixels[:1])[0], abs=1e-5)
    assert np.abs(after - before).max() > 0.01


def test_a_run_without_weights_is_an_error_with_a_remedy(server: Services, run_id: str) -> None:
    with pytest.raises(NotFoundError, match="has no weights to predict with"):
        predictor.warm_up(server.store.run(run_id))


def test_weights_are_read_once_for_many_questions(
    server: Services, run_id: str, reads: list[str]
) -> None:
    run = save(server, run_id, model(0))
    predictor.warm_up(run)
    for _ in range(3):
        predictor.ask(run, np.zeros((1, 28, 28), dtype=np.uint8))
    assert reads == [run_id]


def limit_memory(monkeypatch: pytest.MonkeyPatch, max_bytes: int) -> None:
    networks: SizedCache[Network] = SizedCache(max_bytes, lambda network: network.size)
    monkeypatch.setattr(predictor, "_networks", networks)


def test_the_networks_asked_longest_ago_make_room(
    server: Services, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    limit_memory(monkeypatch, 2 * CONFIG.parameter_count * 4)
    lab = server.store.create_lab()
    ids = [server.store.create_run(lab, CONFIG, "A run", this_owner()).id for _ in range(3)]
    first, second, third = (save(server, run_id, model(0)) for run_id in ids)
    for run in (first, second, first, third, first, second):
        predictor.warm_up(run)
    assert reads == [first.id, second.id, third.id, second.id]


def test_a_network_too_large_to_keep_with_others_is_kept_alone(
    server: Services, run_id: str, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    limit_memory(monkeypatch, 1)
    run = save(server, run_id, model(0))
    predictor.warm_up(run)
    predictor.warm_up(run)
    assert reads == [run_id]
