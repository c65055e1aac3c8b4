"""The Compare page: what is chosen, what is drawn, what is said."""

import json
from typing import Any

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from mnistlab.core.analysis.range_test.suggestion import range_config
from mnistlab.core.experiments.experiment import Arm
from mnistlab.core.experiments.registry import EXPERIMENTS
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import EpochPoint, StepPoint
from mnistlab.core.training.history import History
from mnistlab.store import RunRecord, this_owner
from mnistlab.ui.charts.comparison import NAME, TIP, TRAINING, VALIDATION
from mnistlab.ui.charts.palette import ACCENT, DARK, LIGHT, LINE_STYLES, MOST_LINES
from mnistlab.ui.charts.toolkit import MOST_ROWS
from mnistlab.ui.services import Services
from mnistlab.ui.session.offered_runs import run_name
from tests.factories import LONG, SMALL
from tests.ui.conftest import Open, wait_for_end, wait_for_points, words

COLOURS = [*((colour, "#ffffff") for colour in LIGHT), *((colour, "#11141b") for colour in DARK)]
"""Each with the background of its theme."""


def stored(
    server: Services, lab: str, config: RunConfig, accuracy: float = 0.95, name: str = "A run"
) -> RunRecord:
    """A run of two epochs that has ended, without training it."""
    record = server.store.create_run(lab, config, name, this_owner())
    server.store.save_history(record.id, make_history(config, accuracy), attempt=1)
    server.store.mark(record.id, RunStatus.FINISHED, attempt=1)
    return server.store.run(record.id)


def make_history(config: RunConfig, accuracy: float, epochs: int = 2) -> History:
    last = config.steps_per_epoch
    numbers = [(e, e * last) for e in range(1, epochs + 1)]
    loss = 1 - accuracy if config.validation_images else None
    judged = accuracy if config.validation_images else None
    steps = [StepPoint(step, e, 0.5 / e, 0.8, 0.001, 3.0 * e) for e, step in numbers]
    later = [EpochPoint(e, step, 0.5 / e, 0.8, loss, judged, 3.0) for e, step in numbers]
    return History(steps, [EpochPoint(0, 0, None, None, 2.3, 0.1, 0.0), *later])


def chosen(app: AppTest) -> list[str]:
    value: list[str] = app.multiselect(key="compared_runs").value
    return value


def ranking(app: AppTest) -> dict[str, Any]:
    """Return what the ranking's browser part gets."""
    [table] = [e for e in app.get("bidi_component") if e.proto.id.endswith("-ranking")]
    data: dict[str, Any] = json.loads(table.proto.json)
    return data


def rows(app: AppTest) -> list[list[str]]:
    """Return the ranking's cells."""
    data = ranking(app)
    names = [" ".join(filter(None, [row["name"], row["further"]])) for row in data["rows"]]
    cells = [
        [row["rank"], name, *row["cells"]] for row, name in zip(data["rows"], names, strict=True)
    ]
    return [data["heads"], *cells]


def chart_rows(app: AppTest) -> list[dict[str, Any]]:
    """Return the chart's rows."""
    [chart] = app.get("vega_lite_chart")
    data = chart.proto.datasets[0].data if chart.proto.datasets else chart.proto.data
    found: list[dict[str, Any]] = pa.ipc.open_stream(data.data).read_all().to_pylist()
    return found


def spec_of(app: AppTest) -> str:
    [chart] = app.get("vega_lite_chart")
    spec: str = chart.proto.spec
    return spec


def ticks(app: AppTest) -> int:
    """Return how many tickers would have the page look again."""
    protos = [element.proto for element in app.get("bidi_component")]
    return len([proto for proto in protos if proto.id.endswith("ticker_comparison")])


@pytest.fixture
def lab(server: Services) -> str:
    return server.store.create_lab()


