"""The control of a run's learning rate: for whom it is, and what it takes."""

import dataclasses
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from mnistlab.core.experiments.registry import EXPERIMENTS
from mnistlab.core.settings.config import RunConfig
from mnistlab.store import RunRecord
from mnistlab.ui.services import Services
from tests.factories import LONG, not_none
from tests.ui.conftest import Open, wait_for_end, wait_for_points, words

STEADY = dataclasses.replace(LONG, schedule="constant", learning_rate=0.004)


def buttons(app: AppTest) -> set[str]:
    """Return which buttons of the control there are."""
    return {str(each.key) for each in app.button} & {"change_rate", "halve_rate", "double_rate"}


def field(app: AppTest) -> str:
    [key] = (str(each.key) for each in app.text_input if str(each.key).startswith("new_rate"))
    return key


@pytest.fixture
def running(server: Services) -> Iterator[RunRecord]:
    """A run that is being trained."""
    run_id = server.engine.submit(server.store.create_lab(), STEADY, "Slow")
    wait_for_points(server, run_id)
    record = server.store.run(run_id)
    yield record
    server.engine.stop(record.lab, run_id)
    wait_for_end(server, run_id)


def rates(server: Services, record: RunRecord) -> list[float]:
    """Return the rates to which a run was changed, in their order."""
    live = not_none(server.engine.look(record.id))
    return [change.learning_rate for change in live.config.rate_changes]


def test_a_run_takes_half_and_twice_its_rate_and_one_that_is_typed(
    open_page: Open, server: Services, running: RunRecord
) -> None:
    app = open_page(lab=running.lab, run=running.id)
    app.button(key="halve_rate").click().run()
    assert app.text_input(key=field(app)).value == "0.002"
    app.button(key="double_rate").click().run()
    app.text_input(key=field(app)).set_value("0,1")
    app.button(key="change_rate").click().run()
    assert rates(server, running) == [0.002, 0.004, 0.1]
    changes = not_none(server.engine.look(running.id)).config.rate_changes
    assert f"0.1 from step {changes[-1].step:,} (epoch " in words(app)
    assert not app.error


def test_a_wrong_rate_is_refused_with_the_rule_and_stays_as_it_was_typed(
    open_page: Open, server: Services, running: RunRecord
) -> None:
    app = open_page(lab=running.lab, run=running.id)
    for text, why in {
        "lots": "a number from 0.000001 to 100",
        "-1": "a number from 0.000001 to 100",
        "0.004": "is 0.004 already",
    }.items():
        app.text_input(key=field(app)).set_value(text)
        app.button(key="change_rate").click().run()
        assert why in app.error[0].value
        assert app.text_input(key=field(app)).value == text
    assert rates(server, running) == []
    app.button(key="halve_rate").click().run()
    assert not app.error


def test_the_control_is_for_the_runs_own_lab_while_it_is_trained(
    open_page: Open, server: Services, running: RunRecord, trained: RunRecord
) -> None:
    queued = server.engine.submit(running.lab, STEADY, "Later")
    assert len(buttons(open_page(lab=running.lab, run=running.id))) == 3
    assert not buttons(open_page(lab=running.lab, run=queued))
    assert not buttons(open_page(lab=server.store.create_lab(), run=running.id))
    assert not buttons(open_page(lab=trained.lab, run=trained.id))
    server.engine.stop(running.lab, queued)
    wait_for_end(server, queued)


@pytest.mark.parametrize(
    "config",
    [
        dataclasses.replace(LONG, schedule="range_test"),
        max((arm.config for arm in EXPERIMENTS["depth"].arms), key=lambda c: c.parameter_count),
    ],
    ids=["range test", "experiment"],
)
def test_runs_that_answer_a_question_keep_their_rate(
    open_page: Open, server: Services, config: RunConfig
) -> None:
    lab = server.store.create_lab()
    run_id = server.engine.submit(lab, config, "Fixed")
    wait_for_points(server, run_id)
    app = open_page(lab=lab, run=run_id)
    assert not app.button(key="stop").disabled, "it is being trained"
    assert not buttons(app)
    server.engine.stop(lab, run_id)
    wait_for_end(server, run_id)


def test_a_schedule_s_present_rate_is_told(open_page: Open, server: Services) -> None:
    lab = server.store.create_lab()
    run_id = server.engine.submit(lab, LONG, "Slow")
    wait_for_points(server, run_id)
    assert "The schedule (One-cycle) scales it, at the latest step to" in words(
        open_page(lab=lab, run=run_id)
    )
    server.engine.stop(lab, run_id)
    wait_for_end(server, run_id)
