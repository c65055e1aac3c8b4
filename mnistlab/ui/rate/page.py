"""The Learning rate page: a range test of the form's settings, its suggestion, and three checks."""

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from mnistlab.core.analysis.range_test.check import RateCheckResult, check_configs, trained_config
from mnistlab.core.analysis.range_test.suggestion import Suggestion, is_range_test
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.settings.typed_numbers import write_number
from mnistlab.store import RunRecord
from mnistlab.ui import formatting, navigation
from mnistlab.ui.formatting import plain
from mnistlab.ui.rate import panel as rate_panel
from mnistlab.ui.rate import runs as rate_runs
from mnistlab.ui.rate import words as rate_words
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state

_CHECK = "Check: "


def show() -> None:
    """Show the page."""
    st.title("Learning-rate finder", anchor=False)
    config, problems = state.config()
    _show_network(config)
    for error in problems:
        st.error(plain(str(error)))
    if problems:
        st.markdown(":gray[Fix the settings first, then search for a learning rate.]")
        return
    test = rate_runs.test_config()
    [run] = rate_runs.find([test])
    keys = "start_range_test", "stop_range_test"
    _show_buttons("Start the LR range test", [test], [run], "", keys)
    suggestion = rate_panel.show_test(run)
    if suggestion is not None:
        _show_check(config, suggestion)
    st.html(rate_words.HOW_IT_WORKS)


def _show_network(config: RunConfig) -> None:
    st.html(Markup('<p class="lab-lead">For {}.</p>').format(rate_words.network(config)))
    if is_range_test(config):
        st.markdown(
            ":gray[The schedule in the form is the LR range test itself. The short runs and the "
            "form get a constant learning rate instead.]"
        )
    st.page_link(navigation.TRAIN.path, label="Change the settings", icon=":material/tune:")


def _show_buttons(
    label: str,
    configs: Sequence[RunConfig],
    runs: Sequence[RunRecord | None],
    name: str,
    keys: tuple[str, str],
) -> None:
    """Show the buttons that start and stop these runs, and the runs' duration."""
    start, stop = keys
    needs_training = rate_runs.need_training(runs)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            label,
            key=start,
            type="primary" if needs_training else "secondary",
            icon=":material/play_arrow:",
            disabled=not needs_training,
            help=None if needs_training else _WHY_NOT_AGAIN,
            on_click=rate_runs.start,
            args=(configs, name),
        )
        _show_stop(configs, runs, stop)
        st.markdown(f":gray[{_cost(configs)}]")


_WHY_NOT_AGAIN = "Already done: the same settings and seed give the same numbers."


def _show_stop(configs: Sequence[RunConfig], runs: Sequence[RunRecord | None], key: str) -> None:
    st.button(
        "Stop",
        key=key,
        icon=":material/stop:",
        disabled=not any(run is not None and rate_runs.is_own_and_active(run) for run in runs),
        on_click=rate_runs.stop,
        args=(configs,),
    )


def _cost(configs: Sequence[RunConfig]) -> str:
    steps = sum(config.epochs * config.steps_per_epoch for config in configs)
    speed = get_services().engine.speed
    if speed is None:
        return f"{steps:,} steps"
    seconds = sum(speed.run_seconds(config) for config in configs)
    return f"{steps:,} steps, about {formatting.duration(seconds)}"


def _show_check(config: RunConfig, suggestion: Suggestion) -> None:
    configs = check_configs(config, suggestion.rate)
    runs = rate_runs.find(configs)
    st.subheader("Does it work in real runs?", anchor=False)
    _show_offer(configs, runs)
    verdict = rate_panel.show_check(configs, runs) if any(runs) else None
    _show_use(config, suggestion, verdict)


def _show_offer(configs: Sequence[RunConfig], runs: Sequence[RunRecord | None]) -> None:
    rates = ", ".join(write_number(config.learning_rate) for config in configs)
    epochs = "1 epoch" if configs[0].epochs == 1 else f"{configs[0].epochs} epochs"
    st.markdown(
        f"Three short runs of {epochs} with your settings at ⅓, 1 and 3 times the suggested "
        f"learning rate: {rates}."
    )
    keys = "check_rate", "stop_check"
    _show_buttons("Check it with three short runs", configs, runs, _CHECK, keys)


def _show_use(config: RunConfig, suggestion: Suggestion, verdict: RateCheckResult | None) -> None:
    rate = suggestion.rate if verdict is None else verdict.rate
    if st.button(
        f"Use this learning rate: {write_number(rate)}",
        key="use_rate",
        type="secondary" if verdict is None else "primary",
        icon=":material/check:",
        help="Puts it into the form on the Train page.",
        on_click=state.load_settings,
        args=(trained_config(config, rate),),
    ):
        st.switch_page(navigation.TRAIN.path)
