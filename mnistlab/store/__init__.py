"""Where labs, runs and drawings are kept: a database, by default one SQLite file."""
