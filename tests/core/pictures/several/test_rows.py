"""Reading order."""

from mnistlab.core.pictures.several.rows import arrange


def test_rows_are_read_from_the_top_and_each_from_the_left() -> None:
    lower = [(10, 100, 30, 140), (50, 98, 70, 141)]
    upper = [(80, 10, 95, 50), (10, 12, 30, 48)]
    assert arrange([*lower, *upper]) == [[3, 2], [0, 1]]


def test_a_row_may_slant() -> None:
    """Each is half a height lower than the one before but one."""
    assert arrange([(40 * i, 12 * i, 40 * i + 20, 12 * i + 40) for i in range(8)]) == [
        list(range(8))
    ]


def test_nothing_has_no_rows() -> None:
    assert arrange([]) == []
