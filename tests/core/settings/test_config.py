"""A config holds only what may be, and travels as JSON and in a URL."""

import dataclasses
import json
import random
from typing import Any

import pytest

from mnistlab.core.errors import ConfigError, UnreadableConfigError
from mnistlab.core.settings.config import CONFIG_VERSION, RunConfig
from mnistlab.core.settings.fields import SETTINGS
from mnistlab.core.settings.rate_change import RateChange
from tests.queries import read_query

DEEP = RunConfig(
    hidden_layers=3,
    units=(300, 200, 100),
    activation="tanh",
    optimizer="rmsprop",
    learning_rate=0.1 + 0.2,
    momentum=0.875,
    weight_decay=1e-9,
    dropout=0.45,
    batch_size=7,
    epochs=199,
    training_images=12_345,
    validation_images=0,
    initialisation="xavier",
    schedule="cosine",
    rate_changes=(RateChange(0, 1e-6), RateChange(1_763, 0.1 + 0.2)),
    seed=999_999,
)
TYPED = ["", "-1", "0", "1", "8", "9", "nan", "inf", "1e400", "0.5", "1_000", "60000", "59999"]
TYPED += ["none", "5:0.1", "5:0.1,9:1e-3", "9:0.1,5:0.2", "5:0.1,5:0.2", "5:0,1", ":", "5:nan"]
TYPED += ["512,256", "1,2,3,4,5,6,7,8,9", ",", "relu", "Adam", "adan", "x" * 5_000, "²", "\0"]


class TestShape:
    @pytest.mark.parametrize(
        ("layers", "units", "sizes", "parameters"),
        [
            (2, (512,), (784, 512, 512, 10), 669_706),
            (2, (128, 64), (784, 128, 64, 10), 109_386),
            (0, (512,), (784, 10), 7_850),
            (0, (512, 256), (784, 10), 7_850),
            (1, (1,), (784, 1, 10), 805),
        ],
    )
    def test_is_from_pixels_to_digits(
        self, layers: int, units: tuple[int, ...], sizes: tuple[int, ...], parameters: int
    ) -> None:
        config = RunConfig(hidden_layers=layers, units=units)
        assert config.layer_sizes == sizes
        assert config.widths == sizes[1:-1]
        assert config.parameter_count == parameters

    @pytest.mark.parametrize(
        ("images", "batch", "steps"),
        [(60_000, 64, 938), (60_000, 60, 1_000), (55_000, 128, 430), (10, 4_096, 1), (1, 1, 1)],
    )
    def test_an_epoch_s_last_batch_may_be_smaller(
        self, images: int, batch: int, steps: int
    ) -> None:
        config = RunConfig(training_images=images, batch_size=batch, validation_images=0)
        assert config.steps_per_epoch == steps


