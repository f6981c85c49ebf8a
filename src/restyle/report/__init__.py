"""The report of `restyle evaluate`: songs restyled, measured and shown."""
