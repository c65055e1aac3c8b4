"""The Mistakes page shows whose labels a network resisted longest, and whether rightly."""

import dataclasses
import json
import re
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnistlab.core.data.mnist import Digits
from mnistlab.core.run import RunResult, RunStatus, SuspiciousLabels
from mnistlab.core.settings.config import RunConfig
from mnistlab.store import RunRecord, this_owner
from mnistlab.ui.prediction.mnist_images import data_url
from mnistlab.ui.services import Services
from tests.factories import SMALL, curve, not_none, small_config, sure_of
from tests.ui.conftest import Open, id_of, press, train, words

SHUFFLED = small_config(epochs=3, shuffled_labels=0.2)


@pytest.fixture(scope="module")
def shuffled(server: Services) -> RunRecord:
    """A run that has ended, a fifth of whose labels were shuffled."""
    return train(server, server.store.create_lab(), SHUFFLED)


def suspicious(count: int = 30, likely_wrong: int | None = 0) -> SuspiciousLabels:
    """The first of MNIST's training images (5, 0, 4, …), under labels of 3 and 8 in turn."""
    return SuspiciousLabels(
        indices=np.arange(count, dtype=np.int32),
        labels=np.resize([3, 8], count).astype(np.int8),
        predictions=np.resize([5, 0], count).astype(np.int8),
        margins=np.linspace(-17.5, -0.25, count, dtype=np.float32)[:count],
        negative=3_651 if count > 1 else count,
        likely_wrong=likely_wrong,
    )


Stored = Callable[..., RunRecord]


@pytest.fixture
def stored(server: Services, trained: RunRecord) -> Stored:
    """Store a run of a lab of its own, with the weights of a trained one."""

    def stored(
        labels: SuspiciousLabels | None,
        config: RunConfig = SMALL,
        losses: Sequence[float] = (0.5, 0.3),
        status: RunStatus = RunStatus.FINISHED,
    ) -> RunRecord:
        store = server.store
        run = store.create_run(store.create_lab(), config, "Stored", this_owner())
        result = RunResult(
            status,
            curve(losses),
            weights=store.weights(trained.id),
            test_probabilities=sure_of(np.zeros(10_000, np.int64)),
            test_correct=980,
            suspicious_labels=labels,
        )
        store.save_result(run.id, result, attempt=1)
        return store.run(run.id)

    return stored


def tiles(app: AppTest) -> list[dict[str, object]]:
    """Return what the page sends the grid of suspicious images."""
    grid = next(g for g in app.get("bidi_component") if g.proto.id.endswith("-suspicious_grid"))
    data = json.loads(grid.proto.json)
    shown: list[dict[str, object]] = data["tiles"]
    return shown


def has_grid(app: AppTest) -> bool:
    """Return whether there is a grid of suspicious images."""
    return any(g.proto.id.endswith("-suspicious_grid") for g in app.get("bidi_component"))


class TestOfShuffledLabels:
    def test_are_compared_with_mnists_own(
        self, open_page: Open, server: Services, shuffled: RunRecord, training_digits: Digits
    ) -> None:
        found = not_none(server.store.suspicious_labels(shuffled.id))
        own = training_digits.labels.numpy()[found.indices[:20]]
        differing = int((own != found.labels[:20]).sum())
        said = words(open_page("mistakes", lab=shuffled.lab))
        assert f"Of these 20 labels, {differing} differ from MNIST&#39;s own" in said
        assert "This run shuffled 20% of its labels" in said
        # 400 labels were moved, of which about 360 no longer fit.
        assert "Shuffling changed about 360 labels" in said

    def test_are_shown_as_mnist_has_them(
        self, open_page: Open, server: Services, shuffled: RunRecord, training_digits: Digits
    ) -> None:
        found = not_none(server.store.suspicious_labels(shuffled.id))
        shown = tiles(open_page("mistakes", lab=shuffled.lab))
        assert [tile["label"] for tile in shown] == found.labels[:20].tolist()
        assert [tile["prediction"] for tile in shown] == found.predictions[:20].tolist()
        pixels = training_digits.pixels.numpy()[found.indices[:20]].reshape(-1, 28, 28)
        assert [tile["image"] for tile in shown] == [data_url(each) for each in pixels]
        own = training_digits.labels.numpy()[found.indices[:20]]
        unchanged = ["unchanged" if same else "" for same in own == found.labels[:20]]
        assert [tile["mark"] for tile in shown] == unchanged

    def test_are_known_to_be_wrong_when_looked_at_closely(
        self, open_page: Open, server: Services, shuffled: RunRecord, training_digits: Digits
    ) -> None:
        found = not_none(server.store.suspicious_labels(shuffled.id))
        index, label = int(found.indices[0]), int(found.labels[0])
        own = int(training_digits.labels[index])
        assert own != label
        said = words(press(open_page("mistakes", lab=shuffled.lab), "suspicious_grid", 0))
        assert f"Training image {index:,} :gray[of MNIST's 60,000" in said
        assert f"label **{label}**" in said
        assert re.search(r"Mean margin: \*\*−[\d.]+ nats\*\* \(the lowest\)", said)
        assert f"MNIST's own label is **{own}**: shuffling changed it" in said
        assert 'aria-label="Probability of each digit"' in said

    def test_may_be_mnists_own(self, open_page: Open, stored: Stored) -> None:
        own = dataclasses.replace(suspicious(2), labels=np.array([5, 9], np.int8))  # of 5 and 0
        run = stored(own, SHUFFLED)
        app = open_page("mistakes", lab=run.lab)
        assert "Of these 2 labels, 1 differs from MNIST&#39;s own" in words(app)
        assert [tile["mark"] for tile in tiles(app)] == ["unchanged", ""]
        assert ": unchanged label 5, most probable" in str(tiles(app)[0]["description"])
        said = words(press(app, "suspicious_grid", 0))
        assert "MNIST's own label is **5** too: shuffling did not change it." in said


