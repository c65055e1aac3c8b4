"""The Experiments page: predict, run, see, understand."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import parse_qsl

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from mnistlab import environment
from mnistlab.cluster.serve import WORKERS
from mnistlab.core.experiments.experiment import Arm
from mnistlab.core.experiments.registry import EXPERIMENTS
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.fields import SETTINGS
from mnistlab.core.settings.limits import Limits
from mnistlab.store import RunRecord, this_owner
from mnistlab.ui.formatting import plain
from mnistlab.ui.services import Services
from tests.factories import LONG, outcome
from tests.ui.conftest import Open, train, wait_for_end, words

LUCK = EXPERIMENTS["luck"]
READ = (0.92, 0.925, 0.93, 0.925, 0.921)  # 1 point apart: "small"


def put(server: Services, lab: str, arm: Arm, accuracy: float) -> RunRecord:
    """Put a run of an arm into the store, as one that has finished."""
    record = server.store.create_run(lab, arm.config, arm.label, this_owner())
    server.store.save_history(
        record.id, outcome(arm.label, arm.config, accuracy).history, attempt=1
    )
    return end(server, record, RunStatus.FINISHED)


def end(server: Services, record: RunRecord, status: RunStatus, message: str = "") -> RunRecord:
    """Have a run of the store end otherwise than it has."""
    server.store.mark(record.id, status, message, attempt=1)
    return server.store.run(record.id)


def put_all(server: Services, lab: str, name: str = "luck") -> list[RunRecord]:
    arms = EXPERIMENTS[name].arms
    return [put(server, lab, arm, share) for arm, share in zip(arms, READ, strict=False)]


def keys(app: AppTest) -> set[str]:
    return {str(button.key) for button in app.button}


def kinds(app: AppTest) -> set[str]:
    """Return the kinds of rows that the chart has."""
    [chart] = app.get("vega_lite_chart")
    data = chart.proto.datasets[0].data if chart.proto.datasets else chart.proto.data
    return set(pa.ipc.open_stream(data.data).read_all()["kind"].to_pylist())


def ticks(app: AppTest) -> int:
    """Return how many tickers would have the page look again."""
    ids = [element.proto.id for element in app.get("bidi_component")]
    return len([each for each in ids if each.endswith(("ticker_experiment", "ticker_experiments"))])


@pytest.fixture
def lab(server: Services) -> str:
    return server.store.create_lab()


@pytest.fixture
def other(server: Services, lab: str) -> Iterator[str]:
    """A long run of the lab's, and of others for each other worker: all that comes after waits."""
    labs = [lab, *(server.store.create_lab() for _ in range(WORKERS - 1))]
    runs = [server.engine.submit(each, LONG, "Another run") for each in labs]
    yield runs[0]
    for each, run_id in zip(labs, runs, strict=True):
        server.engine.stop(each, run_id)
        wait_for_end(server, run_id)


