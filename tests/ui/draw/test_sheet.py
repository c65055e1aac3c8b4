"""“Fill in a sheet” on the Draw page: a form's photo becomes digits of My handwriting."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from mnistlab.core.drawing.handwriting import MAX_DIGITS, LabelledPicture
from mnistlab.core.drawing.views import PROPORTIONS
from mnistlab.core.network.numpy_forward import predict_views, read_network
from mnistlab.store import RunRecord
from mnistlab.ui.services import Services
from tests.factories import not_none
from tests.forms import Box, print_form, write
from tests.ui.conftest import Open, by_hand, png, press, words

BOXES: dict[Box, tuple[float, float]] = {
    (row, digit): (0, 0) for row in (1, 4) for digit in range(10)
}


@pytest.fixture(scope="module")
def photo() -> bytes:
    """A scan of two rows of digits."""
    page = print_form()
    write(page, BOXES)
    return png(page)


@pytest.fixture
def app(open_page: Open, writer: RunRecord, photo: bytes) -> AppTest:
    return upload(open_page("draw", lab=writer.lab), photo)


def upload(app: AppTest, content: bytes) -> AppTest:
    app.file_uploader[-1].set_value(("form.png", content, "image/png"))
    return app.run()


def labels(server: Services, writer: RunRecord) -> list[int]:
    return [entry.label for entry in server.store.handwriting.entries(writer.lab)]


def tiles(app: AppTest) -> dict[int, dict[str, object]]:
    """Return the tiles by their index, in their order."""
    [grid] = (g for g in app.get("bidi_component") if g.proto.id.endswith("-sheet_grid"))
    return {tile["index"]: tile for tile in json.loads(grid.proto.json)["tiles"]}


def test_offers_the_form_on_either_paper(open_page: Open, writer: RunRecord) -> None:
    app = open_page("draw", lab=writer.lab)
    offered = [button.proto.label for button in app.get("download_button")]
    assert offered[-2:] == ["A4", "Letter"]  # after Export, where digits are kept


def test_adds_all_digits_at_once(app: AppTest, server: Services, writer: RunRecord) -> None:
    assert "**20 digits** in 100 boxes" in words(app)
    app.button(key="add_sheet").click().run()
    assert labels(server, writer) == [*range(10), *range(10)]
    assert "Added 20 digits to My handwriting" in words(app)
    assert "in 100 boxes" not in words(app)
    ids = [entry.id for entry in server.store.handwriting.entries(writer.lab)]
    digits = server.store.handwriting.digits(writer.lab, ids)
    assert {type(digit) for digit in digits} == {LabelledPicture}
    network = read_network(writer.config, not_none(server.store.weights(writer.id)))
    correct = sum(
        int(predict_views(network, digit.views()).argmax()) == digit.label for digit in digits
    )
    assert f"{correct} of 20" in words(app), "as the same network has it of the same views"
    assert digits[0].views().shape == (len(PROPORTIONS), 28, 28)


def test_shows_first_what_the_network_predicts_otherwise(app: AppTest) -> None:
    doubtful = list(tiles(app).values())
    assert all(tile["label"] != tile["prediction"] for tile in doubtful)
    app.toggle(key="sheet_all").set_value(True).run()
    all_tiles = list(tiles(app).values())
    assert len(all_tiles) == 20
    assert all_tiles[: len(doubtful)] == doubtful
    assert all(tile["label"] == tile["prediction"] for tile in all_tiles[len(doubtful) :])


def test_a_digit_can_be_left_out_and_taken_in_again(
    app: AppTest, server: Services, writer: RunRecord
) -> None:
    app.toggle(key="sheet_all").set_value(True).run()
    for index in (3, 17, 3):
        press(app, "sheet_grid", index)
    assert [i for i, tile in tiles(app).items() if tile["mark"] == "left out"] == [17]
    app.button(key="add_sheet").click().run()
    expected = [*range(10), *range(10)]
    del expected[17]
    assert labels(server, writer) == expected


@pytest.mark.parametrize("index", [-1, 20, 10**9])
def test_a_tile_that_is_not_there_is_not_left_out(app: AppTest, index: int) -> None:
    press(app, "sheet_grid", index)
    assert app.button(key="add_sheet").label == "Add 20 digits"


def test_a_picture_of_something_else_is_refused(
    open_page: Open, server: Services, writer: RunRecord
) -> None:
    app = upload(open_page("draw", lab=writer.lab), png(print_form()[600:1_400, 200:1_200]))
    assert "None of the form's four corner marks" in app.error[0].value
    assert labels(server, writer) == []


def test_what_there_is_no_room_for_is_not_added(
    open_page: Open, server: Services, writer: RunRecord, photo: bytes
) -> None:
    server.store.handwriting.add(writer.lab, [by_hand(1)] * (MAX_DIGITS - 19))
    app = upload(open_page("draw", lab=writer.lab), photo)
    assert "has room for 19 more" in words(app)
    assert app.button(key="add_sheet").disabled
    app.toggle(key="sheet_all").set_value(True).run()
    press(app, "sheet_grid", 0)
    app.button(key="add_sheet").click().run()
    assert len(labels(server, writer)) == MAX_DIGITS
