"""The ready-made network is what its card says, and what the preset trains."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest

from mnistlab.core.data.mnist import Digits
from mnistlab.core.errors import DataError
from mnistlab.core.network import ready_made
from mnistlab.core.network.model import restore, unpack
from mnistlab.core.network.numpy_forward import predict as predict_in_numpy
from mnistlab.core.settings.presets import PRESETS
from mnistlab.core.training.evaluate import predict

WEIGHTS = "network.safetensors"


def test_classifies_as_many_test_images_as_its_card_says(test_digits: Digits) -> None:
    card = ready_made.card()
    weights = unpack((ready_made.FOLDER / WEIGHTS).read_bytes())
    in_torch = predict(restore(card.config, weights), test_digits.pixels)
    correct = int((in_torch.argmax(axis=1) == test_digits.labels.numpy()).sum())
    # An image between two digits may fall to the other one by rounding alone.
    assert correct == pytest.approx(card.test_correct, abs=1)
    assert card.test_total == len(test_digits)


def test_is_the_handwriting_preset_s() -> None:
    card, preset = ready_made.card(), PRESETS["handwriting"]
    assert card.config == preset.config
    assert card.test_correct / card.test_total == pytest.approx(preset.reference_accuracy, abs=2e-3)


def test_predicts_in_numpy_as_in_torch(test_digits: Digits) -> None:
    pixels = test_digits.pixels[:100]
    weights = unpack((ready_made.FOLDER / WEIGHTS).read_bytes())
    expected = predict(restore(ready_made.card().config, weights), pixels)
    found = predict_in_numpy(ready_made.network(), pixels.numpy())
    assert found == pytest.approx(expected, abs=1e-5)


def test_takes_no_more_room_than_a_picture() -> None:
    assert sum(file.stat().st_size for file in ready_made.FOLDER.iterdir()) < 4_000_000


def test_a_card_is_read_as_it_was_written() -> None:
    card = dataclasses.replace(ready_made.card(), validation_loss=0.1 + 0.2, seconds=1.5)
    assert ready_made.Card.from_json(card.to_json()) == card


class TestDamaged:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """A copy to be damaged."""
        return Path(shutil.copytree(ready_made.FOLDER, tmp_path / "copy"))

    def test_a_copy_is_as_good(self, folder: Path) -> None:
        copied, own = ready_made.network(folder), ready_made.network()
        assert np.array_equal(copied.layers[0].weight, own.layers[0].weight)

    @pytest.mark.parametrize("name", [WEIGHTS, "card.json"])
    def test_a_missing_file_is_an_error_with_a_remedy(self, folder: Path, name: str) -> None:
        (folder / name).unlink()
        with pytest.raises(DataError, match=r"missing or damaged.*git checkout"):
            ready_made.network(folder)

    def test_weights_that_have_changed_are_refused(self, folder: Path) -> None:
        content = bytearray((folder / WEIGHTS).read_bytes())
        content[-1] ^= 1
        (folder / WEIGHTS).write_bytes(content)
        with pytest.raises(DataError, match="file of weights is missing or damaged"):
            ready_made.network(folder)

    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"config": {}, "made_at": "yesterday"}'])
    def test_what_is_no_card_is_refused(self, folder: Path, text: str) -> None:
        (folder / "card.json").write_text(text)
        with pytest.raises(DataError, match="card is missing or damaged"):
            ready_made.card(folder)
