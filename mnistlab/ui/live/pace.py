"""How often a line that grows is drawn anew."""

_VISIBLE_GROWTH = 0.2
"""The share by which a line grows in between: a smaller one is hardly visible, and drawing slows
training."""


def pause(trained: float, least: float, most: float) -> float:
    """Return the seconds until a line of `trained` seconds of training is drawn anew."""
    return max(least, min(_VISIBLE_GROWTH * trained, most))
