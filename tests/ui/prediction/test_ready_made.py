"""The ready-made network predicts from the first visit, and steps back once there is a run."""

import pytest
from streamlit.testing.v1 import AppTest

from mnistlab.core.network.ready_made import card
from mnistlab.core.run import RunStatus
from mnistlab.store import RunRecord
from mnistlab.ui.services import Services
from mnistlab.ui.session import ready_made
from tests.factories import SMALL
from tests.ui.conftest import Open, by_hand, draw, query, stroke, train, words

ONE = (140, 40), (138, 140), (136, 240)
ACCURACY = f"{card().test_correct / 100:.2f}%"
NAME = f"Ready-made network · {ACCURACY}"
INVITATION = "This is a ready-made network. Train your own and compare."
PAGES = pytest.mark.parametrize("page", ["draw", "mistakes"])


def offered(app: AppTest) -> list[str]:
    """Return what the choice of a network offers, in order."""
    return list(app.selectbox(key="picked_run").options)


def picked(app: AppTest) -> str:
    """Return the id of the network that predicts."""
    return str(app.selectbox(key="picked_run").value)


def pick_ready_made(app: AppTest) -> AppTest:
    return app.selectbox(key="picked_run").set_value(ready_made.ID).run()


@pytest.fixture(scope="module")
def own(server: Services) -> RunRecord:
    """A run of a lab in which nobody has chosen a network yet."""
    return train(server, server.store.create_lab(), SMALL)


class TestAFirstVisit:
    @PAGES
    def test_has_it_to_predict_with_and_invites_to_train(self, open_page: Open, page: str) -> None:
        app = open_page(page)
        assert offered(app) == [NAME]
        assert INVITATION in words(app)
        assert app.button(key="train_first").label.startswith("Train one")
        assert not app.error
        assert not app.warning

    def test_answers_a_drawing_and_explains_it(self, open_page: Open) -> None:
        said = words(draw(open_page("draw"), stroke(*ONE)))
        assert 'data-prediction="1"' in said
        assert "Evidence for 1 over" in said
        assert "Train a network of your own to see whether it agrees" in said

    def test_shows_the_mistakes_that_its_card_counts(self, open_page: Open) -> None:
        said = words(open_page("mistakes"))
        assert f"**{10_000 - card().test_correct} mistakes**" in said
        assert "Labels under suspicion" not in said
        assert "Suspicious labels" not in said

    def test_leaves_no_trace_in_the_url(self, open_page: Open) -> None:
        assert not {"run", "network"} & query(open_page("draw")).keys()

    def test_counts_its_hits_in_my_handwriting(self, open_page: Open, server: Services) -> None:
        lab = server.store.create_lab()
        server.store.handwriting.add(lab, [by_hand(digit) for digit in range(10)])
        said = words(open_page("draw", lab=lab))
        assert f'<tr data-run="{ready_made.ID}">' in said
        assert "<td>10 of 10</td>" in said

    def test_ends_with_the_first_run(self, open_page: Open, server: Services) -> None:
        app = open_page("draw")
        run = train(server, query(app)["lab"], SMALL)
        assert picked(app.run()) == run.id
        assert INVITATION not in words(app)


class TestALabWithARun:
    @PAGES
    def test_preselects_the_run_and_has_it_at_the_end(
        self, open_page: Open, own: RunRecord, page: str
    ) -> None:
        app = open_page(page, lab=own.lab)
        assert picked(app) == own.id
        assert offered(app)[-1] == NAME
        assert len(offered(app)) == 2
        assert INVITATION not in words(app)

    def test_stays_open_on_other_pages_when_the_ready_made_network_is_picked(
        self, open_page: Open, own: RunRecord
    ) -> None:
        app = pick_ready_made(open_page("draw", lab=own.lab, run=own.id))
        assert (query(app)["run"], query(app)["network"]) == (own.id, "ready-made")
        assert picked(app) == ready_made.ID
        app.switch_page("pages/train.py").run()
        assert f"{(own.test_correct or 0) / 100:.2f}%" in words(app)
        assert picked(app.switch_page("pages/mistakes.py").run()) == ready_made.ID

    @PAGES
    def test_can_be_linked_to_with_the_ready_made_network_picked(
        self, open_page: Open, own: RunRecord, page: str
    ) -> None:
        app = open_page(page, lab=own.lab, run=own.id, network="ready-made")
        assert picked(app) == ready_made.ID
        assert INVITATION not in words(app)

    @pytest.mark.parametrize("network", ["", "Ready-made", "none"])
    def test_is_preselected_by_a_link_that_names_no_network(
        self, open_page: Open, own: RunRecord, network: str
    ) -> None:
        app = open_page("draw", lab=own.lab, network=network)
        assert picked(app) == own.id
        assert "network" not in query(app)

    def test_predicts_again_once_it_is_picked_or_opened(
        self, open_page: Open, own: RunRecord
    ) -> None:
        app = open_page("draw", lab=own.lab, network="ready-made")
        app.selectbox(key="picked_run").set_value(own.id).run()
        assert picked(app) == own.id
        assert "network" not in query(app)

    def test_can_be_compared_with_it(self, open_page: Open, own: RunRecord) -> None:
        app = draw(open_page("draw", lab=own.lab), stroke(*ONE))
        row = f"<th>Ready-made network<small>{ACCURACY} test accuracy</small></th><td><b>1</b>"
        assert row in words(app)
        assert f"<th>{own.name}<small>" in words(pick_ready_made(app))

    def test_that_was_never_tested_leaves_it_the_only_one(
        self, open_page: Open, server: Services
    ) -> None:
        lab = server.store.create_lab()
        run = server.store.create_run(lab, SMALL, "Broken", "nobody:1:1.00")
        server.store.mark(run.id, RunStatus.FAILED, attempt=1)
        app = open_page("draw", lab=lab, run=run.id)
        assert offered(app) == [NAME]
        assert app.button(key="train_first")


def test_its_id_is_no_run_s(server: Services) -> None:
    run = server.store.create_run(server.store.create_lab(), SMALL, "A run", "nobody:1:1.00")
    assert len(run.id) > len(ready_made.ID)
    server.store.mark(run.id, RunStatus.FAILED, attempt=1)
