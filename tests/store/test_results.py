"""What training hands over, and what becomes of it."""

import dataclasses
import math
from collections.abc import Callable

import numpy as np
import pytest
import safetensors.numpy

from mnistlab.core.arrays import Probabilities
from mnistlab.core.errors import NotFoundError, StoreError
from mnistlab.core.run import RunResult, RunStatus, SuspiciousLabels
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.rate_change import RateChange
from mnistlab.core.training.events import EpochPoint, StepPoint
from mnistlab.core.training.history import History
from mnistlab.core.training.per_image import ImageScores
from mnistlab.store import RunStore, this_owner
from tests.factories import not_none, sure_of
from tests.store.conftest import Tamper

CONFIG = RunConfig(hidden_layers=1, units=(64,), epochs=2)
LABELS = np.arange(10_000) % 10
WEIGHTS = safetensors.numpy.save({"layers.0.weight": np.ones((64, 784), np.float32)})
CHECKPOINT = safetensors.numpy.save({"step": np.array(938)})


def curves(*validation_losses: float) -> History:
    history = History()
    for epoch, loss in enumerate(validation_losses):
        history.add(StepPoint(469 * epoch, float(epoch), 0.5, 0.9, 0.1, 2.5 * epoch))
        history.add(EpochPoint(epoch, 469 * epoch, 0.5, 0.9, loss, 1 - loss, 2.5))
    return history


def probabilities(correct: int) -> Probabilities:
    """Sure predictions, of which the first `correct` are right."""
    return sure_of(np.where(np.arange(len(LABELS)) < correct, LABELS, (LABELS + 1) % 10))


SCORES = ImageScores(2, np.array([0.25, 60_000], np.float16), np.array([True, False]))


def result(status: RunStatus = RunStatus.FINISHED, correct: int = 9_812) -> RunResult:
    history = curves(2.3, 0.25, 0.125)
    return RunResult(status, history, WEIGHTS, CHECKPOINT, probabilities(correct), correct, SCORES)


def suspicious(likely_wrong: int | None = 2_643) -> SuspiciousLabels:
    return SuspiciousLabels(
        indices=np.array([59_915, 34_404, 7], np.int32),
        labels=np.array([4, 9, 0], np.int8),
        predictions=np.array([7, 8, 6], np.int8),
        margins=np.array([-17.5, -11.25, -0.1], np.float32),
        negative=3_651,
        likely_wrong=likely_wrong,
    )


DIVERGED = RunResult(RunStatus.DIVERGED, curves(2.3))


@pytest.fixture
def run_id(store: RunStore, lab: str) -> str:
    return store.create_run(lab, CONFIG, "First try", this_owner()).id