class TestAConfig:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("hidden_layers", 9),
            ("hidden_layers", True),
            ("hidden_layers", 2.0),
            ("hidden_layers", "2"),
            ("units", 512),
            ("units", [512]),
            ("units", ()),
            ("units", (0,)),
            ("activation", "swish"),
            ("activation", None),
            ("optimizer", "SGD"),
            ("learning_rate", 0.0),
            ("learning_rate", float("nan")),
            ("learning_rate", float("inf")),
            ("momentum", 1.0),
            ("weight_decay", -1e-9),
            ("dropout", 0.96),
            ("batch_size", 0),
            ("epochs", 201),
            ("training_images", 0),
            ("validation_images", -1),
            ("initialisation", "ones"),
            ("schedule", ""),
            ("rate_changes", [RateChange(1, 0.1)]),
            ("rate_changes", ((1, 0.1),)),
            ("rate_changes", (RateChange(-1, 0.1),)),
            ("rate_changes", (RateChange(1, 0.0),)),
            ("rate_changes", (RateChange(2, 0.1), RateChange(1, 0.1))),
            ("rate_changes", (RateChange(1, 0.1), RateChange(1, 0.2))),
            ("rate_changes", tuple(RateChange(step, 0.1) for step in range(21))),
            ("seed", 2**31),
        ],
    )
    def test_refuses_a_value_its_setting_does_not_allow(self, name: str, value: Any) -> None:
        with pytest.raises(ConfigError, match=SETTINGS[name].label) as raised:
            RunConfig(**{name: value})
        assert raised.value.setting == name
        assert SETTINGS[name].rule in raised.value.problem

    def test_refuses_widths_for_other_layers_than_it_has(self) -> None:
        with pytest.raises(ConfigError) as raised:
            RunConfig(hidden_layers=3, units=(512, 256))
        assert raised.value.setting == "units"
        assert raised.value.problem == (
            "Units per layer lists 2 widths, but there are 3 hidden layers."
        )
        assert raised.value.remedy == "Write one number for all, or 3 separated by commas."

    def test_refuses_more_images_than_there_are_and_says_how_many_are_possible(self) -> None:
        with pytest.raises(ConfigError) as raised:
            RunConfig(training_images=58_000, validation_images=2_001)
        assert raised.value.setting == "training_images"
        assert raised.value.problem == (
            "58,000 training and 2,001 validation images make 60,001, but there are only 60,000."
        )
        assert raised.value.remedy == "Train on 57,999 or fewer, or use fewer validation images."

    def test_may_use_all_images(self) -> None:
        assert RunConfig(training_images=1, validation_images=59_999).steps_per_epoch == 1
        assert RunConfig(training_images=57_999, validation_images=2_001).training_images == 57_999

    def test_cannot_be_changed(self) -> None:
        with pytest.raises(dataclasses.FrozenInstanceError):
            RunConfig().epochs = 3  # type: ignore[misc]


@pytest.mark.parametrize("config", [RunConfig(), DEEP], ids=["usual", "deep"])
class TestTravel:
    def test_as_json(self, config: RunConfig) -> None:
        assert RunConfig.from_json(config.to_json()) == config
        assert json.loads(config.to_json()).keys() == {*SETTINGS, "version"}

    def test_in_a_url(self, config: RunConfig) -> None:
        assert read_query(config.to_query()) == config
        assert config.to_query().keys() == SETTINGS.keys()
        assert all(isinstance(text, str) for text in config.to_query().values())

    def test_in_a_url_without_being_put_right(self, config: RunConfig) -> None:
        assert RunConfig.nearest(config.to_query()) == (config, ())


class TestAUrl:
    def test_writes_numbers_as_people_do(self) -> None:
        query = DEEP.to_query()
        assert query["units"] == "300,200,100"
        assert query["momentum"] == "0.875"
        assert RunConfig(learning_rate=1e-5).to_query()["learning_rate"] == "0.00001"

    def test_that_names_little_leaves_the_rest_as_usual(self) -> None:
        assert read_query({"epochs": "3"}) == RunConfig(epochs=3)
        assert RunConfig.nearest({}) == (RunConfig(), ())

    def test_with_a_bad_value_is_refused(self) -> None:
        with pytest.raises(ConfigError, match="Epochs can't be “many”"):
            read_query({"seed": "1", "epochs": "many"})

    def test_with_values_that_do_not_go_together_is_refused(self) -> None:
        with pytest.raises(ConfigError, match="2 widths, but there are 3"):
            read_query({"hidden_layers": "3", "units": "64,32"})


