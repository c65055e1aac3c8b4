"""The learning-rate range test: the suggestion from its curve, and its check."""
