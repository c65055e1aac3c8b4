"""A timer that reruns a fragment."""
