"""Runs through a real cluster, and what becomes of them when something is killed."""

import dataclasses
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

import mnistlab
from mnistlab.cluster.serve import WORKERS
from mnistlab.core.data import mnist
from mnistlab.core.data.mnist import Digits
from mnistlab.core.errors import NotFoundError
from mnistlab.core.network.model import restore, unpack
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.evaluate import predict, score
from mnistlab.core.training.loop import train
from mnistlab.store import RunRecord, open_store, this_owner
from tests.engine.conftest import Lab, common_part, processes_of, workers_of
from tests.factories import LONG, SMALL, not_none, wait_until

MOMENTUM = dataclasses.replace(
    SMALL, optimizer="sgd", momentum=0.9, learning_rate=0.05, training_images=20_000, epochs=8
)
"""Long enough to be stopped on its way, short enough to be trained to its end."""

BRIEF = dataclasses.replace(LONG, training_images=5_000, epochs=25)
"""Short enough to be trained beside another of its lab, not over within any test."""

WILD = dataclasses.replace(
    SMALL, activation="none", optimizer="sgd", learning_rate=100.0, schedule="constant"
)

MILD = dataclasses.replace(WILD, learning_rate=0.05)

LATE = dataclasses.replace(WILD, schedule="range_test", learning_rate=10.0, epochs=12)
"""Learns for some epochs while its rate rises, until that is too high."""


def assert_weights_are_of_the_best_epoch(
    lab: Lab, record: RunRecord, config: RunConfig, digits: tuple[Digits, Digits]
) -> None:
    """List, curve and test result of a run say what its weights give when asked anew."""
    model = restore(config, unpack(lab.store.weights(record.id) or b""))
    history = lab.store.history(record.id)
    best, divergence = history.best_epoch, history.divergence
    assert best is not None
    assert divergence is not None
    validation = mnist.split(*digits, config).validation
    measured = score(model, validation)
    assert measured.loss == pytest.approx(best.validation_loss, rel=1e-6)
    assert (record.best_epoch, record.validation_loss) == (best.epoch, best.validation_loss)
    assert divergence.kept_epoch == best.epoch
    predictions = predict(model, digits[1].pixels).argmax(axis=1)
    assert record.test_correct == (predictions == digits[1].labels.numpy()).sum() > 5_000


@pytest.fixture
def digits(training_digits: Digits, test_digits: Digits) -> tuple[Digits, Digits]:
    return training_digits, test_digits


class TestARun:
    def test_leaves_the_same_curve_as_training_right_here(
        self, lab: Lab, training_digits: Digits, test_digits: Digits
    ) -> None:
        record = lab.train(SMALL)
        splits = mnist.split(training_digits, test_digits, SMALL)
        here = train(SMALL, splits, lambda event: None, lambda: False)
        assert lab.store.history(record.id) == here.history

    def test_is_tested_with_the_weights_that_are_kept(self, lab: Lab, test_digits: Digits) -> None:
        record = lab.train(SMALL)
        model = restore(SMALL, unpack(lab.store.weights(record.id) or b""))
        predictions = predict(model, test_digits.pixels).argmax(axis=1)
        assert record.test_correct == (predictions == test_digits.labels.numpy()).sum()
        assert record.test_total == 10_000

    def test_leaves_the_figures_of_single_validation_images(
        self, lab: Lab, digits: tuple[Digits, Digits]
    ) -> None:
        record = lab.train(SMALL)
        scores = not_none(lab.store.validation_scores(record.id))
        model = restore(SMALL, unpack(lab.store.weights(record.id) or b""))
        measured = score(model, mnist.split(*digits, SMALL).validation)
        assert scores.epoch == record.best_epoch
        assert scores.hits.tolist() == measured.hits.tolist()
        assert scores.losses == pytest.approx(measured.losses, rel=1e-3, abs=1e-4)

    def test_shows_points_while_it_goes_on(self, lab: Lab) -> None:
        run_id = lab.submit(LONG)
        lab.wait_for_points(run_id)
        live = lab.engine.look(run_id)
        assert live is not None
        assert live.status is RunStatus.RUNNING
        assert live.history.epochs[0].epoch == 0
        lab.engine.stop(lab.key, run_id)
        lab.wait_for_end(run_id)

    def test_that_diverges_at_once_leaves_its_curve_alone(self, lab: Lab) -> None:
        record = lab.train(WILD)
        assert (record.status, record.message) == (RunStatus.DIVERGED, "")
        assert lab.store.history(record.id).divergence is not None
        assert lab.store.weights(record.id) is None

    def test_that_diverges_late_keeps_its_best_epoch(
        self, lab: Lab, digits: tuple[Digits, Digits]
    ) -> None:
        record = lab.train(LATE)
        assert record.status is RunStatus.DIVERGED
        assert_weights_are_of_the_best_epoch(lab, record, LATE, digits)

    def test_after_one_that_failed_is_not_troubled(self, lab: Lab) -> None:
        lab.train(WILD)
        assert lab.train(SMALL).status is RunStatus.FINISHED


