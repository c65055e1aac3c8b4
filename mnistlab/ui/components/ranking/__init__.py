"""A table of lines that can be pressed."""
