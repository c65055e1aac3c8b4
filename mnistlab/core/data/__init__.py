"""MNIST: its files, its splits, and its batches."""
