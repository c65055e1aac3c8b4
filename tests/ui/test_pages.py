"""The pages with and without runs; what they show is what was measured."""

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnistlab.core.data.mnist import Digits
from mnistlab.core.network.model import restore, unpack
from mnistlab.core.run import RunStatus
from mnistlab.core.training.evaluate import predict
from mnistlab.store import RunRecord
from mnistlab.ui.services import Services
from tests.factories import SMALL, wait_until
from tests.ui.conftest import (
    APP,
    Open,
    continue_field,
    draw,
    id_of,
    png,
    press,
    report,
    send,
    stroke,
    train,
    upload,
    wait_for_points,
    words,
)


def wait_until_over(app: AppTest) -> None:
    """Look again, as the browser's timer would, until the run in view is over."""
    wait_until(lambda: "Test accuracy" in words(app.run()))


class TestTrain:
    def test_trains_what_the_form_says(self, open_page: Open, server: Services) -> None:
        app = open_page(**SMALL.to_query())
        app.button(key="train").click().run()
        run_id = app.query_params["run"]
        assert server.store.run(run_id).config == SMALL
        wait_until_over(app)
        assert server.store.run(run_id).status is RunStatus.FINISHED

    def test_says_the_test_accuracy_with_its_interval(
        self, open_page: Open, trained: RunRecord
    ) -> None:
        app = open_page(lab=trained.lab, run=trained.id)
        accuracy = f"{trained.test_correct / 100:.2f}%"  # type: ignore[operator]
        assert f"<span>Test accuracy</span><b>{accuracy}</b><small>95% CI" in words(app)
        assert "95% confidence interval" in words(app)
        assert "96.16%" in words(app)

    def test_stops_and_continues(self, open_page: Open, server: Services) -> None:
        slow = dict(SMALL.to_query(), epochs="100", training_images="50000")
        app = open_page(**slow)
        app.button(key="train").click().run()
        run_id = app.query_params["run"]
        wait_for_points(server, run_id)
        app.run()
        app.button(key="stop").click().run()
        wait_until_over(app)
        stopped = server.store.history(run_id)
        field = continue_field(app)
        assert field is not None
        field.set_value(str(stopped.epochs_done + 1)).run()
        app.button(key="continue").click().run()
        wait_until_over(app)
        assert server.store.run(run_id).status is RunStatus.FINISHED
        # The network may have been looked into after the curve's last point.
        step = stopped.steps[-1].step
        assert server.store.history(run_id).up_to(step) == stopped.up_to(step)

    def test_renames_and_deletes(self, open_page: Open, server: Services) -> None:
        record = train(server, server.store.create_lab(), SMALL)
        app = open_page(lab=record.lab, run=record.id)
        name = "<img src=x onerror=alert(1)> *my* `run`"
        app.text_input(key=f"name-{record.id}").set_value(name).run()
        app.button(key="rename").click().run()
        assert server.store.run(record.id).name == name
        app.button(key="delete").click().run()
        assert server.store.runs(record.lab) == []

    @pytest.mark.parametrize("rows", [["a"], [-1], [99], [None], 7], ids=repr)
    def test_opens_no_run_for_a_row_that_is_none(
        self, open_page: Open, trained: RunRecord, rows: object
    ) -> None:
        app = open_page(lab=trained.lab)
        selection = json.dumps({"selection": {"rows": rows}})
        send(app, app.dataframe[0].proto.id, selection, "string_value")
        assert "run" not in app.query_params

    def test_refuses_a_name_that_is_empty(self, open_page: Open, server: Services) -> None:
        record = train(server, server.store.create_lab(), SMALL)
        app = open_page(lab=record.lab, run=record.id)
        app.text_input(key=f"name-{record.id}").set_value("  ").run()
        app.button(key="rename").click().run()
        assert app.error
        assert server.store.run(record.id).name == record.name