class TestTheList:
    def test_has_every_experiment_with_its_question(self, open_page: Open) -> None:
        app = open_page("experiments")
        for name, experiment in EXPERIMENTS.items():
            card = app.button(key=f"open_{name}").label
            assert plain(experiment.title) in card
            assert plain(experiment.question) in card
            assert "Not tried yet" in card
        assert f"0 of {len(EXPERIMENTS)} done" in words(app)

    def test_opens_one_whose_name_is_then_in_the_url(self, open_page: Open) -> None:
        app = open_page("experiments")
        app.button(key="open_luck").click().run()
        assert app.title[0].value == LUCK.title
        assert app.query_params["experiment"] == "luck"
        app.button(key="all_experiments").click().run()
        assert app.title[0].value == "Experiments"
        assert "experiment" not in app.query_params

    @pytest.mark.parametrize(
        ("guess", "said"),
        [
            ("small", "your prediction was correct"),
            ("huge", "your prediction was wrong"),
            ("-", "Done"),
        ],
    )
    def test_says_how_the_prediction_did(
        self, open_page: Open, server: Services, lab: str, guess: str, said: str
    ) -> None:
        put_all(server, lab)
        app = open_page("experiments", lab=lab, guesses=f"luck:{guess}")
        card = app.button(key="open_luck").label
        assert said in card
        assert "✓ Done" in card
        assert f"1 of {len(EXPERIMENTS)} done" in words(app)

    def test_does_not_give_an_answer_away(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        put_all(server, lab)
        card = open_page("experiments", lab=lab).button(key="open_luck").label
        assert "predict to see" in card
        assert "your prediction was" not in card

    def test_counts_the_runs_of_one_that_was_begun(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        put(server, lab, LUCK.arms[0], 0.9)
        card = open_page("experiments", lab=lab).button(key="open_luck").label
        assert "1 of 5 runs done" in card


class TestThePrediction:
    def test_comes_before_the_run(self, open_page: Open) -> None:
        app = open_page("experiments", experiment="luck")
        assert "run_experiment" not in keys(app)
        app.button_group(key="guess_luck").set_value("small").run()
        assert app.query_params["guesses"] == "luck:small"
        assert "run_experiment" in keys(app)
        assert app.button_group(key="guess_luck").value == "small"

    def test_may_be_skipped(self, open_page: Open) -> None:
        app = open_page("experiments", experiment="luck")
        app.button(key="skip").click().run()
        assert "run_experiment" in keys(app)
        assert app.query_params["guesses"] == "luck:-"

    def test_may_be_changed_or_taken_back_before_the_run(self, open_page: Open) -> None:
        app = open_page("experiments", experiment="luck", guesses="luck:small,depth:both")
        app.button_group(key="guess_luck").set_value("huge").run()
        assert app.query_params["guesses"] == "depth:both,luck:huge"
        app.button_group(key="guess_luck").set_value(None).run()
        assert app.query_params["guesses"] == "depth:both"
        assert "run_experiment" not in keys(app)

    def test_comes_before_what_is_there_already(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        put_all(server, lab)
        app = open_page("experiments", lab=lab, experiment="luck")
        assert "Predict first" in words(app)
        assert "a gap of" not in words(app)
        assert kinds(app) == {"ends"}
        assert words(app).count("Not started") == 5
        app.button_group(key="guess_luck").set_value("small").run()
        assert "Your prediction was correct" in words(app)

    def test_survives_a_page_change(self, open_page: Open) -> None:
        app = open_page("experiments", experiment="luck", guesses="luck:small")
        app.switch_page("pages/train.py").run()
        app.switch_page("pages/experiments.py").run()
        assert app.title[0].value == LUCK.title
        assert app.button_group(key="guess_luck").value == "small"

    @pytest.mark.parametrize(
        "guesses", ["luck:none", "luck", ":", ",", "x:y", "luck:small:", "<b>:1", "\0", "é" * 999]
    )
    def test_that_is_none_is_left_out(self, open_page: Open, guesses: str) -> None:
        app = open_page("experiments", experiment="luck", guesses=guesses)
        assert "guesses" not in app.query_params
        assert not app.warning


@pytest.mark.parametrize("name", ["gone", "", "<b>x</b>", "Luck", "é" * 999])
def test_an_experiment_that_does_not_exist_is_told(open_page: Open, name: str) -> None:
    app = open_page("experiments", experiment=name)
    assert app.title[0].value == "Experiments"
    assert "no experiment called" in app.warning[0].value


class TestWhatCameOut:
    @pytest.mark.parametrize(
        ("guess", "said"),
        [
            ("small", "Your prediction was correct"),
            ("huge", "differs from your prediction"),
            ("-", "What the runs show"),
        ],
    )
    def test_is_said_of_the_prediction(
        self, open_page: Open, server: Services, lab: str, guess: str, said: str
    ) -> None:
        put_all(server, lab)
        shown = words(open_page("experiments", lab=lab, experiment="luck", guesses=f"luck:{guess}"))
        assert said in shown
        assert shown.count('class="right"') + shown.count('class="guess right"') == 1
        assert "a gap of 1.00 percentage points" in shown

    def test_is_in_the_table_with_its_interval(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        put_all(server, lab)
        shown = words(open_page("experiments", lab=lab, experiment="luck", guesses="luck:-"))
        # Wilson's 95 % interval of 4,600 of 5,000.
        assert "<b>92.00%</b><small>91.22–92.72%</small>" in shown
        assert "95.00%" in shown  # training

    @pytest.mark.parametrize("name", EXPERIMENTS)
    def test_is_shown_for_every_experiment(
        self, open_page: Open, server: Services, lab: str, name: str
    ) -> None:
        for number, arm in enumerate(EXPERIMENTS[name].arms):
            put(server, lab, arm, 0.5 + 0.04 * number)
        app = open_page("experiments", lab=lab, experiment=name, guesses=f"{name}:-")
        shown = words(app)
        assert not app.error
        assert len(app.get("vega_lite_chart")) == 1
        assert shown.count('lab-claim"') == len(EXPERIMENTS[name].claims)
        assert "run_experiment" not in keys(app)
        assert "stop_experiment" not in keys(app)
        assert ticks(app) == 0

    def test_has_a_run_that_diverged_as_an_outcome(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        *others, last = EXPERIMENTS["learning_rate"].arms
        for number, arm in enumerate(others):
            put(server, lab, arm, 0.5 + 0.05 * number)
        end(server, put(server, lab, last, 0.1), RunStatus.DIVERGED)
        name = "learning_rate"
        app = open_page("experiments", lab=lab, experiment=name, guesses=f"{name}:1")
        assert "<td>Diverged</td>" in words(app)
        assert "100 diverged" in words(app)

    @pytest.mark.parametrize("status", [RunStatus.STOPPED, RunStatus.FAILED, RunStatus.INTERRUPTED])
    def test_can_not_be_told_while_a_run_has_no_result(
        self, open_page: Open, server: Services, lab: str, status: RunStatus
    ) -> None:
        for arm in LUCK.arms[1:]:
            put(server, lab, arm, 0.92)
        end(server, put(server, lab, LUCK.arms[0], 0.5), status, "It died.")
        app = open_page("experiments", lab=lab, experiment="luck", guesses="luck:small")
        assert "Can't tell yet" in words(app)
        assert 'right"' not in words(app)
        assert app.button(key="run_experiment").label.startswith("Run the missing one")

    def test_can_not_be_told_after_a_run_was_deleted(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        runs = put_all(server, lab)
        app = open_page("experiments", lab=lab, experiment="luck", guesses="luck:small")
        server.store.delete(lab, runs[2].id)
        app.run()
        assert "Can't tell yet" in words(app)
        assert words(app).count("Not started") == 1

    def test_of_another_lab_is_not_ones_own(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        put_all(server, lab)
        app = open_page("experiments", experiment="luck", guesses="luck:small")
        assert app.query_params["lab"] != lab
        assert app.button(key="run_experiment").label.startswith("Run it")

    def test_is_that_of_the_newest_run_that_has_ended(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        put_all(server, lab)
        put(server, lab, LUCK.arms[0], 0.89)
        end(server, put(server, lab, LUCK.arms[0], 0.5), RunStatus.STOPPED)
        shown = words(open_page("experiments", lab=lab, experiment="luck", guesses="luck:-"))
        assert "<b>89.00%</b>" in shown
        assert "50.00%" not in shown


def test_runs_are_opened_on_the_other_pages(open_page: Open, server: Services, lab: str) -> None:
    runs = put_all(server, lab)
    app = open_page("experiments", lab=lab, experiment="luck", guesses="luck:-")
    compared, *opened = [
        dict(parse_qsl(link.proto.query_string))
        for link in app.get("page_link")
        if "guesses" in link.proto.query_string
    ]
    assert compared["compare"] == ",".join(run.id for run in runs)
    assert [query["run"] for query in opened] == [run.id for run in runs]
    assert {query["lab"] for query in (compared, *opened)} == {lab}
    # The settings are to be those of the run.
    assert not any(opened[0].keys() & SETTINGS.keys())


class TestRunning:
    def test_trains_what_is_missing_shows_it_and_stops_with_one_press(
        self, open_page: Open, server: Services, lab: str, other: str
    ) -> None:
        there = put(server, lab, LUCK.arms[0], 0.92)
        app = open_page("experiments", lab=lab, experiment="luck", guesses="luck:small")
        assert app.button(key="run_experiment").label.startswith("Run the 4 missing")
        app.button(key="run_experiment").click().run()
        runs = [run for run in server.store.runs(lab) if run.id != other]
        assert {run.config for run in runs} == {arm.config for arm in LUCK.arms}
        assert len(runs) == 5
        assert there in runs
        assert "Luck: Seed 4" in [run.name for run in runs]
        assert ticks(app) == 1
        assert "Watch the curves" in words(app)
        assert " in line" in words(app)
        second = open_page("experiments", lab=lab)
        assert "Running, 1 of 5 runs done" in second.button(key="open_luck").label
        assert ticks(second) == 1
        app.button(key="stop_experiment").click().run()
        for run in runs:
            wait_for_end(server, run.id)
        app.run()
        assert ticks(app) == 0
        assert server.store.run(other).status.is_active
        assert "Can't tell yet" in words(app)
        assert app.button(key="run_experiment").label.startswith("Run the 4 missing")

    @pytest.mark.usefixtures("other")
    def test_again_takes_the_place_of_what_was_stopped(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        for arm in LUCK.arms[1:]:
            put(server, lab, arm, 0.92)
        stopped = end(server, put(server, lab, LUCK.arms[0], 0.5), RunStatus.STOPPED)
        app = open_page("experiments", lab=lab, experiment="luck", guesses="luck:small")
        app.button(key="run_experiment").click().run()
        assert server.store.run(stopped.id).status.is_active
        assert len(server.store.runs(lab)) == 6
        app.button(key="stop_experiment").click().run()
        wait_for_end(server, stopped.id)

    def test_uses_a_run_that_was_trained_for_another_reason(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        run = train(server, lab, LUCK.arms[0].config)
        app = open_page("experiments", lab=lab, experiment="luck", guesses="luck:small")
        assert app.button(key="run_experiment").label.startswith("Run the 4 missing")
        assert wording_of(run) in words(app)

    @pytest.mark.parametrize(
        "case",
        [
            (700_000, "1 of the runs is too large to train on this server: 1,024.", 5),
            (500_000, "2 of the runs are too large to train on this server: 512 and 1,024.", 4),
        ],
    )
    def test_leaves_out_what_this_server_is_too_small_for(
        self,
        open_page: Open,
        server: Services,
        lab: str,
        monkeypatch: pytest.MonkeyPatch,
        case: tuple[int, str, int],
    ) -> None:
        most, said, left = case
        monkeypatch.setattr(server.engine, "limits", Limits(max_parameters=most))
        app = open_page("experiments", lab=lab, experiment="width", guesses="width:256")
        assert app.info[0].value.startswith(said)
        assert app.button(key="run_experiment").label.startswith(f"Run the {left} missing")

    def test_keeps_all_experiments_of_a_lab(self) -> None:
        runs = {arm.config for each in EXPERIMENTS.values() for arm in each.arms}
        assert len(runs) <= Limits().runs_per_lab / 2

    def test_is_looked_after_while_it_is_in_view(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        put_all(server, lab)
        forget_use(lab)
        only_one = Limits(runs_per_lab=1)
        assert server.store.upkeep.next_to_delete(lab, only_one) is not None
        open_page("experiments", lab=lab, experiment="luck", guesses="luck:-")
        assert server.store.upkeep.next_to_delete(lab, only_one) is None


def wording_of(run: RunRecord) -> str:
    return f"<b>{100 * (run.validation_accuracy or 0):.2f}%</b>"


def forget_use(lab: str) -> None:
    """Let nobody have looked at a lab's runs for long."""
    path = environment.home() / "mnistlab.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        long_ago = "2026-01-01 12:00:00.000000"
        connection.execute("UPDATE runs SET used_at = ? WHERE lab = ?", (long_ago, lab))
