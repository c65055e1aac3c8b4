"""How well filled-in forms are read from photos."""
