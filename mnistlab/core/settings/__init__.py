"""A run's config, the settings' rules, and the named choices."""
