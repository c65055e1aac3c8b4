"""The learning-rate range test: what its curve suggests, and whether that holds."""
