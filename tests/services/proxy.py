"""A line between two processes, which can be cut."""

import contextlib
import socket
import threading


class Proxy:
    """Hands on what comes to its own port, both ways, until it is cut.

    Args:
        port: Where it hands it on to, on this machine.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._is_cut = False
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Break all connections and make no new ones."""
        self._is_cut = True
        while self._open:
            _hang_up(self._open.pop())

    def mend(self) -> None:
        """Make connections again."""
        self._is_cut = False

    def close(self) -> None:
        """End for good."""
        _hang_up(self._listener)
        self.cut()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if self._is_cut:
                    near.close()
                else:
                    self._join(near)

    def _join(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(("127.0.0.1", self._target))
        except OSError:
            _hang_up(near)  # there is nobody at the other end just now
            return
        self._open += [near, far]
        for ends in ((near, far), (far, near)):
            threading.Thread(target=_pump, args=ends, daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while content := source.recv(65_536):
            sink.sendall(content)
    _hang_up(source)
    _hang_up(sink)


def _hang_up(line: socket.socket) -> None:
    # Closing alone would leave a thread waiting that reads from it.
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()
