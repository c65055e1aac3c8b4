"""Servers, browsers and visitors for benchmarks."""
