"""What a shared server allows is said beforehand, and what is beyond it is refused."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from mnistlab import environment
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.limits import WIDEST, Limits
from mnistlab.store import RunRecord, this_owner
from mnistlab.ui import services
from mnistlab.ui.services import Services
from tests.factories import SMALL
from tests.ui.conftest import Open, continue_field, train, words

Limit = Callable[..., None]


@pytest.fixture
def limit(server: Services, monkeypatch: pytest.MonkeyPatch) -> Limit:
    def limit(**limits: int) -> None:
        monkeypatch.setattr(server.engine, "limits", Limits(**limits))

    return limit


class TestTheForm:
    def test_says_what_this_server_allows(self, open_page: Open, limit: Limit) -> None:
        limit(max_parameters=1_000_000, max_epochs=30, runs_per_lab=7)
        shown = words(open_page())
        assert "up to 1,000,000 parameters and 30 epochs" in shown
        assert "keeps its newest 7 runs" in shown

    def test_says_nothing_of_what_the_form_allows_anyway(
        self, open_page: Open, limit: Limit
    ) -> None:
        limit(max_parameters=WIDEST.max_parameters, max_epochs=WIDEST.max_epochs)
        assert "On this server" not in words(open_page())

    @pytest.mark.parametrize("units", ["513", "2048"])
    def test_refuses_too_many_parameters(self, open_page: Open, limit: Limit, units: str) -> None:
        limit(max_parameters=RunConfig().parameter_count)
        app = open_page()
        assert not app.button(key="train").disabled
        app.text_input(key="units").set_value(units).run()
        [error] = app.error
        assert "669,706" in error.value
        assert app.button(key="train").disabled
        app.text_input(key="units").set_value("512").run()
        assert not app.error
        assert not app.button(key="train").disabled

    def test_refuses_too_many_epochs(self, open_page: Open, limit: Limit) -> None:
        limit(max_epochs=30)
        app = open_page()
        app.text_input(key="epochs").set_value("31").run()
        assert "Epochs can't be 31" in app.error[0].value
        assert app.button(key="train").disabled

    def test_reads_a_link_of_a_larger_server_as_it_is(self, open_page: Open, limit: Limit) -> None:
        limit(max_epochs=30)
        app = open_page(epochs="200")
        assert app.text_input(key="epochs").value == "200"
        assert "this server allows at most" in app.error[0].value
        assert app.button(key="train").disabled
        assert not app.warning

    def test_tells_what_is_no_setting_first(self, open_page: Open, limit: Limit) -> None:
        limit(max_epochs=30)
        app = open_page()
        app.text_input(key="epochs").set_value(str(10**9)).run()
        [error] = app.error
        assert "from 1 to 200" in error.value


def test_a_run_goes_on_no_longer_than_this_server_allows(
    open_page: Open, limit: Limit, trained: RunRecord
) -> None:
    limit(max_epochs=3)
    app = open_page(lab=trained.lab, run=trained.id)
    field = continue_field(app)
    assert field is not None
    assert field.value == "3"
    field.set_value("4").run()
    app.button(key="continue").click().run()
    assert "can't be “4”: it must be a whole number from 3 to 3" in app.error[0].value
    limit(max_epochs=SMALL.epochs)
    app.run()
    assert continue_field(app) is None


class TestAFullLab:
    def test_names_the_run_that_goes_next(
        self, open_page: Open, server: Services, limit: Limit
    ) -> None:
        lab = server.store.create_lab()
        for name in ("First <b>try</b>", "Second try"):
            run = server.store.create_run(lab, SMALL, name, this_owner())
            server.store.mark(run.id, RunStatus.FINISHED, attempt=1)
        forget_use(lab)
        limit(runs_per_lab=3)
        assert "deleted to make room" not in words(open_page(lab=lab))
        limit(runs_per_lab=2)
        shown = words(open_page(lab=lab))
        assert r"“First \<b\>try\</b\>”" in shown
        assert "deleted to make room" in shown


@pytest.mark.parametrize("page", ["train", "compare", "mistakes", "draw", "rate", "experiments"])
def test_a_run_in_view_stays(
    open_page: Open, server: Services, trained: RunRecord, page: str
) -> None:
    only_the_newest = Limits(runs_per_lab=1)
    forget_use(trained.lab)
    assert server.store.upkeep.next_to_delete(trained.lab, only_the_newest) == trained
    open_page(page, lab=trained.lab, run=trained.id)
    assert server.store.upkeep.next_to_delete(trained.lab, only_the_newest) is None


def test_a_run_that_went_while_it_was_in_view_is_told(open_page: Open, server: Services) -> None:
    record = train(server, server.store.create_lab(), SMALL)
    app = open_page(lab=record.lab, run=record.id)
    server.store.delete(record.lab, record.id)
    app.run()
    assert "that was open no longer exists" in app.warning[0].value
    assert "because the server was full" in app.warning[0].value
    assert "run" not in app.query_params


def forget_use(lab: str) -> None:
    """Let nobody have looked at a lab's runs for long."""
    path = environment.home() / "mnistlab.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        long_ago = "2026-01-01 12:00:00.000000"
        connection.execute("UPDATE runs SET used_at = ? WHERE lab = ?", (long_ago, lab))


def test_a_variable_that_says_nonsense_is_told_and_logged_once(
    server: Services,
    open_page: Open,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("MNISTLAB_HOME", str(tmp_path))
    monkeypatch.setenv("MNISTLAB_MAX_EPOCHS", "many")
    monkeypatch.setattr(services, "_services", None)
    try:
        for _ in range(2):
            app = open_page()
            [warning] = app.warning
            assert "MAX\\_EPOCHS can't be “many”" in warning.value  # as Markdown
            assert services.get_services().engine.limits.max_epochs == Limits().max_epochs
        told = [record for record in caplog.records if "MNISTLAB_MAX_EPOCHS" in record.message]
        assert len(told) == 1
    finally:
        started = services.get_services()
        started.engine.close()
        started.store.close()
