"""What in a picture is ink: how dark it is, which marks it makes, and which are printed lines."""
