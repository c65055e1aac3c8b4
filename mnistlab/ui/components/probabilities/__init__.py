"""Ten probabilities as bars."""
