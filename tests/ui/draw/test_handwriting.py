"""“My handwriting” on the Draw page: what is labelled is kept, tested, exported and imported."""

import io
import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnistlab.core.analysis.metrics import wilson_interval
from mnistlab.core.drawing.handwriting import MAX_DIGITS, LabelledDrawing
from mnistlab.core.drawing.handwriting_file import write_digits
from mnistlab.core.drawing.views import view_strokes
from mnistlab.core.network.numpy_forward import predict_views, read_network
from mnistlab.core.run import RunStatus
from mnistlab.store import RunRecord
from mnistlab.ui.draw.handwriting import section as handwriting_section
from mnistlab.ui.prediction.own_digits import OwnDigits
from mnistlab.ui.services import Services
from tests.factories import SMALL
from tests.ui.conftest import Open, by_hand, draw, stroke, words

ONE = (140, 40), (138, 140), (136, 240)


def labels(server: Services, writer: RunRecord) -> list[int]:
    return [entry.label for entry in server.store.handwriting.entries(writer.lab)]


def open_with_a_one(open_page: Open, writer: RunRecord) -> AppTest:
    app = open_page("draw", lab=writer.lab)
    return draw(app, stroke(*ONE))


def upload(app: AppTest, content: bytes) -> AppTest:
    app.file_uploader[0].set_value(("digits.npz", content, "application/octet-stream"))
    return app.run()


class TestWhatDidYouDraw:
    def test_has_no_answer_for_an_empty_pad(self, open_page: Open, writer: RunRecord) -> None:
        app = open_page("draw", lab=writer.lab)
        assert all(app.button(key=f"label_{digit}").disabled for digit in range(10))

    def test_adds_the_digit_at_one_press_and_leaves_it_and_its_prediction_in_view(
        self, open_page: Open, server: Services, writer: RunRecord
    ) -> None:
        app = open_with_a_one(open_page, writer)
        app.button(key="label_7").click().run()
        assert labels(server, writer) == [7]
        [kept] = server.store.handwriting.digits(
            writer.lab, [server.store.handwriting.entries(writer.lab)[0].id]
        )
        assert isinstance(kept, LabelledDrawing)
        assert kept.strokes[0].points[[0, -1]].tolist() == [[140, 40], [136, 240]]
        assert kept.strokes[0].width == 20
        assert json.loads(server.store.drawing(writer.lab) or "")["objects"] == []
        assert "added as a <b>7</b>, now 1 digit." in words(app)
        assert 'data-prediction="1"' in words(app)
        assert not app.exception

    def test_says_whether_the_prediction_was_right(
        self, open_page: Open, writer: RunRecord
    ) -> None:
        app = open_with_a_one(open_page, writer)
        app.button(key="label_1").click().run()
        assert "<b>Right:</b> added to My handwriting, now 1 digit." in words(app)
        app.button(key="take_back").click().run()
        app.button(key="label_7").click().run()
        assert "<b>Predicted 1</b>, added as a <b>7</b>, now 1 digit." in words(app)

    def test_is_asked_again_once_another_digit_is_begun(
        self, open_page: Open, server: Services, writer: RunRecord
    ) -> None:
        app = open_with_a_one(open_page, writer)
        app.button(key="label_1").click().run()
        assert all(app.button(key=f"label_{digit}").disabled for digit in range(10))
        draw(app, stroke(*ONE, (200, 240)))
        assert "added to My handwriting" not in words(app)
        app.button(key="label_2").click().run()
        assert labels(server, writer) == [1, 2]

    def test_pressed_twice_adds_it_once(
        self, open_page: Open, server: Services, writer: RunRecord
    ) -> None:
        app = open_with_a_one(open_page, writer)
        button = app.button(key="label_1")
        button.click().run()
        button.click().run()
        assert labels(server, writer) == [1]

    def test_can_be_taken_back_to_the_pad(
        self, open_page: Open, server: Services, writer: RunRecord
    ) -> None:
        app = open_with_a_one(open_page, writer)
        before = server.store.drawing(writer.lab)
        app.button(key="label_7").click().run()
        app.button(key="take_back").click().run()
        assert labels(server, writer) == []
        assert server.store.drawing(writer.lab) == before

    def test_a_full_lab_keeps_the_drawing_on_the_pad(
        self, open_page: Open, server: Services, writer: RunRecord
    ) -> None:
        server.store.handwriting.add(writer.lab, [by_hand(1)] * MAX_DIGITS)
        app = open_with_a_one(open_page, writer)
        app.button(key="label_1").click().run()
        assert "a lab keeps 500" in app.error[0].value
        assert json.loads(server.store.drawing(writer.lab) or "")["objects"]


