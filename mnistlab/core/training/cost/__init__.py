"""The cost of training: the density of a run's curve, and its time on this machine."""
