"""Errors say what was wrong and what to do, also after a journey between processes."""

import pickle

import pytest

from mnistlab.core import errors
from mnistlab.core.errors import ConfigError, MnistlabError, NotFoundError, StoreError

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type)]
WITHOUT_SETTING = [kind for kind in KINDS if kind is not ConfigError]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_is_caught_as_one_of_ours(kind: type[Exception]) -> None:
    assert issubclass(kind, MnistlabError)


@pytest.mark.parametrize("kind", WITHOUT_SETTING)
class TestEveryError:
    def test_reads_as_problem_then_remedy(self, kind: type[MnistlabError]) -> None:
        error = kind("The tap drips.", "Turn it off.")
        assert str(error) == "The tap drips. Turn it off."
        assert (error.problem, error.remedy) == ("The tap drips.", "Turn it off.")

    def test_survives_pickle(self, kind: type[MnistlabError]) -> None:
        error = pickle.loads(pickle.dumps(kind("The tap drips.", "Turn it off.")))
        assert type(error) is kind
        assert str(error) == "The tap drips. Turn it off."
        assert (error.problem, error.remedy) == ("The tap drips.", "Turn it off.")


def test_a_config_error_names_its_setting_also_after_pickle() -> None:
    error = pickle.loads(pickle.dumps(ConfigError("epochs", "Epochs can't be 0.", "Try 8.")))
    assert type(error) is ConfigError
    assert (error.setting, error.problem, error.remedy) == (
        "epochs",
        "Epochs can't be 0.",
        "Try 8.",
    )
    assert str(error) == "Epochs can't be 0. Try 8."


def test_a_missing_run_is_caught_with_the_store_s_errors() -> None:
    assert issubclass(NotFoundError, StoreError)
