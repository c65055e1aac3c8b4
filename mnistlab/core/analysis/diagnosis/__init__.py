"""What a run's curves say, with the evidence for it: pure functions of a `History`."""
