"""Guided experiments: a question, a few runs that answer it, and what they show."""
