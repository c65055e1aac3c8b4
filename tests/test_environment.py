"""What environment variables say, and what counts when they say nonsense."""

import dataclasses

import pytest

from mnistlab import environment
from mnistlab.core.settings.limits import Limits

VARIABLES = {
    "MNISTLAB_MAX_PARAMETERS": "max_parameters",
    "MNISTLAB_MAX_EPOCHS": "max_epochs",
    "MNISTLAB_RUNS_PER_LAB": "runs_per_lab",
    "MNISTLAB_STORE_MB": "store_bytes",
}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


class TestLimits:
    def test_are_the_usual_ones_when_nothing_is_set(self) -> None:
        assert environment.limits() == (environment.usual_limits(), ())

    def test_are_what_the_variables_say(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, text in zip(VARIABLES, ("500000", " 20 ", "7", "300"), strict=True):
            monkeypatch.setenv(name, text)
        assert environment.limits() == (Limits(500_000, 20, 7, 300_000_000), ())

    @pytest.mark.parametrize("name", VARIABLES)
    @pytest.mark.parametrize("text", ["abc", "0", "-5", "1.5", "nan", "inf", "9" * 400, " ", "½"])
    def test_are_the_usual_ones_where_a_variable_is_nonsense(
        self, monkeypatch: pytest.MonkeyPatch, name: str, text: str
    ) -> None:
        monkeypatch.setenv(name, text)
        limits, notices = environment.limits()
        assert limits == environment.usual_limits()
        [notice] = notices
        assert name in notice
        assert "whole number from" in notice
        assert "the default of" in notice

    def test_of_the_other_variables_still_count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MNISTLAB_MAX_EPOCHS", "many")
        monkeypatch.setenv("MNISTLAB_RUNS_PER_LAB", "7")
        limits, notices = environment.limits()
        assert limits == dataclasses.replace(environment.usual_limits(), runs_per_lab=7)
        assert len(notices) == 1

    def test_never_exceed_what_the_settings_allow(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MNISTLAB_MAX_EPOCHS", "201")
        limits, [notice] = environment.limits()
        assert limits == environment.usual_limits()
        assert "1 to 200" in notice


def test_the_memory_is_what_dask_finds_too() -> None:
    from distributed.system import memory_limit

    assert environment.memory() == memory_limit()


class TestLittleMemory:
    def test_is_noticed_where_runs_are_trained(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("MNISTLAB_SCHEDULER", raising=False)
        monkeypatch.setattr(environment, "memory", lambda: 690 * 2**20)
        [notice] = environment.notice_little_memory()
        assert notice.startswith("This server has 690 MB of memory, and training takes about 800")

    def test_is_enough_where_runs_are_trained_elsewhere(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MNISTLAB_SCHEDULER", "tcp://127.0.0.1:8786")
        monkeypatch.setattr(environment, "memory", lambda: 690 * 2**20)
        assert environment.notice_little_memory() == ()

    def test_is_not_said_of_a_gigabyte(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("MNISTLAB_SCHEDULER", raising=False)
        monkeypatch.setattr(environment, "memory", lambda: 2**30)
        assert environment.notice_little_memory() == ()
