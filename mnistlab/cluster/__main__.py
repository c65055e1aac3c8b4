"""`python -m mnistlab.cluster MODULE`, started by the dashboard's server.

The scheduler's address is the first line on standard output. The process ends when standard
input closes, which the system does even for a server that was killed. Workers import MODULE.
"""

import os
import signal
import sys

from mnistlab.cluster import fork_server


def main() -> None:
    """Start the workers' imports and Dask's at once, since each takes seconds."""
    # Ctrl-C in the terminal is for the server, whose end closes standard input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    # Workers print to the server's log, since the pipe is not read after the first line.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    fork_server.start(sys.argv[1])
    from mnistlab.cluster import serve

    serve.main(answer)


if __name__ == "__main__":
    main()
