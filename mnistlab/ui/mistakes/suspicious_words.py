"""What the Mistakes page says about suspicious labels."""

from markupsafe import Markup

from mnistlab.core.run import RunStatus, SuspiciousLabels
from mnistlab.core.settings.config import MNIST_TRAINING_IMAGES, RunConfig
from mnistlab.store import RunRecord
from mnistlab.ui import formatting
from mnistlab.ui.components.verdict.verdict import NONE, TROUBLE, UNKNOWN, section

_CHANGED_BY_SHUFFLING = 0.9
"""Of the labels that are permuted; a tenth of them is right by chance (`mnist.shuffle_labels`)."""

HOW_IT_IS_JUDGED = Markup(
    """<details class="lab-details"><summary>How this is judged</summary>
<p>At each step, an image's margin is the score (logit) of its label minus the highest score of the
other digits, in nats. A margin of −1 nat means that the network found another digit 2.7 times as
probable as the label; each further nat multiplies this by 2.7. The mean margin is taken over the
epochs from the second to the best one. After that, a network also memorizes wrong labels.</p>
<p>A network rejects a wrong label about as firmly as it accepts a right one. So the labels counted
as likely wrong are those with a margin below minus half the median positive one. If they are fewer
than half the share of validation images that it misclassifies, no label is called wrong. A network
that has learned little counts too many.</p>
<p>A low mean margin is a reason to look at an image, not a proof. Some images are only hard to
recognize.</p>
<p>Source: G. Pleiss, T. Zhang, E. Elenberg, K. Q. Weinberger 2020, Identifying Mislabeled Data
using the Area Under the Margin Ranking.</p></details>"""
)


def estimate(labels: SuspiciousLabels, run: RunRecord) -> Markup:
    """Return the verdict on how many of a run's labels are wrong."""
    if not len(labels.indices):
        return _verdict(
            NONE,
            "No label is under suspicion",
            "No training image has a negative mean margin: each label scored higher than any "
            "other digit, on average.",
        )
    kind, headline, why = _judge(labels.likely_wrong, run)
    return _verdict(kind, headline, f"{_resisted(labels.negative)} {why}")


def _verdict(kind: str, headline: str, details: str) -> Markup:
    return section("Are labels wrong?", kind, headline, details)


def _resisted(negative: int) -> str:
    return (
        "The network resisted the labels of the images below longest: they have the lowest mean "
        f"margin. For {formatting.images(negative)} it is negative: on average, another digit "
        "scored higher than the label."
    )


def _judge(likely_wrong: int | None, run: RunRecord) -> tuple[str, str, str]:
    """Return the kind of verdict, its headline and what tells."""
    if likely_wrong is None:
        return UNKNOWN, _CAN_NOT_TELL, _NOTHING_TO_COUNT_BY
    if run.best_epoch == 1:
        return UNKNOWN, _CAN_NOT_TELL, _TOO_EARLY
    if not likely_wrong:
        return NONE, "No label is proven wrong by its margin", _OWN_MISTAKES
    verb, images = "is" if likely_wrong == 1 else "are", f"{run.config.training_images:,}"
    headline = f"About {about(likely_wrong)} of {images} labels {verb} likely wrong"
    return TROUBLE, headline, _MORE_THAN_OWN_MISTAKES


_CAN_NOT_TELL = "Can't tell how many labels are wrong"
_NOTHING_TO_COUNT_BY = (
    "Without validation images, the network's own mistakes can't be counted. Try 5,000 validation "
    "images."
)
_TOO_EARLY = (
    "But the first epoch was the best one, and after so little training many right labels have a "
    "negative margin. Try more epochs."
)
_OWN_MISTAKES = (
    "It firmly rejected no more labels than its own mistakes explain. Look at the images yourself."
)
_MORE_THAN_OWN_MISTAKES = (
    "It firmly rejected more labels than its own mistakes explain. Each of them is suspected, not "
    "proven wrong."
)


