"""A page of a folder's results: one file that needs no network, with players and piano rolls."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from restyle.errors import RestyleError

SECONDS = 45.0
"""Of each result that are in the page, so that it stays one that opens at once."""
NAME = "index.html"
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}
article{border-top:1px solid #ccc;padding:.8em 0}h2{font-size:1.1em;margin:.2em 0}
audio{width:100%}img{max-width:100%}summary{cursor:pointer}
"""


def write_listing(
    results: Sequence[tuple[Path, Path]], style: str, on_song: Callable[[int, int], None] | None
) -> Path:
    """Write `index.html` beside the results that are there; the file written.

    `results` are songs and what they became. Raises RestyleError when it cannot be written.
    """
    from restyle.io.files import save

    there = [(song, out) for song, out in results if out.is_file()]
    entries = []
    for done, (song, out) in enumerate(there, 1):
        entries.append(_entry(song, out))
        if on_song:
            on_song(done, len(there))
    page = there[0][1].with_name(NAME) if there else results[0][1].with_name(NAME)
    title = f"{len(there)} song{'s' * (len(there) != 1)}: {style}"
    save(
        page,
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body>"
        f"<h1>{escape(title)}</h1>\n" + "\n".join(entries) + "\n</body></html>\n",
    )
    return page


def _entry(song: Path, out: Path) -> str:
    """One result: its name, a player, its piano roll, and what else was written of it."""
    files = sorted(out.parent.glob(f"{_literal(out.stem)}.*"))
    links = " ".join(f'<a href="{quote(f.name)}">{escape(f.suffix[1:])}</a>' for f in files)
    return (
        f"<article><h2>{escape(song.stem)}</h2>{_sound(out)}{_roll(out)}"
        f"<div>{escape(out.name)}: {links}</div></article>"
    )


def _literal(stem: str) -> str:
    """A stem as a pattern that means itself."""
    return "".join(f"[{c}]" if c in "[]*?" else c for c in stem)


def _sound(out: Path) -> str:
    from restyle.io import read
    from restyle.io.audio.preview import preview

    try:
        data = b64encode(preview(read(out), SECONDS)).decode()
    except RestyleError:  # no notes, or no file of notes
        return ""
    return f'<audio controls preload="none" src="data:audio/mpeg;base64,{data}"></audio>'


def _roll(out: Path) -> str:
    picture = out.with_suffix(".png")
    if not picture.is_file():
        return ""
    data = b64encode(picture.read_bytes()).decode()
    image = f'<img alt="piano roll" src="data:image/png;base64,{data}">'
    return f"<details><summary>piano roll</summary>{image}</details>"
