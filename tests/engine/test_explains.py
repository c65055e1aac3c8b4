"""Tests of a run: its settings with one remedy, trained to see whether that helps."""

import dataclasses

import pytest

from mnistlab.cluster.serve import WORKERS
from mnistlab.core.analysis.diagnosis.remedies import REMEDIES, remedied
from mnistlab.core.analysis.paired import compare
from mnistlab.core.errors import ConfigError, NotFoundError, StoreError
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.store import NAME_LENGTH, this_owner
from tests.engine.conftest import Lab
from tests.factories import LONG, SMALL, not_none
from tests.store.conftest import at_once

SLOW = dataclasses.replace(SMALL, optimizer="sgd", momentum=0.0, learning_rate=1e-4)
"""Learns next to nothing."""


def ended_run(lab: Lab, config: RunConfig, name: str = "A run") -> str:
    """Return a run that has ended without being trained."""
    run_id = lab.store.create_run(lab.key, config, name, this_owner()).id
    lab.store.mark(run_id, RunStatus.STOPPED, attempt=1)
    return run_id


class TestATest:
    def test_trains_the_run_with_the_remedy_alone(self, lab: Lab) -> None:
        run_id = ended_run(lab, SMALL)
        test = lab.wait_for_end(lab.engine.test(lab.key, run_id, "rate_tenth"))
        assert (test.explains, test.remedy, test.lab) == (run_id, "rate_tenth", lab.key)
        assert test.status is RunStatus.FINISHED
        assert test.config == remedied(SMALL, "rate_tenth")
        assert dataclasses.replace(test.config, learning_rate=SMALL.learning_rate) == SMALL
        assert lab.store.tests(run_id) == [test]
        assert [run.id for run in lab.store.runs(lab.key)] == [run_id]

    def test_shows_what_was_the_cause(self, lab: Lab) -> None:
        run = lab.train(SLOW)
        tests = {
            remedy: lab.engine.test(lab.key, run.id, remedy)
            for remedy in ("rate_times_100", "rate_tenth")
        }
        before = not_none(lab.store.validation_scores(run.id))
        for remedy, test in tests.items():
            lab.wait_for_end(test)
            gain = compare(not_none(lab.store.validation_scores(test)), before)
            assert gain.is_accuracy_better is gain.is_better is (remedy == "rate_times_100")

    def test_is_named_after_both(self, lab: Lab) -> None:
        long = "x" * NAME_LENGTH
        names = [
            lab.store.run(lab.engine.test(lab.key, ended_run(lab, SMALL, name), "epochs")).name
            for name in ("First try", long)
        ]
        assert names == ["First try: more epochs", f"{long[:-13]}: more epochs"]
        assert max(len(remedy.label) for remedy in REMEDIES.values()) < NAME_LENGTH // 2

    def test_is_of_the_labs_own_run(self, lab: Lab, other_lab: Lab) -> None:
        run_id = ended_run(lab, SMALL)
        with pytest.raises(NotFoundError):
            lab.engine.test(other_lab.key, run_id, "epochs")
        assert lab.store.tests(run_id) == []

    @pytest.mark.parametrize("remedy", ["no_brake", "nothing", ""])
    def test_needs_a_remedy_that_changes_something(self, lab: Lab, remedy: str) -> None:
        run_id = ended_run(lab, dataclasses.replace(SMALL, dropout=0.0, weight_decay=0.0))
        with pytest.raises(ConfigError) as caught:
            lab.engine.test(lab.key, run_id, remedy)
        assert f"“{remedy}”" in caught.value.problem
        assert caught.value.remedy
        assert lab.store.tests(run_id) == []

    def test_keeps_to_the_limits_of_the_server(
        self, lab: Lab, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run_id = ended_run(lab, SMALL)
        limits = dataclasses.replace(lab.engine.limits, max_epochs=SMALL.epochs)
        monkeypatch.setattr(lab.engine, "limits", limits)
        with pytest.raises(ConfigError, match="this server allows at most"):
            lab.engine.test(lab.key, run_id, "epochs")
        assert lab.store.tests(run_id) == []

    def test_has_no_tests_and_is_not_trained_on(self, lab: Lab) -> None:
        test = lab.wait_for_end(lab.engine.test(lab.key, ended_run(lab, SMALL), "rate_tenth"))
        with pytest.raises(StoreError, match="is itself a test"):
            lab.engine.test(lab.key, test.id, "epochs")
        with pytest.raises(StoreError, match="settings can't change"):
            lab.engine.train_on(lab.key, test.id, SMALL.epochs + 1)
        assert lab.store.run(test.id) == test


class TestTheSameRemedyAgain:
    @pytest.mark.parametrize(
        "status",
        [RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.FINISHED, RunStatus.DIVERGED],
    )
    def test_is_the_test_there_is(self, lab: Lab, status: RunStatus) -> None:
        run_id = ended_run(lab, SMALL)
        test = lab.wait_for_end(lab.engine.test(lab.key, run_id, "rate_tenth")).id
        lab.store.mark(test, status, attempt=1)
        assert lab.engine.test(lab.key, run_id, "rate_tenth") == test
        assert lab.store.run(test).status is status
        assert lab.engine.look(test) is None

    @pytest.mark.parametrize("status", [RunStatus.FAILED, RunStatus.INTERRUPTED, RunStatus.STOPPED])
    def test_trains_again_a_test_without_an_answer(self, lab: Lab, status: RunStatus) -> None:
        run_id = ended_run(lab, SMALL)
        test = lab.wait_for_end(lab.engine.test(lab.key, run_id, "rate_tenth"))
        lab.store.mark(test.id, status, "For a reason.", attempt=1)
        assert lab.engine.test(lab.key, run_id, "rate_tenth") == test.id
        again = lab.wait_for_end(test.id)
        assert (again.status, again.message) == (RunStatus.FINISHED, "")

    def test_at_the_same_moment_begins_one_test(self, lab: Lab) -> None:
        run_id = ended_run(lab, SMALL)
        found: list[str] = []
        at_once(lambda: found.append(lab.engine.test(lab.key, run_id, "rate_tenth")), times=4)
        [test] = lab.store.tests(run_id)
        assert found == [test.id] * 4
        lab.wait_for_end(test.id)


class TestTakingTurns:
    def test_a_labs_short_tests_do_not_push_back_another(self, lab: Lab, other_lab: Lab) -> None:
        run_id = ended_run(lab, SMALL)
        remedies = ("rate_tenth", "rate_hundredth", "wider", "shallower", "activation")
        tests = [lab.engine.test(lab.key, run_id, remedy) for remedy in remedies]
        last = lab.engine.test(lab.key, ended_run(lab, LONG), "wider")
        one = other_lab.submit(SMALL)
        assert other_lab.wait_for_end(one).status is RunStatus.FINISHED
        lab.stop(last)  # which it could not, had the one waited for it
        for test in tests:
            assert lab.wait_for_end(test).status is RunStatus.FINISHED

    @pytest.mark.skipif(WORKERS < 2, reason="takes two workers")
    def test_a_labs_long_tests_leave_a_worker_to_another(self, lab: Lab, other_lab: Lab) -> None:
        run_id = ended_run(lab, LONG)
        remedies = ("rate_tenth", "rate_hundredth", "activation")
        tests = [lab.engine.test(lab.key, run_id, remedy) for remedy in remedies]
        lab.wait_for_points(tests[0])
        for _ in range(2):
            assert other_lab.train(SMALL).status is RunStatus.FINISHED
        waiting = [not_none(lab.engine.look(test)).status for test in tests[1:]]
        assert waiting == [RunStatus.QUEUED] * 2
        for test in reversed(tests):
            lab.engine.stop(lab.key, test)
            lab.wait_for_end(test)
