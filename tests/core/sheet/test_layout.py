"""Where everything is on the form."""

import pytest

from mnistlab.core.sheet.layout import A4, LAYOUTS, LETTER, Layout, find_layouts


def test_the_boxes_are_in_the_middle_of_the_paper() -> None:
    """Ten of 17 mm leave 40 of 210 mm; marks, gaps, labels and ten of 21 mm leave 45 of 297."""
    a4 = Layout(A4, 10, 0)
    assert a4.margins == (20.0, 47.5)
    assert (a4.top, a4.bottom) == (-25.0, 227.0)
    assert a4.margins[1] + a4.top == 22.5 == A4.height - (a4.margins[1] + a4.bottom)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.paper.name)
def test_a_printer_leaves_nothing_out(layout: Layout) -> None:
    """None needs a margin of more than half an inch."""
    left, top = layout.margins
    assert min(left, top + layout.top) > 12.7
    assert layout.paper.height - (top + layout.bottom) > 12.7


def test_marks_are_at_the_corners_clockwise() -> None:
    layout = Layout(LETTER, 10, 0)
    upper_left, upper_right, lower_right, lower_left = map(layout.mark_corners, range(4))
    assert upper_left.tolist() == [[0, -25], [12, -25], [12, -13], [0, -13]]
    assert upper_right[1].tolist() == [170, -25]
    assert lower_right[2].tolist() == [170, 227]
    assert lower_left[3].tolist() == [0, 227]


def test_a_mark_tells_its_form() -> None:
    for layout in LAYOUTS:
        ids = range(layout.first_mark, layout.first_mark + 4)
        assert all(find_layouts([mark]) == [layout] for mark in ids)
    assert find_layouts([0, 5]) == list(LAYOUTS)
    assert find_layouts([40]) == []
