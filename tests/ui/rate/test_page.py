"""The rate page: which runs belong to the form's settings, what is said of them, what is used."""

import dataclasses
import html
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnistlab.core.analysis.range_test.check import check_configs
from mnistlab.core.analysis.range_test.suggestion import Suggestion, range_config, read_curve
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import Divergence, EpochPoint, StepPoint, ValidationErrors
from mnistlab.core.training.history import History
from mnistlab.store import RunRecord, this_owner
from mnistlab.ui.charts.range_test import chart_data, chart_spec
from mnistlab.ui.rate.words import network
from mnistlab.ui.services import Services
from tests.factories import SMALL, wait_until
from tests.queries import read_query
from tests.ui import conftest
from tests.ui.conftest import Open, query, wait_for_end

CONFIG = dataclasses.replace(SMALL, optimizer="adam", schedule="constant", epochs=20)
LINK = CONFIG.to_query()


def words(app: AppTest) -> str:
    return html.unescape(conftest.words(app))


@pytest.fixture
def lab(server: Services) -> str:
    return server.store.create_lab()


def valley(last: float = 1.0) -> History:
    """Return a test's curve up to 10 to the power of `last`, lowest at 0.01."""
    powers = np.linspace(-6, 1, 121)
    losses = np.interp(powers, [-4, -2, 0], [2.3, 0.3, 9])
    points = zip(range(1, 122), powers, losses, strict=True)
    steps = [
        StepPoint(4 * n, n / 121, float(loss), 0.5, float(10**power), 0.1 * n)
        for n, power, loss in points
    ]
    return History([point for point in steps if point.learning_rate <= 10**last * 1.001])


def put(
    server: Services,
    lab: str,
    config: RunConfig,
    history: History,
    status: RunStatus = RunStatus.FINISHED,
) -> RunRecord:
    """Put a run into the store as one that has ended."""
    record = server.store.create_run(lab, config, "A run", this_owner())
    server.store.save_history(record.id, history, attempt=1)
    server.store.mark(
        record.id, status, "It broke." if status is RunStatus.FAILED else "", attempt=1
    )
    return server.store.run(record.id)


def put_test(server: Services, lab: str, config: RunConfig = CONFIG) -> RunRecord:
    return put(server, lab, range_config(config), valley())


def put_checks(server: Services, lab: str, losses: list[float], config: RunConfig = CONFIG) -> None:
    """Put three checks of the test above into the store, with these losses of their last epoch."""
    for check, loss in zip(check_configs(config, RATE), losses, strict=True):
        errors = ValidationErrors(0.01, 0.01)
        judged = (loss, 1 - loss, 1.0, errors) if config.validation_images else (None, None, 1.0)
        put(server, lab, check, History([], [EpochPoint(1, 400, loss, 0.9, *judged)]))


RATE = 0.0062
"""What the curve above suggests."""


def is_disabled(app: AppTest, key: str) -> bool:
    disabled: bool = app.button(key=key).disabled
    return disabled


