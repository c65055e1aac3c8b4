"""The real MNIST: its files, its splits, and its batches."""
