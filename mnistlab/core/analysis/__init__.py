"""What curves and predictions say: metrics, comparisons, explanations."""
