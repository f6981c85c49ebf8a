"""restyle: any song, any style.

    import restyle
    restyle.transfer("song.mid", to="jazz", seed=1).write("song.jazz.mid")

`read(path) -> Song`, `hear(song) -> LeadSheet`, `transfer(song, to=...) -> Song`; the libraries
behind them are loaded when they are first called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from restyle.errors import RestyleError
from restyle.music.lead import LeadSheet
from restyle.music.song import Song

if TYPE_CHECKING:
    from restyle.analysis import hear
    from restyle.io import read
    from restyle.pipeline import transfer

__version__ = "0.1.0"
__all__ = ["LeadSheet", "RestyleError", "Song", "hear", "read", "transfer"]

_HOMES = {"read": "restyle.io", "hear": "restyle.analysis", "transfer": "restyle.pipeline"}


def __getattr__(name: str) -> Any:
    """`read`, `hear` and `transfer`, imported on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'restyle' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
