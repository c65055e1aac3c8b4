"""The embedded cluster: a Dask scheduler and its workers on this machine."""
