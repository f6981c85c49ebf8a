"""What the readers of notation share: kinds of files, and whole bars."""
