"""How many threads a run gets, on machines with a clock of their own."""

from collections import Counter
from collections.abc import Mapping

import pytest
import torch

from mnistlab.engine.worker.thread_tuner import ThreadTuner


class Machine:
    """Takes steps as long as it is said to, by the number of threads.

    Attributes:
        seconds: What a step takes, by the number of threads.
    """

    def __init__(self, seconds: Mapping[int, float], fewest: int = 1) -> None:
        self.seconds = seconds
        self._now = 0.0
        self._tuner = ThreadTuner(fewest, lambda: self._now)

    def run(self, steps: int, most: int, pause: float = 0.0) -> Counter[int]:
        """Return how many steps each number of threads got; `pause` follows each 100th step."""
        taken: Counter[int] = Counter()
        for step in range(steps):
            threads = self._tuner.threads(most)
            taken[threads] += 1
            self._now += self.seconds[threads] + (pause if step % 100 == 99 else 0.0)
        return taken


QUIET = {1: 0.0017, 2: 0.0012, 4: 0.0008}
CROWDED = {1: 0.0018, 2: 0.02, 4: 0.03}
"""The notebook's network beside a process that wants a core to itself, as measured."""


def test_a_machine_to_itself_is_used_whole() -> None:
    assert Machine(QUIET).run(2_000, most=2)[2] > 1_960


def test_one_thread_goes_on_where_two_would_wait_for_each_other() -> None:
    taken = Machine(CROWDED).run(2_000, most=2)
    assert taken[1] > 1_950
    seconds = sum(CROWDED[threads] * steps for threads, steps in taken.items())
    assert seconds < 1.3 * 2_000 * CROWDED[1]


def test_more_threads_come_back_when_the_others_have_gone() -> None:
    machine = Machine(QUIET)
    machine.run(500, most=2)
    machine.seconds = CROWDED
    assert machine.run(1_000, most=2)[1] > 900
    machine.seconds = QUIET
    assert machine.run(2_000, most=2)[2] > 1_500


def test_a_pause_between_steps_is_not_taken_for_a_crowd() -> None:
    assert Machine(QUIET).run(2_000, most=2, pause=0.3)[2] > 1_960


@pytest.mark.parametrize("best", [1, 2, 4])
def test_of_four_threads_as_many_are_used_as_is_best(best: int) -> None:
    seconds = {threads: 0.001 if threads == best else 0.002 for threads in (1, 2, 4)}
    seconds[4] = 0.001 if best == 4 else 0.003
    machine = Machine(seconds)
    machine.run(500, most=4)
    assert machine.run(2_000, most=4)[best] > 1_700


def test_no_more_are_used_than_there_are_from_the_next_step_on() -> None:
    machine = Machine(QUIET)
    machine.run(500, most=4)
    assert machine.run(500, most=1) == {1: 500}
    assert machine.run(500, most=2)[2] > 450


def test_no_fewer_are_used_than_may_be() -> None:
    assert Machine(CROWDED, fewest=2).run(500, most=2) == {2: 500}


def test_torch_computes_with_the_number_that_was_chosen() -> None:
    before = torch.get_num_threads()
    ThreadTuner(2).apply(2)
    chosen = torch.get_num_threads()
    torch.set_num_threads(before)
    assert chosen == 2


def test_long_steps_are_compared_too() -> None:
    assert Machine({1: 2.0, 2: 1.2}).run(50, most=2)[2] > 40
    assert Machine({1: 1.2, 2: 9.0}).run(50, most=2)[1] > 35
