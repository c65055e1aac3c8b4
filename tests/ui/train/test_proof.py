"""Why a run is in trouble, found out by tests of single changes: real runs, in a real store."""

import dataclasses
import re

import pytest
from streamlit.testing.v1 import AppTest

from mnistlab.core.analysis.diagnosis.remedies import alternatives
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.typed_numbers import write_number
from mnistlab.store import RunRecord
from mnistlab.ui.services import Services
from tests.factories import wait_until
from tests.ui.conftest import Open, open_link, query, train, wait_for_end, words

TOO_SLOW = RunConfig(
    hidden_layers=1,
    units=(64,),
    optimizer="adam",
    learning_rate=1e-5,
    dropout=0.0,
    weight_decay=0.0,
    schedule="constant",
    epochs=3,
    batch_size=100,
    training_images=2_000,
    validation_images=1_000,
)


@pytest.fixture(scope="module")
def slow(server: Services) -> RunRecord:
    """A run whose learning rate is much too low."""
    return train(server, server.store.create_lab(), TOO_SLOW)


def button(app: AppTest, key: str) -> bool:
    return any(each.key == key for each in app.button)


def test_a_suspicion_is_told_as_one_and_may_be_tested(open_page: Open, slow: RunRecord) -> None:
    app = open_page(lab=slow.lab, run=slow.id)
    assert "Suspected cause" in words(app)
    assert "Learning rate too low" in words(app)
    assert "Proven" not in words(app)
    assert button(app, "find_out_why")


@pytest.fixture(scope="module")
def proven(server: Services) -> AppTest:
    """The page of such a run, after "Find out why" was pressed and had its answer."""
    record = train(server, server.store.create_lab(), TOO_SLOW)
    app = open_link("train", {"lab": record.lab, "run": record.id})
    app.button(key="find_out_why").click().run()
    wait_until(lambda: "Proven cause" in words(app.run()), "The proof")
    for test in server.store.tests(record.id):
        wait_for_end(server, test.id)
    return app.run()


def opened(app: AppTest) -> tuple[str, str]:
    """Return the lab and the run of a page."""
    found = query(app)
    return found["lab"], found["run"]


class TestFindingOut:
    def test_proves_the_cause_with_its_numbers(self, proven: AppTest) -> None:
        said = words(proven)
        shown = re.search(
            r"With learning rate 0\.00\d+ instead of 0\.00001, (\d+\.\d)% of the validation images "
            r"instead of (\d+\.\d)%: (\d+\.\d) ± (\d+\.\d) percentage points",
            said,
        )
        assert shown is not None, said
        now, then, gain, margin = map(float, shown.groups())
        assert now - then == pytest.approx(gain, abs=0.11)
        assert gain > margin
        assert "That was it." in said

    def test_stops_as_soon_as_it_is_known(self, proven: AppTest, server: Services) -> None:
        _, run = opened(proven)
        statuses = [test.status for test in server.store.tests(run)]
        assert RunStatus.FINISHED in statuses
        assert not any(status.is_active for status in statuses)
        assert not button(proven, "find_out_why")

    def test_leaves_a_test_alone_that_is_asked_for_afterwards(
        self, proven: AppTest, server: Services
    ) -> None:
        lab, run = opened(proven)
        begun = {test.remedy for test in server.store.tests(run)}
        remedy = next(name for name in alternatives(TOO_SLOW) if name not in begun)
        test = server.engine.test(lab, run, remedy)
        while server.store.run(test).status.is_active:
            proven.run()
        assert server.store.run(test).status is RunStatus.FINISHED
        assert button(proven.run(), f"open-{test}")

    def test_leaves_the_students_own_list_alone(self, proven: AppTest, server: Services) -> None:
        lab, run = opened(proven)
        assert [each.id for each in server.store.runs(lab)] == [run]

    def test_puts_the_change_into_the_form_by_one_press(
        self, proven: AppTest, server: Services
    ) -> None:
        tests = server.store.tests(opened(proven)[1])
        faster = next(test for test in tests if (test.remedy or "").startswith("rate_times"))
        proven.button(key=f"use-{faster.id}").click().run()
        assert query(proven)["learning_rate"] == write_number(faster.config.learning_rate)

    def test_is_seen_but_not_pressed_from_another_lab(
        self, proven: AppTest, open_page: Open, server: Services
    ) -> None:
        app = open_page(lab=server.store.create_lab(), run=opened(proven)[1])
        assert "Proven cause" in words(app)
        assert not button(app, "find_out_why")


def test_where_no_fitted_run_had_the_optimizer_no_cause_is_suspected(
    open_page: Open, server: Services
) -> None:
    config = dataclasses.replace(TOO_SLOW, optimizer="muon")
    record = train(server, server.store.create_lab(), config)
    app = open_page(lab=record.lab, run=record.id)
    assert "none of them with Muon. Try another optimizer" in words(app)
    assert "Learning rate too low" not in words(app)
    assert not button(app, "find_out_why")


def test_where_no_cause_is_likely_but_one_is_possible_tests_are_offered(
    open_page: Open, server: Services
) -> None:
    config = dataclasses.replace(TOO_SLOW, learning_rate=0.002, training_images=20_000)
    record = train(server, server.store.create_lab(), config)
    app = open_page(lab=record.lab, run=record.id)
    assert "Its curves point to no cause for sure." in words(app)
    assert "Suspected cause" not in words(app)
    assert button(app, "find_out_why")


class TestElsewhere:
    def test_what_is_suspected_is_told_as_suspected(self, open_page: Open, slow: RunRecord) -> None:
        said = words(open_page("compare", lab=slow.lab, compare=slow.id))
        assert "Suspected: Learning rate too low." in said
        assert "press “Find out why”" in said

    def test_what_is_proven_is_told_as_proven_with_its_numbers(
        self, proven: AppTest, open_page: Open
    ) -> None:
        lab, run = opened(proven)
        said = words(open_page("compare", lab=lab, compare=run))
        assert "Proven: Learning rate too low." in said
        assert "That was it." in said
        assert "Suspected" not in said

    def test_nothing_is_told_of_a_run_that_goes_well(
        self, open_page: Open, server: Services
    ) -> None:
        config = dataclasses.replace(
            TOO_SLOW, learning_rate=0.002, training_images=30_000, units=(128,), batch_size=50
        )
        record = train(server, server.store.create_lab(), config)
        said = words(open_page("compare", lab=record.lab, compare=record.id))
        assert "What went wrong" not in said


def test_a_test_of_its_own_has_no_tests(open_page: Open, server: Services, slow: RunRecord) -> None:
    test = server.engine.test(slow.lab, slow.id, "rate_tenth")
    wait_for_end(server, test)
    app = open_page(lab=slow.lab, run=test)
    assert "Why?" not in [each.value for each in app.subheader]


def test_a_run_without_validation_images_can_not_be_tested(
    open_page: Open, server: Services
) -> None:
    config = dataclasses.replace(TOO_SLOW, validation_images=0)
    record = train(server, server.store.create_lab(), config)
    app = open_page(lab=record.lab, run=record.id)
    assert not button(app, "find_out_why")
