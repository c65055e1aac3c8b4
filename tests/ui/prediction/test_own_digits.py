"""A lab's own digits are shown to a network once, however often a page asks."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from mnistlab.core.arrays import Probabilities, Views
from mnistlab.core.drawing.handwriting_file import read_digits, write_digits
from mnistlab.core.network.numpy_forward import predict_views
from mnistlab.core.run import RunResult, RunStatus
from mnistlab.core.training.history import History
from mnistlab.store import RunRecord
from mnistlab.ui.prediction import predictor
from mnistlab.ui.prediction.own_digits import OwnDigits
from mnistlab.ui.prediction.row_cache import RowCache
from mnistlab.ui.services import Services
from tests.factories import SMALL
from tests.ui.conftest import Open, by_hand, train, words


class TestOwnDigits:
    def test_only_new_digits_are_asked_about(
        self, server: Services, writer: RunRecord, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = []
        ask = predictor.ask

        def counted(run: RunRecord, views: Views) -> Probabilities:
            asked.append(len(views))
            return ask(run, views)

        monkeypatch.setattr(predictor, "ask", counted)
        server.store.handwriting.add(writer.lab, [by_hand(3), by_hand(5)])
        first = own(server, writer).predict(writer)
        server.store.handwriting.add(writer.lab, [by_hand(7)])
        second = own(server, writer).predict(writer)
        own(server, writer).predict(writer)
        assert asked == [2, 1]
        np.testing.assert_array_equal(second.probabilities[:2], first.probabilities)
        whole = predict_views(predictor.network(writer), own(server, writer).views())
        np.testing.assert_allclose(second.probabilities, whole, atol=1e-6)

    def test_a_new_label_needs_no_asking(self, server: Services, writer: RunRecord) -> None:
        [one] = server.store.handwriting.add(writer.lab, [by_hand(3)])
        before = own(server, writer).predict(writer)
        server.store.handwriting.relabel(writer.lab, one, 8)
        after = own(server, writer).predict(writer)
        assert (before.labels.tolist(), after.labels.tolist()) == ([3], [8])
        np.testing.assert_array_equal(before.probabilities, after.probabilities)


def own(server: Services, writer: RunRecord) -> OwnDigits:
    return OwnDigits(writer.lab, tuple(server.store.handwriting.entries(writer.lab)))


def test_a_damaged_run_does_not_hide_the_others(open_page: Open, server: Services) -> None:
    whole = train(server, server.store.create_lab(), SMALL)
    server.store.handwriting.add(whole.lab, [by_hand(digit) for digit in range(10)])
    gone = server.store.create_run(whole.lab, SMALL, "Damaged", "nobody:1:1.00")
    server.store.save_result(gone.id, damaged_result(), attempt=1)
    shown = words(open_page("draw", lab=whole.lab, run=whole.id))
    assert f'data-run="{whole.id}"' in shown
    assert f'data-run="{gone.id}"' not in shown


def damaged_result() -> RunResult:
    probabilities = np.eye(10, dtype=np.float32)
    return RunResult(RunStatus.STOPPED, History(), None, None, probabilities, 1)


def test_a_file_round_trip_changes_nothing_that_a_network_sees() -> None:
    drawn = [by_hand(digit) for digit in range(10)]
    read = read_digits(write_digits(drawn)).digits
    for one, other in zip(drawn, read, strict=True):
        assert np.array_equal(one.views(), other.views())


class TestKeptRows:
    """Rows of one number each, float64: eight bytes."""

    def test_computes_what_is_new_and_keeps_the_order_asked_for(self) -> None:
        computed = []
        kept: RowCache[np.float64] = RowCache(1_000)

        def double(ids: Sequence[str]) -> NDArray[np.float64]:
            computed.append(list(ids))
            return np.array([2.0 * int(each) for each in ids])

        assert kept.get("a", ["1", "2"], double).tolist() == [2, 4]
        assert kept.get("a", ["2", "3", "1"], double).tolist() == [4, 6, 2]
        assert kept.get("a", ["3"], double).tolist() == [6]
        assert computed == [["1", "2"], ["3"]]

    def test_keeps_no_more_than_it_may(self) -> None:
        computed = []
        kept: RowCache[np.float64] = RowCache(2 * 8)

        def zeros(ids: Sequence[str]) -> NDArray[np.float64]:
            computed.append(ids[0])
            return np.zeros(len(ids))

        for key in ["a", "b", "a", "c", "a", "b"]:
            kept.get(key, [key], zeros)
        assert computed == ["a", "b", "c", "b"]
