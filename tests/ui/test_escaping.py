"""What visitors write is text wherever pages show it, and never markup."""

import dataclasses
import json
from html.parser import HTMLParser

import pytest
from streamlit.testing.v1 import AppTest

from mnistlab.store import NAME_LENGTH
from mnistlab.ui.charts.palette import LINE_STYLES
from mnistlab.ui.components.verdict.verdict import UNKNOWN, section, verdicts
from mnistlab.ui.overlay.table import Label, cells, label_html, scrolling_table
from mnistlab.ui.services import Services
from tests.factories import SMALL
from tests.ui.conftest import Open, by_hand, draw, stroke, train

HOSTILE = {
    "an element": "<img src=x onerror=alert(1)>",
    "the end of an attribute": '"\' onmouseover="alert(1)" \'><script>',
    "an entity": "&lt;b&gt; &amp; {} {0} %s",
}


class Reader(HTMLParser):
    """Reads HTML as a browser does."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(str(html))  # Markup would escape what is taken out of it
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs} | {value for _, value in attrs if value}

    def handle_data(self, data: str) -> None:
        self.text += data


def assert_inert(html: str, written: str) -> None:
    """Assert that HTML shows `written` as it is, and that nothing of it became markup."""
    read = Reader(html)
    assert written in read.text or written in read.attributes
    assert not {"script", "onerror", "onmouseover", "src=x"} & (read.names | read.attributes)
    assert "x" not in read.attributes


@pytest.fixture(scope="module")
def lab(server: Services) -> str:
    """A lab with two trained runs and a digit of its own."""
    lab = server.store.create_lab()
    for seed in (1, 2):
        train(server, lab, dataclasses.replace(SMALL, epochs=1, seed=seed))
    server.store.handwriting.add(lab, [by_hand(3)] * 10)
    return lab


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("page", ["train", "draw"])
def test_a_run_s_name_is_text_on_every_page(
    open_page: Open, server: Services, lab: str, page: str, name: str
) -> None:
    assert len(name) <= NAME_LENGTH
    first, second = runs = server.store.runs(lab)
    for run in runs:
        server.store.rename(lab, run.id, name)
    app = open_page(page, lab=lab, run=first.id, compare=f"{first.id},{second.id}")
    if page == "draw":  # the other networks are asked when there is a digit
        app = draw(app, stroke((140.0, 60.0), (140.0, 220.0)))
    assert_inert(html_of(app), name)


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_the_ranking_has_a_run_s_name_as_data_and_no_html_of_it(
    open_page: Open, server: Services, lab: str, name: str
) -> None:
    """What the ranking's browser part shows as text: see `test_a_name_is_text_in_every_part`."""
    for run in server.store.runs(lab):
        server.store.rename(lab, run.id, name)
    app = open_page("compare", lab=lab)
    [table] = [e for e in app.get("bidi_component") if e.proto.id.endswith("-ranking")]
    [row] = json.loads(table.proto.json)["rows"]
    assert row["name"] == f"{name} (2 seeds)"
    assert name not in html_of(app)


def html_of(app: AppTest) -> str:
    parts = [element.proto.body for element in app.get("html")]
    return "".join(part for part in parts if not part.startswith("<style>"))


@pytest.mark.parametrize("written", HOSTILE.values(), ids=HOSTILE)
class TestText:
    def test_in_a_label(self, written: str) -> None:
        assert_inert(label_html(Label(written, LINE_STYLES[0], written)), written)

    def test_in_a_table(self, written: str) -> None:
        assert_inert(scrolling_table("A title", [written], []), written)
        assert_inert(scrolling_table(written, [], []), written)
        assert_inert(cells([written]), written)

    def test_in_a_verdict(self, written: str) -> None:
        verdict = section(written, UNKNOWN, written, written)
        assert_inert(verdicts([verdict], "x-about"), written)


def test_what_one_part_has_escaped_another_leaves_as_it_is() -> None:
    assert "&amp;amp;" not in scrolling_table("A & B", ["A & B"], [cells(["A & B"])])
