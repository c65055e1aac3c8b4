"""My handwriting: the lab's own test set, and the ways digits come into it."""