class TestHistory:
    def test_of_weights_stays_until_these_are_replaced(
        self, store: RunStore, lab: str, run_id: str
    ) -> None:
        store.save_result(run_id, result(), attempt=1)
        attempt = store.restart(run_id, CONFIG, this_owner())
        store.save_history(run_id, curves(2.3, 0.2, 0.1), attempt)
        assert store.history(run_id) == result().history
        assert [record.validation_loss for record in store.runs(lab)] == [0.125]
        replaced = dataclasses.replace(result(), history=curves(2.3, 0.2, 0.1))
        store.save_result(run_id, replaced, attempt)
        assert store.history(run_id) == curves(2.3, 0.2, 0.1)

    def test_with_rate_changes_puts_them_into_the_settings_even_beside_weights(
        self, store: RunStore, run_id: str
    ) -> None:
        first, second = RateChange(3, 0.1), RateChange(7, 0.2)
        history = dataclasses.replace(curves(2.3), rate_changes=[first])
        store.save_history(run_id, history, attempt=1)
        assert store.run(run_id).config == dataclasses.replace(CONFIG, rate_changes=(first,))
        store.save_result(run_id, dataclasses.replace(result(), history=history), attempt=1)
        attempt = store.restart(run_id, store.run(run_id).config, this_owner())
        later = dataclasses.replace(curves(2.3, 0.2), rate_changes=[first, second])
        store.save_history(run_id, later, attempt)
        assert store.run(run_id).config.rate_changes == (first, second)
        assert store.history(run_id) == history

    def test_is_empty_at_first(self, store: RunStore, run_id: str) -> None:
        assert store.history(run_id) == History()

    def test_is_read_back_with_its_times(self, store: RunStore, run_id: str) -> None:
        history = curves(2.3, 0.25, 0.5)
        store.save_history(run_id, history, attempt=1)
        assert store.history(run_id).to_json() == history.to_json()

    def test_shows_in_lists(self, store: RunStore, lab: str, run_id: str) -> None:
        store.save_history(run_id, curves(2.3, 0.25, 0.5), attempt=1)
        [record] = store.runs(lab)
        assert (record.epochs_done, record.seconds, record.best_epoch) == (2, 5.0, 1)
        assert (record.validation_loss, record.validation_accuracy) == (0.25, 0.75)

    def test_replaces_the_one_before(self, store: RunStore, run_id: str) -> None:
        store.save_history(run_id, curves(2.3, 0.25, 0.5), attempt=1)
        store.save_history(run_id, curves(2.3), attempt=1)
        record = store.run(run_id)
        assert store.history(run_id) == curves(2.3)
        assert (record.epochs_done, record.best_epoch, record.validation_loss) == (0, None, None)

    def test_without_validation_has_no_best_epoch(self, store: RunStore, run_id: str) -> None:
        store.save_history(
            run_id, History([], [EpochPoint(1, 469, 0.5, 0.9, None, None, 2.5)]), attempt=1
        )
        record = store.run(run_id)
        assert (record.epochs_done, record.best_epoch, record.validation_loss) == (1, None, None)

    def test_may_hold_an_infinite_loss(self, store: RunStore, run_id: str) -> None:
        store.save_history(run_id, curves(2.3, math.inf), attempt=1)
        assert store.history(run_id).epochs[1].validation_loss == math.inf
        assert store.run(run_id).validation_loss == math.inf


