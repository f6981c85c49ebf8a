"""ABC files."""
