"""Test runs, each of which has another run's settings but for one remedy."""

import dataclasses

import pytest

from mnistlab.core.errors import NotFoundError, StoreError, UnstorableError
from mnistlab.core.run import RunResult, RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History
from mnistlab.store import Explains, RunRecord, RunStore, this_owner
from tests.store.conftest import Tamper

CONFIG = RunConfig(hidden_layers=1, units=(64,), epochs=2)
LONGER = dataclasses.replace(CONFIG, epochs=4)
WIDER = dataclasses.replace(CONFIG, units=(256,))
ENDED = [status for status in RunStatus if not status.is_active]
ACTIVE = [status for status in RunStatus if status.is_active]


@pytest.fixture
def run_id(store: RunStore, lab: str) -> str:
    run = store.create_run(lab, CONFIG, "First try", this_owner())
    store.mark(run.id, RunStatus.FINISHED, attempt=1)
    return run.id


def new_test(store: RunStore, run_id: str, remedy: str = "wider") -> RunRecord:
    """Return a test that waits for its training."""
    lab, explains = store.run(run_id).lab, Explains(run_id, remedy)
    return store.create_run(lab, WIDER, f"First try: {remedy}", this_owner(), explains)


def ended_test(store: RunStore, run_id: str, remedy: str = "wider") -> str:
    test = new_test(store, run_id, remedy)
    store.save_result(test.id, RunResult(RunStatus.FINISHED, History(), b"w"), attempt=1)
    return test.id


class TestATest:
    def test_names_its_run_and_remedy(self, store: RunStore, run_id: str) -> None:
        test = new_test(store, run_id)
        assert (test.explains, test.remedy, test.config) == (run_id, "wider", WIDER)
        assert (store.run(run_id).explains, store.run(run_id).remedy) == (None, None)

    def test_is_opened_like_any_run(self, store: RunStore, run_id: str) -> None:
        test = new_test(store, run_id)
        assert store.run(test.id) == test

    def test_is_not_in_the_list_of_its_lab(self, store: RunStore, lab: str, run_id: str) -> None:
        new_test(store, run_id)
        assert [run.id for run in store.runs(lab)] == [run_id]

    def test_is_listed_with_its_run_the_newest_first(
        self, store: RunStore, lab: str, run_id: str
    ) -> None:
        tests = [new_test(store, run_id, remedy) for remedy in ("wider", "deeper", "epochs")]
        other = store.create_run(lab, CONFIG, "Second try", this_owner())
        new_test(store, other.id)
        assert store.tests(run_id) == tests[::-1]
        assert store.tests(tests[0].id) == []
        assert store.tests("nothing") == []

    def test_is_renamed_and_deleted_like_any_run(
        self, store: RunStore, lab: str, run_id: str
    ) -> None:
        test = ended_test(store, run_id)
        store.rename(lab, test, "Wide")
        assert store.run(test).name == "Wide"
        store.delete(lab, test)
        assert store.tests(run_id) == []
        assert store.run(run_id)

    def test_is_of_the_same_lab(self, store: RunStore, run_id: str) -> None:
        explains = Explains(run_id, "wider")
        with pytest.raises(NotFoundError):
            store.create_run(store.create_lab(), WIDER, "Test", this_owner(), explains)

    def test_needs_a_run(self, store: RunStore, lab: str) -> None:
        with pytest.raises(NotFoundError):
            store.create_run(lab, WIDER, "Test", this_owner(), Explains("nothing", "wider"))

    def test_has_no_tests_of_its_own(self, store: RunStore, run_id: str) -> None:
        test = ended_test(store, run_id)
        with pytest.raises(StoreError, match="is itself a test") as caught:
            new_test(store, test, "deeper")
        assert caught.value.remedy

    def test_is_the_only_one_of_its_remedy(self, store: RunStore, lab: str, run_id: str) -> None:
        test = new_test(store, run_id)
        with pytest.raises(UnstorableError):
            new_test(store, run_id)
        assert store.tests(run_id) == [test]
        other = store.create_run(lab, CONFIG, "Second try", this_owner())
        assert new_test(store, other.id)

    def test_that_can_not_be_read_is_named_with_the_labs_runs(
        self, store: RunStore, lab: str, run_id: str, tamper: Tamper
    ) -> None:
        test = ended_test(store, run_id)
        tamper("UPDATE runs SET config = '{}' WHERE id = :id", id=test)
        assert store.tests(run_id) == []
        assert [run.id for run in store.unreadable_runs(lab)] == [test]
        store.delete(lab, test)
        assert new_test(store, run_id)


class TestDeletingARun:
    @pytest.mark.parametrize("status", ENDED)
    def test_deletes_its_tests(
        self, store: RunStore, lab: str, run_id: str, status: RunStatus
    ) -> None:
        tests = [ended_test(store, run_id, remedy) for remedy in ("wider", "deeper")]
        for test in tests:
            store.mark(test, status, attempt=1)
        store.delete(lab, run_id)
        for each in (run_id, *tests):
            with pytest.raises(NotFoundError):
                store.run(each)
            assert store.weights(each) is None

    @pytest.mark.parametrize("status", ACTIVE)
    def test_waits_for_its_tests(
        self, store: RunStore, lab: str, run_id: str, status: RunStatus
    ) -> None:
        ended, active = ended_test(store, run_id, "deeper"), new_test(store, run_id)
        store.mark(active.id, status, attempt=1)
        with pytest.raises(StoreError, match="“First try: wider” has not ended yet") as caught:
            store.delete(lab, run_id)
        assert "a test of “First try”" in caught.value.remedy
        assert {test.id for test in store.tests(run_id)} == {ended, active.id}

    def test_leaves_the_tests_of_others(self, store: RunStore, lab: str, run_id: str) -> None:
        other = store.create_run(lab, CONFIG, "Second try", this_owner())
        test = new_test(store, other.id)
        store.delete(lab, run_id)
        assert store.tests(other.id) == [test]


class TestRestart:
    def test_with_the_same_settings_keeps_the_tests(self, store: RunStore, run_id: str) -> None:
        ended, active = ended_test(store, run_id, "deeper"), new_test(store, run_id)
        store.restart(run_id, CONFIG, this_owner())
        assert {test.id for test in store.tests(run_id)} == {ended, active.id}

    def test_with_others_deletes_the_tests(self, store: RunStore, run_id: str) -> None:
        test = ended_test(store, run_id)
        store.restart(run_id, LONGER, this_owner())
        assert store.tests(run_id) == []
        assert store.weights(test) is None
        assert store.run(run_id).config == LONGER

    def test_with_others_waits_for_the_tests(self, store: RunStore, run_id: str) -> None:
        test = new_test(store, run_id)
        with pytest.raises(StoreError, match="“First try: wider” has not ended yet"):
            store.restart(run_id, LONGER, this_owner())
        assert store.run(run_id).config == CONFIG
        assert store.tests(run_id) == [test]

    def test_of_a_test_keeps_its_settings(self, store: RunStore, run_id: str) -> None:
        test = ended_test(store, run_id)
        with pytest.raises(StoreError, match="settings can't change") as caught:
            store.restart(test, LONGER, this_owner())
        assert caught.value.remedy
        assert store.restart(test, WIDER, this_owner()) == 2
