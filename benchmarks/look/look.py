"""All pages in all states on one sheet, what is wrong with them, and how long their style is.

The sheet is an HTML file beside its pictures: each state at three widths, light and dark, as a
visitor sees it before scrolling. States and rules are those of `tests/browser/look`, which holds
the pages to them; `--project` shows another checkout of this project the same way.

`faults` are counted by rule over six widths and both themes. `css_lines` are lines with more than
a comment or a bracket; `doubled_selectors` repeat a class to win over another rule, as `.a.a`.
"""

import argparse
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from markupsafe import Markup
from playwright.sync_api import sync_playwright

from mnistlab.store import open_store
from tests.browser.chromium import FLAGS, find
from tests.browser.conftest import Server, serve
from tests.browser.look.material import Material, train_material
from tests.browser.look.states import STATES
from tests.browser.look.walk import Tabs, open_state, open_tabs, walk

_PROJECT = Path(__file__).parents[2]
_RESULTS = _PROJECT / "benchmarks" / "results" / "look"
_WIDTHS = (390, 1280, 1920)
_QUALITY = 85
"""Of a picture, in percent."""

_SHEET = Markup(
    "<!doctype html><html lang='en'><meta charset='utf-8'><title>All pages</title>"
    "<style>body {{ font: 16px system-ui; background: #888 }} img {{ height: 400px; margin: 4px }}"
    "</style>{}</html>"
)
_ROW = Markup("<h2>{}</h2><div>{}</div>")
_PICTURE = Markup("<a href='{0}'><img src='{0}' alt='{0}' loading='lazy'></a>")

Results = Mapping[str, int | str | Mapping[str, int]]


def main(arguments: Sequence[str]) -> Results:
    """See all states, write the sheet, and return counts by name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks look")
    parser.add_argument("--folder", type=Path, default=_RESULTS, help="of the sheet")
    parser.add_argument("--project", type=Path, default=_PROJECT, help="another checkout")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    faults = _see_all(options.project, options.folder)
    return {
        "sheet": str(_write_sheet(options.folder)),
        "faults": faults,
        **measure_style(options.project),
    }


def _see_all(project: Path, folder: Path) -> dict[str, int]:
    """Take pictures of all states; return how many faults each rule finds."""
    faults: Counter[str] = Counter()
    with (
        tempfile.TemporaryDirectory(prefix="mnistlab-") as home,
        serve(Path(home), project=project) as server,
        closing(open_store(Path(home)).store) as store,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=find(), args=list(FLAGS)) as browser,
        open_tabs(browser) as tabs,
    ):
        material = train_material(server, store, tabs.light)
        for name in STATES:
            faults.update(_see(name, server, tabs, material, folder))
    return dict(sorted(faults.items()))


def _see(name: str, server: Server, tabs: Tabs, material: Material, folder: Path) -> Iterator[str]:
    """Take a state's pictures; return the rule of each of its faults."""
    open_state(server, tabs, material, STATES[name])
    for fault in walk(tabs, STATES[name]).faults:
        yield fault.split(": ")[1]
    for width in _WIDTHS:
        tabs.set_width(width)
        for theme, page in (("light", tabs.light), ("dark", tabs.dark)):
            file = folder / _file(name, width, theme)
            page.screenshot(path=file, type="jpeg", quality=_QUALITY)


def _file(name: str, width: int, theme: str) -> str:
    return f"{name}-{width}-{theme}.jpeg"


def _write_sheet(folder: Path) -> Path:
    """Write the HTML that shows all pictures; return its file."""
    rows = Markup()
    for name in STATES:
        pictures = [_file(name, width, t) for t in ("light", "dark") for width in _WIDTHS]
        rows += _ROW.format(name, Markup().join(_PICTURE.format(file) for file in pictures))
    sheet = folder / "index.html"
    sheet.write_text(_SHEET.format(rows), encoding="utf-8")
    return sheet


def measure_style(project: Path) -> dict[str, int]:
    """Return the length of a checkout's stylesheets, and how many selectors double a class."""
    files = sorted((project / "mnistlab" / "ui").rglob("*.css"))
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    rules = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    lines = [line for line in rules.splitlines() if line.strip(" {}")]
    return {
        "css_lines": len(lines),
        "css_characters": len(rules),
        "doubled_selectors": len(re.findall(r"(\.[\w-]+)\1(?![\w-])", rules)),
    }
