"""`python -m benchmarks steps`: ways of taking a step, in turns."""

from benchmarks.training.steps import main


def test_all_are_compared_with_autograd() -> None:
    ratios = main(["--repeats", "1"])
    assert ratios.keys() == {
        "autograd",
        "gradients",
        "in_place",
        "in_place_counted_each_step",
    }
    assert ratios["autograd"] == 1
    assert all(0.1 < ratio < 10 for ratio in ratios.values())
