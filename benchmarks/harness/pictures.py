"""Charts as SVG files, drawn by the Vega that Streamlit's pages bring along.

    with open_studio() as studio:
        studio.draw(chart, Path("docs/scale/width.svg"))

Altair itself only saves pictures with a package that this project has no other use for.
So a page without a server is opened in a real browser, which is handed Streamlit's own
bundle file by file.
"""

import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import altair as alt
import streamlit
from playwright.sync_api import Page, Route

from benchmarks.harness.dashboard import browse

_STATIC = Path(streamlit.__file__).parent / "static"
_ADDRESS = "http://pictures.invalid"
"""Nobody's, by RFC 2606: all that is asked of it is answered from the folder above."""

_DRAW = """async ([bundle, spec]) => {
    const [load] = Object.values(await import(bundle));
    const { embed } = await load();
    const { view } = await embed(document.body, spec, { renderer: "svg", actions: false });
    return view.toSVG();
}"""


class Studio:
    """Draws charts in one browser page, made by `open_studio`."""

    def __init__(self, page: Page) -> None:
        self._page = page
        bundle = next(_STATIC.rglob("loadVegaEmbed.*.js"))
        self._bundle = f"{_ADDRESS}/{bundle.relative_to(_STATIC).as_posix()}"

    def draw(self, chart: alt.TopLevelMixin, file: Path) -> None:
        """Write a chart to an SVG file, whose folder is made if there is none."""
        svg: str = self._page.evaluate(_DRAW, [self._bundle, chart.to_dict()])
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(svg + "\n", encoding="utf-8")


@contextmanager
def open_studio() -> Iterator[Studio]:
    """Open a browser to draw with, within the block."""
    with browse() as page:
        page.route("**/*", _answer)
        page.goto(_ADDRESS)
        yield Studio(page)


def _answer(route: Route) -> None:
    name = route.request.url.removeprefix(_ADDRESS).strip("/")
    if not name:
        route.fulfill(content_type="text/html", body="<!doctype html><body></body>")
        return
    kind, _ = mimetypes.guess_type(name)
    route.fulfill(path=_STATIC / name, content_type=kind)
