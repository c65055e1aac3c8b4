"""`python -m benchmarks NAME [--json FILE]`: run a benchmark, show and keep its results.

A benchmark is a module in one of this package's folders with a function `main`, which takes
the other arguments of the command line and returns the results by name. What has no `main`
is only there for others to use.
"""

import argparse
import ast
import importlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

Result = float | int | str | None | Mapping[str, "Result"]
Results = Mapping[str, Result]
"""By name; what there are several of may be a mapping itself."""


def main(arguments: Sequence[str]) -> int:
    """Run the benchmark that is named first; return the exit code."""
    benchmarks = _find()
    if not arguments or arguments[0] not in benchmarks:
        print(_usage(benchmarks), file=sys.stderr)
        return 2
    name, *others = arguments
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--json", type=Path)
    options, own = parser.parse_known_args(others)
    results: Results = importlib.import_module(benchmarks[name].module).main(own)
    print(_table(results))
    if options.json is not None:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps(results, indent=2) + "\n")
    return 0


class Benchmark(NamedTuple):
    """Where a benchmark is, and the first line of its docstring."""

    module: str
    summary: str


def _find() -> dict[str, Benchmark]:
    """Return all benchmarks by name."""
    found = {}
    for path in sorted(Path(__file__).parent.glob("*/[!_]*.py"), key=lambda path: path.stem):
        # Read, not imported: the list should not wait for torch.
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(isinstance(part, ast.FunctionDef) and part.name == "main" for part in tree.body):
            summary = (ast.get_docstring(tree) or "").partition("\n")[0]
            found[path.stem] = Benchmark(f"benchmarks.{path.parent.name}.{path.stem}", summary)
    return found


def _usage(benchmarks: Mapping[str, Benchmark]) -> str:
    lines = (f"  {name:<12}{benchmark.summary}" for name, benchmark in benchmarks.items())
    return "\n".join(["usage: python -m benchmarks NAME [--json FILE]", "", *lines])


def _table(results: Results) -> str:
    rows = list(_rows(results))
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {_text(value)}" for name, value in rows)


def _rows(results: Results) -> Iterator[tuple[str, float | int | str | None]]:
    """Give each number with its name, which for one of several is all their names in a row."""
    for name, value in results.items():
        if isinstance(value, Mapping):
            yield from ((f"{name} {inner}", number) for inner, number in _rows(value))
        else:
            yield name, value


def _text(value: float | int | str | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