class TestMyHandwriting:
    def test_says_what_it_is_for_before_there_is_any(
        self, open_page: Open, writer: RunRecord
    ) -> None:
        app = open_page("draw", lab=writer.lab)
        assert "no network has trained on them" in words(app)
        assert f'data-run="{writer.id}"' not in words(app)
        assert "export_handwriting" not in str(app.get("download_button"))

    def test_counts_each_digit(self, open_page: Open, server: Services, writer: RunRecord) -> None:
        server.store.handwriting.add(writer.lab, [by_hand(3), by_hand(3), by_hand(8)])
        shown = words(open_page("draw", lab=writer.lab))
        assert '<li class=""><b>3</b><span>2</span></li>' in shown
        assert '<li class=""><b>8</b><span>1</span></li>' in shown
        assert '<li class="none"><b>0</b><span>0</span></li>' in shown

    def test_tests_no_run_on_fewer_than_ten(
        self, open_page: Open, server: Services, writer: RunRecord
    ) -> None:
        server.store.handwriting.add(writer.lab, [by_hand(3)] * 9)
        assert f'data-run="{writer.id}"' not in words(open_page("draw", lab=writer.lab))
        server.store.handwriting.add(writer.lab, [by_hand(3)])
        assert f'data-run="{writer.id}"' in words(open_page("draw", lab=writer.lab))

    def test_tests_each_run_as_its_weights_say(
        self, open_page: Open, server: Services, writer: RunRecord
    ) -> None:
        drawn = [by_hand(digit, size=size) for digit in range(10) for size in (1.0, 2.0)]
        server.store.handwriting.add(writer.lab, drawn)
        network = read_network(writer.config, server.store.weights(writer.id) or b"")
        correct = sum(
            predict_views(network, view_strokes(each.strokes)).argmax() == each.label
            for each in drawn
        )
        shown = words(open_page("draw", lab=writer.lab))
        interval = wilson_interval(int(correct), 20)
        assert f'<tr data-run="{writer.id}">' in shown
        assert f"<td>{correct} of 20</td>" in shown
        assert f"<td>{5 * correct:.1f}%<br>" in shown
        assert f"{100 * interval.low:.0f}–{100 * interval.high:.0f}%" in shown
        assert f"<td>{(writer.test_correct or 0) / 100:.2f}%</td>" in shown
        assert "With 20 digits, one mistake is 5 percentage points." in shown

    def test_leaves_out_runs_that_have_no_weights(
        self, open_page: Open, server: Services, writer: RunRecord
    ) -> None:
        server.store.handwriting.add(writer.lab, [by_hand(3)] * 10)
        waiting = server.store.create_run(writer.lab, SMALL, "Waiting", "nobody:1:1.00")
        shown = words(open_page("draw", lab=writer.lab))
        assert f'data-run="{writer.id}"' in shown
        assert f'data-run="{waiting.id}"' not in shown
        server.store.mark(waiting.id, RunStatus.FAILED, attempt=1)
        server.store.delete(writer.lab, waiting.id)

    def test_is_deleted_once_that_is_confirmed(
        self, open_page: Open, server: Services, writer: RunRecord
    ) -> None:
        server.store.handwriting.add(writer.lab, [by_hand(3), by_hand(5)])
        app = open_page("draw", lab=writer.lab)
        button = app.button(key="delete_handwriting")
        assert button.label == "Delete 2 digits"
        button.click().run()
        assert labels(server, writer) == []
        assert "Your handwriting is deleted." in words(app)

    def test_is_exported_as_it_is_kept(self, server: Services, writer: RunRecord) -> None:
        drawn = [by_hand(4), by_hand(2, label=3)]
        server.store.handwriting.add(writer.lab, drawn)
        own = OwnDigits(writer.lab, tuple(server.store.handwriting.entries(writer.lab)))
        with np.load(io.BytesIO(handwriting_section._export(own)), allow_pickle=False) as file:
            assert file["labels"].tolist() == [4, 3]
            assert file["digit_start"].tolist() == [0, 2, 3]
            assert len(file["points"]) == sum(each.points for each in drawn)

    def test_of_another_lab_is_not_shown(
        self, open_page: Open, server: Services, writer: RunRecord
    ) -> None:
        stranger = server.store.create_lab()
        server.store.handwriting.add(stranger, [by_hand(3)] * 10)
        assert "no network has trained on them" in words(open_page("draw", lab=writer.lab))
        shared = words(open_page("draw", lab=stranger, run=writer.id))
        assert "<td>10 of 10</td>" in shared or "<td>0 of 10</td>" in shared


class TestImport:
    def test_adds_what_is_in_the_file(
        self, open_page: Open, server: Services, writer: RunRecord
    ) -> None:
        server.store.handwriting.add(writer.lab, [by_hand(9)])
        app = upload(open_page("draw", lab=writer.lab), write_digits([by_hand(4), by_hand(2)]))
        assert labels(server, writer) == [9, 4, 2]
        assert "Added 2 digits to My handwriting." in words(app)
        app.run()
        assert labels(server, writer) == [9, 4, 2]

    def test_takes_as_many_as_there_is_room_for(
        self, open_page: Open, server: Services, writer: RunRecord
    ) -> None:
        server.store.handwriting.add(writer.lab, [by_hand(9)] * (MAX_DIGITS - 1))
        app = open_page("draw", lab=writer.lab)
        upload(app, write_digits([by_hand(4), by_hand(2)]))
        assert labels(server, writer)[-2:] == [9, 4]
        assert "Added the first 1 digit of the file&#39;s 2 to My handwriting" in words(app)
        upload(app, write_digits([by_hand(4)]))
        assert "Your handwriting is full" in app.error[0].value

    @pytest.mark.parametrize("content", [b"", b"no file of ours", write_digits([by_hand(1)])[:-9]])
    def test_says_what_is_wrong_with_a_file(
        self, open_page: Open, server: Services, writer: RunRecord, content: bytes
    ) -> None:
        app = upload(open_page("draw", lab=writer.lab), content)
        assert "Choose a file that was exported here" in app.error[0].value
        assert "reference" not in app.error[0].value
        assert labels(server, writer) == []
        upload(app, write_digits([by_hand(1)]))
        assert labels(server, writer) == [1]
