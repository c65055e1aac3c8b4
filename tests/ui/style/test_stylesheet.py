"""The stylesheet, joined from the parts beside what they style."""

import re
from collections import Counter
from pathlib import Path

from mnistlab.ui.charts.palette import ACCENT, DARK, LIGHT, LINE_STYLES, QUIET
from mnistlab.ui.style.stylesheet import PARTS, UI, stylesheet

OWN_ROOTS = {
    Path(f"components/{name}/{name}.css")
    for name in ("confusion_matrix", "digit_grid", "framed", "pad", "photo")
}
COLOUR = r"#[0-9a-fA-F]{3,8}\b"
RULES = re.sub(r"/\*.*?\*/", "", stylesheet(), flags=re.DOTALL)


def test_has_every_part_but_those_that_have_a_root_of_their_own() -> None:
    there = {path.relative_to(UI) for path in UI.rglob("*.css")}
    assert {part.relative_to(UI) for part in PARTS} == there - OWN_ROOTS


def test_has_each_colour_once() -> None:
    counts = Counter(colour.lower() for colour in re.findall(COLOUR, RULES))
    assert counts
    assert set(counts.values()) == {1}


def test_has_the_theme_s_colours_in_light_and_dark() -> None:
    for number, (light, dark) in enumerate(zip(LIGHT, DARK, strict=True)):
        assert f"--lab-line-{number}: light-dark({light}, {dark});" in RULES
    assert f"--lab-accent: var(--lab-line-{ACCENT});" in RULES
    assert f"--lab-quiet: var(--lab-line-{QUIET});" in RULES


def test_has_a_sign_for_every_line() -> None:
    signs = re.findall(r"\.lab-sign-(\d+) { (.*) }", RULES)
    assert [int(number) for number, _ in signs] == [style.number for style in LINE_STYLES]
    assert len({looks for _, looks in signs}) == len(LINE_STYLES)


def test_has_each_size_of_text_once() -> None:
    sizes = [size for size in re.findall(r"font-size: ([^;}]+)", RULES) if "var(" not in size]
    assert len(sizes) == len(set(sizes))


def test_uses_what_it_defines_and_nothing_else() -> None:
    own = "".join((UI / part).read_text(encoding="utf-8") for part in OWN_ROOTS)
    defined = set(re.findall(r"(--lab-[a-z0-9-]+):", RULES))
    assert defined == set(re.findall(r"var\((--lab-[a-z0-9-]+)\)", RULES + own))


def test_is_one_element_that_nothing_ends_early() -> None:
    assert stylesheet().count("<") == stylesheet().count("<style>") + stylesheet().count("</style>")
