"""Many digits in one picture."""
