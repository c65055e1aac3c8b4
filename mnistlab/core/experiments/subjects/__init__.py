"""The experiments, one file a subject."""
