"""Scores as they are written, bar by bar, and how they are played out: what ABC and kern share."""
