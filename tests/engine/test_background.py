"""Things done in a thread of the engine's own."""

import threading
import time

from mnistlab.engine.background import Background


def test_what_is_to_be_done_later_waits_for_its_time_but_holds_up_nothing() -> None:
    thread, done = Background("test"), threading.Event()
    order: list[str] = []
    began = time.monotonic()
    thread.do_later(0.2, order.append, "later")
    thread.do_later(0.3, done.set)
    thread.do(order.append, "now")
    assert done.wait(10)
    assert order == ["now", "later"]
    assert time.monotonic() - began >= 0.3
    thread.close()


def test_nothing_is_done_once_it_is_closed() -> None:
    thread, done = Background("test"), threading.Event()
    thread.do_later(0.05, done.set)
    thread.close()
    assert not done.wait(0.3)
