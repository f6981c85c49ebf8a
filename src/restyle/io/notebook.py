"""Songs and lead sheets in Jupyter: a piano roll, the sheet music and a player, as one HTML."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from importlib.util import find_spec

from restyle.errors import RestyleError
from restyle.io.audio.audio import encoded, mixed
from restyle.io.pianoroll.picture import picture
from restyle.music.lead import LeadSheet, lead_song, played
from restyle.music.song import Song

MOST_PAGES = 4
"""Pages of sheet music shown; a longer score says how many more there are."""


def song_html(song: Song) -> str:
    """A song to look at and listen to; the sheet music is folded away."""
    minutes = _bars(song)
    parts = ", ".join(dict.fromkeys(track.name for track in song.tracks if len(track.notes)))
    facts = [f"{song.meters[0].name}, {song.tempos[0].bpm:.0f} bpm, {minutes}", parts]
    return _html(song.title or "A song", facts, song, song, song, folded=True)


def lead_html(lead: LeadSheet) -> str:
    """A lead sheet to read, look at and listen to, its chords held by a piano."""
    song = lead_song(lead)
    facts = [
        f"{lead.key.name}, {lead.meters[0].name}, {lead.tempos[0].bpm:.0f} bpm, {_bars(song)}",
        f"{len(lead.melody)} melody notes, {len(lead.chords)} chords",
    ]
    return _html(lead.title or "A lead sheet", facts, song, lead, played(lead), folded=False)


def _bars(song: Song) -> str:
    count = len(song.bar_starts()) - 1
    return f"{count} bar{'s' * (count != 1)}"


def _html(
    title: str,
    facts: list[str],
    roll: Song,
    score: Song | LeadSheet,
    sound: Song,
    folded: bool,
) -> str:
    lines = [f"<b>{escape(title)}</b>", *(escape(fact) for fact in facts if fact)]
    image = _data("image/png", picture([("", roll)], width=1000))
    pages = _pages(score)
    sheet = "".join(pages)
    if pages and folded:
        sheet = f"<details><summary>sheet music</summary>{sheet}</details>"
    blocks = [
        f"<div>{'<br>'.join(lines)}</div>",
        f'<img src="{image}" alt="piano roll" style="max-width:100%">',
        sheet,
        _player(sound),
    ]
    return "<div>" + "".join(blocks) + "</div>"


def _pages(score: Song | LeadSheet) -> list[str]:
    """The sheet music as images; nothing where it cannot be engraved."""
    if find_spec("verovio") is None:
        return []
    from restyle.io.score.engrave import sheet

    try:
        pages = sheet(score)
    except RestyleError:
        return []
    out = [
        f'<img src="{_data("image/svg+xml", page.encode())}" alt="page {number}" '
        f'style="max-width:100%;background:white;display:block">'
        for number, page in enumerate(pages[:MOST_PAGES], 1)
    ]
    more = len(pages) - MOST_PAGES
    return [*out, f"<div>and {more} more pages</div>"] if more > 0 else out


def _player(song: Song) -> str:
    """A player; nothing for a song that has no notes to play."""
    try:
        sound = encoded(mixed(song).sound, ".ogg", quality=0.2)
    except RestyleError:
        return ""
    return f'<audio controls src="{_data("audio/ogg", sound)}" style="width:100%"></audio>'


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{b64encode(content).decode()}"
