"""Data augmentation: training images with random small changes."""
