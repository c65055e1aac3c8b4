"""What of a range test and its checks is replaced while they go on."""

from markupsafe import Markup

from mnistlab.core.analysis.range_test.suggestion import is_range_test, read_curve
from mnistlab.ui.charts.range_test import chart_data
from mnistlab.ui.live.parts import Parts, status_parts, to_rows
from mnistlab.ui.live.snapshot import RunSnapshot
from mnistlab.ui.rate.checks_table import describe
from mnistlab.ui.rate.words import not_yet


def rate_words(run: RunSnapshot) -> Parts:
    """Return the status of an active range test or check, and what can't be suggested yet."""
    if not is_range_test(run.config):
        return {"check": Markup.escape(describe(run))}
    return {**status_parts(run), "suggestion": not_yet(read_curve(run.history))}


def rate_charts(run: RunSnapshot) -> Parts:
    """Return the rows of an active range test, of which each point moves the smoothed line."""
    if not is_range_test(run.config):
        return {}
    return {"range_chart": to_rows(chart_data(read_curve(run.history), None))}
