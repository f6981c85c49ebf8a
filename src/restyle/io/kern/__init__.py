"""Humdrum **kern files."""
