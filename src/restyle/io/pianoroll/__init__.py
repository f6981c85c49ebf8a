"""Piano-roll pictures."""
