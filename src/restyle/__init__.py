"""restyle: any song, any style."""

__version__ = "0.1.0"
