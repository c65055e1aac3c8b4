"""Data, network, training and metrics, without pages, cluster or database."""
