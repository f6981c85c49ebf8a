"""What there is to choose from, and what is heard, measured and written; `studio.making` is what is
made. What takes time runs in a worker process.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from restyle.analysis import Heard
from restyle.analysis.form import find_form
from restyle.errors import RestyleError
from restyle.music.chord import PITCH_NAMES_FLAT
from restyle.music.grid import swing as swung
from restyle.music.lead import LeadSheet, lead_song
from restyle.music.lead import played as lead_played
from restyle.music.song import STEP, TICKS, Song, Track
from restyle.studio.limits import Limits
from restyle.studio.mending import Mends, mended, mended_lead
from restyle.studio.songs import Json, names, song_json

OnBar = Callable[[int, int], None]


def styles() -> list[Json]:
    """The styles at hand: their names, usual band, the parts that their songs have taught, and the
    kinds of song within them."""
    from restyle import api

    return [
        {
            "name": name,
            "parts": list(style.parts),
            "known": list(style.known_parts),
            "manners": list(style.manners),
        }
        for name, style in api.styles().items()
    ]


def words() -> Json:
    """The words that say how a song, its parts, its beginning and its end are to be."""
    from restyle.arguments import MELODIES
    from restyle.music.playability import LEVELS
    from restyle.style.frame import ENDINGS, MOST_INTRO
    from restyle.style.playing import DENSITIES, FIGURES, REGISTERS
    from restyle.tokens.vocabulary import TIMEKEEPERS

    return {
        "melodies": list(MELODIES),
        "levels": list(LEVELS),
        "endings": list(ENDINGS),
        "most_intro": MOST_INTRO,
        "densities": list(DENSITIES),
        "registers": list(REGISTERS),
        "figures": list(FIGURES),
        "timekeepers": list(TIMEKEEPERS),
    }


def parts() -> list[str]:
    """Every part that can be asked for."""
    from restyle.music.classes import PARTS

    return list(PARTS)


def instruments() -> dict[str, list[list[Any]]]:
    """Program and name of what each part, and "melody", can be played on; the kits of "drums"."""
    from restyle.music.drums import kits
    from restyle.music.instruments import instruments as every
    from restyle.music.parts import part_of

    out: dict[str, list[list[Any]]] = {"melody": [], "drums": [[k.program, k.name] for k in kits()]}
    for one in every():
        part = part_of(one.program)
        if part:
            out.setdefault(part, []).append([one.program, one.name])
            out["melody"].append([one.program, one.name])
    return out


def harmonies() -> list[str]:
    from restyle.style.harmony import HARMONIES

    return list(HARMONIES)


def composers() -> Json:
    """What a new song can be asked to be; `classic` are the styles of the next-note experiment."""
    from restyle.composer.api import SHIPPED
    from restyle.composer.lead.events import METERS
    from restyle.composer.lead.form import FORMS
    from restyle.composer.lead.song import MOST_BARS, load_model

    return {
        "styles": list(load_model().card.styles),
        "forms": list(FORMS),
        "meters": list(METERS),
        "most_bars": MOST_BARS,
        "classic": sorted(p.stem.split("-", 1)[1] for p in SHIPPED.glob("last-*.safetensors")),
    }


def soundfont() -> Path:
    """The soundfont that the page plays with."""
    from restyle.io.audio.synth import Synth, find_synth

    found: Synth = find_synth()
    return found.font


def warm() -> None:
    """Load what every job needs, before the first one asks."""
    from restyle.analysis import listen
    from restyle.options import TransferOptions
    from restyle.studio.making import Wish, make

    little = _little()
    listen(lead_played(little))
    wish = Wish(TransferOptions(to=styles()[0]["name"]))
    make(little, wish, lambda *_: None, lambda *_: None)


def _little() -> LeadSheet:
    from restyle.io.leads.json import lead_from_json

    melody = [{"start": 12 * i, "duration": 12, "pitch": 60 + i % 5} for i in range(8)]
    data = {
        "format": "restyle lead sheet",
        "version": 1,
        "melody": melody,
        "chords": [{"start": 0, "chord": "C"}],
    }
    return lead_from_json(json.dumps(data), "warm")


def hear(path: Path, title: str, mends: Mends, limits: Limits) -> tuple[LeadSheet, Json]:
    """What is heard of a file with the user's mends: its lead sheet, and what the page shows.

    Raises RestyleError for a file that is no song, or too long.
    """
    from restyle.io import read, read_lead
    from restyle.reading import open_lead

    lead, heard = read_lead(path), None
    if lead is None:
        song = read(path)
        if song.note_count > limits.song_notes:
            raise RestyleError(
                f"The song has {song.note_count} notes; here they may be {limits.song_notes}: "
                f"bring a part of it."
            )
        # before hours of silence are listened to; what is heard may have fewer bars than it states
        _not_too_long(len(song.bar_starts()) - 1, 3 * limits.song_bars)
        lead, heard = open_lead(song)
    _not_too_long(lead.bars, limits.song_bars)
    shift = 0
    if heard is None:
        if mends.moves_bars or mends.melody is not None:
            raise RestyleError("This file is a lead sheet: its bars and its tune are as written.")
        lead = mended_lead(lead, mends)
    else:
        heard, shift = mended(heard, mends)
        lead = heard.lead
    lead = replace(lead, title=lead.title or title)
    return lead, heard_json(lead, heard, shift)


def _not_too_long(bars: int, most: int) -> None:
    if bars > most:
        raise RestyleError(f"The song has {bars} bars, more than can be made here: bring a part.")


def heard_json(lead: LeadSheet, heard: Heard | None, shift: int) -> Json:
    """What the page shows of a song: as it sounds, with what was heard."""
    song, tracks, melody, places = _shown(lead, heard)
    if lead.swing > 1.0:
        song = song.with_tracks(
            replace(t, notes=swung(t.notes, lead.swing, TICKS)) for t in song.tracks
        )
    data = song_json(replace(song, title=lead.title))
    for row, place in zip(data["tracks"], places, strict=True):
        row["source"] = place
    data["bars"] = [int(line) * STEP for line in lead.bar_starts()]
    meters = list(dict.fromkeys(m.name for m in lead.meters))
    data |= {
        "step": STEP,
        "shift": shift * STEP,
        "lead_sheet": heard is None,
        "key": {"tonic": lead.key.tonic, "mode": lead.key.mode, "name": lead.key.name},
        "meter": meters[0] if len(meters) == 1 else " ".join(meters[:3]),
        "bpm": round(lead.tempos[0].bpm, 1),
        "swing": round(lead.swing, 2),
        "bar_count": lead.bars,
        "sections": [[one.first, one.letter] for one in find_form(lead)],
        "sources": tracks,
        "melody": melody,
        "report": list(heard.report) if heard else [],
    }
    return data


def _shown(
    lead: LeadSheet, heard: Heard | None
) -> tuple[Song, list[Json], int | None, list[int | None]]:
    """The song with its tune as a track of its own, first; the tracks that may have the tune; which
    of them has it; and of each track shown which of them it is."""
    plain = lead_song(lead)
    if heard is None:
        song = replace(lead_played(lead), chords=plain.chords)
        return song, [], None, [None] * len(song.tracks)
    song = heard.song
    sung = [int(mask.sum()) for mask in heard.melody]
    called = names(song.tracks)
    tune: list[tuple[Track, int]] = []
    rest: list[tuple[Track, int]] = []
    for place, (track, mask, name) in enumerate(
        zip(song.tracks, heard.melody, called, strict=True)
    ):
        if mask.any():
            tune.append((Track("Melody", track.program, track.notes[mask]), place))
        if not mask.all():
            other = name if name.casefold() != "melody" else "Accompaniment"
            rest.append((replace(track, name=other, notes=track.notes[~mask]), place))
    sources = [
        {"name": name, "program": int(t.program), "drum": t.is_drum, "count": len(t.notes)}
        for t, name in zip(song.tracks, called, strict=True)
    ]
    most = int(np.argmax(sung)) if any(sung) else None
    tracks = tuple(track for track, _ in (*tune, *rest))
    shown = replace(song, tracks=tracks, chords=plain.chords, keys=plain.keys)
    return shown, sources, most, [place for _, place in (*tune, *rest)]


def compose_notes(
    style: str, notes: int, seed: int, temperature: float | None, prime: Path | None, on: OnBar
) -> Song:
    """A new tune of the classic next-note network. Raises RestyleError."""
    from restyle.composer.api import compose

    return compose(style, notes, prime=prime, temperature=temperature, seed=seed, progress=on).song


def report(path: Path, out: Path, targets: tuple[str, ...], on: OnBar) -> None:
    """The report of `restyle evaluate` for one song, as a page. Raises RestyleError."""
    from restyle.io.files import save
    from restyle.report.page import page
    from restyle.report.report import Wish as ReportWish
    from restyle.report.report import evaluate

    found = evaluate(ReportWish(files=(path,), targets=targets, with_mma=False), on)
    save(out, page(found).encode())


FILES = {
    "song.mid": "MIDI",
    "song.musicxml": "MusicXML",
    "score.pdf": "sheet music",
    "score.svg": "sheet music",
    "song.mp3": "sound",
    "song.wav": "sound",
    "roll.png": "picture",
    "stems.zip": "the sound of each part",
    "parts.zip": "the sheet music of each part, in its instrument's key",
    "tracks.zip": "a MIDI file of each part",
    "all.zip": "everything",
}
"""What can be taken away of a result."""
TRACK_FILE = re.compile(r"track-([1-9]\d?)\.mid")
"""One part of it, counted from 1."""


def key_names() -> list[str]:
    """The keys that a song can be moved to."""
    return [f"{name} {mode}" for mode in ("major", "minor") for name in PITCH_NAMES_FLAT]


def example_title(path: Path) -> str:
    """Title of an example."""
    return path.stem.replace("-", " ").title()
