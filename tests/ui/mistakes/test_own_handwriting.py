"""The Mistakes page shows the lab's own digits as it shows the test set's."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from mnistlab.store import RunRecord
from mnistlab.ui.prediction.own_digits import OwnDigits
from mnistlab.ui.services import Services
from tests.ui.conftest import Open, by_hand, press, words

WRONG = [(3, 8), (3, 8), (7, 1)]
"""What was drawn, and what it was called: a network that reads at all reads them wrong."""


@pytest.fixture
def labels(server: Services, writer: RunRecord) -> list[int]:
    """Of the digits in the lab's handwriting: ten as drawn, three under wrong labels."""
    drawn = [*(by_hand(digit) for digit in range(10)), *(by_hand(*pair) for pair in WRONG)]
    server.store.handwriting.add(writer.lab, drawn)
    return [each.label for each in drawn]


def open_own(open_page: Open, writer: RunRecord) -> AppTest:
    app = open_page("mistakes", lab=writer.lab)
    return app.button_group(key="mistakes_of").set_value("My handwriting").run()


def press_tile(app: AppTest, index: int) -> AppTest:
    return press(app, "digit_grid", index)


def tiles(app: AppTest) -> list[int]:
    """Return the indices of the tiles, in their order."""
    [grid] = (g for g in app.get("bidi_component") if g.proto.id.endswith("-digit_grid"))
    return [tile["index"] for tile in json.loads(grid.proto.json)["tiles"]]


def kept(server: Services, writer: RunRecord) -> list[int]:
    return [entry.label for entry in server.store.handwriting.entries(writer.lab)]


def test_without_handwriting_there_is_no_choice(open_page: Open, writer: RunRecord) -> None:
    app = open_page("mistakes", lab=writer.lab)
    assert len(app.button_group) == 0
    assert "in 10,000 test digits" in words(app)


@pytest.mark.usefixtures("labels")
def test_the_test_set_comes_first(open_page: Open, writer: RunRecord) -> None:
    assert "in 10,000 test digits" in words(open_page("mistakes", lab=writer.lab))


def test_mistakes_are_counted_by_label(
    open_page: Open, server: Services, writer: RunRecord, labels: list[int]
) -> None:
    own = OwnDigits(writer.lab, tuple(server.store.handwriting.entries(writer.lab)))
    readings = own.predict(writer)
    wrong = sum(label != read for label, read in zip(labels, readings.predictions, strict=True))
    app = open_own(open_page, writer)
    assert f"**{wrong} mistakes**  \n:small[:gray[in 13 digits of your handwriting" in words(app)
    assert len(tiles(app)) == wrong
    press(app, "confusion_matrix", [8, 8])
    right = int(((readings.labels == 8) & (readings.predictions == 8)).sum())
    assert f":gray[{right} image" in words(app)


def test_fewer_than_ten_digits_are_all_shown_mistakes_first_and_without_a_matrix(
    open_page: Open, server: Services, writer: RunRecord
) -> None:
    server.store.handwriting.add(writer.lab, [by_hand(3), by_hand(3, 8)])
    app = open_own(open_page, writer)
    assert tiles(app) == [1, 0]
    assert "in 2 digits of your handwriting" in words(app)
    assert not any(g.proto.id.endswith("-confusion_matrix") for g in app.get("bidi_component"))


@pytest.mark.usefixtures("labels")
class TestACloserLook:
    def test_names_the_digit_by_its_number(self, open_page: Open, writer: RunRecord) -> None:
        app = press_tile(open_own(open_page, writer), 12)
        assert "Digit 13 of your handwriting: true label **1**" in words(app)
        assert not app.exception

    def test_of_a_test_digit_changes_nothing(self, open_page: Open, writer: RunRecord) -> None:
        app = press_tile(open_page("mistakes", lab=writer.lab), 5)
        assert "Test digit 5: true label" in words(app)
        assert "delete_own_digit" not in [button.key for button in app.button]

    @pytest.mark.parametrize("index", [13, -1, 9_999])
    def test_is_had_of_no_digit_beyond(
        self, open_page: Open, writer: RunRecord, index: int
    ) -> None:
        app = press_tile(open_own(open_page, writer), index)
        assert len(app.get("dialog")) == 0

    def test_gives_a_digit_another_label(
        self, open_page: Open, server: Services, writer: RunRecord
    ) -> None:
        app = press_tile(open_own(open_page, writer), 12)
        entry = server.store.handwriting.entries(writer.lab)[12]
        app.selectbox(key=f"relabel_{entry.id}").set_value(7).run()
        assert kept(server, writer)[10:] == [8, 8, 7]

    def test_deletes_a_digit(self, open_page: Open, server: Services, writer: RunRecord) -> None:
        app = press_tile(open_own(open_page, writer), 10)
        app.button(key="delete_own_digit").click().run()
        assert kept(server, writer) == [*range(10), 8, 1]
        assert "in 12 digits of your handwriting" in words(app)

    def test_says_if_it_was_gone_already(
        self, open_page: Open, server: Services, writer: RunRecord
    ) -> None:
        app = press_tile(open_own(open_page, writer), 10)
        server.store.handwriting.delete(
            writer.lab, server.store.handwriting.entries(writer.lab)[10].id
        )
        app.button(key="delete_own_digit").click().run()
        assert "no such digit in your handwriting" in app.error[0].value

    def test_after_the_last_is_deleted_shows_the_test_set(
        self, open_page: Open, server: Services, writer: RunRecord
    ) -> None:
        app = open_own(open_page, writer)
        server.store.handwriting.delete_all(writer.lab)
        assert "in 10,000 test digits" in words(app.run())
