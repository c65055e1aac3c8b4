"""Training somewhere else: submit a run, watch it, stop it. Dask behind it."""
