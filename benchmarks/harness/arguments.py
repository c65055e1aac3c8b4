"""What several benchmarks read from the command line."""

import argparse


def positive(text: str) -> int:
    """Read a number of repeats or seeds."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number
