"""How fast runs train."""
