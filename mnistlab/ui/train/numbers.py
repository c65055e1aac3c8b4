"""The four numbers of a run: how good it is, and how long it takes."""

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from mnistlab.core.analysis.metrics import wilson_interval
from mnistlab.core.training.history import History
from mnistlab.ui import formatting
from mnistlab.ui.live import progress
from mnistlab.ui.live.snapshot import RunSnapshot

_NOT_YET = "–"


class _Tile(NamedTuple):
    label: str
    value: str
    note: str = ""


def numbers(run: RunSnapshot, correct: int | None, total: int | None) -> Markup:
    """Return a run's four numbers as an HTML list; what it is trained for comes first.

    Args:
        run: As it is now.
        correct: Test images that it classifies correctly, once it was tested.
        total: Test images.
    """
    tiles = (*_measures(run.history), *_times(run))
    if correct is not None and total and not run.status.is_active:
        tiles = (_test_accuracy(correct, total), *tiles[:2], tiles[-1])
    return _tiles(tiles)


def no_numbers() -> Markup:
    """Return the same list without values, for a page without a run."""
    labels = ("Validation accuracy", "Validation loss", "Time per epoch", "Training time")
    return _tiles([_Tile(label, _NOT_YET) for label in labels])


def _tiles(tiles: Sequence[_Tile]) -> Markup:
    """Return numbers with their labels as an HTML list."""
    item = Markup('<div role="listitem"><span>{}</span><b>{}</b><small>{}</small></div>')
    items = Markup().join(item.format(*tile) for tile in tiles)
    return Markup('<div class="lab-stats" role="list">{}</div>').format(items)


def _test_accuracy(correct: int, total: int) -> _Tile:
    interval = formatting.percent_interval(wilson_interval(correct, total))
    return _Tile("Test accuracy", formatting.percent(correct / total), f"95% CI {interval}")


def _measures(history: History) -> tuple[_Tile, _Tile]:
    """Return accuracy and loss: of the best epoch, on validation images if there are any."""
    train = history.steps[-1] if history.steps else None
    accuracy = formatting.percent(train.train_accuracy if train else None)
    loss = formatting.loss(train.train_loss if train else None)
    last = history.epochs[-1] if history.epochs_done else None
    if last is not None and last.validation_loss is None:
        without = "no validation images"
        return _Tile("Training accuracy", accuracy, without), _Tile("Training loss", loss, without)
    best = history.best_epoch
    if best is None or last is None:
        so_far = (f"training {accuracy}", f"training {loss}") if train else ("", "")
        return (
            _Tile("Validation accuracy", _NOT_YET, so_far[0]),
            _Tile("Validation loss", _NOT_YET, so_far[1]),
        )
    when = f"epoch {best.epoch}"
    last_accuracy = f"{when}; last {formatting.percent(last.validation_accuracy)}"
    last_loss = f"{when}; last {formatting.loss(last.validation_loss)}"
    return (
        _Tile("Validation accuracy", formatting.percent(best.validation_accuracy), last_accuracy),
        _Tile("Validation loss", formatting.loss(best.validation_loss), last_loss),
    )


def _times(run: RunSnapshot) -> tuple[_Tile, _Tile]:
    seconds = progress.seconds_per_epoch(run.history)
    pace = progress.images_per_second(run.history, run.config)
    per_epoch = _NOT_YET if seconds is None else formatting.short_time(seconds)
    speed = f"{formatting.number(pace)} images/s" if pace else ""
    spent = formatting.duration(run.history.seconds) if run.history.steps else _NOT_YET
    if not run.status.is_active:
        note = f"{per_epoch} per epoch" if seconds is not None else ""
        return _Tile("Time per epoch", per_epoch, speed), _Tile("Training time", spent, note)
    left = progress.seconds_left(run.history, run.config)
    time_left = _NOT_YET if left is None else formatting.duration(left)
    so_far = f"{spent} so far" if run.history.steps else ""
    return _Tile("Time per epoch", per_epoch, speed), _Tile("Time left", time_left, so_far)
