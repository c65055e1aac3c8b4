"""What the benchmark counts of a stylesheet."""

from pathlib import Path

from benchmarks.look.look import measure_style


def test_lines_and_doubled_selectors_are_counted_without_comments(tmp_path: Path) -> None:
    page = tmp_path / "mnistlab" / "ui" / "page"
    page.mkdir(parents=True)
    (page / "page.css").write_text(
        "/* .a.a is\n   no rule here */\n.a.a { margin: 0; }\n\n.ab.abc,\n.b {\n  color: red;\n}\n"
    )
    counts = measure_style(tmp_path)
    assert counts["css_lines"] == 4
    assert counts["doubled_selectors"] == 1
