"""What training costs: how dense a run's curve is, and how long it takes on this machine."""
