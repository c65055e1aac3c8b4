"""The subject itself: data, network, training, metrics. Knows no page, cluster or database."""
