"""The learning rate of a run, changed while a real worker trains it."""

import dataclasses
import signal
from pathlib import Path

import pytest

from mnistlab.core.errors import ConfigError, NotFoundError
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.fields import RATE_CHANGES
from mnistlab.core.settings.rate_change import RateChange
from mnistlab.store import RunRecord, this_owner
from tests.engine.conftest import Lab, common_part, processes_of, workers_of
from tests.factories import LONG, SMALL, not_none, wait_until

BUSY = dataclasses.replace(SMALL, training_images=20_000, epochs=5, batch_size=20)
"""Long enough to be changed on its way, short enough to be trained to its end."""

PLAIN_DESCENT = dataclasses.replace(
    BUSY, optimizer="sgd", learning_rate=0.05, weight_decay=0.0, schedule="cosine", epochs=12
)


def change(lab: Lab, run_id: str, rate: float) -> RateChange:
    """Change the rate of a run that goes on; return the change once it has taken effect."""
    lab.engine.change_rate(lab.key, run_id, rate)

    def made() -> RateChange | None:
        changes = not_none(lab.engine.look(run_id)).history.rate_changes
        return changes[-1] if changes and changes[-1].learning_rate == rate else None

    wait_until(lambda: made() is not None, "The change")
    return not_none(made())


def begin(lab: Lab, config: RunConfig) -> str:
    run_id = lab.submit(config)
    lab.wait_for_points(run_id)
    return run_id


def assert_is_repeated(lab: Lab, changed: RunRecord) -> None:
    """Training the settings that a run is left with gives its curve and weights."""
    again = lab.train(changed.config)
    assert again.status is changed.status is RunStatus.FINISHED
    assert lab.store.history(again.id) == lab.store.history(changed.id)
    assert lab.store.weights(again.id) == lab.store.weights(changed.id)


class TestARunThatWasChangedOnItsWay:
    @pytest.mark.parametrize("config", [BUSY, PLAIN_DESCENT], ids=["adamw", "plain descent"])
    def test_twice_has_the_numbers_of_one_trained_from_its_settings(
        self, lab: Lab, config: RunConfig
    ) -> None:
        run_id = begin(lab, config)
        made = [change(lab, run_id, rate) for rate in (0.004, 0.0005)]
        changed = lab.wait_for_end(run_id)
        assert changed.config == dataclasses.replace(config, rate_changes=tuple(made))
        assert 0 < made[0].step < made[1].step
        assert lab.store.history(run_id).rate_changes == made
        assert_is_repeated(lab, changed)

    def test_and_stopped_goes_on_as_if_it_had_not_been(self, lab: Lab) -> None:
        run_id = begin(lab, BUSY)
        made = change(lab, run_id, 0.0005)
        lab.stop(run_id)
        lab.engine.train_on(lab.key, run_id, BUSY.epochs)
        resumed = lab.wait_for_end(run_id)
        assert resumed.config.rate_changes == (made,)
        assert_is_repeated(lab, resumed)

    @pytest.mark.parametrize("dying", ["its worker", "the whole cluster"])
    def test_outlives_them_with_its_changes(self, lab: Lab, engine_home: Path, dying: str) -> None:
        run_id = begin(lab, LONG)
        made = change(lab, run_id, 0.0005)
        first = lab.attempt(run_id)
        cluster = processes_of(engine_home, "mnistlab.cluster")
        for process in workers_of(engine_home) if dying == "its worker" else cluster:
            process.send_signal(signal.SIGKILL)
        lab.wait_for_another_attempt(run_id, first)
        wait_until(lambda: not_none(lab.engine.look(run_id)).history.rate_changes == [made])
        lab.wait_for_points(run_id, lab.points(run_id) + 1)
        history = lab.stop(run_id)
        assert lab.store.run(run_id).config.rate_changes == (made,)
        again = lab.train_partly(lab.store.run(run_id).config, len(history.steps))
        one, other = common_part(history, lab.store.history(again.id))
        assert one == other
        assert one.rate_changes == [made]

    def test_has_them_in_the_store_before_it_ends(self, lab: Lab) -> None:
        run_id = begin(lab, LONG)
        made = change(lab, run_id, 0.0005)
        wait_until(lambda: lab.store.run(run_id).config.rate_changes == (made,), "Its saving")
        assert lab.store.run(run_id).status is RunStatus.RUNNING
        lab.stop(run_id)


class TestAChangeIsRefused:
    def test_by_a_run_of_another_lab(self, lab: Lab, other_lab: Lab) -> None:
        run_id = begin(lab, LONG)
        with pytest.raises(NotFoundError):
            other_lab.engine.change_rate(other_lab.key, run_id, 0.001)
        lab.stop(run_id)

    def test_before_and_after_training(self, lab: Lab) -> None:
        first, queued = begin(lab, LONG), lab.submit(SMALL)
        with pytest.raises(ConfigError, match="while the run is being trained"):
            lab.engine.change_rate(lab.key, queued, 0.001)
        lab.stop(first)
        lab.wait_for_end(queued)
        with pytest.raises(ConfigError, match="while the run is being trained"):
            lab.engine.change_rate(lab.key, queued, 0.001)

    def test_by_a_run_that_another_server_trains(self, lab: Lab) -> None:
        run_id = lab.store.create_run(lab.key, LONG, "A run", "another server").id
        lab.store.mark(run_id, RunStatus.RUNNING, attempt=1)
        with pytest.raises(ConfigError, match="through the server that trains this run"):
            lab.engine.change_rate(lab.key, run_id, 0.001)

    def test_of_a_rate_that_is_no_other_or_not_allowed(self, lab: Lab) -> None:
        run_id = begin(lab, LONG)
        with pytest.raises(ConfigError, match=r"is 0\.002 already"):
            lab.engine.change_rate(lab.key, run_id, LONG.learning_rate)
        with pytest.raises(ConfigError, match=r"a number from 0\.000001 to 100"):
            lab.engine.change_rate(lab.key, run_id, 101.0)
        assert lab.stop(run_id).rate_changes == []

    def test_beyond_the_most_of_a_run(self, lab: Lab) -> None:
        planned = tuple(RateChange(10**6 + step, 0.001) for step in range(RATE_CHANGES.most))
        run_id = begin(lab, dataclasses.replace(LONG, rate_changes=planned))
        with pytest.raises(ConfigError, match="was changed 20 times"):
            lab.engine.change_rate(lab.key, run_id, 0.001)
        lab.stop(run_id)

    @pytest.mark.parametrize("kind", ["a range test", "a test of a remedy"])
    def test_by_a_run_that_measures_something(self, lab: Lab, kind: str) -> None:
        if kind == "a range test":
            run_id = begin(lab, dataclasses.replace(LONG, schedule="range_test"))
        else:
            explained = lab.store.create_run(lab.key, LONG, "A run", this_owner()).id
            lab.store.mark(explained, RunStatus.STOPPED, attempt=1)
            run_id = lab.engine.test(lab.key, explained, "rate_tenth")
            lab.wait_for_points(run_id)
        with pytest.raises(ConfigError, match="is fixed"):
            lab.engine.change_rate(lab.key, run_id, 0.001)
        lab.stop(run_id)
