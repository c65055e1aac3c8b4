"""What was seen inside a network, as a chart's rows and spec."""

import pytest

from mnistlab.core.training.history import History
from mnistlab.ui.charts.layer_metrics import LAYER_METRICS, inside_data, inside_spec
from tests.factories import hidden, last, probe

HISTORY = History(
    probes=[
        probe(1, hidden(gradient=0.5, dead=0.0, update=None), last(gradient=2.0)),
        probe(9, hidden(gradient=0.0, dead=0.25), last(gradient=1.0)),
    ]
)


def test_each_probe_and_layer_has_a_row() -> None:
    rows = inside_data(HISTORY, LAYER_METRICS["distance"]).to_pylist()
    assert [row["epoch"] for row in rows] == [0.1, 0.1, 0.9, 0.9]
    assert [row["layer"] for row in rows] == [1, 2, 1, 2]


def test_what_a_layer_has_not_is_left_out() -> None:
    rows = inside_data(HISTORY, LAYER_METRICS["dead"]).to_pylist()
    assert [(row["layer"], row["value"]) for row in rows] == [(1, 0.0), (1, 0.25)]
    rows = inside_data(HISTORY, LAYER_METRICS["step"]).to_pylist()
    assert [(row["epoch"], row["layer"]) for row in rows] == [(0.1, 2), (0.9, 1), (0.9, 2)]


def test_nothing_has_no_place_on_a_logarithmic_scale() -> None:
    rows = inside_data(HISTORY, LAYER_METRICS["gradient"]).to_pylist()
    assert [row["value"] for row in rows] == [0.5, 2.0, 1.0]


@pytest.mark.parametrize("name", LAYER_METRICS)
@pytest.mark.parametrize("layers", [1, 3, 9])
def test_each_layer_has_a_colour_of_its_own_and_its_number(name: str, layers: int) -> None:
    spec = inside_spec(name, layers, epochs=8)
    colour = spec["layer"][0]["encoding"]["color"]["scale"]
    assert colour["domain"] == list(range(1, layers + 1))
    assert len(set(colour["range"])) == layers
    assert spec["layer"][1]["mark"]["type"] == "text"
    assert spec["layer"][1]["encoding"]["text"]["field"] == "layer"


def test_shares_go_from_nothing_to_all_and_the_rest_by_powers_of_ten() -> None:
    for name, metric in LAYER_METRICS.items():
        scale = inside_spec(name, 3, 8)["layer"][0]["encoding"]["y"]["scale"]
        assert (scale["domain"] == [0, 1]) is metric.is_share
        assert scale.get("type") == (None if metric.is_share else "log")


def test_a_run_has_another_spec_only_by_its_layers_and_epochs() -> None:
    assert inside_spec("step", 3, 8) is inside_spec("step", 3, 8)
