"""What is said of a run: convergence, causes, overfitting."""
