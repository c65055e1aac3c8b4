"""The ready-made network, which predicts before a visitor has trained one.

`python -m benchmarks ready_made` makes its two files: the weights, and a card that says how they
were made and what they reach.
"""

import functools
import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from mnistlab.core.errors import DataError, MnistlabError
from mnistlab.core.network.numpy_forward import Network, read_network
from mnistlab.core.settings.config import RunConfig

FOLDER = Path(__file__).parents[2] / "data" / "ready_made"
PRESET = "handwriting"
"""Whose settings it has: the preset that is best at visitors' own digits."""

_WEIGHTS, _CARD = "network.safetensors", "card.json"


@dataclass(frozen=True)
class Card:
    """How the network was made, and what it reaches.

    Attributes:
        config: Its settings, the seed among them.
        made_by: The command that made it.
        made_at: When, in UTC.
        torch: The version of torch that trained it.
        seconds: Training time.
        epochs_done: Whole epochs trained.
        best_epoch: The epoch whose weights these are, with the lowest validation loss.
        validation_accuracy: Of that epoch, from 0 to 1.
        validation_loss: Of that epoch, in nats for each image.
        test_correct: Test images that it classifies correctly, in numpy as a server does it.
        test_total: All test images.
        sha256: The digest of the file of weights.
    """

    config: RunConfig
    made_by: str
    made_at: datetime
    torch: str
    seconds: float
    epochs_done: int
    best_epoch: int
    validation_accuracy: float
    validation_loss: float
    test_correct: int
    test_total: int
    sha256: str

    def to_json(self) -> str:
        """Write the card, one line a figure."""
        config = json.loads(self.config.to_json())
        fields = {**asdict(self), "config": config, "made_at": self.made_at.isoformat()}
        return json.dumps(fields, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Card":
        """Read what `to_json` wrote.

        Raises:
            UnreadableConfigError: If its settings are none of this version's.
            ValueError, TypeError, KeyError: If it is anything else.
        """
        fields = json.loads(text)
        config = RunConfig.from_json(json.dumps(fields.pop("config")))
        made_at = datetime.fromisoformat(fields.pop("made_at"))
        return cls(config=config, made_at=made_at, **fields)


def digest(weights: bytes) -> str:
    """Return the digest that a card has of its weights."""
    return hashlib.sha256(weights).hexdigest()


def write(card: Card, weights: bytes, folder: Path) -> None:
    """Write a network and its card to a folder, which may be new."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _WEIGHTS).write_bytes(weights)
    (folder / _CARD).write_text(card.to_json(), encoding="utf-8")


@functools.cache
def card(folder: Path = FOLDER) -> Card:
    """Return the network's card.

    Raises:
        DataError: If it is missing or damaged.
    """
    try:
        return Card.from_json((folder / _CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError, LookupError, MnistlabError) as error:
        raise _unusable("card") from error


@functools.cache
def network(folder: Path = FOLDER) -> Network:
    """Return the network, ready to predict.

    Raises:
        DataError: If its weights or its card are missing or damaged.
    """
    described = card(folder)
    try:
        weights = (folder / _WEIGHTS).read_bytes()
    except OSError as error:
        raise _unusable("file of weights") from error
    if digest(weights) != described.sha256:
        raise _unusable("file of weights")
    return read_network(described.config, weights)


def _unusable(part: str) -> DataError:
    return DataError(
        f"The ready-made network's {part} is missing or damaged.",
        "Get it again from the project's repository: git checkout -- mnistlab/data.",
    )
