"""A page of a folder's results: one file that needs no network, with players and piano rolls."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from restyle.cli.beside import is_sound
from restyle.errors import RestyleError

SECONDS = 45.0
"""Of each result that are in the page, so that it stays one that opens at once."""
NAME = "index.html"
_MARK = b'<meta name="generator" content="restyle">'
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}
article{border-top:1px solid #ccc;padding:.8em 0}h2{font-size:1.1em;margin:.2em 0}
audio{width:100%}img{max-width:100%}summary{cursor:pointer}
"""


def check_listing(page: Path) -> None:
    """Raise RestyleError where a page of that name lies that restyle did not write."""
    try:
        ours = not page.is_file() or _MARK in page.read_bytes()
    except OSError:
        ours = False
    if not ours:
        raise RestyleError(f"{page} is there, and is not restyle's: put the results elsewhere.")


def write_listing(
    results: Sequence[tuple[Path, Path]], style: str, on_song: Callable[[int, int], None] | None
) -> Path:
    """Write `index.html` beside the results that are there; the file written.

    `results` are songs and what they became, each take for itself. Raises RestyleError when it
    cannot be written.
    """
    from restyle.io.files import save

    there = [(song, out) for song, out in results if out.is_file()]
    entries = []
    for done, (song, out) in enumerate(there, 1):
        entries.append(_entry(song, out))
        if on_song:
            on_song(done, len(there))
    page = there[0][1].with_name(NAME) if there else results[0][1].with_name(NAME)
    count = len({song for song, _ in there})
    title = f"{count} song{'s' * (count != 1)}: {style}"
    save(
        page,
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">{_MARK.decode()}'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>\n<body>"
        f"<h1>{escape(title)}</h1>\n" + "\n".join(entries) + "\n</body></html>\n",
    )
    return page


def _entry(song: Path, out: Path) -> str:
    """One result: its name, a player, its piano roll, and what else was written of it."""
    other = f"{out.stem}.take"  # another take has an entry of its own
    files = sorted(
        f for f in out.parent.glob(f"{_literal(out.stem)}.*") if not f.name.startswith(other)
    )
    links = " ".join(
        f'<a href="{quote(f.name)}">{escape(f.name.removeprefix(out.stem + "."))}</a>'
        for f in files
    )
    return (
        f"<article><h2>{escape(song.stem)}</h2>{_sound(out)}{_roll(out)}"
        f"<div>{escape(out.name)}: {links}</div></article>"
    )


def _literal(stem: str) -> str:
    """A stem as a pattern that means itself."""
    return "".join(f"[{c}]" if c in "[]*?" else c for c in stem)


def _sound(out: Path) -> str:
    """A player for a result: of its sound where that was written, else of its notes."""
    from restyle.io import read
    from restyle.io.audio.preview import preview, preview_of_sound

    sound = out if is_sound(out) else out.with_suffix(".mp3")
    try:
        written = sound.is_file() and sound.stat().st_mtime >= out.stat().st_mtime
        small = preview_of_sound(sound, SECONDS) if written else preview(read(out), SECONDS)
    except RestyleError:  # no notes, or no file of notes
        return ""
    data = b64encode(small).decode()
    return f'<audio controls preload="none" src="data:audio/mpeg;base64,{data}"></audio>'


def _roll(out: Path) -> str:
    picture = out.with_suffix(".png")
    if not picture.is_file():
        return ""
    data = b64encode(picture.read_bytes()).decode()
    image = f'<img alt="piano roll" src="data:image/png;base64,{data}">'
    return f"<details><summary>piano roll</summary>{image}</details>"
