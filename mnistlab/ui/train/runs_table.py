"""The table of the lab's runs."""

import streamlit as st

from mnistlab.store import RunRecord
from mnistlab.ui import formatting
from mnistlab.ui.formatting import plain
from mnistlab.ui.services import get_services
from mnistlab.ui.session import state

_KEY = "runs"


def show_runs() -> None:
    """Show all runs of the lab; selecting a row opens its run."""
    records = get_services().store.runs(state.lab())
    st.subheader("Your runs", anchor=False)
    for unreadable in get_services().store.unreadable_runs(state.lab()):
        st.caption(plain(unreadable.reason))
    if not records:
        st.markdown(":gray[Runs you train are kept here, to reopen and compare.]")
        return
    # Imported here, since it takes a third of a second of the server's startup.
    import pandas as pd

    st.dataframe(
        pd.DataFrame([_row(record) for record in records]),
        key=_KEY,
        hide_index=True,
        selection_mode="single-row",
        on_select=lambda: _open_selected(records),
        column_config={
            name: st.column_config.TextColumn(help=text) for name, text in _HELP.items()
        },
        alt="Your runs, newest first",
    )


_HELP = {
    "Validation accuracy": "Share of validation images predicted correctly with the weights that "
    "the run keeps: those of its best epoch.",
    "Test accuracy": "Share of the 10,000 test images predicted correctly, measured once, when a "
    "run ends.",
}


def _row(record: RunRecord) -> dict[str, str]:
    tested = record.test_correct is not None and record.test_total
    test = record.test_correct / record.test_total if tested else None  # type: ignore[operator]
    in_view = "●" if record.id == st.session_state.get("run") else ""
    return {
        "Open": in_view,
        "Name": record.name,
        "Status": formatting.state(record.status, record.config),
        "Epochs": f"{record.epochs_done} of {record.config.epochs}",
        "Validation accuracy": formatting.percent(record.validation_accuracy),
        "Test accuracy": formatting.percent(test),
        "Parameters": f"{record.config.parameter_count:,}",
        "Training time": formatting.duration(record.seconds)
        if record.seconds
        else formatting.NOTHING,
        "Started": formatting.moment(record.created_at),
    }


def _open_selected(records: list[RunRecord]) -> None:
    match st.session_state[_KEY]["selection"]["rows"]:
        case [int(row)] if 0 <= row < len(records):
            state.open_run(records[row].id)
