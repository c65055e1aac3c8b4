"""The charts, a file each: its rows and its spec."""
