"""The one module that calls the rest of restyle: hear, make, make again, compose, report, write.

Everything here runs in a worker process. When the engine changes, this file does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from restyle.analysis import Heard
from restyle.errors import RestyleError
from restyle.music.grid import swing as swung
from restyle.music.lead import LeadSheet, lead_song
from restyle.music.lead import played as lead_played
from restyle.music.song import PITCH_NAMES_FLAT, STEP, TICKS, Song, Track
from restyle.studio.limits import Limits
from restyle.studio.mending import Mends, mended, mended_lead, sections
from restyle.studio.songs import Json, names, notes_between, parts_of, song_json

OnBar = Callable[[int, int], None]
OnMusic = Callable[[int, int, list[Json]], None]
"""Told of a take, the bar before which it stands, and the notes that are new since last time."""


@dataclass(frozen=True)
class Wish:
    """What is to be made of a song; the names are those of `restyle.transfer`."""

    to: str = ""
    like: Path | None = None
    strength: float = 1.0
    parts: tuple[str, ...] = ()
    melody: bool = True
    harmony: str = "enrich"
    key: str = ""
    tempo: float | None = None
    seed: int = 0
    takes: int = 1
    instruments: Mapping[str, int] = field(default_factory=dict)
    feel: float | None = None
    redo: str = ""
    earlier: Song | None = None
    only: tuple[str, ...] = ()
    """Of bars made anew, the parts that change; all when empty."""
    keep: tuple[str, ...] = ()
    """Parts that stay as `earlier` has them, in a whole song made anew."""


@dataclass(frozen=True)
class Made:
    """The takes of a transfer, the best first."""

    takes: tuple[Song, ...]
    """As they stand on paper: `sounding` is how they are played."""
    scores: tuple[float, ...]
    style: str
    swing: float
    notes: tuple[str, ...]


def styles() -> list[Json]:
    """The styles at hand: their names, usual band, and the parts that their songs have taught."""
    from restyle.pipeline import PRETRAINED
    from restyle.style.style import load_styles

    return [
        {"name": name, "parts": list(style.parts), "known": list(style.known_parts)}
        for name, style in load_styles(PRETRAINED).items()
    ]


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


def composers() -> list[str]:
    """The styles that tunes can be composed in."""
    from restyle.composer.api import SHIPPED

    return sorted(p.stem.split("-", 1)[1] for p in SHIPPED.glob("last-*.safetensors"))


def soundfont() -> Path:
    """The soundfont that the page plays with."""
    from restyle.io.audio.synth import Synth, find_synth

    found: Synth = find_synth()
    return found.font


def warm() -> None:
    """Load what every job needs, before the first one asks."""
    from restyle.analysis import listen

    little = _little()
    listen(lead_played(little))
    make(little, Wish(to=styles()[0]["name"]), lambda *_: None, lambda *_: None)


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
    song, tracks, melody = _shown(lead, heard)
    if lead.swing > 1.0:
        song = song.with_tracks(
            replace(t, notes=swung(t.notes, lead.swing, TICKS)) for t in song.tracks
        )
    data = song_json(replace(song, title=lead.title))
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
        "sections": [list(row) for row in sections(lead)],
        "sources": tracks,
        "melody": melody,
        "report": list(heard.report) if heard else [],
    }
    return data


def _shown(lead: LeadSheet, heard: Heard | None) -> tuple[Song, list[Json], int | None]:
    """The song with its tune as a track of its own, first; the tracks that may have the tune; and
    which of them has it."""
    plain = lead_song(lead)
    if heard is None:
        return replace(lead_played(lead), chords=plain.chords), [], None
    song = heard.song
    sung = [int(mask.sum()) for mask in heard.melody]
    called = names(song.tracks)
    tune: list[Track] = []
    rest: list[Track] = []
    for track, mask, name in zip(song.tracks, heard.melody, called, strict=True):
        if mask.any():
            tune.append(Track("Melody", track.program, track.notes[mask]))
        if not mask.all():
            other = name if name.casefold() != "melody" else "Accompaniment"
            rest.append(replace(track, name=other, notes=track.notes[~mask]))
    sources = [
        {"name": name, "program": int(t.program), "drum": t.is_drum, "count": len(t.notes)}
        for t, name in zip(song.tracks, called, strict=True)
    ]
    most = int(np.argmax(sung)) if any(sung) else None
    shown = replace(song, tracks=(*tune, *rest), chords=plain.chords, keys=plain.keys)
    return shown, sources, most


def make(lead: LeadSheet, wish: Wish, on_bar: OnBar, on_music: OnMusic) -> Made:
    """Arrange a lead sheet; see `Arranger.transfer`. Raises RestyleError."""
    from restyle.options import TransferOptions, again
    from restyle.pipeline import arranger
    from restyle.reading import open_example

    options = TransferOptions(
        to=wish.to,
        strength=wish.strength,
        parts=wish.parts,
        melody=wish.melody,
        key=wish.key,
        tempo=wish.tempo,
        seed=wish.seed,
        takes=wish.takes,
        harmony=wish.harmony,
        like=open_example(wish.like) if wish.like else None,
        instruments=wish.instruments,
        feel=wish.feel,
    )
    if wish.redo:
        options = again(options, wish.redo, wish.earlier)
    result = arranger().transfer(lead, options, on_bar, _news(wish, on_music))
    takes = [_with_kept(take.song, wish, result.redone) for take in result.takes]
    scores = tuple(round(take.measures.score, 3) for take in result.takes)
    return Made(tuple(takes), scores, result.style.name, result.swing, result.notes)


def _news(wish: Wish, on_music: OnMusic) -> Callable[[int, int, Song], None]:
    """Tells only what is new since the passage before."""
    told: dict[int, int] = {}

    def report(take: int, bar: int, song: Song) -> None:
        lines = song.bar_starts()
        until = int(lines[bar]) if bar < len(lines) else 1 << 40
        wanted = wish.only or None
        tracks = [
            t
            for t in notes_between(song, told.get(take, 0), until)
            if (wanted is None or t["part"] in wanted) and t["part"] not in wish.keep
        ]
        told[take] = until
        on_music(take, bar, tracks)

    return report


def _with_kept(song: Song, wish: Wish, span: tuple[int, int] | None) -> Song:
    """A result in which the parts that are to stay are as they were."""
    if wish.earlier is None:
        return song
    old = dict(zip(parts_of(wish.earlier), wish.earlier.tracks, strict=True))
    if span is not None and wish.only:
        stay = [name for name in old if name not in wish.only]
    else:
        stay = [name for name in wish.keep if name in old]
    if not stay:
        return song
    song = sounding(song)  # what stays is played already
    made = dict(zip(parts_of(song), song.tracks, strict=True))
    made |= {name: old[name] for name in stay}
    order = [*old, *(name for name in made if name not in old)]
    mixed = song.with_tracks(made[name] for name in order if name in made)
    band = {name: made[name].name for name in order if name in made}
    told = {**json.loads(song.made_with or "{}"), "band": band}
    return replace(mixed, made_with=json.dumps(told, ensure_ascii=False))


def sounding(song: Song) -> Song:
    """The song as it is played, with the touch of players, which paper does not show."""
    from restyle.io.feel import performed

    return performed(song)


def compose(
    style: str, notes: int, seed: int, temperature: float | None, prime: Path | None, on: OnBar
) -> Song:
    """A new tune. Raises RestyleError."""
    from restyle.composer.api import compose as compose_tune

    return compose_tune(
        style, notes, prime=prime, temperature=temperature, seed=seed, progress=on
    ).song


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


def export(song: Song, base: Song | None, swing: float, name: str, folder: Path) -> Path:
    """Write one of `FILES`, or a track, of a result in a folder; the path of it. Raises
    RestyleError."""
    from restyle.studio.exports import write_file

    return write_file(song, base, swing, name, folder)


def key_names() -> list[str]:
    """The keys that a song can be moved to."""
    return [f"{name} {mode}" for mode in ("major", "minor") for name in PITCH_NAMES_FLAT]


def example_title(path: Path) -> str:
    """Title of an example."""
    return path.stem.replace("-", " ").title()
