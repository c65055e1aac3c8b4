"""What a URL brings: an experiment, a lab, a run; or something that is none of these."""

import dataclasses
from collections.abc import Iterable

import pytest
from streamlit.testing.v1 import AppTest

from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.fields import SETTINGS
from mnistlab.core.settings.presets import PRESETS, Preset
from mnistlab.store import RunRecord
from mnistlab.ui.navigation import PAGES
from mnistlab.ui.services import Services
from tests.queries import read_query
from tests.ui.conftest import Open, query, unfold, words

QUICK_START = PRESETS["quick_start"].config
BAD = ["abc", "-1", "nan", "inf", "-inf", "1000000000", " ", "1_000", "9" * 400, "<b>", "½", "\x00"]


def settings_of(app: AppTest) -> RunConfig:
    """Return the settings that the URL says, all of them."""
    return read_query({n: t for n, t in query(app).items() if n in SETTINGS})


def assert_is_mended(app: AppTest, names: Iterable[str]) -> None:
    """Check that allowed settings took the place of bad ones, and that this is said of each."""
    assert all("closest allowed settings" in warning.value for warning in app.warning)
    assert not app.button(key="train").disabled
    for name in names:
        assert SETTINGS[name].check(SETTINGS[name].parse(query(app)[name]))


class TestALinkWithSettings:
    def test_fills_the_form(self, open_page: Open) -> None:
        app = open_page(hidden_layers="3", units="64,32,16", learning_rate="0.0123", epochs="5")
        assert app.text_input(key="hidden_layers").value == "3"
        assert app.text_input(key="units").value == "64,32,16"
        assert app.select_slider(key="learning_rate").value == 0.0123
        assert app.text_input(key="epochs").value == "5"

    def test_says_all_settings_in_the_url(self, open_page: Open) -> None:
        app = open_page(epochs="5")
        assert settings_of(app) == dataclasses.replace(QUICK_START, epochs=5)

    def test_that_says_nothing_starts_with_quick_start(self, open_page: Open) -> None:
        assert settings_of(open_page()) == QUICK_START

    @pytest.mark.parametrize("preset", PRESETS.values(), ids=list(PRESETS))
    def test_of_a_preset_is_that_preset(self, open_page: Open, preset: Preset) -> None:
        config = preset.config
        app = open_page(**config.to_query())
        assert query(app).items() >= config.to_query().items()
        assert not app.warning

    @pytest.mark.parametrize("name", SETTINGS)
    def test_that_is_bad_is_told_kindly(self, open_page: Open, name: str) -> None:
        app = open_page(**{name: "abc"})
        [warning] = app.warning
        assert SETTINGS[name].label in warning.value
        assert_is_mended(app, [name])

    @pytest.mark.parametrize("text", BAD, ids=repr)
    def test_of_which_all_is_bad_is_told_setting_by_setting(
        self, open_page: Open, text: str
    ) -> None:
        app = open_page(**dict.fromkeys(SETTINGS, text))
        told = app.warning[: len(SETTINGS)]  # then how many images all make together
        for setting, warning in zip(SETTINGS.values(), told, strict=True):
            assert setting.label in warning.value
        assert_is_mended(app, SETTINGS)

    def test_whose_widths_do_not_match_is_told(self, open_page: Open) -> None:
        app = open_page(hidden_layers="3", units="64,32")
        assert "2 widths, but there are 3" in app.warning[0].value
        assert app.text_input(key="units").value == "64,32,32"

    def test_that_wants_too_many_images_is_told(self, open_page: Open) -> None:
        app = unfold(open_page(training_images="60000", validation_images="5000"))
        assert "images make 65,000, but there are only 60,000" in app.warning[0].value
        assert app.text_input(key="training_images").value == "55000"

    def test_with_markup_is_told_as_text(self, open_page: Open) -> None:
        """A picture in a message would be fetched from wherever the link says."""
        app = open_page(epochs="![x](http://x.example) <b>\n\n# $x$")
        assert r"“!\[x\](http:" in app.warning[0].value
        assert "http://" not in app.warning[0].value
        assert r"\<b\> # \$x\$”" in app.warning[0].value

    def test_with_something_unknown_is_no_trouble(self, open_page: Open) -> None:
        app = open_page(colour="green", utm_source="mail")
        assert not app.warning


class TestALinkWithALab:
    def test_that_exists_shows_its_runs(self, open_page: Open, trained: RunRecord) -> None:
        app = open_page(lab=trained.lab)
        assert trained.name in str(app.dataframe[0].value)

    @pytest.mark.parametrize("key", ["nonsense", "", "é" * 1_000, "' or 1=1 --"])
    def test_that_does_not_exist_opens_a_new_one(self, open_page: Open, key: str) -> None:
        app = open_page(lab=key)
        assert "No lab has the key in this link; this is a new lab." in app.warning[0].value
        assert query(app)["lab"] != key

    def test_that_does_not_exist_leaves_an_open_one(
        self, open_page: Open, trained: RunRecord
    ) -> None:
        app = open_page(lab=trained.lab)
        app.query_params["lab"] = "nonsense"
        app.run()
        assert "No lab has the key in this link; your lab stays open." in app.warning[0].value
        assert query(app)["lab"] == trained.lab

    def test_is_not_needed(self, open_page: Open, server: Services) -> None:
        app = open_page()
        assert server.store.has_lab(query(app)["lab"])
        assert not app.warning


class TestALinkWithARun:
    def test_shows_it_to_another_lab_read_only(self, open_page: Open, trained: RunRecord) -> None:
        app = open_page(run=trained.id)
        assert trained.name in words(app)
        assert app.button(key="stop").disabled
        keys = {button.key for button in app.button}
        assert not keys & {"delete", "rename", "continue", "run_again"}

    def test_brings_its_settings(self, open_page: Open, trained: RunRecord) -> None:
        app = open_page(run=trained.id)
        assert app.text_input(key="units").value == "32"

    def test_that_does_not_exist_is_told(self, open_page: Open) -> None:
        app = open_page(run="gone")
        assert "No run has the id" in app.warning[0].value
        assert "run" not in query(app)


@pytest.mark.parametrize("page", [page.name for page in PAGES])
def test_every_page_keeps_lab_and_settings(open_page: Open, page: str, trained: RunRecord) -> None:
    app = open_page(page, lab=trained.lab, epochs="3")
    assert query(app)["lab"] == trained.lab
    assert query(app)["epochs"] == "3"
