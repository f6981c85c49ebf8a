"""Lead sheets as files."""
