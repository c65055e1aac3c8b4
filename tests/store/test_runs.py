"""Labs, and what a student can do with runs."""

import subprocess
import sys
import traceback
from datetime import UTC, datetime

import pytest

from mnistlab.core.errors import NotFoundError, StoreError
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.store import NAME_LENGTH, RunStore, this_owner
from tests.store.conftest import Tamper

CONFIG = RunConfig(hidden_layers=2, units=(64, 32), dropout=0.25, seed=7)
ENDED = [status for status in RunStatus if not status.is_active]
ACTIVE = [status for status in RunStatus if status.is_active]


def new_run(store: RunStore, lab: str, name: str = "First try") -> str:
    return store.create_run(lab, CONFIG, name, this_owner()).id


def test_the_store_does_without_torch() -> None:
    check = "import sys, mnistlab.store; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check]).returncode == 0


class TestLabs:
    def test_a_lab_is_known_by_its_key(self, store: RunStore) -> None:
        assert store.has_lab(store.create_lab())

    def test_keys_differ_and_are_too_long_to_guess(self, store: RunStore) -> None:
        first, second = store.create_lab(), store.create_lab()
        assert first != second
        assert len(first) >= 20

    @pytest.mark.parametrize(
        "key",
        ["", "nobody", "\0", "a\0b", "ключ🔑", "\ud800", "%", "' OR 1=1 --", "x" * 10_000_000],
        ids=lambda key: f"{len(key)} characters: {key[:12]!a}",
    )
    def test_any_other_text_is_no_lab(self, store: RunStore, lab: str, key: str) -> None:
        assert not store.has_lab(key)
        assert store.runs(key) == []
        assert store.drawing(key) is None

    def test_a_key_followed_by_nul_is_another_key(self, store: RunStore, lab: str) -> None:
        assert not store.has_lab(lab + "\0")


class TestNewRun:
    def test_waits_with_all_it_was_given(self, store: RunStore, lab: str) -> None:
        before = datetime.now(UTC)
        created = store.create_run(lab, CONFIG, " First try ", this_owner())
        assert (created.lab, created.name, created.config) == (lab, "First try", CONFIG)
        assert (created.status, created.message) == (RunStatus.QUEUED, "")
        assert before <= created.created_at <= datetime.now(UTC)

    def test_has_no_results(self, store: RunStore, lab: str) -> None:
        created = store.create_run(lab, CONFIG, "First try", this_owner())
        assert (created.seconds, created.epochs_done, created.best_epoch) == (0.0, 0, None)
        assert (created.validation_accuracy, created.validation_loss) == (None, None)
        assert (created.test_correct, created.test_total) == (None, None)

    def test_is_read_back_the_same(self, store: RunStore, lab: str) -> None:
        created = store.create_run(lab, CONFIG, "Größer 🧠", this_owner())
        assert store.run(created.id) == created
        assert store.run(created.id).created_at.tzinfo is UTC

    def test_needs_a_lab(self, store: RunStore) -> None:
        with pytest.raises(NotFoundError):
            store.create_run("nobody", CONFIG, "First try", this_owner())

    def test_is_listed_before_older_ones(self, store: RunStore, lab: str) -> None:
        ids = [new_run(store, lab) for _ in range(3)]
        assert [record.id for record in store.runs(lab)] == ids[::-1]

    @pytest.mark.parametrize("run_id", ["", "nothing", "\0", "\ud800"])
    def test_is_found_by_its_id_alone(self, store: RunStore, lab: str, run_id: str) -> None:
        new_run(store, lab)
        with pytest.raises(NotFoundError) as caught:
            store.run(run_id)
        assert caught.value.remedy


class TestLabsAreApart:
    def test_a_lab_lists_only_its_own_runs(self, store: RunStore, lab: str) -> None:
        new_run(store, lab)
        assert store.runs(store.create_lab()) == []

    def test_another_lab_can_look_but_not_touch(self, store: RunStore, lab: str) -> None:
        other, run_id = store.create_lab(), new_run(store, lab)
        store.mark(run_id, RunStatus.FINISHED, attempt=1)
        with pytest.raises(NotFoundError):
            store.rename(other, run_id, "Mine now")
        with pytest.raises(NotFoundError):
            store.delete(other, run_id)
        assert store.run(run_id).name == "First try"


