"""How well pictures of digits are read."""
