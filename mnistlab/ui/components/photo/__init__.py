"""A photo with what was found in it."""
