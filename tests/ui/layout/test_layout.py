"""What most pages have: a run that goes on elsewhere, and a first run."""

from streamlit.testing.v1 import AppTest

from mnistlab.core.run import RunStatus
from mnistlab.core.settings.presets import PRESETS
from mnistlab.store import RunRecord
from mnistlab.ui.services import Services
from tests.factories import LONG
from tests.ui.conftest import Open, query, wait_for_end, wait_for_points, words


def links(app: AppTest) -> dict[str, str]:
    """Return the queries of the page's links by their labels."""
    protos = [element.proto for element in app.get("page_link")]
    return {proto.label: proto.query_string for proto in protos}


class TestARunThatGoesOn:
    def test_is_a_link_on_other_pages(self, open_page: Open, server: Services) -> None:
        lab = server.store.create_lab()
        run = server.engine.submit(lab, LONG, "Going on")
        wait_for_points(server, run)
        [(label, target)] = [
            (label, target)
            for label, target in links(open_page("rate", lab=lab)).items()
            if label.startswith("Training ")
        ]
        assert "%" in label
        assert f"run={run}" in target
        server.engine.stop(lab, run)
        wait_for_end(server, run)
        assert not [each for each in links(open_page("rate", lab=lab)) if "Training " in each]

    def test_is_of_the_visitor_s_lab(self, open_page: Open, server: Services) -> None:
        lab = server.store.create_lab()
        run = server.engine.submit(lab, LONG, "Going on")
        wait_for_points(server, run)
        assert not [each for each in links(open_page("rate")) if "Training " in each]
        server.engine.stop(lab, run)
        wait_for_end(server, run)


class TestAFirstRun:
    def test_is_trained_on_the_page_that_needs_it(self, open_page: Open, server: Services) -> None:
        app = open_page("compare")
        app.button(key="train_first").click().run()
        run = server.store.run(query(app)["run"])
        assert run.config == PRESETS["quick_start"].config
        assert "train_first" not in {button.key for button in app.button}
        server.engine.stop(run.lab, run.id)
        assert wait_for_end(server, run.id).status is RunStatus.STOPPED

    def test_is_not_offered_to_who_has_one(self, open_page: Open, trained: RunRecord) -> None:
        app = open_page("compare", lab=trained.lab)
        assert "train_first" not in {button.key for button in app.button}


class TestAnInvitation:
    """To train a first run, where the ready-made network predicts meanwhile."""

    def test_is_taken_up_by_one_press(self, open_page: Open, server: Services) -> None:
        app = open_page("draw")
        assert "This is a ready-made network. Train your own and compare." in words(app)
        app.button(key="train_first").click().run()
        run = server.store.run(query(app)["run"])
        assert run.config == PRESETS["quick_start"].config
        assert "This is a ready-made network, until your own is trained." in words(app)
        assert "train_first" not in {button.key for button in app.button}
        server.engine.stop(run.lab, run.id)
        wait_for_end(server, run.id)
