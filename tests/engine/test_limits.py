"""No page and no link gets past the limits of a server."""

import dataclasses
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from mnistlab.core.errors import ConfigError, NotFoundError
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.limits import Limits
from mnistlab.store import this_owner
from tests.engine.conftest import Lab
from tests.factories import LONG, SMALL, wait_until

Limit = Callable[..., None]
WIDER = dataclasses.replace(SMALL, units=(33,))
LONGER = dataclasses.replace(SMALL, epochs=3)


@pytest.fixture
def limit(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Limit:
    """Give the lab's server other limits; by default, those that SMALL just keeps."""

    def limit(**changes: int) -> None:
        just = Limits(max_parameters=SMALL.parameter_count, max_epochs=SMALL.epochs)
        monkeypatch.setattr(lab.engine, "limits", dataclasses.replace(just, **changes))

    return limit


@pytest.fixture
def forget_use(engine_home: Path) -> Callable[[], None]:
    """Let nobody have looked at any run for long."""

    def forget_use() -> None:
        with closing(sqlite3.connect(engine_home / "mnistlab.db")) as connection, connection:
            connection.execute("UPDATE runs SET used_at = '2026-01-01 12:00:00.000000'")

    return forget_use


class TestARunThatIsTooBig:
    @pytest.mark.parametrize("config", [WIDER, LONGER], ids=["parameters", "epochs"])
    def test_is_not_begun(self, lab: Lab, limit: Limit, config: RunConfig) -> None:
        limit()
        with pytest.raises(ConfigError, match="this server allows at most"):
            lab.submit(config)
        assert lab.store.runs(lab.key) == []

    @pytest.mark.parametrize("config", [WIDER, LONGER], ids=["parameters", "epochs"])
    def test_is_not_run_again(self, lab: Lab, limit: Limit, config: RunConfig) -> None:
        run_id = lab.store.create_run(lab.key, config, "From before", this_owner()).id
        lab.store.mark(run_id, RunStatus.INTERRUPTED, attempt=1)
        limit()
        with pytest.raises(ConfigError, match="this server allows at most"):
            lab.engine.run_again(lab.key, run_id)
        assert lab.store.run(run_id).status is RunStatus.INTERRUPTED

    def test_is_not_trained_on(self, lab: Lab, limit: Limit) -> None:
        record = lab.train(SMALL)
        limit()
        with pytest.raises(ConfigError, match="this server allows at most"):
            lab.engine.train_on(lab.key, record.id, SMALL.epochs + 1)
        assert lab.store.run(record.id) == record

    def test_and_one_that_is_not_are_told_apart(self, lab: Lab, limit: Limit) -> None:
        limit()
        assert lab.train(SMALL).status is RunStatus.FINISHED


def is_gone(lab: Lab, run_id: str) -> bool:
    try:
        lab.store.run(run_id)
    except NotFoundError:
        return True
    return False


class TestRoom:
    def test_is_made_when_a_run_has_ended(
        self, lab: Lab, limit: Limit, forget_use: Callable[[], None]
    ) -> None:
        oldest, newer = lab.train(SMALL), lab.train(SMALL)
        forget_use()
        limit(runs_per_lab=2)
        newest = lab.train(SMALL)
        wait_until(lambda: is_gone(lab, oldest.id), "Making room")
        assert [record.id for record in lab.store.runs(lab.key)] == [newest.id, newer.id]

    def test_is_made_in_the_whole_store(
        self, lab: Lab, limit: Limit, forget_use: Callable[[], None]
    ) -> None:
        other = Lab(lab.store.create_lab(), lab.engine, lab.store)
        old = other.train(SMALL)
        forget_use()
        limit(store_bytes=1)
        new = lab.train(SMALL)
        wait_until(lambda: is_gone(lab, old.id), "Making room")
        assert lab.store.weights(new.id) is not None

    def test_is_made_when_a_waiting_run_is_taken_back(
        self, lab: Lab, limit: Limit, forget_use: Callable[[], None]
    ) -> None:
        oldest = lab.train(SMALL)
        forget_use()
        first, second = lab.submit(LONG), lab.submit(LONG)
        lab.wait_for_points(first)
        limit(runs_per_lab=2)
        lab.engine.stop(lab.key, second)
        wait_until(lambda: is_gone(lab, oldest.id), "Making room")
        assert lab.store.run(first).status is RunStatus.RUNNING
        lab.engine.stop(lab.key, first)
        lab.wait_for_end(first)
