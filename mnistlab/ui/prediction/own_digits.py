"""The lab's own test set, and its runs' predictions for it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mnistlab.core.analysis.predictions import PredictedDigits
from mnistlab.core.arrays import Labels, Views
from mnistlab.core.drawing.handwriting import view_digits
from mnistlab.store import HandwritingEntry, RunRecord
from mnistlab.ui.prediction import predictor
from mnistlab.ui.prediction.row_cache import RowCache
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state

_views: RowCache[np.uint8] = RowCache(24 * 2**20)
"""By lab. A digit takes 2.3 kB, so that 30 labs with 300 digits fit."""

_probabilities: RowCache[np.float32] = RowCache(8 * 2**20)
"""By lab and run. A digit takes 40 bytes, so that 400 runs with 500 digits fit."""


@dataclass(frozen=True)
class OwnDigits:
    """A lab's handwriting as it is now.

    Attributes:
        lab: The lab's key.
        entries: Its digits, the oldest first.
    """

    lab: str
    entries: tuple[HandwritingEntry, ...]

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def ids(self) -> list[str]:
        """The digits' ids."""
        return [entry.id for entry in self.entries]

    @property
    def labels(self) -> Labels:
        """The true labels, (digits,)."""
        return np.array([entry.label for entry in self.entries], dtype=np.int64)

    def views(self) -> Views:
        """Return the views of each digit, of which there must be at least one: (n, 3, 28, 28).

        Raises:
            StoreError: If the digits can't be read, or one has been deleted.
        """
        return _views.get(self.lab, self.ids, self._make_views)

    def predict(self, run: RunRecord) -> PredictedDigits:
        """Return a run's predictions for the digits, of which there must be at least one.

        Raises:
            NotFoundError: If the run has no weights.
            StoreError: As `views` does.
        """
        key = self.lab, predictor.version(run)
        probabilities = _probabilities.get(
            key, self.ids, lambda ids: predictor.ask(run, self._pick(ids))
        )
        return PredictedDigits(self.labels, probabilities)

    def _make_views(self, ids: Sequence[str]) -> Views:
        return view_digits(get_services().store.handwriting.digits(self.lab, ids))

    def _pick(self, ids: Sequence[str]) -> Views:
        wanted = set(ids)
        return self.views()[[each in wanted for each in self.ids]]


def load() -> OwnDigits:
    """Return the handwriting of the visitor's lab."""
    lab = state.lab()
    return OwnDigits(lab, tuple(get_services().store.handwriting.entries(lab)))
