"""What a server stands."""
