"""restyle: any song, any style.

    import restyle
    restyle.transfer("song.mid", to="jazz", seed=1).write("song.jazz.mid")

`read(path) -> Song`, `hear(song) -> LeadSheet`, `transfer(song, to=...) -> Song`, `styles()`,
`compose(style) -> Song`, `compose_notes(style) -> Song`, `evaluate(songs) -> Report`; everything is
loaded when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from restyle.api import compose, compose_notes, evaluate, hear, styles, transfer
    from restyle.errors import RestyleError
    from restyle.io import read
    from restyle.music.lead import LeadSheet
    from restyle.music.song import Song

__version__ = "0.1.0"
__all__ = [
    "LeadSheet", "RestyleError", "Song", "compose", "compose_notes", "evaluate", "hear", "read",
    "styles", "transfer",
]  # fmt: skip

_HOMES = {
    "LeadSheet": "restyle.music.lead",
    "RestyleError": "restyle.errors",
    "Song": "restyle.music.song",
    "compose": "restyle.api",
    "compose_notes": "restyle.api",
    "evaluate": "restyle.api",
    "hear": "restyle.api",
    "read": "restyle.io",
    "styles": "restyle.api",
    "transfer": "restyle.api",
}


def __getattr__(name: str) -> Any:
    """A public name, imported on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'restyle' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """The public names, for the tab key."""
    return [*__all__, "__version__"]
