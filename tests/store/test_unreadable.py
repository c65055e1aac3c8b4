"""Runs that this version can't read, saved by a newer one perhaps, hide no others."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from mnistlab.core.errors import UnreadableRunError
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.limits import Limits
from mnistlab.store import RunStore, open_store, this_owner
from tests.store.conftest import Tamper

FIELDS = json.loads(RunConfig().to_json())


@pytest.fixture
def unreadable(store: RunStore, lab: str, tamper: Tamper) -> str:
    """A run of a newer version, and before it one of this."""
    store.create_run(lab, RunConfig(), "Readable", this_owner())
    run_id = store.create_run(lab, RunConfig(), "From the future", this_owner()).id
    store.mark(run_id, RunStatus.FINISHED, attempt=1)
    newer = json.dumps({**FIELDS, "layer_norm": True})
    tamper("UPDATE runs SET config = :newer WHERE id = :id", newer=newer, id=run_id)
    return run_id


class TestARunOfANewerVersion:
    def test_is_named_beside_the_list(self, store: RunStore, lab: str, unreadable: str) -> None:
        assert [run.name for run in store.runs(lab)] == ["Readable"]
        [found] = store.unreadable_runs(lab)
        assert (found.id, found.name) == (unreadable, "From the future")
        assert "saved by a newer version of mnistlab" in found.reason

    def test_is_not_opened(self, store: RunStore, unreadable: str) -> None:
        with pytest.raises(UnreadableRunError, match="“From the future” can't be opened"):
            store.run(unreadable)

    def test_is_not_begun_anew(self, store: RunStore, unreadable: str) -> None:
        with pytest.raises(UnreadableRunError):
            store.restart(unreadable, RunConfig(), this_owner())

    def test_may_be_deleted(self, store: RunStore, lab: str, unreadable: str) -> None:
        store.delete(lab, unreadable)
        assert store.unreadable_runs(lab) == []

    def test_makes_room_as_others_do(
        self, store: RunStore, lab: str, unreadable: str, tamper: Tamper
    ) -> None:
        tamper("UPDATE runs SET used_at = '2026-01-01 12:00:00'")
        next_one = store.upkeep.next_to_delete(lab, Limits(runs_per_lab=1))
        assert next_one is not None
        assert next_one.name == "From the future"
        assert store.upkeep.make_room(lab, Limits(runs_per_lab=1)) == [unreadable]

    def test_of_an_unknown_status_is_unreadable_too(
        self, store: RunStore, lab: str, tamper: Tamper
    ) -> None:
        store.create_run(lab, RunConfig(), "Paused", this_owner())
        tamper("UPDATE runs SET status = 'paused'")
        [found] = store.unreadable_runs(lab)
        assert "“paused”" in found.reason


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
FOREIGN = st.one_of(
    st.text(),
    VALUES.map(json.dumps),
    st.dictionaries(st.sampled_from([*FIELDS]) | st.text(), VALUES, max_size=4).map(
        lambda change: json.dumps({**FIELDS, **change})
    ),
)


def test_no_config_hides_the_other_runs(tmp_path: Path) -> None:
    store = open_store(tmp_path).store
    lab = store.create_lab()
    kept = store.create_run(lab, RunConfig(), "Kept", this_owner())
    changed = store.create_run(lab, RunConfig(), "Changed", this_owner())
    engine = create_engine(f"sqlite:///{tmp_path}/mnistlab.db")

    @given(FOREIGN)
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    def check(config: str) -> None:
        stored = config.encode("utf-8", "replace").decode()
        with engine.begin() as connection:
            change = text("UPDATE runs SET config = :config WHERE id = :id")
            connection.execute(change, {"config": stored, "id": changed.id})
        assert kept in store.runs(lab)
        assert len(store.runs(lab)) + len(store.unreadable_runs(lab)) == 2

    check()
    engine.dispose()
    store.close()
