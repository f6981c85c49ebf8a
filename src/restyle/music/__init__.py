"""The nouns: song, lead sheet, parts, grid. No files are read or written here."""
