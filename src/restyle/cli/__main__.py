"""`python -m restyle.cli`, the same as `restyle`."""

from restyle.cli import main

main()
