"""What is said of a run that diverged, and of what it keeps."""

import dataclasses

import pytest

from mnistlab.core.analysis.range_test.suggestion import range_config
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.rate_change import RateChange
from mnistlab.core.training.events import Divergence, EpochPoint
from mnistlab.core.training.history import History
from mnistlab.ui.diagnosis.divergence import explain, measured_with

CONFIG = RunConfig(learning_rate=2.5)
JUDGED = EpochPoint(3, 300, 0.5, 0.9, 0.4, 0.98, seconds=1.0)
UNJUDGED = dataclasses.replace(JUDGED, validation_loss=None, validation_accuracy=None)


def diverged(epoch: EpochPoint, kept: float | None) -> History:
    return History(epochs=[epoch], divergence=Divergence(1_234, 12.34, "training", kept))


def test_names_step_split_what_is_kept_and_a_smaller_rate() -> None:
    assert explain(diverged(JUDGED, 3.0), CONFIG) == (
        "At step 1,234 (epoch 12.34) the training loss became infinite or NaN (not a number). "
        "Kept: epoch 3, the best before. Try a learning rate of 0.25 or less."
    )


def test_names_a_tenth_of_the_rate_at_which_it_diverged() -> None:
    changes = (RateChange(1_233, 0.5), RateChange(1_234, 7.0))  # the 1,234th step has number 1,233
    changed = dataclasses.replace(CONFIG, rate_changes=changes)
    assert "Try a learning rate of 0.05 or less." in explain(diverged(JUDGED, 3.0), changed)


@pytest.mark.parametrize(("kept", "words"), [(3.0, "epoch 3"), (2.4567, "epoch 2.46")])
def test_calls_no_epoch_the_best_without_validation_images(kept: float, words: str) -> None:
    assert f"Kept: the weights after {words}." in explain(diverged(UNJUDGED, kept), CONFIG)


def test_names_nothing_where_nothing_is_kept() -> None:
    assert "kept" not in explain(diverged(JUDGED, None), CONFIG).lower()


def test_asks_for_no_other_rate_after_a_range_test() -> None:
    words = explain(diverged(UNJUDGED, None), range_config(CONFIG))
    assert words.endswith("(not a number). Range tests often end this way.")


def test_asks_for_no_rate_below_the_lowest() -> None:
    config = dataclasses.replace(CONFIG, learning_rate=2e-6)
    assert explain(diverged(UNJUDGED, None), config).endswith("(not a number).")


@pytest.mark.parametrize("divergence", [None, Divergence(1_234, 12.34)])
def test_tells_of_old_runs_what_is_known_of_them(divergence: Divergence | None) -> None:
    history = History(epochs=[JUDGED], divergence=divergence)
    assert "he loss became infinite or NaN (not a number). Try" in explain(history, CONFIG)
    assert measured_with(history).endswith("kept: weights from before it.")
