"""What the pages look like."""
