"""Digits to press."""
