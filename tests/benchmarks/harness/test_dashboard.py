"""The server that benchmarks look at."""

import socket
import urllib.request
from collections.abc import Callable

import pytest

from benchmarks.harness import dashboard


def test_the_server_ends_on_an_error(descendants: Callable[[], list[str]]) -> None:
    def fail_while_it_runs() -> None:
        with dashboard.serve() as server:
            with urllib.request.urlopen(server.address, timeout=60) as response:
                assert response.status == 200
            assert any("streamlit run app.py" in command for command in descendants())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_while_it_runs()

    assert not any("streamlit" in command for command in descendants())


def test_a_server_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(dashboard, "_free_port", lambda: port)
        with (
            pytest.raises(RuntimeError, match=f"(?s)did not start.*{port}"),
            dashboard.serve(),
        ):
            pass
