"""What a worker of the embedded cluster begins with: imported before it is forked."""

import importlib

from mnistlab.engine.worker import cores, warm_up

warm_up.give_way()
cores.prepare()
importlib.import_module("mnistlab.engine.worker.compiler").leave_out()
importlib.import_module("mnistlab.engine.worker.run_job")
