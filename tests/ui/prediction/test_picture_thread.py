"""Pictures are read by one thread, whoever asks."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from mnistlab.core.errors import PictureError
from mnistlab.ui.prediction import picture_thread


def test_all_are_read_by_the_same_thread() -> None:
    with ThreadPoolExecutor(8) as visitors:
        threads = set(visitors.map(lambda _: picture_thread.run(threading.get_ident), range(30)))
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_what_one_raises_is_raised_to_who_asked() -> None:
    def refuse() -> None:
        raise PictureError("The picture shows no digit.", "Move closer.")

    with pytest.raises(PictureError, match="shows no digit"):
        picture_thread.run(refuse)
    assert picture_thread.run(len, "abc") == 3
