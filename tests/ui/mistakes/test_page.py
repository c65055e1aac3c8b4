"""The confusion matrix, the images of what is pressed in it, and the drawer of one of them."""

import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnistlab.core.run import RunResult, RunStatus
from mnistlab.store import RunRecord, this_owner
from mnistlab.ui.prediction.mnist_images import load_test_digits
from mnistlab.ui.services import Services
from tests.factories import SMALL, curve, sure_of
from tests.ui.conftest import Open, press, words

CONFUSED = {(4, 9): 16, (7, 2): 4, (2, 7): 1}
"""How many digits with a label, the key's first, are predicted as another."""


@pytest.fixture(scope="module")
def confused(server: Services, trained: RunRecord) -> RunRecord:
    """A run that has predicted all test digits correctly but a few."""
    labels = load_test_digits().labels
    predictions = labels.copy()
    for (label, prediction), count in CONFUSED.items():
        predictions[np.flatnonzero(labels == label)[:count]] = prediction
    run = server.store.create_run(server.store.create_lab(), SMALL, "Confused", this_owner())
    result = RunResult(
        RunStatus.FINISHED,
        curve((0.5, 0.3)),
        weights=server.store.weights(trained.id),
        test_probabilities=sure_of(predictions),
        test_correct=10_000 - sum(CONFUSED.values()),
    )
    server.store.save_result(run.id, result, attempt=1)
    return server.store.run(run.id)


@pytest.fixture
def app(open_page: Open, confused: RunRecord) -> AppTest:
    return open_page("mistakes", lab=confused.lab)


def sent(app: AppTest, key: str) -> dict[str, Any]:
    """Return what the page sends the component with this key."""
    [component] = (c for c in app.get("bidi_component") if c.proto.id.endswith(f"-{key}"))
    data: dict[str, Any] = json.loads(component.proto.json)
    return data


def matrix(app: AppTest) -> dict[str, Any]:
    return sent(app, "confusion_matrix")


def count_tiles(app: AppTest) -> int:
    return len(sent(app, "digit_grid")["tiles"])


class TestTheMatrix:
    def test_names_each_cell_row_and_column(self, app: AppTest) -> None:
        rows = matrix(app)["rows"]
        assert rows[4]["cells"][9]["name"] == "4 predicted as 9: 16 images"
        assert rows[2]["cells"][7]["name"] == "2 predicted as 7: 1 image"
        assert rows[1]["cells"][1]["name"] == "1 predicted as 1: 1,135 images"
        assert rows[4]["name"] == "All mistakes of 4"
        assert matrix(app)["columns"][9] == "All mistakes predicted as 9"

    def test_counts_and_shades_by_the_root_of_the_count(self, app: AppTest) -> None:
        rows = matrix(app)["rows"]
        assert [rows[4]["cells"][9][name] for name in ("count", "shade")] == [16, 1.0]
        assert [rows[7]["cells"][2][name] for name in ("count", "shade")] == [4, 0.5]
        assert [rows[1]["cells"][1][name] for name in ("count", "shade")] == [1135, 0.0]

    def test_has_the_accuracy_of_each_digit(self, app: AppTest) -> None:
        accuracies = [row["accuracy"] for row in matrix(app)["rows"]]
        assert accuracies[4] == f"{100 * (982 - 16) / 982:.1f}"
        assert accuracies[0] == "100.0"

    def test_has_the_worst_pairs_first(self, app: AppTest) -> None:
        assert matrix(app)["pairs"] == [[4, 9, 16], [7, 2, 4], [2, 7, 1]]


class TestAPress:
    def test_shows_a_cell_s_images_and_marks_it(self, app: AppTest) -> None:
        press(app, "confusion_matrix", [4, 9])
        assert matrix(app)["chosen"] == [4, 9]
        assert count_tiles(app) == 16
        assert "**4 predicted as 9**  \n:small[:gray[16 images]]" in words(app)

    def test_on_the_same_cell_shows_all_mistakes_again(self, app: AppTest) -> None:
        press(press(app, "confusion_matrix", [4, 9]), "confusion_matrix", [4, 9])
        assert matrix(app)["chosen"] == [None, None]
        assert count_tiles(app) == 21

    def test_on_a_heading_shows_its_mistakes(self, app: AppTest) -> None:
        press(app, "confusion_matrix", [7, None])
        assert count_tiles(app) == 4
        assert "**7 misclassified**" in words(app)
        press(app, "confusion_matrix", [None, 7])
        assert count_tiles(app) == 1
        assert "**Misclassified as 7**" in words(app)

    def test_is_taken_back(self, app: AppTest) -> None:
        press(app, "confusion_matrix", [4, 9])
        app.button(key="all_mistakes").click().run()
        assert count_tiles(app) == 21
        assert "**21 mistakes**  \n:small[:gray[in 10,000 test digits]]" in words(app)

    def test_on_a_cell_without_images_says_so(self, app: AppTest) -> None:
        press(app, "confusion_matrix", [0, 1])
        assert count_tiles(app) == 0
        assert ":gray[0 images]" in words(app)

    def test_shows_many_images_bit_by_bit(self, app: AppTest) -> None:
        press(app, "confusion_matrix", [1, 1])
        assert count_tiles(app) == 66
        app.button(key="show_more").click().run()
        assert count_tiles(app) == 132


class TestTheDrawer:
    def test_says_which_of_the_images_it_shows(self, app: AppTest) -> None:
        press(app, "confusion_matrix", [7, 2])
        shown = [tile["index"] for tile in sent(app, "digit_grid")["tiles"]]
        for place, index in enumerate(shown):
            press(app, "digit_grid", index)
            assert f"{place + 1} of 4" in words(app)
            assert f"Test digit {index}: true label **7**, misclassified as 2." in words(app)
            assert app.button(key="drawer_previous").disabled == (place == 0)
            assert app.button(key="drawer_next").disabled == (place == 3)

    def test_shows_an_image_alone_that_is_no_tile_any_more(self, app: AppTest) -> None:
        press(app, "confusion_matrix", [7, 2])
        press(app, "digit_grid", int(np.flatnonzero(load_test_digits().labels == 0)[0]))
        assert "1 of 1" in words(app)
        assert "predicted correctly" in words(app)
