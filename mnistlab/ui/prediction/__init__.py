"""What runs' networks make of digits, asked in the server."""
