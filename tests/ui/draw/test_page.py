"""The Draw page's lessons, for each way of asking, with and without other runs."""

import dataclasses
import json
import re
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnistlab.core.data import archive
from mnistlab.core.drawing.slash import remove_slash
from mnistlab.core.drawing.strokes import read_strokes
from mnistlab.core.drawing.views import view_plain_strokes, view_strokes
from mnistlab.core.errors import DataError
from mnistlab.core.run import RunResult, RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History
from mnistlab.store import RunRecord, this_owner
from mnistlab.ui.prediction import mnist_images, predictor
from mnistlab.ui.prediction.mnist_images import data_url, load_test_digits
from mnistlab.ui.services import Services
from mnistlab.ui.session import ready_made
from tests.factories import SMALL
from tests.ui.conftest import Open, png, shown_on_pad, stroke, train, upload, words
from tests.ui.conftest import draw as draw_strokes

ONE = [[(140, 40), (138, 140), (136, 240)]]
A = [[(70, 230), (140, 50), (210, 230)], [(90, 170), (190, 170)]]
RING = [(140 + 60 * np.sin(t), 140 - 90 * np.cos(t)) for t in np.linspace(0, 2 * np.pi, 40)]
FOOTED_ONE = [[(100, 90), (140, 40), (136, 240)], [(80, 240), (200, 238)]]
CROSSED_ZERO = [RING, [(210, 60), (70, 220)]]
UNLIKE = "This hardly looks like a digit."
SERIFS = "The foot and flag of the one are left out"
SLASH = "The slash through the zero is left out"

Line = Sequence[tuple[float, float]]


def objects(lines: Sequence[Line]) -> list[dict[str, object]]:
    """Return what the pad reports of a drawing."""
    return [stroke(*line) for line in lines]


def draw(app: AppTest, lines: Sequence[Line]) -> str:
    """Draw on the open page; return all it says."""
    return words(draw_strokes(app, *objects(lines)))


def shown_images(said: str) -> list[str]:
    return re.findall(r'src="(data:[^"]*)"', said)


def opinions(said: str) -> list[tuple[str, str]]:
    """Return the name and the prediction of each row of the opinions."""
    return re.findall(r"<tr><th>(.*?)<small>.*?<b>(.*?)</b>", said)


@pytest.fixture(scope="module")
def four(server: Services) -> list[RunRecord]:
    """Runs of one lab, the newest first: two of them are namesakes."""
    lab = server.store.create_lab()
    configs = [dataclasses.replace(SMALL, epochs=1, seed=seed) for seed in range(4)]
    return [train(server, lab, config) for config in configs][::-1]


@pytest.fixture(autouse=True)
def _clear(server: Services, trained: RunRecord, four: list[RunRecord]) -> Iterator[None]:
    """Clear the pads afterwards: a lab keeps what was last drawn."""
    yield
    for run in (trained, four[0]):
        server.store.save_drawing(run.lab, '{"objects": []}')


class TestWhatIsSeen:
    def test_of_a_drawing_stands_beside_what_most_demos_see(
        self, open_page: Open, trained: RunRecord
    ) -> None:
        said = draw(open_page("draw", lab=trained.lab), ONE)
        strokes = read_strokes({"objects": objects(ONE)})
        plain, seen = view_plain_strokes(strokes), view_strokes(strokes)
        assert shown_images(said)[:2] == [data_url(plain[0]), data_url(seen[0])]
        for views in (plain, seen):
            probabilities = predictor.ask(trained, views)
            assert f"<b>{probabilities.argmax()}</b>, {100 * probabilities.max():.1f}%" in said
        assert "three versions" in said
        assert SLASH not in said
        assert SERIFS not in said

    def test_of_a_zero_is_without_its_slash(self, open_page: Open, trained: RunRecord) -> None:
        strokes = read_strokes({"objects": objects(CROSSED_ZERO)})
        assert len(remove_slash(strokes)) == 1
        assert SLASH in draw(open_page("draw", lab=trained.lab), CROSSED_ZERO)

    def test_of_a_one_on_a_foot_is_its_stem(self, open_page: Open, trained: RunRecord) -> None:
        said = draw(open_page("draw", lab=trained.lab), FOOTED_ONE)
        assert SERIFS in said
        assert SLASH not in said

    def test_of_a_test_digit_is_the_digit(self, open_page: Open, trained: RunRecord) -> None:
        app = open_page("draw", lab=trained.lab)
        app.button_group(key="way").set_value("Test digit").run()
        app.text_input(key="test_digit").set_value("7").run()
        said = words(app)
        assert shown_images(said)[0] == data_url(load_test_digits().pixels[7])
        assert "most demos" not in said.lower()
        assert "Evidence for" in said
        assert not app.error

    def test_of_a_picture_stands_beside_the_whole_picture(
        self, open_page: Open, trained: RunRecord
    ) -> None:
        pixels = np.full((280, 280), 255, dtype=np.uint8)
        pixels[40:240, 20:40] = 0
        app = upload(open_page("draw", lab=trained.lab), "one.png", png(pixels))
        said = words(app)
        squeezed = np.zeros((28, 28), dtype=np.uint8)
        squeezed[4:24, 2:4] = 255
        assert shown_images(said)[0] == data_url(squeezed)
        assert "Most demos get" in said
        assert not app.error


