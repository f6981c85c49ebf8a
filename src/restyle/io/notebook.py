"""Songs and lead sheets in Jupyter: a piano roll, the sheet music and a player, as one HTML.

A notebook keeps what it shows, so all of it stays below `LIMIT`: the player has the beginning of a
song, the roll its first bars, and sheet music is there as far as it fits.
"""

from __future__ import annotations

from base64 import b64encode
from html import escape
from importlib.util import find_spec

from restyle.errors import RestyleError
from restyle.io.audio.preview import preview
from restyle.io.pianoroll.picture import picture
from restyle.music.lead import LeadSheet, lead_song, played
from restyle.music.song import Song

LIMIT = 300_000
"""Bytes of HTML at most."""
SECONDS = 40.0
"""Of the song that are in the player: 3.4 kB each, and a third more as text."""
ROLL_BARS = 48
"""Bars in the piano roll at most."""
MOST_PAGES = 4
"""Pages of sheet music shown at most; a longer score says how many more there are."""


def song_html(song: Song) -> str:
    """A song to look at and listen to."""
    minutes = _bars(song)
    parts = ", ".join(dict.fromkeys(track.name for track in song.tracks if len(track.notes)))
    facts = [f"{song.meters[0].name}, {song.tempos[0].bpm:.0f} bpm, {minutes}", parts]
    return _html(song.title or "A song", facts, song, None, song)


def lead_html(lead: LeadSheet) -> str:
    """A lead sheet to read, look at and listen to, its chords held by a piano."""
    song = lead_song(lead)
    facts = [
        f"{lead.key.name}, {lead.meters[0].name}, {lead.tempos[0].bpm:.0f} bpm, {_bars(song)}",
        f"{len(lead.melody)} melody notes, {len(lead.chords)} chords",
    ]
    return _html(lead.title or "A lead sheet", facts, song, lead, played(lead))


def _bars(song: Song) -> str:
    count = len(song.bar_starts()) - 1
    return f"{count} bar{'s' * (count != 1)}"


def _html(title: str, facts: list[str], roll: Song, score: LeadSheet | None, sound: Song) -> str:
    lines = [f"<b>{escape(title)}</b>", *(escape(fact) for fact in facts if fact)]
    bars = min(len(roll.bar_starts()) - 1, ROLL_BARS)
    image = _data("image/png", picture([("", roll)], bars=(1, max(bars, 1)), width=1000))
    above = (
        f"<div>{'<br>'.join(lines)}</div>"
        f'<img src="{image}" alt="piano roll" style="max-width:100%">'
    )
    player = _player(sound)
    sheet = _sheet(score, LIMIT - len(above) - len(player) - 100) if score else ""
    return f"<div>{above}{sheet}{player}</div>"


def _sheet(score: LeadSheet, room: int) -> str:
    """The sheet music as images, as far as it fits; nothing where it cannot be engraved."""
    if find_spec("verovio") is None:
        return ""
    from restyle.io.score.engrave import sheet

    try:
        pages = sheet(score)
    except RestyleError:
        return ""
    out = ""
    for number, page in enumerate(pages, 1):
        image = (
            f'<img src="{_data("image/svg+xml", page.encode())}" alt="page {number}" '
            f'style="max-width:100%;background:white;display:block">'
        )
        if number > MOST_PAGES or len(out) + len(image) > room:
            more = len(pages) - number + 1
            return f"{out}<div>and {more} more page{'s' * (more > 1)}</div>" if out else ""
        out += image
    return out


def _player(song: Song) -> str:
    """A player; nothing for a song that has no notes to play."""
    try:
        sound = preview(song, SECONDS)
    except RestyleError:
        return ""
    return f'<audio controls src="{_data("audio/mpeg", sound)}" style="width:100%"></audio>'


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{b64encode(content).decode()}"