class TestResult:
    @pytest.mark.parametrize("status", [RunStatus.FINISHED, RunStatus.STOPPED])
    def test_ends_the_run(self, store: RunStore, run_id: str, status: RunStatus) -> None:
        store.save_result(run_id, result(status), attempt=1)
        assert store.run(run_id).status == status
        assert store.run(run_id).best_epoch == 2
        assert store.history(run_id) == result().history

    def test_keeps_weights_and_checkpoint(self, store: RunStore, run_id: str) -> None:
        store.save_result(run_id, result(), attempt=1)
        assert store.weights(run_id) == WEIGHTS
        assert store.checkpoint(run_id) == CHECKPOINT

    def test_counts_test_digits_read_right(self, store: RunStore, run_id: str) -> None:
        store.save_result(run_id, result(correct=9_812), attempt=1)
        record = store.run(run_id)
        assert (record.test_correct, record.test_total) == (9_812, 10_000)

    @pytest.mark.parametrize("order", ["C", "F"])
    def test_keeps_test_probabilities(self, store: RunStore, run_id: str, order: str) -> None:
        random = np.random.default_rng(0).dirichlet(np.ones(10), 50).astype(np.float32)
        given = np.asarray(random, order=order)  # type: ignore[call-overload]
        whole = RunResult(RunStatus.FINISHED, History(), WEIGHTS, CHECKPOINT, given, 0)
        store.save_result(run_id, whole, attempt=1)
        kept = not_none(store.test_probabilities(run_id))
        assert kept.dtype == np.float32
        np.testing.assert_array_equal(kept, random)

    def test_keeps_the_figures_of_single_validation_images(
        self, store: RunStore, run_id: str
    ) -> None:
        store.save_result(run_id, result(), attempt=1)
        kept = not_none(store.validation_scores(run_id))
        assert kept.epoch == SCORES.epoch
        assert (kept.losses.dtype, kept.hits.dtype) == (np.float16, np.bool_)
        np.testing.assert_array_equal(kept.losses, SCORES.losses)
        np.testing.assert_array_equal(kept.hits, SCORES.hits)

    def test_keeps_such_figures_of_every_other_image(self, store: RunStore, run_id: str) -> None:
        every_other = ImageScores(2, np.arange(6, dtype=np.float16)[::2], np.eye(6, dtype=bool)[0])
        store.save_result(run_id, dataclasses.replace(result(), validation=every_other), attempt=1)
        assert not_none(store.validation_scores(run_id)).losses.tolist() == [0, 2, 4]

    def test_without_such_figures_has_none(self, store: RunStore, run_id: str) -> None:
        store.save_result(run_id, dataclasses.replace(result(), validation=None), attempt=1)
        assert store.validation_scores(run_id) is None

    @pytest.mark.parametrize("likely_wrong", [2_643, 0, None])
    def test_keeps_suspicious_labels(
        self, store: RunStore, run_id: str, likely_wrong: int | None
    ) -> None:
        given = suspicious(likely_wrong)
        store.save_result(run_id, dataclasses.replace(result(), suspicious_labels=given), attempt=1)
        kept = not_none(store.suspicious_labels(run_id))
        for name, value in vars(given).items():
            np.testing.assert_array_equal(getattr(kept, name), value, strict=True)

    def test_may_have_no_suspicious_labels(self, store: RunStore, run_id: str) -> None:
        store.save_result(run_id, result(), attempt=1)
        assert store.suspicious_labels(run_id) is None

    def test_replaces_suspicious_labels_with_the_weights(
        self, store: RunStore, run_id: str
    ) -> None:
        labelled = dataclasses.replace(result(), suspicious_labels=suspicious())
        store.save_result(run_id, labelled, attempt=1)
        store.save_result(run_id, result(), attempt=1)
        assert store.suspicious_labels(run_id) is None

    def test_of_a_divergence_without_weights_is_its_curves(
        self, store: RunStore, run_id: str
    ) -> None:
        store.save_result(run_id, DIVERGED, attempt=1)
        record = store.run(run_id)
        assert (record.status, record.message) == (RunStatus.DIVERGED, "")
        assert (record.test_correct, record.test_total) == (None, None)
        assert store.history(run_id) == DIVERGED.history

    def test_replaces_all_of_the_one_before(self, store: RunStore, run_id: str) -> None:
        store.save_result(run_id, result(), attempt=1)
        store.save_result(run_id, DIVERGED, attempt=1)
        assert store.run(run_id).test_correct is None
        assert store.weights(run_id) is None
        assert store.checkpoint(run_id) is None
        assert store.test_probabilities(run_id) is None
        assert store.validation_scores(run_id) is None

    def test_that_can_not_be_kept_whole_changes_nothing(self, store: RunStore, run_id: str) -> None:
        store.save_history(run_id, curves(2.3), attempt=1)
        spoilt = dataclasses.replace(result(), test_probabilities=np.array(["not a number"]))
        with pytest.raises(ValueError, match="convert"):
            store.save_result(run_id, spoilt, attempt=1)
        assert store.run(run_id).status == RunStatus.RUNNING
        assert store.history(run_id) == curves(2.3)
        assert store.weights(run_id) is None


class TestDamagedContent:
    """What a disk spoils within a sound file; the run and all others can still be seen."""

    @pytest.fixture(autouse=True)
    def spoil(self, store: RunStore, run_id: str, tamper: Tamper) -> None:
        store.save_result(run_id, result(), attempt=1)
        tamper("UPDATE blobs SET content = :zeros", zeros=bytes(1_000))

    @pytest.mark.parametrize(
        "read",
        [
            RunStore.history,
            RunStore.weights,
            RunStore.checkpoint,
            RunStore.test_probabilities,
            RunStore.validation_scores,
        ],
    )
    def test_is_not_given_out(
        self, store: RunStore, run_id: str, read: Callable[[RunStore, str], object]
    ) -> None:
        with pytest.raises(StoreError, match="disk has damaged"):
            read(store, run_id)
        assert store.run(run_id).status == RunStatus.FINISHED

    def test_is_mended_by_running_again(self, store: RunStore, run_id: str) -> None:
        attempt = store.restart(run_id, CONFIG, this_owner())
        store.save_result(run_id, result(), attempt)
        assert store.weights(run_id) == WEIGHTS
        assert store.history(run_id) == result().history