class TestWithoutATest:
    def test_says_for_which_network_and_waits_for_a_press(self, open_page: Open) -> None:
        app = open_page("rate", **LINK)
        assert "For 784 → 32 → 32 → 10, ReLU, Adam, batches of 50 from 2,000 training" in words(app)
        assert not is_disabled(app, "start_range_test")
        assert is_disabled(app, "stop_range_test")

    def test_tells_momentum_where_there_is_some(self) -> None:
        config = RunConfig(hidden_layers=0, optimizer="sgd", momentum=0.9)
        assert network(config).startswith("no hidden layer, SGD, momentum 0.9, batches of 128")
        assert "momentum" not in network(dataclasses.replace(config, momentum=0.0))
        assert "momentum" not in network(dataclasses.replace(config, optimizer="adam"))

    def test_another_network_s_test_is_not_shown(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        put_test(server, lab, dataclasses.replace(CONFIG, dropout=0.1))
        assert not is_disabled(open_page("rate", lab=lab, **LINK), "start_range_test")

    def test_impossible_settings_are_told_and_disable_all(self, open_page: Open) -> None:
        app = open_page("train", **LINK)
        app.text_input(key="epochs").set_value("1000").run()
        app.switch_page("pages/rate.py").run()
        assert "Epochs can't be" in app.error[0].value
        assert "start_range_test" not in {button.key for button in app.button}

    def test_the_form_leads_here(self, open_page: Open) -> None:
        links = [link.proto.label for link in open_page().get("page_link")]
        assert "Find a good learning rate" in links


class TestATestThatHasEnded:
    def test_suggests_a_rate_with_its_reason(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        put_test(server, lab)
        shown = words(open_page("rate", lab=lab, **LINK))
        assert f"<b>{RATE}</b>" in shown
        assert "Training loss fell from 2.30 to 0.465" in shown
        assert "everything learned is lost" in shown
        assert "90% of the fall in training loss was reached at a learning rate of 0.0047" in shown

    def test_is_found_whatever_rate_schedule_and_epochs_are_set(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        put_test(server, lab)
        changed = {"learning_rate": "3", "schedule": "cosine", "epochs": "3"}
        app = open_page("rate", lab=lab, **{**LINK, **changed})
        assert is_disabled(app, "start_range_test")
        assert "check_rate" in {button.key for button in app.button}

    def test_that_left_the_numbers_is_no_failure(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        put(server, lab, range_config(CONFIG), valley(-0.2), RunStatus.DIVERGED)
        app = open_page("rate", lab=lab, **LINK)
        shown = words(app)
        assert "<b>Ended</b>" in shown
        assert "<b>Failed</b>" not in shown
        assert "Range tests often end this way" in shown
        assert f"<b>{RATE}</b>" in shown
        assert "Ended" in str(open_page(lab=lab).dataframe[0].value)

    @pytest.mark.parametrize("status", [RunStatus.STOPPED, RunStatus.INTERRUPTED])
    def test_too_early_can_be_run_again(
        self, open_page: Open, server: Services, lab: str, status: RunStatus
    ) -> None:
        put(server, lab, range_config(CONFIG), valley(-3), status)
        app = open_page("rate", lab=lab, **LINK)
        assert "Can't tell yet" in words(app)
        assert not is_disabled(app, "start_range_test")
        assert "check_rate" not in {button.key for button in app.button}

    def test_is_kept_beside_one_that_was_stopped_later(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        put_test(server, lab)
        put(server, lab, range_config(CONFIG), valley(-3), RunStatus.STOPPED)
        assert f"<b>{RATE}</b>" in words(open_page("rate", lab=lab, **LINK))

    def test_of_another_lab_is_shown_by_its_link(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        run = put_test(server, lab)
        app = open_page("rate", run=run.id)
        assert f"<b>{RATE}</b>" in words(app)
        assert "LR range test itself" in words(app)  # the form now has its schedule
        assert is_disabled(app, "stop_range_test")


class TestTheChecks:
    def test_give_the_best_rate_with_its_evidence(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        put_test(server, lab)
        put_checks(server, lab, [0.3, 0.2, 0.1])
        app = open_page("rate", lab=lab, **LINK)
        shown = words(app)
        assert "0.100 ± 0.020" in shown
        # Wilson's interval of 450 in 500.
        assert "90.00% <small>87.06–92.33%</small>" in shown
        assert "by more than chance explains with 500 validation images" in shown
        assert "an even higher one may be better" in shown
        assert app.button(key="use_rate").label == "Use 0.019"

    def test_say_what_cannot_be_told_apart(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        put_test(server, lab)
        put_checks(server, lab, [0.3, 0.12, 0.1])
        assert (
            "But 500 validation images show no clear difference between 0.0062 and 0.019:"
            in words(open_page("rate", lab=lab, **LINK))
        )

    def test_without_validation_images_go_by_training_loss(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        config = dataclasses.replace(CONFIG, validation_images=0)
        put_test(server, lab, config)
        put_checks(server, lab, [0.3, 0.1, 0.2], config)
        app = open_page("rate", lab=lab, **config.to_query())
        assert "lowest training loss. Without validation images" in words(app)
        assert app.button(key="use_rate").label == "Use 0.0062"

    def test_that_failed_are_told_and_do_not_count(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        put_test(server, lab)
        put_checks(server, lab, [0.1, 0.2, 0.3])
        low, *_ = check_configs(CONFIG, RATE)
        put(server, lab, low, History(), RunStatus.FAILED)
        app = open_page("rate", lab=lab, **LINK)
        assert "0.0021: It broke." in words(app)
        assert app.button(key="use_rate").label == "Use 0.0062"

    @pytest.mark.parametrize(
        ("ends", "said"),
        [
            ([RunStatus.DIVERGED] * 3, "All three diverged, so the suggestion does not work."),
            (
                [RunStatus.FAILED] * 3,
                "None of the three finished, so the suggestion is not checked.",
            ),
            ([RunStatus.FAILED, *[RunStatus.DIVERGED] * 2], "None of the three finished"),
        ],
    )
    def test_blame_the_suggestion_only_if_all_diverged(
        self, open_page: Open, server: Services, lab: str, ends: list[RunStatus], said: str
    ) -> None:
        put_test(server, lab)
        for check, end in zip(check_configs(CONFIG, RATE), ends, strict=True):
            put(server, lab, check, History(), end)
        assert said in words(open_page("rate", lab=lab, **LINK))

    def test_that_diverged_say_where(self, open_page: Open, server: Services, lab: str) -> None:
        put_test(server, lab)
        put_checks(server, lab, [0.1, 0.2, 0.3])
        low, *_ = check_configs(CONFIG, RATE)
        put(server, lab, low, History(divergence=Divergence(7, 0.5)), RunStatus.DIVERGED)
        shown = words(open_page("rate", lab=lab, **LINK))
        assert "0.0021 <small>Diverged</small>" in shown
        assert "0.0021: At step 7 (epoch 0.50) the loss became infinite" in shown

    def test_that_failed_can_be_started_again(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        put_test(server, lab)
        for check in check_configs(CONFIG, RATE):
            put(server, lab, check, History(), RunStatus.FAILED)
        assert not is_disabled(open_page("rate", lab=lab, **LINK), "check_rate")

    def test_are_announced_before_they_are_started(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        put_test(server, lab)
        shown = words(open_page("rate", lab=lab, **LINK))
        assert "The check: short runs of 20 epochs with your settings, at ⅓, 1 and 3 times" in shown
        for check in check_configs(CONFIG, RATE):
            assert f"{check.learning_rate} <small>Not started</small>" in shown

    def test_without_validation_images_show_the_training_loss_alone(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        config = dataclasses.replace(CONFIG, validation_images=0)
        put_test(server, lab, config)
        put_checks(server, lab, [0.3, 0.1, 0.2], config)
        shown = words(open_page("rate", lab=lab, **config.to_query()))
        assert "Training loss <small>without validation images</small>" in shown
        assert "Validation accuracy <small>" not in shown

    def test_their_rate_goes_into_the_form_with_all_else_as_it_was(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        put_test(server, lab)
        put_checks(server, lab, [0.3, 0.1, 0.2])
        app = open_page("rate", lab=lab, **LINK)
        app.button(key="use_rate").click().run()
        app.switch_page("pages/train.py").run()  # AppTest does not follow the page's own switch
        assert app.select_slider(key="learning_rate").value == RATE
        given = {name: text for name, text in query(app).items() if name in LINK}
        assert read_query(given) == dataclasses.replace(CONFIG, learning_rate=RATE)


@pytest.mark.parametrize("changes", [{}, {"training_images": 1, "validation_images": 0}])
def test_a_test_and_its_checks_are_trained_from_the_page(
    open_page: Open, server: Services, lab: str, changes: dict[str, Any]
) -> None:
    config = dataclasses.replace(CONFIG, epochs=1, **changes)
    app = open_page("rate", lab=lab, **config.to_query())
    app.button(key="start_range_test").click().run()
    [test] = server.store.runs(lab)
    assert test.name == "2×32 ReLU, Adam LR range test"
    wait_for_end(server, test.id)
    wait_until(lambda: "check_rate" in {button.key for button in app.run().button})
    app.button(key="check_rate").click().run()
    assert is_disabled(app, "check_rate")
    assert len(server.store.runs(lab)) == 4
    wait_until(lambda: not any(run.status.is_active for run in server.store.runs(lab)))
    wait_until(lambda: "Best of the three" in words(app.run()))


def test_a_test_can_be_stopped_and_started_again(
    open_page: Open, server: Services, lab: str
) -> None:
    config = RunConfig(units=(1024,), hidden_layers=2, batch_size=1_024)  # half a minute
    app = open_page("rate", lab=lab, **config.to_query())
    app.button(key="start_range_test").click().run()
    assert is_disabled(app, "start_range_test")
    links = [link.proto.label for link in app.get("page_link")]
    assert not any(label.startswith(("Training", "Queued")) for label in links)  # shown here
    app.button(key="stop_range_test").click().run()
    [test] = server.store.runs(lab)
    assert wait_for_end(server, test.id).status is RunStatus.STOPPED
    app.run()
    app.button(key="start_range_test").click().run()
    assert [run.id for run in server.store.runs(lab)] == [test.id]
    app.button(key="stop_range_test").click().run()
    assert wait_for_end(server, test.id).status is RunStatus.STOPPED


class TestTheChart:
    def test_has_a_row_for_each_point_and_two_marks(self) -> None:
        curve = read_curve(valley())
        suggestion = Suggestion(0.01, 0.005, 0.02, 0.3, 2.3, 0.5)
        data = chart_data(curve, suggestion).to_pylist()
        assert len(data) == 121 + 2
        assert [(row["kind"], row["rate"]) for row in data[-2:]] == [
            ("suggested", 0.01),
            ("too big", 0.5),
        ]
        assert data[-2]["text"] == "suggested 0.01"
        assert data[7]["loss"] == valley().steps[7].train_loss

    def test_has_one_tooltip_with_all_that_is_measured(self) -> None:
        [row, *_] = chart_data(read_curve(valley()), None).to_pylist()
        assert (
            row["text"]
            == "Learning rate 0.000001\n2.30  training loss, smoothed\n2.30  as measured"
        )

    def test_of_nothing_has_no_rows(self) -> None:
        assert chart_data(None, None).num_rows == 0

    def test_is_the_same_for_all(self) -> None:
        assert chart_spec() is chart_spec()
