"""Diagnosis of a run by its curves: pure functions of a `History`."""