def comparison(differing: int, shown: int, config: RunConfig) -> Markup:
    """Return the verdict on whether suspicions are right, of a run with shuffled labels.

    Args:
        differing: How many of the shown images have another label than MNIST's.
        shown: How many images are shown, at least one.
        config: The run's settings.
    """
    share = f"{100 * config.shuffled_labels:.3g}%"
    changed = about(round(_CHANGED_BY_SHUFFLING * (_shuffled(config) - 1)))
    return section(
        "Are the suspicions right?",
        NONE,
        _differing(differing, shown),
        f"This run shuffled {share} of its labels, so MNIST's own labels show which suspicions "
        f"are right. Shuffling changed about {changed} labels; the others it moved are right by "
        "chance.",
    )


def _differing(differing: int, shown: int) -> str:
    if shown == 1:
        return f"This label {'differs from' if differing else 'is'} MNIST's own"
    verb = "differs" if differing == 1 else "differ"
    return f"Of these {shown} labels, {differing} {verb} from MNIST's own"


def mark(label: int, own: int, config: RunConfig) -> str:
    """Return the mark of a suspicion that is known to be wrong: MNIST has the same label."""
    return "unchanged" if is_shuffled(config) and label == own else ""


def is_shuffled(config: RunConfig) -> bool:
    """Return whether a run has labels that may differ from MNIST's."""
    return _shuffled(config) > 1


def _shuffled(config: RunConfig) -> int:
    return round(config.shuffled_labels * config.training_images)


def why_none(run: RunRecord) -> str:
    """Return why a run has no suspicious labels, not even an empty list."""
    if run.status is RunStatus.DIVERGED:
        return "This run diverged before it had margins to judge labels by."
    if not run.epochs_done:
        return "This run ended before its first epoch did, so no margins are known."
    return "This run was trained before margins were measured. Run it again to measure them."


def about(count: int) -> str:
    """Write an estimate with two significant digits: 2,600."""
    return f"{int(float(f'{count:.2g}')):,}"


def most_suspicious(shown: int) -> str:
    """Return the title of so many images."""
    return "The suspicious image" if shown == 1 else f"The {shown} most suspicious images"


def margin(nats: float) -> str:
    """Write a negative margin: −17.5 nats."""
    return f"−{formatting.number(-nats)} nats"


def tile(label: int, other: int, nats: float, marked: str) -> str:
    """Return a tile in one sentence; `marked` is its mark or empty."""
    whose = f"{marked} label" if marked else "label"
    return f"{whose} {label}, most probable other digit {other}, mean margin {margin(nats)}"


def image_name(index: int) -> str:
    """Name an image by its place among MNIST's, counted from 0."""
    return f"Training image {index:,}"


def closer_look(index: int, label: int, other: int, prediction: int) -> str:
    """Return Markdown that says what an image is and what the network makes of it.

    Args:
        index: Its place among MNIST's, from 0.
        label: The label it was trained with.
        other: The most probable other digit.
        prediction: The prediction, which may be the label by now.
    """
    now = f"the prediction is **{prediction}**"
    if prediction == label:
        now = f"by now the prediction too; the most probable other digit is **{other}**"
    return (
        f"{image_name(index)} :gray[of MNIST's {MNIST_TRAINING_IMAGES:,}, counted from 0]: "
        f"label **{label}**, {now}."
    )


def closer_margin(place: int, nats: float) -> str:
    """Return Markdown that says what an image's margin means.

    Args:
        place: Its place among all training images, that of the lowest margin being 1.
        nats: Its mean margin, which is negative.
    """
    rank = "the lowest" if place == 1 else f"number {place} from the lowest"
    return (
        f"Mean margin: **{margin(nats)}** ({rank}). On average, the label scored "
        f"{formatting.number(-nats)} nats lower than the strongest other digit."
    )


def closer_comparison(label: int, own: int, config: RunConfig) -> str:
    """Return Markdown that says whether a suspicion is right, where that is known."""
    if not is_shuffled(config):
        return ":gray[The label is MNIST's own. Suspected, not proven wrong: judge for yourself.]"
    if label == own:
        return f"MNIST's own label is **{own}** too: shuffling did not change it."
    return f"MNIST's own label is **{own}**: shuffling changed it, so the suspicion is right."
