"""A printed form for a writer's digits: its PDF, and its reading from a photo."""
