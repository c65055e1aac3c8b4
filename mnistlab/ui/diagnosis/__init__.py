"""Texts on a run: convergence, causes, overfitting."""
