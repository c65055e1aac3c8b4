"""Predictions of runs' networks, computed in the server."""
