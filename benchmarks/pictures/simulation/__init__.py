"""Simulated pictures: of one digit with faults, and of none."""
