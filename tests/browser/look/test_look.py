"""Every page in every state, at six widths, light and dark."""

import pytest

from tests.browser.conftest import Server
from tests.browser.look.audit import COLOURING, PLACING, TOUCHING
from tests.browser.look.material import Material
from tests.browser.look.states import HEIGHTS, STATES
from tests.browser.look.walk import Tabs, Walk, open_state, walk

MOST_ABOVE_A_NUMBER = 180


@pytest.fixture(scope="module", params=STATES)
def seen(request: pytest.FixtureRequest, server: Server, tabs: Tabs, material: Material) -> Walk:
    """A state, seen once for all tests of it."""
    state = STATES[request.param]
    open_state(server, tabs, material, state)
    return walk(tabs, state)


def test_nothing_is_cut_or_lies_over_another(seen: Walk) -> None:
    assert seen.of(*PLACING) == []


def test_all_is_large_enough_for_fingers(seen: Walk) -> None:
    assert seen.of(*TOUCHING) == []


def test_all_can_be_told_from_what_is_around_it(seen: Walk) -> None:
    assert seen.of(*COLOURING) == []


def test_axe_finds_nothing_serious(seen: Walk) -> None:
    assert seen.of("axe") == []


def test_what_is_waited_for_is_in_view(seen: Walk) -> None:
    assert seen.of("view") == []


def test_the_console_stays_empty(seen: Walk) -> None:
    assert seen.said == []


@pytest.mark.parametrize("name", ["train-during", "train-after", "train-diverged"])
def test_a_runs_first_number_is_near_the_top(
    server: Server, tabs: Tabs, material: Material, name: str
) -> None:
    open_state(server, tabs, material, STATES[name])
    tops = {}
    for width in HEIGHTS:
        tabs.set_width(width)
        box = tabs.light.locator(".lab-stats").bounding_box()
        assert box is not None
        tops[width] = box["y"]
    assert {width: top for width, top in tops.items() if top > MOST_ABOVE_A_NUMBER} == {}
