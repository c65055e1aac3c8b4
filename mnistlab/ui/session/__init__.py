"""State of one visitor."""
