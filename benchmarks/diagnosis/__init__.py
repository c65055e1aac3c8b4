"""How often what is said of runs is right."""
