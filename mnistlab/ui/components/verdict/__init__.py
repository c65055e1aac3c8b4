"""Verdicts on a run."""
