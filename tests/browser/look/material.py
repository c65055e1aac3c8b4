"""Runs for pages to show: a few trained on a page, and copied into the labs of all states."""

import dataclasses
import functools
from collections.abc import Sequence
from datetime import timedelta
from unittest import mock

from playwright.sync_api import Page

from mnistlab.core.run import RunResult, RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.history import History
from mnistlab.store import RunRecord, RunStore, leases, this_owner
from tests.browser.conftest import (
    Server,
    open_link,
    press_train,
    read_query,
    settle,
    wait_for_status,
)
from tests.factories import EXPLODING, not_none, wait_until

NETWORK = RunConfig(
    hidden_layers=2,
    units=(128, 64),
    optimizer="adam",
    batch_size=100,
    dropout=0.0,
    epochs=12,
    training_images=2_000,
    validation_images=1_000,
)
"""Trained in a second or two, and overfits."""

_LONGER_THAN_ANY_TEST = timedelta(hours=3)


@dataclasses.dataclass(frozen=True)
class Material:
    """Runs that have been trained.

    Attributes:
        store: Where they are.
        network: One that has learned, and overfits.
        diverged: One whose loss left all numbers.
        range_test: An LR range test of the network's settings.
        checks: The three short runs that check its suggestion.
    """

    store: RunStore
    network: RunRecord
    diverged: RunRecord
    range_test: RunRecord
    checks: Sequence[RunRecord]


def train_material(server: Server, store: RunStore, page: Page) -> Material:
    """Train runs as a student would, by their pages."""
    open_link(page, server.link(**EXPLODING.to_query()))
    diverged = press_train(page)
    wait_for_status(page, "diverged")
    page.goto(server.link(**NETWORK.to_query()))
    network = press_train(page)
    wait_for_status(page, "finished")
    lab = read_query(page, "lab")
    page.goto(server.link("rate", lab=lab, **NETWORK.to_query()))
    for number, button in ((2, "start_range_test"), (5, "check_rate")):
        page.wait_for_selector(f".st-key-{button} button:enabled")
        settle(page)
        page.click(f".st-key-{button} button")
        wait_until(functools.partial(_have_ended, store, lab, number))
    *checks, test, _ = store.runs(lab)
    return Material(store, store.run(network), store.run(diverged), test, checks)


def _have_ended(store: RunStore, lab: str, number: int) -> bool:
    runs = store.runs(lab)
    return len(runs) == number and not any(run.status.is_active for run in runs)


@dataclasses.dataclass(frozen=True)
class Curves:
    """A run without weights, to be put into a lab."""

    name: str
    config: RunConfig
    history: History
    status: RunStatus = RunStatus.FINISHED


def put(store: RunStore, lab: str, run: Curves) -> str:
    """Put a run into a lab; one that is active never changes by itself."""
    with mock.patch.object(leases, "LEASE", _LONGER_THAN_ANY_TEST):
        record = store.create_run(lab, run.config, run.name, this_owner())
        store.save_history(record.id, run.history, attempt=1)
        store.mark(record.id, run.status, attempt=1)
    return record.id


def put_copy(store: RunStore, lab: str, run: RunRecord) -> str:
    """Put a run that has ended into another lab, with its weights and all that was found."""
    record = store.create_run(lab, run.config, run.name, this_owner())
    result = RunResult(
        run.status,
        store.history(run.id),
        store.weights(run.id),
        store.checkpoint(run.id),
        store.test_probabilities(run.id),
        run.test_correct,
        store.validation_scores(run.id),
        store.suspicious_labels(run.id),
    )
    store.save_result(record.id, result, attempt=1)
    return record.id


def put_half(store: RunStore, lab: str, run: RunRecord) -> str:
    """Put a run into a lab as it was half way, as if it went on."""
    history = store.history(run.id)
    half = history.up_to(not_none(history.steps[-1]).step // 2)
    return put(store, lab, Curves(run.name, run.config, half, RunStatus.RUNNING))
