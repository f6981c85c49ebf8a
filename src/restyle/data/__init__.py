"""Corpora: songs on disk to token shards."""