class TestARunOfSchema3ThatFailed:
    """Up to schema 3 only a run's message told that it had diverged."""

    @pytest.mark.parametrize(
        "message",
        [
            "The training loss is no longer a number after step 1,234 (epoch 2.47): the steps were "
            "so big that each made things worse. Try a learning rate of 10 or less.",
            "The validation loss grew beyond all numbers after step 7 (epoch 1.00): the steps were "
            "so big that each made things worse. Try a learning rate of 10 or less.",
            "The training loss grew beyond all numbers after step 390 (epoch 3.90). So ends many "
            "a range test.",
        ],
    )
    def test_by_diverging_has_diverged(
        self, store: RunStore, lab: str, run_id: str, message: str
    ) -> None:
        store.mark(run_id, RunStatus.FAILED, message, attempt=1)
        for record in (store.run(run_id), *store.runs(lab)):
            assert (record.status, record.message) == (RunStatus.DIVERGED, "")

    @pytest.mark.parametrize("message", ["", "The training process died 4 times."])
    def test_otherwise_has_failed(self, store: RunStore, run_id: str, message: str) -> None:
        store.mark(run_id, RunStatus.FAILED, message, attempt=1)
        record = store.run(run_id)
        assert (record.status, record.message) == (RunStatus.FAILED, message)


class TestDeletedRun:
    def test_takes_its_curves_and_weights_along(
        self, store: RunStore, lab: str, run_id: str
    ) -> None:
        store.save_result(run_id, result(), attempt=1)
        store.delete(lab, run_id)
        assert store.history(run_id) == History()
        assert store.weights(run_id) is None
        assert store.test_probabilities(run_id) is None

    def test_is_not_brought_back_by_late_saves(
        self, store: RunStore, lab: str, run_id: str
    ) -> None:
        store.mark(run_id, RunStatus.STOPPED, attempt=1)
        store.delete(lab, run_id)
        store.save_history(run_id, curves(2.3, 0.25), attempt=1)
        store.save_result(run_id, result(), attempt=1)
        store.mark(run_id, RunStatus.RUNNING, attempt=1)
        assert store.runs(lab) == []
        assert store.history(run_id) == History()
        assert store.weights(run_id) is None


class TestRestart:
    def test_queues_with_the_new_config(self, store: RunStore, run_id: str) -> None:
        longer = RunConfig(hidden_layers=1, units=(64,), epochs=20)
        store.save_result(run_id, DIVERGED, attempt=1)
        store.restart(run_id, longer, this_owner())
        record = store.run(run_id)
        assert (record.status, record.message, record.config) == (RunStatus.QUEUED, "", longer)

    def test_keeps_what_the_run_had(self, store: RunStore, run_id: str) -> None:
        store.save_result(run_id, result(correct=9_812), attempt=1)
        store.restart(run_id, RunConfig(hidden_layers=1, units=(64,), epochs=20), this_owner())
        assert store.history(run_id) == result().history
        assert store.checkpoint(run_id) == CHECKPOINT
        assert store.validation_scores(run_id) is not None
        assert store.run(run_id).test_correct == 9_812

    @pytest.mark.parametrize(
        "other",
        [
            RunConfig(hidden_layers=1, units=(128,)),
            RunConfig(hidden_layers=1, units=(64,), activation="tanh"),
        ],
        ids=["wider", "other activation"],
    )
    def test_drops_weights_of_another_network(
        self, store: RunStore, run_id: str, other: RunConfig
    ) -> None:
        labelled = dataclasses.replace(result(), suspicious_labels=suspicious())
        store.save_result(run_id, labelled, attempt=1)
        store.restart(run_id, other, this_owner())
        assert store.weights(run_id) is None
        assert store.test_probabilities(run_id) is None
        assert store.validation_scores(run_id) is None
        assert store.suspicious_labels(run_id) is None
        assert store.run(run_id).test_correct is None

    def test_is_refused_while_the_run_goes_on(self, store: RunStore, run_id: str) -> None:
        with pytest.raises(StoreError, match="has not ended yet"):
            store.restart(run_id, CONFIG, this_owner())

    def test_needs_a_run(self, store: RunStore) -> None:
        with pytest.raises(NotFoundError):
            store.restart("nothing", CONFIG, this_owner())
