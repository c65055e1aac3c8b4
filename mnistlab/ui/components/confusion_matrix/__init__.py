"""The confusion matrix, each of whose numbers can be pressed."""
