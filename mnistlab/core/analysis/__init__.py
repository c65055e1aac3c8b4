"""Analysis of curves and predictions: metrics, comparisons, explanations."""
