"""Which run is sent to the cluster next, and how its job ends."""
