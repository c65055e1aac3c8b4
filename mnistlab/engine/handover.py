"""What servers that share a store do about each other's runs."""

from collections.abc import Callable
from dataclasses import dataclass

from mnistlab.engine.dispatch.outcome import explain_failure
from mnistlab.engine.live import LiveRuns
from mnistlab.engine.other_servers import OtherServers
from mnistlab.store import RunStore, TakenOver


@dataclass(frozen=True)
class Actions:
    """What a server can do with its runs.

    Attributes:
        train: Trains a run that it has taken over.
        stop: Stops one of its runs.
        drop: Has nothing more to do with a run, given its id and attempt.
        fail: Marks a run as failed, given its id, its attempt and why.
    """

    train: Callable[[TakenOver], None]
    stop: Callable[[str], None]
    drop: Callable[[str, int], None]
    fail: Callable[[str, int, str], None]


class Handover:
    """Stops, drops and takes over runs, as the store says.

    Args:
        store: Keeps the runs of all servers.
        owner: The name of this server, from `this_owner`.
        others: The other servers' runs.
        live: This server's runs.
        actions: What is done with them.
    """

    def __init__(
        self, store: RunStore, owner: str, others: OtherServers, live: LiveRuns, actions: Actions
    ) -> None:
        self._store = store
        self._owner = owner
        self._others = others
        self._live = live
        self._actions = actions

    def follow(self) -> None:
        """Stop runs that were stopped through another server; drop those that one took over."""
        for run in self._others.refresh():
            live = self._live.look(run.id)
            if live is None:
                continue
            if live.attempt < run.attempt:
                self._actions.drop(run.id, live.attempt)
            elif run.stop_requested and not live.is_stopping:
                self._actions.stop(run.id)

    def renew_leases(self) -> None:
        """Send a heartbeat, and train the runs of servers that send none any more."""
        self._store.leases.heartbeat(self._owner)
        for taken in self._store.leases.take_over(self._owner):
            try:
                self._actions.train(taken)
            except Exception as error:  # a run whose checkpoint is damaged holds up no other
                reason = explain_failure("The run could not be taken over", error)
                self._actions.fail(taken.run.id, taken.attempt, str(reason))
