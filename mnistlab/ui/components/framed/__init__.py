"""A notice inside a frame of another site."""
