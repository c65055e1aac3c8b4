"""How a job ended: with a result or an error."""

import logging
import uuid
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, TypeAlias

from mnistlab.core.errors import EngineError, MnistlabError, WorkerDiedError
from mnistlab.core.run import RunResult

if TYPE_CHECKING:
    from distributed.client import Future

logger = logging.getLogger(__name__)

Outcome: TypeAlias = RunResult | MnistlabError

_BROKE_OFF = "Training stopped unexpectedly"


def read_outcome(future: "Future[RunResult]") -> Outcome | None:
    """Return how training ended; None if the result was lost with the connection."""
    from distributed.scheduler import KilledWorker

    if future.status in ("cancelled", "lost"):
        return None
    try:
        result: RunResult = future.result()
    except MnistlabError as error:
        return error
    except KilledWorker as error:
        logger.error("%s", error)
        return explain_deaths(error.allowed_failures + 1)
    except Exception as error:  # of the training, or of the transfer
        is_of_training = future.status == "error"
        is_lost = isinstance(error, OSError | CancelledError) and not is_of_training
        return None if is_lost else explain_failure(_BROKE_OFF, error)
    return result


def explain_deaths(times: int) -> WorkerDiedError:
    """Return the error of a run whose training process died so many times."""
    return WorkerDiedError(
        f"The training process died {times} times during this run. Usually that means it ran "
        "out of memory.",
        "Try a smaller network or a smaller batch size.",
    )


def explain_failure(problem: str, error: Exception) -> EngineError:
    """Log an unforeseen error; return one to show. `problem` has no full stop."""
    reference = uuid.uuid4().hex[:8]
    logger.error("%s, reference %s", problem, reference, exc_info=error)
    return EngineError(
        f"{problem} ({type(error).__name__}, reference {reference}).",
        "Run it again. If that fails too, give the reference to the server administrator.",
    )