class TestWithoutAChoice:
    def test_and_without_runs_it_says_what_to_do(self, open_page: Open) -> None:
        app = open_page("compare")
        assert "Train a network first" in words(app)

    def test_the_newest_six_are_chosen(self, open_page: Open, server: Services, lab: str) -> None:
        ids = [stored(server, lab, RunConfig(seed=seed)).id for seed in range(8)]
        app = open_page("compare", lab=lab)
        assert chosen(app) == ids[:1:-1]
        assert "compare" not in app.query_params  # or Back would not lead away

    def test_the_run_in_view_is_the_first(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        ids = [stored(server, lab, RunConfig(seed=seed)).id for seed in range(8)]
        assert chosen(open_page("compare", lab=lab, run=ids[0])) == [ids[0], *ids[:2:-1]]

    def test_a_shared_run_in_view_is_there(
        self, open_page: Open, server: Services, lab: str, trained: RunRecord
    ) -> None:
        own = stored(server, lab, RunConfig())
        assert chosen(open_page("compare", lab=lab, run=trained.id)) == [trained.id, own.id]


class TestWhatIsOffered:
    RANGE_TEST = range_config(RunConfig(seed=90), 100)
    BROAD, _, NARROW = EXPERIMENTS["width"].arms[:3]

    def by_experiment(self, server: Services, lab: str, *arms: Arm) -> list[str]:
        width = EXPERIMENTS["width"]
        return [stored(server, lab, arm.config, name=run_name(width, arm)).id for arm in arms]

    def options(self, app: AppTest) -> list[str]:
        options: list[str] = app.multiselect(key="compared_runs").options
        return options

    def test_are_own_runs_before_those_of_experiments(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        own = stored(server, lab, RunConfig(seed=1), name="Mine")
        renamed = stored(server, lab, self.BROAD.config, name="Mine too")
        self.by_experiment(server, lab, self.NARROW, self.BROAD)
        app = open_page("compare", lab=lab)
        title = EXPERIMENTS["width"].title
        assert [option.partition(" · ")[0] for option in self.options(app)] == [
            "Mine too",
            "Mine",
            f"Experiment “{title}”: {self.BROAD.label}",
            f"Experiment “{title}”: {self.NARROW.label}",
        ]
        assert chosen(app) == [renamed.id, own.id]

    def test_are_an_experiments_runs_if_there_are_no_others(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        runs = self.by_experiment(server, lab, self.NARROW, self.BROAD)
        assert chosen(open_page("compare", lab=lab)) == runs[::-1]

    def test_is_no_range_test(self, open_page: Open, server: Services, lab: str) -> None:
        test = stored(server, lab, self.RANGE_TEST, name="Range test")
        assert not open_page("compare", lab=lab, run=test.id).multiselect
        own = stored(server, lab, RunConfig(seed=1), name="Mine")
        app = open_page("compare", lab=lab, run=test.id)
        assert (self.options(app), chosen(app)) == (["Mine"], [own.id])
        linked = open_page("compare", lab=lab, compare=f"{test.id},{own.id}")
        assert chosen(linked) == [own.id]
        assert "Range tests are left out" in linked.warning[0].value


class TestAChoice:
    def test_is_in_the_url_and_survives_a_page_change(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        first, second, _ = [stored(server, lab, RunConfig(seed=seed)).id for seed in range(3)]
        app = open_page("compare", lab=lab)
        app.multiselect(key="compared_runs").set_value([first, second]).run()
        assert app.query_params["compare"] == f"{first},{second}"
        app.switch_page("pages/train.py").run()
        assert app.query_params["compare"] == f"{first},{second}"
        assert chosen(app.switch_page("pages/compare.py").run()) == [first, second]

    def test_of_none_is_one_too(self, open_page: Open, server: Services, lab: str) -> None:
        stored(server, lab, RunConfig())
        app = open_page("compare", lab=lab)
        app.multiselect(key="compared_runs").set_value([]).run()
        assert chosen(app) == []
        assert "Choose two or more runs" in words(app)
        assert chosen(open_page("compare", lab=lab, compare=app.query_params["compare"])) == []

    def test_of_one_says_how_to_go_on(self, open_page: Open, server: Services, lab: str) -> None:
        stored(server, lab, RunConfig())
        assert "A single run can't be compared" in words(open_page("compare", lab=lab))

    def test_in_a_link_is_shown_to_another_lab(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        ids = [stored(server, lab, RunConfig(seed=seed)).id for seed in range(3)]
        app = open_page("compare", compare=",".join(ids[:2]))
        assert chosen(app) == ids[:2]
        assert app.query_params["lab"] != lab
        assert not app.warning

    @pytest.mark.parametrize("gone", ["gone", "\0", "<b>x</b>", "é" * 1_000])
    def test_of_a_run_that_is_gone_is_told_beside_the_others(
        self, open_page: Open, server: Services, lab: str, gone: str
    ) -> None:
        run = stored(server, lab, RunConfig())
        app = open_page("compare", lab=lab, compare=f"{gone},{run.id},{run.id}")
        assert "no longer exists" in app.warning[0].value
        assert chosen(app) == [run.id]

    def test_of_too_many_is_told(self, open_page: Open, server: Services, lab: str) -> None:
        ids = [stored(server, lab, RunConfig(seed=seed)).id for seed in range(13)]
        app = open_page("compare", lab=lab, compare=",".join(ids))
        assert chosen(app) == ids[:12]
        assert "12 can be compared at a time" in app.warning[0].value

    def test_can_be_shared_without_the_lab(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        ids = [stored(server, lab, RunConfig(seed=seed)).id for seed in range(2)]
        [link] = open_page("compare", lab=lab, compare=",".join(ids)).code
        assert link.value.endswith(f"?compare={ids[0]},{ids[1]}")


class TestTheRanking:
    def test_shows_only_what_differs_the_best_first(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        stored(server, lab, RunConfig(epochs=2), 0.91, "Slow")
        stored(server, lab, RunConfig(epochs=2, activation="tanh"), 0.97, "Other")
        head, first, second = rows(open_page("compare", lab=lab))
        results = ["Validation accuracy", "95% CI", "Validation loss"]
        assert head == ["#", "What differs", *results, "Epochs", "Training time"]
        # Wilson's 95 % intervals of 4,850 and 4,550 of 5,000.
        assert first == ["1", "Other tanh", "97.00%", "96.49–97.44%", "0.0300", "2 of 2", "6 s"]
        assert second == ["2", "Slow ReLU", "91.00%", "90.17–91.76%", "0.0900", "2 of 2", "6 s"]

    def test_has_one_row_for_runs_that_differ_in_their_seed(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        for seed, accuracy in enumerate((0.95, 0.96, 0.97)):
            stored(server, lab, RunConfig(epochs=2, seed=seed), accuracy)
        app = open_page("compare", lab=lab)
        [_, group] = rows(app)
        # Deviations of −1, 0 and 1 percentage points: 1.
        assert group[:3] == ["1", "A run (3 seeds) Seeds 0, 1, 2", "96.00 ± 1.00% SD"]
        assert group[4] == "0.0400 ± 0.0100 SD"
        assert "A band shows the same settings" in words(app)

    def test_tells_namesakes_apart_in_table_and_chooser(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        for dropout in (0.1, 0.2):
            stored(server, lab, RunConfig(dropout=dropout))
        app = open_page("compare", lab=lab)
        names = ["A run · Dropout 0.2", "A run · Dropout 0.1"]
        assert app.multiselect(key="compared_runs").options == names
        assert sorted(row[1] for row in rows(app)[1:]) == sorted(names)

    def test_says_why_a_run_is_not_ranked(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        stored(server, lab, RunConfig(), 0.91, "Judged")
        stored(server, lab, RunConfig(validation_images=0), name="Blind")
        last = rows(open_page("compare", lab=lab))[-1]
        assert last[0] == "n/a"
        assert last[1].startswith("Blind")
        assert last[2:4] == ["No validation images", "n/a"]

    @pytest.mark.parametrize(
        ("accuracies", "said"),
        [
            ((0.98, 0.979), "Between first and second, 5,000 validation images show no clear"),
            ((0.98, 0.9), "leads by more"),
        ],
    )
    def test_says_whether_the_first_is_ahead(
        self,
        open_page: Open,
        server: Services,
        lab: str,
        accuracies: tuple[float, float],
        said: str,
    ) -> None:
        for accuracy, dropout in zip(accuracies, (0.1, 0.2), strict=True):
            stored(server, lab, RunConfig(dropout=dropout), accuracy)
        assert said in words(open_page("compare", lab=lab))

    def test_says_that_runs_were_judged_on_different_numbers_of_images(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        for images in (500, 5_000, 1_000):
            stored(server, lab, RunConfig(validation_images=images))
        shown = words(open_page("compare", lab=lab))
        assert "different numbers of validation images: 500, 1,000 and 5,000." in shown
        assert "A larger set contains all images of a smaller one" in shown

    def test_never_shows_test_accuracy(self, open_page: Open, trained: RunRecord) -> None:
        app = open_page("compare", lab=trained.lab, run=trained.id)
        assert trained.test_correct is not None
        assert f"{trained.test_correct / 100:.2f}" not in words(app)
        assert "Test accuracy is left out on purpose" in words(app)

    def test_counts_the_same_run_once(self, open_page: Open, server: Services, lab: str) -> None:
        for name in ("First", "Again"):
            stored(server, lab, RunConfig(), name=name)
        app = open_page("compare", lab=lab)
        assert len(rows(app)) == 2
        assert "“First” is counted once" in words(app)


class TestTheChart:
    def test_has_all_curves_by_any_axis(self, open_page: Open, server: Services, lab: str) -> None:
        for dropout in (0.1, 0.2):
            stored(server, lab, RunConfig(dropout=dropout))
        app = open_page("compare", lab=lab)
        specs = set()
        for measure in ("loss", "accuracy"):
            app.button_group(key="compared_measure").set_value(measure).run()
            for axis in ("epoch", "step", "seconds", "share"):
                app.button_group(key="compared_axis").set_value(axis).run()
                specs.add(spec_of(app))
        assert len(specs) == 8

    def test_keeps_its_spec_whatever_the_runs_are_called(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        run = stored(server, lab, RunConfig())
        stored(server, lab, RunConfig(dropout=0.1))
        before = spec_of(open_page("compare", lab=lab))
        server.store.rename(lab, run.id, "Another name")
        assert spec_of(open_page("compare", lab=lab)) == before
        assert json.loads(before)["layer"]

    def test_is_small_enough_for_streamlit_whatever_is_chosen(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        """Above 2,000 rows Streamlit would draw in another way, and the lines would flicker."""
        assert MOST_ROWS < 2_000
        for place in range(12):
            config = RunConfig(dropout=place / 100, epochs=200)
            run = stored(server, lab, config)
            server.store.save_history(run.id, make_history(config, 0.9, epochs=200), attempt=1)
        app = open_page("compare", lab=lab, compare=",".join(r.id for r in server.store.runs(lab)))
        assert 0 < len(chart_rows(app)) <= MOST_ROWS

    def test_has_all_lines_in_one_tooltip_the_best_first(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        stored(server, lab, RunConfig(dropout=0.1), 0.9, "Worse")
        stored(server, lab, RunConfig(dropout=0.2), 0.95, "Better")
        tips = [r["text"] for r in chart_rows(open_page("compare", lab=lab)) if r["kind"] == TIP]
        assert tips[-1].splitlines()[0] == "Epoch 2"
        assert [line.split()[0] for line in tips[-1].splitlines()[1:]] == ["95.00%", "90.00%"]
        assert ["Better" in line for line in tips[-1].splitlines()[1:3]] == [True, False]

    def test_has_training_curves_of_at_most_two_lines_until_they_are_wanted(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        ids = [stored(server, lab, RunConfig(dropout=n / 10)).id for n in range(3)]
        few = open_page("compare", lab=lab, compare=",".join(ids[:2]))
        assert TRAINING in {row["kind"] for row in chart_rows(few)}
        many = open_page("compare", lab=lab)
        assert TRAINING not in {row["kind"] for row in chart_rows(many)}
        many.toggle(key="compared_training_of_many").set_value(True).run()
        assert TRAINING in {row["kind"] for row in chart_rows(many)}

    def test_dims_the_others_when_a_row_is_pressed(
        self, open_page: Open, server: Services, lab: str
    ) -> None:
        first, second = [stored(server, lab, RunConfig(dropout=n / 10)).id for n in range(2)]
        app = open_page("compare", lab=lab)
        before = spec_of(app)
        assert {row["opacity"] for row in chart_rows(app) if row["kind"] == VALIDATION} == {1.0}
        app.session_state["ranking"] = {"pressed": first}
        app.run()
        strong = {r["line"] for r in chart_rows(app) if r["kind"] == NAME and r["opacity"] == 1}
        assert len(strong) == 1
        assert ranking(app)["pressed"] == first
        assert spec_of(app) == before
        for sent in ("another", None, ["x"], second[:-1]):
            app.session_state["ranking"] = {"pressed": sent}
            app.run()
            assert ranking(app)["pressed"] is None


class TestTheSigns:
    def test_are_all_different_without_colour(self) -> None:
        looks = {(style.shape, style.is_hollow) for style in LINE_STYLES}
        assert len(looks) == len(LINE_STYLES) == MOST_LINES

    def test_have_no_shape_twice_in_a_colour(self) -> None:
        assert len({(style.shape, style.colour) for style in LINE_STYLES}) == MOST_LINES

    def test_have_the_accent_once(self) -> None:
        assert [style.colour for style in LINE_STYLES].count(ACCENT) == 1

    @pytest.mark.parametrize(("colour", "background"), COLOURS)
    def test_stand_out_from_the_background(self, colour: str, background: str) -> None:
        """WCAG 2.2, 1.4.11: at least 3:1."""
        light, dark = sorted((_luminance(colour), _luminance(background)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3


def _luminance(colour: str) -> float:
    """Return WCAG's relative luminance of #rrggbb."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_run_that_goes_on_is_looked_at_until_it_ends(
    open_page: Open, server: Services, lab: str
) -> None:
    ended = stored(server, lab, SMALL)
    run = server.engine.submit(lab, LONG, "Slow")
    wait_for_points(server, run)
    app = open_page("compare", lab=lab, compare=f"{ended.id},{run}")
    before = spec_of(app)
    assert ticks(app) == 1
    assert "Training" in [row["state"] for row in ranking(app)["rows"]]
    assert spec_of(app.run()) == before
    server.engine.stop(lab, run)
    wait_for_end(server, run)
    app.run()
    assert ticks(app) == 0
    assert "Stopped" in [row["state"] for row in ranking(app)["rows"]]
