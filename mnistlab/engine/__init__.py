"""Training on a Dask cluster: submit, watch and stop runs."""
