"""What workers of the embedded cluster share, since it is there before they are forked."""

import contextlib
import gc
import importlib

from mnistlab.core.errors import DataError
from mnistlab.engine.worker import cores, warm_up

gc.disable()  # imports leave hardly any garbage; to look for it takes a tenth of their time
warm_up.lower_priority()
cores.prepare()
importlib.import_module("mnistlab.engine.worker.compiler").leave_out()
worker = importlib.import_module("mnistlab.engine.worker.run_job")
cores.use_one_thread()
with contextlib.suppress(DataError):  # each worker tries again, and says why
    worker.images()
warm_up.freeze_gc()
gc.enable()
