"""Measurements: `python -m benchmarks NAME [--json FILE]`, one module for each NAME."""
