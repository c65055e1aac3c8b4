"""What belongs to one visitor."""
