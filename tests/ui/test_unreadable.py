"""A run of a newer version is named, and all pages and other runs go on."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from mnistlab import environment
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.store import RunRecord, this_owner
from mnistlab.ui.services import Services
from tests.ui.conftest import Open

REASON = "saved by a newer version of mnistlab"


@pytest.fixture
def newer(server: Services) -> Iterator[RunRecord]:
    """A run with a setting that this version doesn't know, before another in its lab."""
    lab = server.store.create_lab()
    server.store.create_run(lab, RunConfig(), "Readable", this_owner())
    run = server.store.create_run(lab, RunConfig(), "From <the> future", this_owner())
    for each in server.store.runs(lab):
        server.store.mark(each.id, RunStatus.STOPPED, attempt=1)
    path = environment.home() / "mnistlab.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        change = "UPDATE runs SET config = replace(config, '{', '{\"norm\": 1, ') WHERE id = ?"
        connection.execute(change, [run.id])
    yield run
    server.store.delete(lab, run.id)


def test_is_named_beside_the_list_of_runs(open_page: Open, newer: RunRecord) -> None:
    app = open_page(lab=newer.lab)
    assert not app.exception
    assert list(app.dataframe[0].value["Name"]) == ["Readable"]
    [note] = [caption.value for caption in app.caption if REASON in caption.value]
    assert r"“From \<the\> future”" in note


@pytest.mark.parametrize("page", ["train", "compare", "experiments", "mistakes", "draw", "rate"])
def test_in_a_link_is_told_on_every_page(open_page: Open, newer: RunRecord, page: str) -> None:
    app = open_page(page, lab=newer.lab, run=newer.id, compare=newer.id)
    assert not app.exception
    assert not app.error
    if page == "train":
        assert any(REASON in each.value for each in [*app.warning, *app.info])
