"""What changes a network's weights: `step.py` is the reference, `fast_step.py` its optimisation."""
