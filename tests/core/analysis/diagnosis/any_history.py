"""Any run's record, for Hypothesis: finite numbers of any size, whole or with gaps."""

from hypothesis import strategies as st

from mnistlab.core.settings.config import RunConfig
from mnistlab.core.training.events import (
    Divergence,
    EpochPoint,
    LayerState,
    Probe,
    StepPoint,
    ValidationErrors,
)
from mnistlab.core.training.history import History

STEPS_AN_EPOCH = 10

numbers = (
    st.floats(0, 5)
    | st.floats(0, 1e300)
    | st.sampled_from([0.0, 1e-300, 1e-12, 0.01, 2.3, 1e10, 1e300])
)
"""A loss, a norm, or a standard error: nothing that is measured is below zero."""

shares = st.floats(0, 1)


def _falling(losses: list[float]) -> list[float]:
    return sorted(losses, reverse=True)


def _leap(losses: list[float]) -> list[float]:
    """Fall, but for one loss in the middle that is much lower than those after it."""
    fallen = _falling(losses)
    fallen.insert(2 * len(fallen) // 3, fallen[-1])
    return fallen


def _curves(epochs: int) -> st.SearchStrategy[list[float]]:
    whole = st.lists(numbers, min_size=epochs, max_size=epochs)
    plain = st.lists(st.floats(1.2, 2.3), min_size=epochs, max_size=epochs)
    return st.one_of(
        whole,
        whole.map(_falling),
        numbers.map(lambda loss: [loss] * epochs),
        plain.map(_falling),
        plain.map(_leap).map(lambda losses: losses[:epochs]),
    )


@st.composite
def _epoch_points(draw: st.DrawFn, is_validated: bool) -> list[EpochPoint]:
    epochs = draw(st.integers(0, 16))
    losses, train_losses = draw(_curves(epochs + 1)), draw(_curves(epochs + 1))
    error = draw(st.sampled_from([0.0, 0.01, 0.1]) | numbers)
    kept_since = draw(st.sampled_from([0, 0, 0, 3, 99]))
    points = []
    for epoch in range(epochs + 1):
        kept = (error,) * max(0, epoch - kept_since)
        errors = ValidationErrors(error, draw(shares), kept, kept)
        points.append(
            EpochPoint(
                epoch,
                STEPS_AN_EPOCH * epoch,
                train_losses[epoch] if epoch else None,
                draw(shares) if epoch else None,
                losses[epoch] if is_validated else None,
                draw(shares) if is_validated else None,
                1.0,
                errors if is_validated and kept_since < 99 else None,
                error if epoch and kept_since < 99 else None,
            )
        )
    return points


_layers = st.builds(
    LayerState,
    gradient=numbers,
    update=st.none() | numbers,
    distance=st.none() | numbers,
    flat=shares,
    dead=shares | st.sampled_from([0.0, 1.0]),
    copies=shares | st.sampled_from([0.0, 1.0]),
)
_last_layers = st.builds(LayerState, numbers, st.none() | numbers, st.none() | numbers)


@st.composite
def _probes(draw: st.DrawFn, layers: int) -> list[Probe]:
    return [
        Probe(
            step,
            step / STEPS_AN_EPOCH,
            (*(draw(_layers) for _ in range(layers)), draw(_last_layers)),
            draw(st.none() | numbers),
        )
        for step in range(1, 1 + draw(st.integers(0, 4)))
    ]


@st.composite
def runs(draw: st.DrawFn) -> tuple[RunConfig, History]:
    """Draw a run's settings and its record."""
    images = draw(st.sampled_from([0, 1, 400, 5_000, 5_000, 5_000]))
    layers = draw(st.integers(0, 3))
    config = RunConfig(
        hidden_layers=layers,
        schedule=draw(st.sampled_from(["constant", "constant", "cosine"])),
        activation=draw(st.sampled_from(["relu", "none"])),
        dropout=draw(st.sampled_from([0.0, 0.5])),
        weight_decay=draw(st.sampled_from([0.0, 1e-6])),
        learning_rate=draw(st.sampled_from([1e-6, 0.01, 100.0])),
        validation_images=images,
    )
    points = draw(_epoch_points(is_validated=images > 0))
    losses = draw(st.lists(numbers, min_size=1, max_size=14))
    apart = max(1, points[-1].step)  # the last one is no earlier than the last epoch's end
    steps = [
        StepPoint(n * apart, n * apart / STEPS_AN_EPOCH, loss, 0.5, 10 ** (n / 2 - 6), float(n))
        for n, loss in enumerate(losses, start=1)
    ]
    divergence = draw(st.none() | st.just(Divergence(12, 1.2)))
    return config, History(steps, points, draw(_probes(layers)), divergence)