class TestName:
    @pytest.mark.parametrize("name", ["x", "x" * NAME_LENGTH, "  Wide net \n"])
    def test_is_kept_without_space_around(self, store: RunStore, lab: str, name: str) -> None:
        run_id = new_run(store, lab)
        store.rename(lab, run_id, name)
        assert store.run(run_id).name == name.strip()

    @pytest.mark.parametrize("name", ["", " \n ", "x" * (NAME_LENGTH + 1)])
    def test_can_not_be_empty_or_long(self, store: RunStore, lab: str, name: str) -> None:
        run_id = new_run(store, lab)
        with pytest.raises(StoreError) as caught:
            store.rename(lab, run_id, name)
        assert caught.value.remedy
        assert store.run(run_id).name == "First try"

    def test_loses_what_a_database_can_not_hold(self, store: RunStore, lab: str) -> None:
        run_id = new_run(store, lab)
        store.rename(lab, run_id, "a\0b\ud800c")
        assert store.run(run_id).name == "a\N{REPLACEMENT CHARACTER}b?c"

    def test_of_no_run_can_not_be_changed(self, store: RunStore, lab: str) -> None:
        with pytest.raises(NotFoundError):
            store.rename(lab, "nothing", "Name")


class TestDelete:
    @pytest.mark.parametrize("status", ENDED)
    def test_takes_a_run_that_ended(self, store: RunStore, lab: str, status: RunStatus) -> None:
        run_id = new_run(store, lab)
        store.mark(run_id, status, attempt=1)
        store.delete(lab, run_id)
        assert store.runs(lab) == []

    @pytest.mark.parametrize("status", ACTIVE)
    def test_leaves_one_that_goes_on(self, store: RunStore, lab: str, status: RunStatus) -> None:
        run_id = new_run(store, lab)
        store.mark(run_id, status, attempt=1)
        with pytest.raises(StoreError, match="has not ended yet") as caught:
            store.delete(lab, run_id)
        assert not isinstance(caught.value, NotFoundError)
        assert store.run(run_id).status == status

    def test_needs_a_run(self, store: RunStore, lab: str) -> None:
        with pytest.raises(NotFoundError):
            store.delete(lab, "nothing")


class TestMark:
    def test_sets_status_and_message(self, store: RunStore, lab: str) -> None:
        run_id = new_run(store, lab)
        store.mark(run_id, RunStatus.FAILED, "The loss became infinite.", attempt=1)
        record = store.run(run_id)
        assert (record.status, record.message) == (RunStatus.FAILED, "The loss became infinite.")

    def test_clears_an_earlier_message(self, store: RunStore, lab: str) -> None:
        run_id = new_run(store, lab)
        store.mark(run_id, RunStatus.FAILED, "The loss became infinite.", attempt=1)
        store.mark(run_id, RunStatus.RUNNING, attempt=1)
        assert store.run(run_id).message == ""


class TestDrawing:
    def test_is_none_at_first(self, store: RunStore, lab: str) -> None:
        assert store.drawing(lab) is None

    def test_is_the_last_one_saved(self, store: RunStore, lab: str) -> None:
        store.save_drawing(lab, '{"objects": []}')
        store.save_drawing(lab, '{"objects": [1]}')
        assert store.drawing(lab) == '{"objects": [1]}'

    def test_needs_a_lab(self, store: RunStore) -> None:
        with pytest.raises(NotFoundError):
            store.save_drawing("nobody", "{}")


def test_a_failing_database_is_explained(store: RunStore, lab: str, tamper: Tamper) -> None:
    tamper("DROP TABLE drawings")
    with pytest.raises(StoreError) as caught:
        store.save_drawing(lab, "{}")
    assert caught.value.problem.startswith("The run database can't be used: ")
    assert "drawings" in caught.value.problem
    assert caught.value.remedy


def test_a_failing_database_logs_no_lab_key(store: RunStore, lab: str, tamper: Tamper) -> None:
    tamper("DROP TABLE drawings")
    with pytest.raises(StoreError) as caught:
        store.drawing(lab)
    assert "drawings" in "".join(traceback.format_exception(caught.value))
    assert lab not in "".join(traceback.format_exception(caught.value))
