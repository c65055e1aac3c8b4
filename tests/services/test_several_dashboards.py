"""Two dashboards, as people start them, that share a database and a Dask cluster."""

import dataclasses
import signal
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
from playwright.sync_api import Page, sync_playwright

from mnistlab.core.run import RunStatus
from mnistlab.store import RunStore, open_store
from tests.browser.chromium import FLAGS, find
from tests.browser.conftest import (
    Server,
    new_tab,
    open_link,
    open_popover,
    press_stop,
    press_train,
    read_query,
    serve,
    wait_for_status,
)
from tests.browser.watching import LINE
from tests.engine.conftest import common_part
from tests.factories import LONG, SECONDS, SMALL, wait_until
from tests.services.conftest import Cluster
from tests.services.postgresql import PostgreSQL

pytestmark = pytest.mark.services


@dataclasses.dataclass
class School:
    """Two dashboards, what they share, and a browser.

    Attributes:
        one: A dashboard.
        other: Another.
        store: Their database, opened beside them.
        page: A page of the browser, and of others' tabs.
    """

    one: Server
    other: Server
    store: RunStore
    page: Page

    def status(self, run_id: str) -> RunStatus:
        return self.store.run(run_id).status

    def points(self, run_id: str) -> int:
        """Count the points that are stored of a run."""
        return len(self.store.active.history(run_id).steps)

    def trained_attempts(self, run_id: str) -> list[int]:
        """Return which of a run's attempts is being trained, if one is."""
        is_running = RunStatus.RUNNING
        active = [run for run in self.store.active.all() if run.status is is_running]
        return [run.attempt for run in active if run.id == run_id]


@pytest.fixture(scope="module")
def school(
    tmp_path_factory: pytest.TempPathFactory, postgresql: PostgreSQL, cluster: Cluster
) -> Iterator[School]:
    executable, url = find(), postgresql.create_database()
    variables = {"MNISTLAB_DATABASE": url, "MNISTLAB_SCHEDULER": cluster.address}
    with ExitStack() as stack:
        one, other = (
            stack.enter_context(serve(tmp_path_factory.mktemp("home"), variables)) for _ in "12"
        )
        store = stack.enter_context(closing(open_store(tmp_path_factory.mktemp("home"), url).store))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(
            executable_path=executable, args=list(FLAGS), timeout=SECONDS * 1000
        )
        stack.callback(browser.close)
        yield School(one, other, store, browser.new_context().new_page())


def read_points(page: Page) -> str:
    """Return the line that the page has drawn of the loss."""
    return str(page.locator(LINE).first.get_attribute("d"))


class TestARunOfAnotherDashboard:
    def test_is_seen_live_and_stopped_and_continued(self, school: School) -> None:
        mine = open_link(school.page, school.one.link(**LONG.to_query()))
        run = press_train(mine)
        lab = read_query(mine, "lab")
        with new_tab(mine) as theirs:
            open_link(theirs, school.other.link(lab=lab, run=run))
            theirs.wait_for_selector(LINE)
            before = read_points(theirs)
            wait_until(lambda: read_points(theirs) != before, "The curve's growth")
            press_stop(theirs)
            wait_for_status(mine, "stopped")
            assert school.store.run(run).test_correct, "What it has learned is kept"

            field = open_popover(theirs, ".st-key-continue_panel button").locator("input")
            field.fill(str(LONG.epochs))
            field.press("Enter")
            theirs.click(".st-key-continue button")
            wait_for_status(theirs, "running")
            mine.reload()  # the page of a run that had ended looks no more
            press_stop(mine)
            wait_for_status(theirs, "stopped")

    def test_of_the_same_lab_is_waited_for(self, school: School) -> None:
        """A lab has one run at a time, also where a worker is free and it asks elsewhere."""
        mine = open_link(school.page, school.one.link(**LONG.to_query()))
        first = press_train(mine)
        wait_for_status(mine, "running")
        with new_tab(mine) as theirs:
            lab = read_query(mine, "lab")
            open_link(theirs, school.other.link(lab=lab, **SMALL.to_query()))
            second = press_train(theirs)
            theirs.wait_for_selector("text=Next in line")
            seen = school.points(first)
            wait_until(lambda: school.points(first) > seen, "Some seconds of the first")
            assert school.status(second) is RunStatus.QUEUED
            press_stop(mine)
            wait_for_status(theirs, "finished")


class TestADashboardThatIsKilled:
    def test_loses_no_run(self, school: School) -> None:
        """Neither the one that is trained nor the one that waits.

        The cluster's other worker is busy, so that the killed dashboard's has to be free.
        """
        mine = open_link(school.page, school.one.link(**LONG.to_query()))
        running = press_train(mine)
        lab = read_query(mine, "lab")
        open_link(mine, school.one.link(lab=lab, **SMALL.to_query()))
        waiting = press_train(mine)
        with new_tab(mine) as theirs:
            open_link(theirs, school.other.link(**LONG.to_query()))
            busy, their_lab = press_train(theirs), read_query(theirs, "lab")
            wait_until(lambda: school.points(running) > 3, "Points of the first")
            wait_until(lambda: school.points(busy) > 3, "Points of the other")
            school.one.process.send_signal(signal.SIGKILL)

            wait_until(lambda: school.trained_attempts(running) == [2], "Another attempt")
            open_link(theirs, school.other.link(lab=lab, run=running))
            press_stop(theirs)
            open_link(theirs, school.other.link(lab=lab, run=waiting))
            wait_for_status(theirs, "finished")
            open_link(theirs, school.other.link(lab=their_lab, run=busy))
            press_stop(theirs)
        curve, undisturbed = common_part(*map(school.store.history, (running, busy)))
        assert curve == undisturbed
