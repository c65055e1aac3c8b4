"""The audit's rules, each on a page with the fault that it is to find, and on one without."""

import pytest
from playwright.sync_api import Page

from tests.browser.look.audit import find_faults
from tests.browser.look.axe import find_violations
from tests.browser.look.walk import Tabs

OVER = "margin: 0; position: absolute; left: 0; top: 0"


def chart(plot: int, line: str = "#2f5bea", text: str = "") -> str:
    """A chart of 100 by 100 px as Vega draws it, with a square plot of so many px."""
    return f"""
      <svg class="marks" width="100" height="100"><g class="mark-group role-frame">
        <path class="background" d="M0,0h{plot}v{plot}h-{plot}Z" fill="none"/>
        <g class="mark-line role-mark">
          <path d="M0,0L{plot},{plot}" stroke="{line}" fill="none"/>
        </g>
        {text}
      </g></svg>"""


FAULTS = {
    "text cut by its box": (
        "cut",
        "<p style='width: 50px; overflow: hidden; white-space: nowrap'>Many words in a row</p>",
    ),
    "text cut by a box around its box": (
        "cut",
        "<div style='height: 20px; overflow: clip'><p style='padding: 40px 0'>Below</p></div>",
    ),
    "text with an ellipsis": (
        "cut",
        "<p style='width: 50px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis'>"
        "Many words</p>",
    ),
    "text with an ellipsis after two lines": (
        "cut",
        "<p style='display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2;"
        " overflow: hidden; width: 60px'>One word after the other, in many lines</p>",
    ),
    "a number too long for its field": ("cut", "<input style='width: 40px' value='1234567890'>"),
    "text out of its cell": (
        "outside",
        "<table style='table-layout: fixed; width: 60px'><td>1123456789</td><td>2</td></table>",
    ),
    "text out of its drawing": ("outside", chart(80, text="<text x='90' y='50'>validation</text>")),
    "a page that scrolls sideways": ("sideways", "<div style='width: 5000px; height: 1px'></div>"),
    "a part that scrolls sideways": (
        "sideways",
        "<div style='overflow: auto; width: 90px'><p style='width: 200px'>Wide</p></div>",
    ),
    "text over text": ("overlap", f"<p style='{OVER}'>One</p><p style='{OVER}'>Two</p>"),
    "a chart's text over another": (
        "overlap",
        chart(80, text="<text x='5' y='50'>Adam</text><text x='9' y='54'>SGD</text>"),
    ),
    "a control over another": (
        "overlap",
        f"<button style='{OVER}'>Train</button><button style='{OVER}'>Stop</button>",
    ),
    "a control over text": (
        "overlap",
        f"<p style='{OVER}'>Finished</p><button style='{OVER}'>Stop</button>",
    ),
    "a low button": ("target", "<button style='width: 90px; height: 40px'>Train</button>"),
    "a narrow link": (
        "target",
        "<a href='#' style='display: block; width: 40px; height: 50px'>Draw</a>",
    ),
    "a small mark without a button of its name": (
        "target",
        "<svg width='90' height='90'><g role='button' aria-label='Read as 3'>"
        "<rect width='20' height='30'/></g></svg>",
    ),
    "a chart that is mostly margin": ("plot", chart(70)),
    "pale text": ("text", "<p style='color: #999'>Pale</p>"),
    "text that is faded by a box around it": (
        "text",
        "<div style='opacity: 0.5'><p>Faded</p></div>",
    ),
    "white text on a bright button": (
        "text",
        "<button style='background: #4f76f6; color: #fff'>Train</button>",
    ),
    "an empty field's pale hint": (
        "text",
        "<style>input::placeholder { color: #aaa }</style><input placeholder='Choose runs'>",
    ),
    "pale text in a chart": ("text", chart(80, text="<text x='9' y='9' fill='#999'>20</text>")),
    "a chart's text on a dark cell": (
        "text",
        chart(80, text="<rect width='40' height='40' fill='#333'/><text x='9' y='25'>7</text>"),
    ),
    "a pale line": ("line", chart(80, line="#bbb")),
    "a pale switch": (
        "control",
        "<label><input type='checkbox' style='position: absolute; clip-path: inset(50%)'>"
        "<i style='display: block; width: 32px; height: 16px; background: #ddd'></i></label>",
    ),
    "a field with a pale outline": ("control", "<input style='border: 1px solid #ddd'>"),
}


@pytest.fixture
def blank(tabs: Tabs) -> Page:
    """A page of nothing that is 390 px wide, as a phone's."""
    tabs.light.set_viewport_size({"width": 390, "height": 844})
    tabs.light.goto("about:blank")
    return tabs.light


def show(page: Page, body: str) -> None:
    page.set_content(
        f"<!doctype html><html lang='en'><title>A page</title><main>{body}</main></html>"
    )


@pytest.mark.parametrize(("rule", "body"), FAULTS.values(), ids=FAULTS)
def test_finds(blank: Page, rule: str, body: str) -> None:
    show(blank, body)
    found = find_faults(blank, [rule])
    assert found
    assert all(fault.startswith(f"{rule}: ") for fault in found)


@pytest.mark.parametrize(("rule", "body"), FAULTS.values(), ids=FAULTS)
def test_finds_in_a_shadow_root(blank: Page, rule: str, body: str) -> None:
    show(blank, "<div id='host'></div>")
    blank.evaluate("(body) => { host.attachShadow({mode: 'open'}).innerHTML = body }", body)
    assert find_faults(blank, [rule])


FAULTLESS = """
  <h1 style="margin: 0 0 40px">Train</h1>
  <p style="position: absolute; width: 1px; height: 1px; overflow: hidden">For screen readers</p>
  <p>See <a href="#">the labels under suspicion</a> for more.</p>
  <p hidden style="color: #ccc">Not yet</p>
  <button style="width: 90px; height: 44px">Train</button>
  <button disabled style="width: 60px; height: 20px; color: #ccc">Stop</button>
  <label style="display: block; padding: 12px">
    Epochs <input value="20" style="border: 1px solid #777">
  </label>
  <div tabindex="0" style="height: 30px; overflow: auto"><p>One</p><p>Two</p></div>
""" + chart(84, text="<text x='9' y='50'>Adam</text><text x='9' y='70'>SGD</text>")


def test_finds_nothing_where_nothing_is_wrong(blank: Page) -> None:
    show(blank, FAULTLESS)
    assert find_faults(blank, sorted({rule for rule, _ in FAULTS.values()})) == []
    assert find_violations(blank) == []


def test_axe_finds_a_button_without_a_name(blank: Page) -> None:
    show(blank, "<button></button>")
    [found] = find_violations(blank)
    assert found.startswith("axe: button-name: ")
