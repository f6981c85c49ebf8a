"""Chord symbols and charts."""