class TestADrawingOfAnEarlierVersion:
    def test_is_on_the_pad_as_it_was(
        self, open_page: Open, server: Services, trained: RunRecord
    ) -> None:
        """Fabric's JSON, of a stroke that its toolbar has moved 50 pixels to the right."""
        place = {"originX": "center", "originY": "center", "left": 187.5, "top": 140}
        item = {"type": "Path", "stroke": "#ffffff", "scaleX": 1, **objects(ONE)[0], **place}
        server.store.save_drawing(trained.lab, json.dumps({"objects": [item]}))
        app = open_page("draw", lab=trained.lab)
        [seen] = shown_on_pad(app)["objects"]
        assert set(seen) == {"path", "strokeWidth"}
        assert seen["path"][0] == ["M", pytest.approx(189.5), pytest.approx(40)]
        assert seen["path"][-1][-2:] == pytest.approx([185.5, 240])
        assert 'data-prediction="1"' in words(app)


class TestLessons:
    def test_are_one_sentence_while_there_is_nothing_to_explain(
        self, open_page: Open, four: list[RunRecord]
    ) -> None:
        app = open_page("draw", lab=four[0].lab)
        before, after = words(app), draw(app, ONE)
        assert shown_images(before) == []
        assert len(shown_images(after)) == 2 + 8 + 2
        assert "Once there is a digit" in before
        assert "Once there is a digit" not in after
        assert (before.count("<tr>"), after.count("<tr>")) == (0, 1 + 3 + 1)

    def test_name_the_two_best_digits(self, open_page: Open, trained: RunRecord) -> None:
        said = draw(open_page("draw", lab=trained.lab), ONE)
        strokes = read_strokes({"objects": objects(ONE)})
        best, next_best = predictor.ask(trained, view_strokes(strokes)).argsort()[::-1][:2]
        assert f"Evidence for {best} over {next_best}" in said

    def test_nearest_to_an_upright_line_are_ones(self, open_page: Open, trained: RunRecord) -> None:
        said = draw(open_page("draw", lab=trained.lab), ONE)
        [tiles] = re.findall(r'<ol class="lab-list lab-nearest">(.*?)</ol>', said)
        assert re.findall(r">(\d)</li>", tiles) == ["1"] * 8

    def test_a_letter_hardly_looks_like_a_digit(self, open_page: Open, trained: RunRecord) -> None:
        app = open_page("draw", lab=trained.lab)
        assert UNLIKE in draw(app, A)
        assert UNLIKE not in draw(app, ONE)

    @pytest.fixture
    def _without_training_images(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        def fail(path: object) -> None:
            raise DataError("The images are missing.", "Get them again.")

        monkeypatch.setattr(archive, "_read_bundled", fail)
        monkeypatch.setattr(archive, "_is_whole", lambda path: False)
        mnist_images._prepare_training_images.cache_clear()
        yield
        mnist_images._prepare_training_images.cache_clear()

    @pytest.mark.usefixtures("_without_training_images")
    def test_that_fail_leave_the_answer_and_the_others(
        self, open_page: Open, trained: RunRecord
    ) -> None:
        app = open_page("draw", lab=trained.lab)
        said = draw(app, ONE)
        assert [error.value for error in app.error] == ["The images are missing. Get them again."]
        assert "data-prediction" in said
        assert "Evidence for" in said


class TestOpinions:
    def test_are_those_of_the_other_runs_and_of_the_ready_made_network(
        self, open_page: Open, four: list[RunRecord]
    ) -> None:
        asked, *others = *four, ready_made.record()
        app = open_page("draw", lab=asked.lab, run=asked.id)
        said = draw(app, ONE)
        views = view_strokes(read_strokes({"objects": objects(ONE)}))
        predictions = [str(predictor.ask(other, views).argmax()) for other in others]
        assert [prediction for _, prediction in opinions(said)] == predictions
        names = [name for name, _ in opinions(said)]
        assert len(set(names)) == 4
        for other in others:
            assert f"{(other.test_correct or 0) / 100:.2f}% test accuracy" in said

    def test_are_of_those_that_were_chosen(self, open_page: Open, four: list[RunRecord]) -> None:
        asked, chosen, *_ = four
        app = open_page("draw", lab=asked.lab, run=asked.id)
        draw(app, ONE)
        app.multiselect(key="opinions").set_value([chosen.id]).run()
        assert len(opinions(words(app))) == 1
        app.multiselect(key="opinions").set_value([]).run()
        assert opinions(words(app)) == []

    def test_of_a_run_that_was_just_deleted_are_left_out(
        self, open_page: Open, server: Services, four: list[RunRecord]
    ) -> None:
        gone = train(server, four[0].lab, dataclasses.replace(SMALL, epochs=1, seed=9))
        app = open_page("draw", lab=gone.lab, run=four[0].id)
        assert len(opinions(draw(app, ONE))) == 5
        server.store.delete(gone.lab, gone.id)
        assert len(opinions(draw(app, A))) == 4

    def test_of_large_networks_wait_to_be_asked(self, open_page: Open, server: Services) -> None:
        """Of two with 5.7 million parameters each, only one is asked unbidden."""
        large = dataclasses.replace(SMALL, hidden_layers=3, units=(1500,))
        assert large.parameter_count == 5_695_510
        record = train(server, server.store.create_lab(), dataclasses.replace(SMALL, epochs=1))
        ids = [add(server, record, config) for config in (SMALL, large, large)]
        app = open_page("draw", lab=record.lab, run=record.id)
        draw(app, ONE)
        assert app.multiselect(key="opinions").value == [ids[2], ids[0], ready_made.ID]


def add(server: Services, like: RunRecord, config: RunConfig) -> str:
    """Add a run that has ended with as many digits read right as `like`, but no weights."""
    run = server.store.create_run(like.lab, config, "Untrained", this_owner())
    probabilities = np.full((10_000, 10), 0.1, dtype=np.float32)
    result = RunResult(
        RunStatus.FINISHED,
        History(),
        test_probabilities=probabilities,
        test_correct=like.test_correct,
    )
    server.store.save_result(run.id, result, attempt=1)
    return run.id
