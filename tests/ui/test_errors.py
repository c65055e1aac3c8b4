"""Errors as visitors see them, and as the server's keeper finds them."""

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest


def page() -> None:
    """A page whose database is out of order."""
    from mnistlab.core.errors import StoreError
    from mnistlab.ui.errors import show_errors

    def show() -> None:
        raise StoreError("The run database can't be used.", "Try again.") from OSError("disk gone")

    show_errors(show)()


def badly_filled_page() -> None:
    """A page whose visitor gave a run no name."""
    from mnistlab.core.errors import StoreError
    from mnistlab.ui.errors import show_errors

    def show() -> None:
        raise StoreError("A run's name can't be empty.", "Type a name.")

    show_errors(show)()


def show(page: Callable[[], None]) -> AppTest:
    # Streamlit's own three seconds are soon over on a busy machine: a page imports much.
    return AppTest.from_function(page, default_timeout=60).run()


def test_what_the_keeper_can_mend_is_logged_under_the_reference_that_is_shown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = show(page)
    [shown] = re.findall(r"administrator: (\w{8})", app.error[0].value)
    assert shown in caplog.text
    assert "disk gone" in caplog.text
    assert not app.exception


def test_the_same_again_and_again_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    app = show(page)
    first = app.error[0].value
    caplog.clear()
    assert app.run().error[0].value == first
    assert errors(caplog) == []


def test_what_the_visitor_can_mend_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    app = show(badly_filled_page)
    assert app.error[0].value == "A run's name can't be empty. Type a name."
    assert errors(caplog) == []


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.levelname == "ERROR"]
