"""How an order ended: with a result, or with what went wrong."""

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


def read_outcome(future: "Future[RunResult]") -> Outcome | None:
    """Return how training ended; None if that was lost on the way."""
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
    except Exception as error:
        is_of_training = future.status == "error"
        is_lost = isinstance(error, OSError | CancelledError) and not is_of_training
        return None if is_lost else _explain(error)
    return result


def explain_deaths(times: int) -> WorkerDiedError:
    """Return what to say about a run whose training process died so many times."""
    return WorkerDiedError(
        f"The training process died {times} times while it had this run; most often that "
        "means that the memory was not enough.",
        "Try a smaller network or smaller batches.",
    )


def _explain(error: Exception) -> EngineError:
    reference = uuid.uuid4().hex[:8]
    logger.error("Training failed, reference %s", reference, exc_info=error)
    return EngineError(
        f"Training broke off unexpectedly ({type(error).__name__}, reference {reference}).",
        "Run it again; if it breaks again, show the reference to whoever keeps the server.",
    )
