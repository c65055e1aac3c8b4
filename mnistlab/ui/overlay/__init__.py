"""Several runs laid over each other in one chart, with its controls and its legend."""