class TestMistakes:
    def test_are_as_many_as_the_weights_make(
        self, open_page: Open, server: Services, trained: RunRecord, test_digits: Digits
    ) -> None:
        model = restore(trained.config, unpack(server.store.weights(trained.id) or b""))
        predictions = predict(model, test_digits.pixels).argmax(axis=1)
        wrong = int((predictions != test_digits.labels.numpy()).sum())
        assert f"**{wrong:,} mistakes**" in words(open_page("mistakes", lab=trained.lab))

    @pytest.mark.parametrize(("label", "prediction"), [(4, 9), (7, 7), (0, 1)])
    def test_of_a_pressed_cell_are_shown(
        self, open_page: Open, server: Services, trained: RunRecord, label: int, prediction: int
    ) -> None:
        from mnistlab.ui.prediction.mnist_images import load_test_digits

        app = open_page("mistakes", lab=trained.lab)
        press(app, "confusion_matrix", [label, prediction])
        probabilities = server.store.test_probabilities(trained.id)
        assert probabilities is not None
        labels = load_test_digits().labels
        count = int(((labels == label) & (probabilities.argmax(1) == prediction)).sum())
        noun = "1 image" if count == 1 else f"{count:,} images"
        predicted = "correctly" if label == prediction else f"as {prediction}"
        assert f"**{label} predicted {predicted}**  \n:small[:gray[{noun}]]" in words(app)

    @pytest.mark.parametrize(
        "cell",
        [7, [7], {}, None, ["x", 1], [77, 1], [-1, 1], [True, 1], [4, 9, 9], [None, None], [[], 1]],
        ids=repr,
    )
    def test_of_what_is_no_cell_are_all_shown(
        self, open_page: Open, trained: RunRecord, cell: object
    ) -> None:
        app = open_page("mistakes", lab=trained.lab)
        all_mistakes = [part for part in words(app).splitlines() if " mistakes**" in part]
        press(app, "confusion_matrix", cell)
        assert [part for part in words(app).splitlines() if " mistakes**" in part] == all_mistakes
        assert len(all_mistakes) == 1

    @pytest.mark.parametrize(("index", "dialogs"), [(5, 1), ("x", 0), (False, 0), (10_000, 0)])
    def test_a_pressed_tile_is_one_of_the_test_digits(
        self, open_page: Open, trained: RunRecord, index: object, dialogs: int
    ) -> None:
        app = open_page("mistakes", lab=trained.lab)
        press(app, "digit_grid", index)
        assert len(app.get("dialog")) == dialogs