class TestStopping:
    def test_keeps_the_curve_and_the_weights(self, lab: Lab) -> None:
        record = lab.train_partly(LONG)
        assert lab.store.history(record.id).steps
        assert lab.store.weights(record.id) is not None
        assert record.test_correct is not None

    def test_a_waiting_run_takes_it_back(self, lab: Lab) -> None:
        first, second = lab.submit(LONG), lab.submit(LONG)
        lab.wait_for_points(first)
        lab.engine.stop(lab.key, second)
        assert lab.wait_for_end(second).status is RunStatus.STOPPED
        assert lab.store.run(first).status is RunStatus.RUNNING
        lab.engine.stop(lab.key, first)
        lab.wait_for_end(first)
        assert lab.store.history(second).steps == []

    def test_is_for_the_runs_own_lab(self, lab: Lab) -> None:
        run_id = lab.submit(LONG)
        with pytest.raises(NotFoundError):
            lab.engine.stop(lab.store.create_lab(), run_id)
        lab.engine.stop(lab.key, run_id)
        lab.wait_for_end(run_id)


class TestContinuing:
    def test_a_stopped_run_gives_the_curve_of_one_that_was_not(self, lab: Lab) -> None:
        whole = lab.train(MOMENTUM)
        stopped = lab.train_partly(MOMENTUM)
        assert stopped.epochs_done < MOMENTUM.epochs
        lab.engine.train_on(lab.key, stopped.id, MOMENTUM.epochs)
        resumed = lab.wait_for_end(stopped.id)
        assert resumed.status is RunStatus.FINISHED
        assert lab.store.history(resumed.id) == lab.store.history(whole.id)
        assert lab.store.weights(resumed.id) == lab.store.weights(whole.id)
        labels = [not_none(lab.store.suspicious_labels(run.id)) for run in (resumed, whole)]
        assert labels[0].indices.tolist() == labels[1].indices.tolist() != []
        assert labels[0].margins.tolist() == labels[1].margins.tolist()

    def test_a_finished_run_joins_its_curve(self, lab: Lab) -> None:
        record = lab.train(SMALL)
        before = lab.store.history(record.id)
        lab.engine.train_on(lab.key, record.id, 4)
        after = lab.store.history(lab.wait_for_end(record.id).id)
        assert after.up_to(before.steps[-1].step) == before
        assert [point.epoch for point in after.epochs] == [0, 1, 2, 3, 4]
        assert lab.store.run(record.id).config.epochs == 4

    @pytest.mark.parametrize("then", ["at once", "late"])
    def test_that_diverges_keeps_the_best_epoch_of_both_parts(
        self, lab: Lab, digits: tuple[Digits, Digits], then: str
    ) -> None:
        record = lab.train(MILD)
        config = WILD if then == "at once" else LATE
        attempt = lab.store.restart(record.id, config, this_owner())
        lab.store.mark(record.id, RunStatus.FINISHED, attempt=attempt)
        lab.engine.train_on(lab.key, record.id, LATE.epochs + 1)
        diverged = lab.wait_for_end(record.id)
        assert diverged.status is RunStatus.DIVERGED
        assert diverged.best_epoch is not None
        assert (diverged.best_epoch > MILD.epochs) is (then == "late")
        assert_weights_are_of_the_best_epoch(lab, diverged, config, digits)

    @pytest.mark.parametrize("config", [WILD, LATE], ids=["at once", "late"])
    def test_needs_a_run_that_has_not_diverged(self, lab: Lab, config: RunConfig) -> None:
        diverged = lab.train(config)
        with pytest.raises(NotFoundError, match="Run it again"):
            lab.engine.train_on(lab.key, diverged.id, 99)


