"""`python -m benchmarks ready_made`, with a network that is trained within a second."""

from pathlib import Path

from benchmarks.drawing.ready_made import make
from mnistlab.core.data.mnist import Digits
from mnistlab.core.network import ready_made
from mnistlab.core.network.numpy_forward import predict
from tests.factories import SMALL


def test_what_is_made_is_what_its_card_says(tmp_path: Path, test_digits: Digits) -> None:
    made = make(SMALL, tmp_path / "new")
    card, network = ready_made.card(tmp_path / "new"), ready_made.network(tmp_path / "new")
    assert card == made
    predictions = predict(network, test_digits.pixels.numpy()).argmax(axis=1)
    assert card.test_correct == (predictions == test_digits.labels.numpy()).sum()
    assert card.config == SMALL
    assert card.epochs_done == SMALL.epochs
    assert 1 <= card.best_epoch <= SMALL.epochs
    assert 0.5 < card.validation_accuracy < 1
