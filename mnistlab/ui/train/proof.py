"""Why a run is in trouble, put to the test: one change at a time, trained beside it."""

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from mnistlab.core.analysis.diagnosis.overfitting import FEWEST_IMAGES
from mnistlab.core.analysis.diagnosis.proof import Finding
from mnistlab.core.analysis.diagnosis.remedies import REMEDIES, remedied
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.cost.point_interval import seconds_per_run
from mnistlab.store import RunRecord
from mnistlab.ui import formatting, navigation
from mnistlab.ui.components.verdict.verdict import NONE, TROUBLE, UNKNOWN, section
from mnistlab.ui.diagnosis import causes as cause_words
from mnistlab.ui.diagnosis import proofs as proof_words
from mnistlab.ui.diagnosis.changes import describe_change
from mnistlab.ui.errors import catch_action_errors
from mnistlab.ui.formatting import plain
from mnistlab.ui.live import status
from mnistlab.ui.live.estimate import run_seconds
from mnistlab.ui.live.panel import show_panel
from mnistlab.ui.live.snapshot import get_snapshot
from mnistlab.ui.proof.findings import describe_answer
from mnistlab.ui.proof.investigation import (
    Investigation,
    accuracy_of,
    investigate,
    is_testing,
)
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state, url

_SECONDS_BETWEEN_LOOKS = 1.0

_NOTHING_NAMED = section(
    "Cause",
    UNKNOWN,
    "Can't tell yet",
    "Its curves point to no cause for sure. A single change may still gain two percentage points "
    "or more: tests show which.",
)


def show_proof(record: RunRecord) -> None:
    """Show the suspected causes of a run that has ended, their tests, and what these show."""
    if record.config.validation_images < FEWEST_IMAGES or record.explains is not None:
        return
    if not investigate(record).is_worth_showing:
        return
    st.subheader("Why?", anchor=False)

    def find_pause() -> float | None:
        return _SECONDS_BETWEEN_LOOKS if is_testing(record) else None

    def show_now() -> None:
        known = investigate(record)
        _show(investigate(record) if _stop_what_is_superfluous(known) else known)

    show_panel("proof", show_now, find_pause, record.id)


def show_origin(test: RunRecord) -> None:
    """Show which run a test explains, and what it changes; nothing for other runs."""
    if test.explains is None:
        return
    explained = state.find_run(test.explains, state.link_notes(), "The tested run is gone.")
    if explained is None:
        return
    change = describe_change(explained.config, test.config)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":gray[A test of “{plain(explained.name)}”, with {plain(change)}.]")
        args = (explained.id,)
        st.button("Back to that run", key="open_explained", on_click=state.open_run, args=args)


def _show(known: Investigation) -> None:
    if known.unfitted:
        why = proof_words.untold(known.record.config, known.unfitted)
        st.html(section("Cause", UNKNOWN, "Can't tell yet", why))
        return
    _show_find_out(known)
    if not known.diagnosis.causes and not known.tests:
        st.html(_NOTHING_NAMED)
    active = [test.remedy for test in known.active if test.remedy is not None]
    for remedy in dict.fromkeys([*known.answered, *known.suspected, *active]):
        with st.container(key=f"suspect-{remedy}"):
            words, actions = st.columns([3, 1], vertical_alignment="center")
            with words:
                st.html(_words(known, remedy))
            with actions:
                _show_actions(known, remedy)


def _show_find_out(known: Investigation) -> None:
    is_own = known.record.lab == state.lab()
    with st.container(horizontal=True, vertical_alignment="center"):
        if is_own and not known.proven and (known.left or known.active):
            st.button(
                "Find out why",
                key="find_out_why",
                type="primary",
                icon=":material/science:",
                disabled=bool(known.active) or not known.left,
                help="Trains the same run with one change at a time, and compares image by image.",
                on_click=_test,
                args=(known.record.id, tuple(known.left)),
            )
        st.markdown(f":gray[{_state_of_tests(known)}]")


def _state_of_tests(known: Investigation) -> str:
    if known.active:
        return f"Testing {len(known.active)} changes…"
    if known.gains:
        accuracy = accuracy_of(known.record)
        return proof_words.summary(len(known.proven), len(known.gains), len(known.left), accuracy)
    count = f"Up to {len(known.left)} tests of one change each"
    seconds = _estimate(known.record, [remedied(known.record.config, name) for name in known.left])
    return f"{count}, at most {formatting.duration(seconds)}" if seconds else count


def _estimate(record: RunRecord, configs: Sequence[RunConfig]) -> float | None:
    """Return how long such runs take one after another, in seconds; None if it is not known."""
    seconds = run_seconds(configs)
    if seconds is not None:
        return seconds
    # Before a worker was measured, by how long the run itself took.
    done = record.epochs_done / record.config.epochs
    ratios = (seconds_per_run(config) / seconds_per_run(record.config) for config in configs)
    return record.seconds / done * sum(ratios) if done else None


def _words(known: Investigation, remedy: str) -> Markup:
    headline = cause_words.headline(REMEDIES[remedy].kind)
    if remedy in known.gains:
        finding = known.finding(remedy)
        kind = TROUBLE if finding is Finding.CAUSE else NONE
        return section(proof_words.title(finding), kind, headline, describe_answer(known, remedy))
    if remedy in known.suspected:
        words = cause_words.explain(known.suspected[remedy], known.diagnosis.evidence)
        details = f"{words.evidence} {words.remedy}"
        return section("Suspected cause", TROUBLE, headline, details)
    return section(
        "Being tested", NONE, headline, proof_words.question(known.record.config, remedy)
    )


def _show_actions(known: Investigation, remedy: str) -> None:
    test = known.tests.get(remedy)
    if test is not None and test.status.is_active:
        st.html(status.status_line(get_snapshot(test)))
    elif test is not None and remedy in known.gains:
        _show_answer_actions(known.record, test, known.gains[remedy].is_better)
    elif known.record.lab == state.lab():
        st.button(
            "Test it",
            key=f"test-{remedy}",
            icon=":material/science:",
            on_click=_test,
            args=(known.record.id, (remedy,)),
        )


def _show_answer_actions(record: RunRecord, test: RunRecord, helps: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if helps:
            st.button(
                "Use this change",
                key=f"use-{test.id}",
                icon=":material/check:",
                help="Puts the settings with this change into the form.",
                on_click=state.load_settings,
                args=(test.config,),
            )
        st.page_link(
            navigation.COMPARE.path,
            label="Compare",
            icon=":material/stacked_line_chart:",
            query_params=url.link_to_comparison([record.id, test.id]),
        )
        args, key = (test.id,), f"open-{test.id}"
        st.button("Open", key=key, type="tertiary", on_click=state.open_run, args=args)


@catch_action_errors
def _test(run_id: str, remedies: Sequence[str]) -> None:
    for remedy in remedies:
        get_services().engine.test(state.lab(), run_id, remedy)


def _stop_what_is_superfluous(known: Investigation) -> bool:
    """Stop the tests that the answer makes superfluous; return whether there were any."""
    if known.record.lab != state.lab():
        return False
    superfluous = known.superfluous
    for test in superfluous:
        get_services().engine.stop(state.lab(), test.id)
    return bool(superfluous)