class TestRunningAgain:
    def test_gives_the_same_curve(self, lab: Lab) -> None:
        record = lab.train(SMALL)
        before = lab.store.history(record.id)
        lab.engine.run_again(lab.key, record.id)
        assert lab.store.history(lab.wait_for_end(record.id).id) == before


class TestWhenProcessesDie:
    def test_a_run_outlives_its_worker(self, lab: Lab, engine_home: Path) -> None:
        undisturbed = lab.store.history(lab.train_partly(LONG).id)
        run_id, first = begin(lab)
        for worker in workers_of(engine_home):
            worker.send_signal(signal.SIGKILL)
        lab.wait_for_another_attempt(run_id, first)
        again, before = common_part(lab.stop(run_id), undisturbed)
        assert again == before

    def test_a_run_outlives_the_whole_cluster(self, lab: Lab, engine_home: Path) -> None:
        run_id, first = begin(lab)
        [cluster] = processes_of(engine_home, "mnistlab.cluster")
        cluster.send_signal(signal.SIGKILL)
        lab.wait_for_another_attempt(run_id, first)
        lab.stop(run_id)
        assert lab.train(SMALL).status is RunStatus.FINISHED


def begin(lab: Lab) -> tuple[str, float | None]:
    """Begin a long run; return it with the mark of its first attempt."""
    run_id = lab.submit(LONG)
    lab.wait_for_points(run_id)
    return run_id, lab.attempt(run_id)


