"""Which run is sent to the cluster next, and what becomes of it."""