class TestNearest:
    def test_mends_each_bad_value_and_says_so(self) -> None:
        query = {"epochs": "500", "optimizer": "adm", "dropout": "lots", "seed": "7"}
        config, errors = RunConfig.nearest(query)
        assert config == RunConfig(epochs=200, optimizer="adam", dropout=0.3, seed=7)
        assert [error.setting for error in errors] == ["epochs", "optimizer", "dropout"]

    def test_fits_units_to_the_layers(self) -> None:
        config, [error] = RunConfig.nearest({"hidden_layers": "3", "units": "64,32"})
        assert config == RunConfig(hidden_layers=3, units=(64, 32, 32))
        assert error.setting == "units"

    def test_trains_on_what_validation_leaves(self) -> None:
        config, [error] = RunConfig.nearest({"validation_images": "20000"})
        assert config == RunConfig(training_images=40_000, validation_images=20_000)
        assert error.setting == "training_images"

    def test_names_both_if_neither_units_nor_images_go_together(self) -> None:
        query = {"hidden_layers": "3", "units": "64,32", "training_images": "60000"}
        config, errors = RunConfig.nearest(query)
        assert config == RunConfig(hidden_layers=3, units=(64, 32, 32), training_images=55_000)
        assert [error.setting for error in errors] == ["units", "training_images"]

    def test_always_answers_with_an_allowed_config(self) -> None:
        dice = random.Random(0)
        for _ in range(1_000):
            names = dice.sample(sorted(SETTINGS), dice.randint(1, len(SETTINGS)))
            query = {name: dice.choice(TYPED) for name in names}
            config, errors = RunConfig.nearest(query)
            assert read_query(config.to_query()) == config
            named = {error.setting for error in errors}
            changed = {n for n, text in query.items() if not is_read_as(n, text, config)}
            assert changed <= named
            assert bool(errors) != is_allowed(query)


def is_read_as(name: str, text: str, config: RunConfig) -> bool:
    try:
        return bool(SETTINGS[name].parse(text) == getattr(config, name))
    except ConfigError:
        return False


def is_allowed(query: dict[str, str]) -> bool:
    try:
        read_query(query)
    except ConfigError:
        return False
    return True


class TestTheLearningRateOnTheWay:
    CHANGED = RunConfig(learning_rate=0.1, rate_changes=(RateChange(3, 0.2), RateChange(7, 0.05)))

    @pytest.mark.parametrize(
        ("step", "rate"), [(0, 0.1), (2, 0.1), (3, 0.2), (6, 0.2), (7, 0.05), (10**9, 0.05)]
    )
    def test_is_that_of_the_latest_change(self, step: int, rate: float) -> None:
        assert self.CHANGED.base_rate(step) == rate

    def test_takes_further_changes_in_the_order_of_their_steps(self) -> None:
        further = self.CHANGED.with_rate_changes([RateChange(5, 0.3), RateChange(7, 0.4)])
        assert further.to_query()["rate_changes"] == "3:0.2,5:0.3,7:0.4"
        assert further.with_rate_changes(self.CHANGED.rate_changes) == (
            self.CHANGED.with_rate_changes([RateChange(5, 0.3)])
        )


class TestStoredJson:
    def test_of_version_1_has_no_rate_changes(self) -> None:
        fields = {**json.loads(DEEP.to_json()), "version": 1}
        del fields["rate_changes"]
        assert RunConfig.from_json(json.dumps(fields)) == dataclasses.replace(DEEP, rate_changes=())

    def test_of_before_there_were_versions_is_read(self) -> None:
        fields = json.loads(DEEP.to_json())
        del fields["version"]
        assert RunConfig.from_json(json.dumps(fields)) == DEEP

    @pytest.mark.parametrize(
        "change",
        [{"version": CONFIG_VERSION + 1}, {"layer_norm": True}],
        ids=["version", "field"],
    )
    def test_of_a_newer_version_is_refused(self, change: dict[str, Any]) -> None:
        text = json.dumps({**json.loads(DEEP.to_json()), **change})
        with pytest.raises(UnreadableConfigError, match="saved by a newer version of mnistlab"):
            RunConfig.from_json(text)

    def test_with_an_unknown_choice_is_refused(self) -> None:
        text = json.dumps({**json.loads(DEEP.to_json()), "activation": "mish"})
        with pytest.raises(UnreadableConfigError, match="“mish”"):
            RunConfig.from_json(text)

    @pytest.mark.parametrize("text", ["", "{", "[]", "3", "null", "{}", "[" * 100_000])
    def test_that_is_none_is_refused(self, text: str) -> None:
        with pytest.raises(UnreadableConfigError):
            RunConfig.from_json(text)