class TestTakingTurns:
    def test_a_labs_runs_are_trained_one_at_a_time(self, lab: Lab) -> None:
        first, second = lab.submit(LONG), lab.submit(LONG)
        lab.wait_for_points(first, count=10)
        waiting = lab.engine.look(second)
        assert waiting is not None
        assert waiting.status is RunStatus.QUEUED
        lab.engine.stop(lab.key, first)
        lab.wait_for_points(second)
        lab.engine.stop(lab.key, second)
        lab.wait_for_end(second)

    @pytest.mark.skipif(WORKERS < 2, reason="takes two workers")
    def test_a_labs_short_runs_are_trained_at_the_same_time(self, lab: Lab) -> None:
        runs = [lab.submit(BRIEF), lab.submit(BRIEF)]
        wait_until(lambda: all(map(lab.points, runs)), "Points of both at the same time")
        for run_id in runs:
            lab.engine.stop(lab.key, run_id)
            lab.wait_for_end(run_id)

    @pytest.mark.skipif(WORKERS < 2, reason="takes two workers")
    def test_short_runs_leave_the_next_worker_to_another_lab(
        self, lab: Lab, other_lab: Lab
    ) -> None:
        many = [lab.submit(BRIEF) for _ in range(4)]
        wait_until(lambda: all(map(lab.points, many[:2])), "Points of the first two")
        one = other_lab.submit(LONG)
        lab.stop(many[0])
        other_lab.wait_for_points(one)
        waiting = [lab.engine.look(run_id) for run_id in many[2:]]
        assert [live.status for live in waiting if live] == [RunStatus.QUEUED] * 2
        other_lab.stop(one)
        for run_id in reversed(many[1:]):
            lab.engine.stop(lab.key, run_id)
            lab.wait_for_end(run_id)

    def test_a_waiting_run_tells_its_place_and_when_it_starts(self, lab: Lab) -> None:
        lab.train(SMALL)  # a worker is measured when no run is left
        wait_until(lambda: lab.engine.speed is not None, "The measure of speed")
        runs = [lab.submit(LONG) for _ in range(3)]
        lab.wait_for_points(runs[0])
        waits = [live.wait for live in map(lab.engine.look, runs) if live is not None]
        assert waits[0] is None
        assert [wait.place for wait in waits[1:] if wait] == [1, 2]
        seconds = [live.wait.seconds for live in map(lab.engine.look, runs) if live and live.wait]
        assert seconds[0] is not None
        assert seconds[1] is not None
        assert 0 < seconds[0] < seconds[1]
        for run_id in reversed(runs):
            lab.engine.stop(lab.key, run_id)
        lab.wait_for_end(runs[0])

    def test_a_lab_that_asks_for_many_does_not_push_back_another(
        self, lab: Lab, other_lab: Lab
    ) -> None:
        many, last = [lab.submit(SMALL) for _ in range(5)], lab.submit(LONG)
        one = other_lab.submit(SMALL)
        assert other_lab.wait_for_end(one).status is RunStatus.FINISHED
        lab.stop(last)  # which it could not, had the one waited for it
        for run_id in many:
            assert lab.wait_for_end(run_id).status is RunStatus.FINISHED

    @pytest.mark.skipif(WORKERS < 2, reason="takes two workers")
    def test_two_labs_train_at_the_same_time_with_the_numbers_of_a_lone_run(
        self, lab: Lab, other_lab: Lab
    ) -> None:
        alone = lab.store.history(lab.train_partly(LONG, count=10).id)
        both = [(each, each.submit(LONG)) for each in (lab, other_lab)]
        for each, run_id in both:
            each.wait_for_points(run_id, count=10)
        beside = [each.stop(run_id) for each, run_id in both]
        for history in beside:
            one, other = common_part(history, alone)
            assert one == other


SERVER = """
import sys, time
from pathlib import Path
from mnistlab.core.settings.config import RunConfig
from mnistlab.engine.api import Engine
from mnistlab.engine.connection import EmbeddedCluster
from mnistlab.store import RunRecord, open_store, this_owner

opened = open_store(Path(sys.argv[1]))
engine = Engine(opened.store, EmbeddedCluster(opened.home))
engine.start()
lab = opened.store.create_lab()
for text in sys.argv[2:]:
    print(engine.submit(lab, RunConfig.from_json(text), "a run"), flush=True)
while True:
    time.sleep(1)
"""


def test_a_server_that_is_killed_loses_no_more_than_the_run_under_way(tmp_path: Path) -> None:
    project = str(Path(mnistlab.__file__).parent.parent)
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(tmp_path), SMALL.to_json(), LONG.to_json()],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": project},
    )
    assert server.stdout is not None
    finished, under_way = (server.stdout.readline().strip() for _ in range(2))
    store = open_store(tmp_path).store
    wait_until(lambda: bool(store.run(under_way).epochs_done), "The second run's first epoch")
    below = psutil.Process(server.pid).children(recursive=True)
    server.kill()
    server.wait()
    server.stdout.close()
    assert store.leases.interrupt_orphans() == [under_way]
    assert store.run(finished).status is RunStatus.FINISHED
    assert store.weights(finished) is not None
    assert store.run(under_way).status is RunStatus.INTERRUPTED
    assert store.history(under_way).steps
    wait_until(lambda: not any(map(_is_alive, below)), "The end of the cluster")
    store.close()


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:  # it has ended between the two questions
        return False


def test_configs_travel_whole() -> None:
    assert RunConfig.from_json(LONG.to_json()) == LONG