class TestOfMnistsOwnLabels:
    @pytest.mark.parametrize(
        ("likely_wrong", "expected"),
        [
            (587, ("About 590 of 2,000 labels are likely wrong", "suspected, not proven wrong")),
            (1, ("About 1 of 2,000 labels is likely wrong", "suspected, not proven wrong")),
            (0, ("No label is proven wrong by its margin", "no more labels than its own mistakes")),
            (None, ("Can&#39;t tell how many labels are wrong", "Without validation images")),
        ],
    )
    def test_are_wrong_as_far_as_that_is_known(
        self,
        open_page: Open,
        stored: Stored,
        likely_wrong: int | None,
        expected: tuple[str, str],
    ) -> None:
        run = stored(suspicious(likely_wrong=likely_wrong))
        said = words(open_page("mistakes", lab=run.lab))
        assert all(text in said for text in expected)
        assert "For 3,651 images it is negative" in said
        assert "The 20 most suspicious images" in said
        assert "How this is judged" in said
        assert "Pleiss" in said
        assert "from MNIST&#39;s own" not in said

    def test_are_not_counted_after_a_single_epoch(self, open_page: Open, stored: Stored) -> None:
        """A network that knows little has negative margins for hundreds of right labels."""
        labels = suspicious(likely_wrong=587)
        run = stored(labels, losses=(0.3, 0.5))
        said = words(open_page("mistakes", lab=run.lab))
        assert "Can&#39;t tell how many labels are wrong" in said
        assert "the first epoch was the best one" in said
        assert "590" not in said

    def test_may_all_be_accepted(self, open_page: Open, stored: Stored) -> None:
        run = stored(suspicious(0), SHUFFLED)
        app = open_page("mistakes", lab=run.lab)
        assert "No label is under suspicion" in words(app)
        assert "from MNIST&#39;s own" not in words(app)
        assert not has_grid(app)

    def test_are_only_suspected_when_looked_at_closely(
        self, open_page: Open, stored: Stored
    ) -> None:
        run = stored(suspicious())
        said = words(press(open_page("mistakes", lab=run.lab), "suspicious_grid", 1))
        assert "(number 2 from the lowest)" in said
        assert "Suspected, not proven wrong" in said
        assert "shuffling" not in said


class TestTheGrid:
    @pytest.fixture
    def app(self, open_page: Open, stored: Stored) -> AppTest:
        run = stored(suspicious(90))
        return open_page("mistakes", lab=run.lab)

    def test_describes_each_image_in_a_sentence(self, app: AppTest) -> None:
        first = tiles(app)[0]
        assert first["description"] == (
            "Training image 0: label 3, most probable other digit 5, mean margin −17.5 nats"
        )
        assert (first["note"], first["mark"]) == ("−17.5 nats", "")

    def test_grows_to_all_that_are_kept(self, app: AppTest) -> None:
        counts = [len(tiles(app))]
        while any(button.key == "show_more_suspicious" for button in app.button):
            app.button(key="show_more_suspicious").click().run()
            counts.append(len(tiles(app)))
        assert counts == [20, 80, 90]
        assert "The 90 most suspicious images" in words(app)

    @pytest.mark.parametrize("index", [90, -1, "x", True, 10**30])
    def test_has_no_image_beyond(self, app: AppTest, index: object) -> None:
        assert len(press(app, "suspicious_grid", index).get("dialog")) == 0

    def test_shares_the_one_dialog_with_that_of_mistakes(self, app: AppTest) -> None:
        states = app._tree.get_widget_states()
        for key in ("suspicious_grid", "digit_grid"):
            grid = id_of(app, "bidi_component", key)
            state = states.widgets.add(id=f"$$STREAMLIT_INTERNAL_KEY_{grid}__events")
            state.json_trigger_value = json.dumps([{"event": "pressed", "value": 0}])
        app._run(states)
        assert len(app.get("dialog")) == 1


@pytest.mark.parametrize(
    ("status", "losses", "why"),
    [
        (RunStatus.FINISHED, (0.5, 0.3), "This run was trained before margins were measured."),
        (RunStatus.STOPPED, (), "This run ended before its first epoch did"),
        (RunStatus.DIVERGED, (), "This run diverged before it had margins"),
    ],
)
def test_a_run_without_them_says_why(
    open_page: Open,
    stored: Stored,
    status: RunStatus,
    losses: Sequence[float],
    why: str,
) -> None:
    run = stored(None, losses=losses, status=status)
    app = open_page("mistakes", lab=run.lab)
    assert why in words(app)
    assert "How this is judged" not in words(app)
    assert not has_grid(app)
