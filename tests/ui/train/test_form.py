"""The form: what is typed, what is chosen, what is wrong with it."""

import pytest
from streamlit.testing.v1 import AppTest

from mnistlab.core.settings.activations import ACTIVATIONS
from mnistlab.core.settings.distortions import DISTORTIONS
from mnistlab.core.settings.fields import RATE_CHANGES, SETTINGS
from mnistlab.core.settings.kinds import RealNumber, WholeNumber
from mnistlab.core.settings.presets import PRESETS
from mnistlab.core.settings.rate_change import RateChange
from mnistlab.core.settings.registry import INITIALISATIONS, OPTIMIZERS, SCHEDULES
from mnistlab.ui.services import Services
from tests.factories import wait_until
from tests.ui.conftest import Open, open_link, query, unfold, words

NUMBERS = [
    name
    for name, setting in SETTINGS.items()
    if isinstance(setting, WholeNumber | RealNumber) and name not in ("learning_rate", "momentum")
]


@pytest.fixture
def open_page(open_page: Open) -> Open:
    """Open the page, with all settings in view."""

    def open_unfolded(**query: str) -> AppTest:
        return unfold(open_page(**query))

    return open_unfolded


def is_refused(app: AppTest, name: str) -> bool:
    told = any(SETTINGS[name].label in error.value for error in app.error)
    return told and app.button(key="train").disabled


@pytest.mark.usefixtures("server")
class TestSettingsThatAreFolded:
    def test_are_in_the_page_once_they_are_unfolded(self) -> None:
        app = open_link("train", {"seed": "5"})
        assert app.text_input(key="epochs")
        with pytest.raises(KeyError):
            app.text_input(key="seed")
        assert unfold(app).text_input(key="seed").value == "5"

    def test_keep_what_was_typed_while_they_are_folded(self) -> None:
        app = unfold(open_link("train", {}))
        app.text_input(key="seed").set_value("7").run()
        app.session_state["more_settings"] = False
        app.run()
        assert query(app)["seed"] == "7"
        assert unfold(app).text_input(key="seed").value == "7"

    def test_are_refused_in_sight(self) -> None:
        app = unfold(open_link("train", {}))
        app.text_input(key="seed").set_value("no number").run()
        app.session_state["more_settings"] = False
        assert is_refused(app.run(), "seed")


class TestANumber:
    @pytest.mark.parametrize("name", NUMBERS)
    @pytest.mark.parametrize("text", ["-1", "1000000000", "1e9", "1.5e", "nan", "inf", "", "7 8"])
    def test_out_of_bounds_or_none_at_all_is_refused(
        self, open_page: Open, name: str, text: str
    ) -> None:
        app = open_page()
        app.text_input(key=name).set_value(text).run()
        assert is_refused(app, name)
        assert app.text_input(key=name).value == text

    @pytest.mark.parametrize(
        ("name", "text", "read"),
        [
            ("training_images", "1e4", "10000"),
            ("training_images", "20.000", "20000"),
            ("training_images", "20,000", "20000"),
            ("training_images", "20\N{NARROW NO-BREAK SPACE}000", "20000"),
            ("epochs", "2e1", "20"),
            ("dropout", "0,3", "0.3"),
            ("weight_decay", "1e-3", "0.001"),
            ("weight_decay", "1.000", "1"),
            ("units", "1e2, 64", "100,64"),
        ],
    )
    def test_is_taken_whole_and_written_as_it_was_read(
        self, open_page: Open, name: str, text: str, read: str
    ) -> None:
        app = open_page()
        app.text_input(key=name).set_value(text).run()
        assert not app.error
        assert app.text_input(key=name).value == read
        assert query(app)[name] == read

    def test_put_right_may_be_trained(self, open_page: Open) -> None:
        app = open_page()
        app.text_input(key="epochs").set_value("0").run()
        app.text_input(key="epochs").set_value("3").run()
        assert not app.error
        assert not app.button(key="train").disabled

    def test_refused_leaves_the_url_as_it_was_nearest(self, open_page: Open) -> None:
        app = open_page()
        app.text_input(key="epochs").set_value(str(10**9)).run()
        assert app.query_params["epochs"] == "200"


