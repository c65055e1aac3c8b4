"""Texts on an experiment's progress."""

from collections.abc import Sequence

from markupsafe import Markup

from mnistlab.core.experiments.experiment import ClaimVerdict
from mnistlab.core.run import RunStatus
from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.cost.speed import Speed
from mnistlab.ui import formatting
from mnistlab.ui.experiments.runs import ExperimentRuns, ExperimentStatus
from mnistlab.ui.live import status
from mnistlab.ui.live.parts import mark_text
from mnistlab.ui.live.snapshot import RunSnapshot
from mnistlab.ui.session import state
from mnistlab.ui.session.predictions import SKIPPED

_SECONDS_AROUND_A_RUN = 1.0
"""From one run's last step to the next one's first, for testing and storing. Our own measurement:
62 runs took 392 s, of which 299 s were training and about 30 s validation, both part of a run's
estimate (2 cores, not idle)."""

VERDICT_MARKS = {
    ClaimVerdict.HOLDS: "✓",
    ClaimVerdict.FAILS: "✗",
    ClaimVerdict.ANSWERED: "✓",
    ClaimVerdict.UNKNOWN: "?",
}


def about(speed: Speed | None, configs: Sequence[RunConfig]) -> str:
    """Write the duration of consecutive runs: about 40 s; empty if not known yet."""
    if speed is None or not configs:
        return ""
    seconds = sum(speed.run_seconds(config) + _SECONDS_AROUND_A_RUN for config in configs)
    return f"about {formatting.duration(5 * max(1, round(seconds / 5)))}"


def run_label(trial: ExperimentRuns, speed: Speed | None) -> str:
    """Write the label of the button that starts the runs: Run it (about 40 s)."""
    arms = trial.trainable
    if len(arms) == len(trial.experiment.arms):
        what = "Run it"
    else:
        what = "Run the missing one" if len(arms) == 1 else f"Run the {len(arms)} missing ones"
    time = about(speed, [arm.config for arm in arms])
    return f"{what} ({time})" if time else what


def what_runs(trial: ExperimentRuns) -> str:
    """Write how many runs an experiment has, and how many of them are there."""
    arms, there = len(trial.experiment.arms), len(trial.ended)
    if there == arms:
        return f"All {arms} runs have ended."
    text = f"{arms} runs, each a normal run in your lab."
    return f"{text} You already have {there} of them." if there else text


def card_state(trial: ExperimentRuns, speed: Speed | None) -> str:
    """Write an experiment's progress, for the list of all, after a sign of it."""
    done, all_arms = len(trial.ended), trial.experiment.arms
    if trial.state is ExperimentStatus.RUNNING:
        return f"◐ Running, {done} of {len(all_arms)} runs done"
    if trial.state is ExperimentStatus.PARTLY:
        return f"◐ {done} of {len(all_arms)} runs done"
    if trial.state is ExperimentStatus.DONE:
        return " · ".join(filter(None, ["✓ Done", _how_predicted(trial)]))
    time = about(speed, [arm.config for arm in all_arms])
    return " · ".join(filter(None, ["○ Not tried yet", time]))


def _how_predicted(trial: ExperimentRuns) -> str:
    guess = state.guesses().get(trial.name)
    if guess is None:
        return "predict to see"
    if guess == SKIPPED or trial.conclusion is None or not trial.conclusion.right:
        return ""
    return f"your prediction was {'correct' if guess in trial.conclusion.right else 'wrong'}"


def progress(entries: Sequence[tuple[str, RunSnapshot]], arms: int) -> str:
    """Write an experiment's present activity: Training run 3 of 7: 0.01, epoch 2 of 4.

    Args:
        entries: The active runs with their labels, in the order of the arms.
        arms: The number of the experiment's runs.
    """
    training = [pair for pair in entries if pair[1].status is RunStatus.RUNNING]
    done = arms - len(entries)
    if len(training) > 1:
        return f"Training {len(training)} runs at the same time, {done} of {arms} done"
    if training:
        label, entry = training[0]
        return Markup("Training run {} of {}: {}, {}").format(
            done + 1, arms, label, mark_text(entry, "epochs", status.epochs(entry))
        )
    waits = [entry.wait for _, entry in entries if entry.wait is not None]
    if not waits:
        return "Getting ready"
    first = min(waits, key=lambda wait: wait.place)
    return formatting.place_in_line(first.place, first.seconds)


def not_here(trial: ExperimentRuns) -> str:
    """Write which runs exceed this server's limits; empty if none."""
    trainable = trial.trainable
    kept_out = [arm.label for arm in trial.missing if arm not in trainable]
    if not kept_out:
        return ""
    verb = "is" if len(kept_out) == 1 else "are"
    return (
        f"{len(kept_out)} of the runs {verb} too large to train on this server: "
        f"{formatting.listed(kept_out)}. You can train the others, but there is no conclusion "
        "without all of them."
    )
