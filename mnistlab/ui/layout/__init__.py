"""Parts that most pages have: their head, a run that goes on elsewhere, a first run."""
