"""`python -m mnistlab.cluster MODULE`, started by the dashboard's server.

The scheduler's address is the first line on standard output. Standard input is the life
line: the process ends when it closes, which the system does even for a server that was
killed. MODULE is what workers begin with.
"""

import os
import signal
import sys

from mnistlab.cluster import fork_server


def main() -> None:
    """Have both begun at once, each of which takes seconds: the workers' imports and Dask's."""
    # Ctrl-C in the terminal is for the server, whose end closes standard input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    # What workers print belongs to the server's log, not into the pipe that nobody reads
    # after the first line.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    fork_server.start(sys.argv[1])
    from mnistlab.cluster import serve

    serve.main(answer)


if __name__ == "__main__":
    main()