class TestDraw:
    def test_asks_for_a_digit_when_the_pad_is_empty(
        self, open_page: Open, trained: RunRecord
    ) -> None:
        app = open_page("draw", lab=trained.lab)
        shown = "".join(element.proto.body for element in app.get("html"))
        assert "Draw a digit from 0 to 9" in shown
        assert "data-prediction" not in shown

    def test_reads_a_stroke_and_keeps_it(
        self, open_page: Open, server: Services, trained: RunRecord
    ) -> None:
        app = open_page("draw", lab=trained.lab)
        draw(app, stroke((140, 40), (138, 140), (136, 240)))
        shown = "".join(element.proto.body for element in app.get("html"))
        assert "data-prediction" in shown
        assert json.loads(server.store.drawing(trained.lab) or "")["objects"]
        draw(app)
        assert json.loads(server.store.drawing(trained.lab) or "")["objects"] == []

    @pytest.mark.parametrize(
        "objects",
        [None, 7, "x", [None], [{}], [{"type": "Path", "path": [["M", "a", None]]}]],
    )
    def test_is_not_troubled_by_what_is_no_drawing(
        self, open_page: Open, trained: RunRecord, objects: object
    ) -> None:
        app = open_page("draw", lab=trained.lab)
        app.session_state["canvas"] = report(app, objects)
        app.run()
        assert "reference" not in words(app)

    @pytest.mark.parametrize(
        "sent",
        [
            {"drawing": 7},
            {"drawing": "x"},
            {"drawing": {"turn": 1, "objects": 7}},
            {"drawing": {"turn": 1, "objects": [{"left": math.nan}]}},
            {"drawing": {"turn": 1, "objects": [{"text": "x" * 1_000_000}]}},
            {"drawing": {"turn": 1, "objects": [stroke((9, 9), (9, 99)), {"path": [["M", "x"]]}]}},
        ],
        ids=lambda sent: repr(sent)[:50],
    )
    def test_keeps_nothing_that_is_no_drawing(
        self, open_page: Open, server: Services, sent: object
    ) -> None:
        record = train(server, server.store.create_lab(), SMALL)
        app = open_page("draw", lab=record.lab)
        send(app, id_of(app, "bidi_component", "canvas"), json.dumps(sent))
        assert "Clear the canvas and draw one digit." in app.error[0].value
        assert server.store.drawing(record.lab) is None
        draw(app, stroke((9, 9), (9, 99)))
        assert not app.error
        draw(app)
        assert json.loads(server.store.drawing(record.lab) or "")["objects"] == []

    @pytest.mark.parametrize("turn", [0, 2, None, "1", [], math.nan])
    def test_keeps_no_drawing_of_an_earlier_turn(
        self, open_page: Open, server: Services, trained: RunRecord, turn: object
    ) -> None:
        """As when the server has replaced a drawing before the browser knows of it."""
        app = open_page("draw", lab=trained.lab)
        before = server.store.drawing(trained.lab)
        late = {"turn": turn, "objects": [stroke((9, 9), (9, 99))]}
        send(app, id_of(app, "bidi_component", "canvas"), json.dumps({"drawing": late}))
        assert server.store.drawing(trained.lab) == before
        assert not app.error

    def test_reads_a_test_digit(self, open_page: Open, trained: RunRecord) -> None:
        app = open_page("draw", lab=trained.lab)
        app.button_group(key="way").set_value("Test digit").run()
        app.button(key="another").click().run()
        assert "data-prediction" in "".join(element.proto.body for element in app.get("html"))

    @pytest.mark.parametrize("paper", [255, 0], ids=["dark on light", "light on dark"])
    def test_reads_a_picture(self, open_page: Open, trained: RunRecord, paper: int) -> None:
        pixels = np.full((120, 100), paper, dtype=np.uint8)
        pixels[20:100, 46:54] = 255 - paper
        app = upload(open_page("draw", lab=trained.lab), "one.png", png(pixels))
        shown = "".join(element.proto.body for element in app.get("html"))
        assert 'data-prediction="1"' in shown

    def test_shows_a_picture_that_is_a_strip(self, open_page: Open, trained: RunRecord) -> None:
        """Made as narrow as the page shows it, no row would be left."""
        pixels = np.full((2, 900), 255, dtype=np.uint8)
        pixels[:, 400:420] = 0
        app = upload(open_page("draw", lab=trained.lab), "strip.png", png(pixels))
        assert "in the picture" in words(app)

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("text.png", b"this is no picture"),
            ("empty.png", b""),
        ],
    )
    def test_says_what_is_wrong_with_a_file(
        self, open_page: Open, trained: RunRecord, name: str, content: bytes
    ) -> None:
        app = upload(open_page("draw", lab=trained.lab), name, content)
        assert app.error
        assert "reference" not in app.error[0].value

    @pytest.mark.parametrize("sides", [(1, 1), (50, 50)])
    def test_says_why_there_is_no_digit(
        self, open_page: Open, trained: RunRecord, sides: tuple[int, int]
    ) -> None:
        content = png(np.full(sides, 200, dtype=np.uint8))
        app = upload(open_page("draw", lab=trained.lab), "plain.png", content)
        assert not app.error
        assert "Nothing in the picture stands out from the paper." in words(app)


def test_no_page_needs_torch(tmp_path: Path) -> None:
    """Torch would cost the server, which answers all pages, half a gigabyte."""
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.ui.visitor"],
        capture_output=True,
        text=True,
        env={"MNISTLAB_HOME": str(tmp_path), "PATH": "", "HOME": str(tmp_path)},
        cwd=Path(APP).parent,
    )
    assert ran.returncode == 0, ran.stderr
    *seen, modules = ran.stdout.splitlines()
    assert "mistakes**" in "\n".join(seen)
    imported = {name.split(".")[0] for name in modules.split()}
    assert {"mnistlab", "streamlit", "distributed", "safetensors"} <= imported
    assert not {"torch", "torchvision"} & imported
