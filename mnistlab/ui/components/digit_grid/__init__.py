"""A grid of digits."""