class TestUnits:
    @pytest.mark.parametrize(
        "text",
        ["abc", "-5", "nan", "inf", "", "0", "1000000000", "512,", "512;256", "512,256,128", "1.5"],
    )
    def test_that_are_none_are_refused(self, open_page: Open, text: str) -> None:
        app = open_page()
        app.text_input(key="units").set_value(text).run()
        assert is_refused(app, "units")

    def test_may_be_one_for_each_layer(self, open_page: Open) -> None:
        app = open_page()
        app.text_input(key="units").set_value("64, 32").run()
        assert not app.error
        assert f"{784 * 64 + 64 + 64 * 32 + 32 + 32 * 10 + 10:,} parameters" in words(app)

    def test_fit_again_when_the_layers_do(self, open_page: Open) -> None:
        app = open_page()
        app.text_input(key="units").set_value("64,32,16").run()
        assert is_refused(app, "units")
        app.text_input(key="hidden_layers").set_value("3").run()
        assert not app.error


def test_too_many_images_together_are_refused(open_page: Open) -> None:
    app = open_page()
    app.text_input(key="validation_images").set_value("10000").run()
    assert "there are only 60,000" in app.error[0].value
    assert app.button(key="train").disabled


def test_parameters_are_counted(open_page: Open) -> None:
    assert "269,322 parameters" in words(open_page())
    assert "669,706 parameters" in words(open_page(units="512"))


def test_a_preset_fills_the_form(open_page: Open) -> None:
    app = open_page()
    app.button_group(key="preset").set_value("notebook").run()
    assert app.text_input(key="epochs").value == "20"
    assert app.selectbox(key="optimizer").value == "sgd"
    config = PRESETS["notebook"].config
    assert app.query_params["training_images"] == str(config.training_images)


def test_momentum_is_shown_where_it_means_something(open_page: Open) -> None:
    app = open_page()
    assert "momentum" not in {field.key for field in app.text_input}
    app.selectbox(key="optimizer").set_value("sgd").run()
    app.text_input(key="momentum").set_value("0.9").run()
    assert app.query_params["momentum"] == "0.9"


@pytest.mark.parametrize(
    ("key", "registry"),
    [
        ("activation", ACTIVATIONS),
        ("optimizer", OPTIMIZERS),
        ("initialisation", INITIALISATIONS),
        ("schedule", SCHEDULES),
        ("distortions", DISTORTIONS),
    ],
)
def test_choices_are_those_of_the_registry(
    open_page: Open, key: str, registry: dict[str, object]
) -> None:
    options = open_page().selectbox(key=key).options
    assert options == [spec.label for spec in registry.values()]  # type: ignore[attr-defined]


def test_settings_stay_when_the_page_is_changed(open_page: Open) -> None:
    app = open_page()
    app.text_input(key="epochs").set_value("17").run()
    app.switch_page("pages/draw.py").run()
    app.switch_page("pages/train.py").run()
    assert app.text_input(key="epochs").value == "17"


class TestChangesOfTheLearningRate:
    LINK = "500:0.001,1500:0.0005"

    def test_in_a_link_are_shown_and_can_be_removed(self, open_page: Open) -> None:
        app = open_page(rate_changes=self.LINK)
        assert "Changes on the way: 0.001 from step 500, 0.0005 from step 1,500" in words(app)
        assert app.text_input(key="rate_changes").value == self.LINK
        app.button(key="remove_rate_changes").click().run()
        assert "Changes on the way" not in words(app)
        assert app.text_input(key="rate_changes").value == query(app)["rate_changes"] == "none"

    def test_can_be_typed(self, open_page: Open) -> None:
        app = open_page()
        app.text_input(key="rate_changes").set_value("500: 1e-3").run()
        assert "0.001 from step 500" in words(app)
        assert query(app)["rate_changes"] == "500:0.001"
        app.text_input(key="rate_changes").set_value("500").run()
        assert is_refused(app, "rate_changes")

    def test_of_which_there_are_many_can_be_typed_as_well(self, open_page: Open) -> None:
        setting = RATE_CHANGES
        last, rate = setting.step.high, 0.12345678901234568
        most = tuple(RateChange(last - setting.most + n, rate) for n in range(setting.most))
        app = open_page(rate_changes=setting.format(most))
        assert not app.error
        field = app.text_input(key="rate_changes")
        assert field.value == setting.format(most)
        assert len(field.value) < field.proto.max_chars


class TestDistortions:
    def test_none_shows_no_samples(self, open_page: Open) -> None:
        assert "changed three times" not in words(open_page(distortions="none"))

    @pytest.mark.parametrize("name", [name for name in DISTORTIONS if name != "none"])
    def test_each_shows_samples_of_itself(
        self, open_page: Open, server: Services, name: str
    ) -> None:
        wait_until(lambda: server.engine.samples is not None)
        page = words(open_page(distortions=name))
        assert f"each changed three times by {DISTORTIONS[name].label}" in page
