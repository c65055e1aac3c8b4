"""Buttons are checked by the server: what a page does not show can't be pressed either."""

import pytest

from mnistlab.core.run import RunStatus
from mnistlab.store import RunRecord
from mnistlab.ui.services import Services
from tests.factories import LONG, SMALL
from tests.ui.conftest import Open, send, train, wait_for_end


class TestAnotherLab:
    def test_can_not_stop_a_run_with_a_button_that_is_off(
        self, open_page: Open, server: Services
    ) -> None:
        lab = server.store.create_lab()
        run_id = server.engine.submit(lab, LONG, "Going on")
        stranger = open_page(run=run_id)
        assert stranger.button(key="stop").disabled
        stop = stranger.button(key="stop").proto.id  # the same for all visitors
        send(stranger, stop, True, "trigger_value")
        assert server.store.run(run_id).status.is_active
        send(open_page(lab=lab, run=run_id), stop, True, "trigger_value")
        assert wait_for_end(server, run_id).status is RunStatus.STOPPED

    @pytest.mark.parametrize("key", ["delete", "rename", "continue", "run_again"])
    def test_can_not_press_a_button_that_it_is_not_shown(
        self, open_page: Open, server: Services, key: str
    ) -> None:
        record = _stopped(server)
        owner = open_page(lab=record.lab, run=record.id)
        button = owner.button(key=key).proto.id  # the same for all visitors
        stranger = open_page(run=record.id)
        send(stranger, button, True, "trigger_value")
        assert server.store.run(record.id) == record
        owner.text_input(key=f"name-{record.id}").set_value("Another name").run()
        send(owner, button, True, "trigger_value")
        assert not _is_same(server, record)


def _stopped(server: Services) -> RunRecord:
    record = train(server, server.store.create_lab(), SMALL)
    server.store.mark(record.id, RunStatus.STOPPED, attempt=1)
    return server.store.run(record.id)


def _is_same(server: Services, record: RunRecord) -> bool:
    return record in server.store.runs(record.lab)
