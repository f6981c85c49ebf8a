"""Bars anew: what an earlier result holds, so that some of its bars can be written again."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from restyle.decoding.band import Player
from restyle.errors import RestyleError, UnreadableSong
from restyle.io.feel import EARLY, performed
from restyle.io.midi.edit import replace_notes
from restyle.io.midi.midi import midi_song
from restyle.io.midi.write import pickup_cut
from restyle.music.classes import PARTS, class_of, usual_class
from restyle.music.grid import quantise, straighten
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement, part_of, tidy
from restyle.music.song import MELODY, STEP, TICKS, Song, Track, sort_notes

LEAST_SHARED = 0.8
"""Share of the melody that an earlier result must have in common with the song."""
BARS = re.compile(r"\s*(\d+)\s*(-\s*(\d*))?\s*")


def parse_redo(text: str) -> tuple[str, tuple[str, ...]]:
    """ "9-16:piano,bass" as bars and the parts that are played anew there, none for all.

    Raises RestyleError for a part that there is not.
    """
    bars, colon, said = text.partition(":")
    parts = tuple(part.strip().lower() for part in said.split(",") if part.strip())
    wrong = [part for part in parts if part not in PARTS]
    if wrong or (colon and not parts):
        raise RestyleError(
            f"There is no part '{', '.join(wrong)}' to play anew: {', '.join(PARTS)}."
        )
    if not BARS.fullmatch(bars):
        raise RestyleError(f"'{bars}' are no bars: say them like 9-16, counted from 1.")
    return bars.strip(), parts


def parse_bars(text: str, bars: int) -> tuple[int, int]:
    """ "9-16", "9" or "9-" as the first bar from 0, and the bar after the last.

    Raises RestyleError for what is none, or bars that the song does not have.
    """
    found = BARS.fullmatch(text)
    if not found:
        raise RestyleError(f"'{text}' are no bars: say them like 9-16, counted from 1.")
    first = int(found[1])
    last = int(found[3] or bars) if found[2] else first
    if not 1 <= first <= last <= bars:
        raise RestyleError(f"There are no bars {text.strip()}: the song has bars 1 to {bars}.")
    return first - 1, last


def players_in(song: Song) -> tuple[Player, ...]:
    """Who plays in an earlier result, on what."""
    found = tracks_by_part(song)
    if not any(part in found for part in PARTS):
        raise RestyleError("The earlier result has no part that restyle plays.")
    return tuple(_player(part, found[part]) for part in PARTS if part in found)


def _player(part: str, track: Track) -> Player:
    """Who plays a track; an instrument of another part counts as the part's usual one."""
    known = class_of(track.program, track.is_drum)
    if known is None or known.part != part:
        known = usual_class(part)
        return Player(part, known.name, known.programs[0])
    return Player(part, known.name, track.program)


def tracks_by_part(song: Song) -> dict[str, Track]:
    """The tracks of an earlier result by the part that they play, "melody" among them.

    The result says it; in one that does not, the instruments do.
    """
    told = band_told(song)
    out: dict[str, Track] = {}
    for track in song.tracks:
        known = [part for part, name in told.items() if name == track.name]
        part = MELODY if track.is_melody else part_of(track.program, track.is_drum)
        out.setdefault(known[0] if known else part, track)
    return out


def band_told(song: Song) -> dict[str, str]:
    """Track names by part, as `Song.made_with` has them; empty where it has none."""
    try:
        told = json.loads(song.made_with or "{}").get("band", {})
        return {str(part): str(name) for part, name in told.items()}
    except (ValueError, AttributeError):
        return {}


def arrangement_in(
    song: Song, lead: LeadSheet, parts: tuple[str, ...], ratio: float
) -> Arrangement:
    """What the parts of an earlier result play, on the grid; `ratio` is its swing.

    Raises RestyleError when it is not the same song as `lead`, bar for bar.
    """
    tracks = tracks_by_part(song)
    melody = tracks.get(MELODY)
    longer = song.end > lead.length * STEP + TICKS
    if longer or (melody is not None and _shared(melody, lead, ratio) < LEAST_SHARED):
        raise RestyleError("The earlier result is not of this song, in this key and these bars.")
    found = {}
    for part in parts:
        track = tracks.get(part)
        notes = lead.melody[:0] if track is None else track.notes
        notes = quantise(straighten(notes, ratio, TICKS), TICKS)
        notes["start"] = np.minimum(notes["start"], lead.length - 1)  # not rounded past the end
        found[part] = tidy(notes, part)
    return Arrangement(found)


def spliced(earlier: Song, made: Song, begin: int, end: int, only: tuple[str, ...] = ()) -> Song:
    """The earlier result with what the band (or `only` some parts) plays between two ticks from
    another song; it is played already where it was read from a file, and so are the bars anew."""
    made = performed(made)
    wanted = only or PARTS
    new = {part: t for part, t in tracks_by_part(made).items() if part in wanted}
    old = tracks_by_part(earlier)
    parts = {id(track): part for part, track in old.items()}
    tracks = [
        _spliced(t, new[parts[id(t)]], begin, end) if parts.get(id(t)) in new else t
        for t in earlier.tracks
    ]
    tracks += [
        replace(track, notes=track.notes[_between(track, begin, end)])
        for part, track in new.items()
        if part not in old
    ]
    return earlier.with_tracks(tracks)


def _spliced(old: Track, new: Track, begin: int, end: int) -> Track:
    stays, added = old.notes[~_between(old, begin, end)], new.notes[_between(new, begin, end)]
    until = np.full(128, begin)  # a key that is still held cannot be struck
    before = stays[stays["start"] < begin]
    np.maximum.at(until, before["pitch"], before["start"] + before["duration"])
    free = added[added["start"] >= until[added["pitch"]]]
    return replace(old, notes=sort_notes(np.concatenate([stays, free])))


def _between(track: Track, begin: int, end: int) -> NDArray[np.bool_]:
    starts = track.notes["start"]
    return np.asarray((starts >= begin - EARLY) & (starts < end - EARLY))


def redone(data: bytes, song: Song, begin: int, end: int, only: tuple[str, ...] = ()) -> bytes:
    """The bytes of an earlier result with the notes of `song` between two ticks; of `only` some
    parts where any are named.

    Every event that neither begins nor ends a note of those bars stays as it is. Raises
    UnreadableSong when the bytes are no MIDI file.
    """
    if data[:4] != b"MThd":
        raise UnreadableSong("The earlier result is not a MIDI file: give the .mid of it.")
    cut = pickup_cut(midi_song(data, "The earlier result"))
    known = {id(track): part for part, track in tracks_by_part(song).items()}
    parts = {
        t.name: t.notes
        for t in song.tracks
        if not t.is_melody and (not only or known.get(id(t)) in only)
    }
    return replace_notes(data, parts, begin - EARLY, end - EARLY, cut)


def _shared(melody: Track, lead: LeadSheet, ratio: float) -> float:
    """Share of the lead sheet's melody that the track has at the same places."""
    if not len(lead.melody):
        return 1.0
    notes = straighten(melody.notes, ratio, TICKS)
    starts = np.rint(notes["start"] / STEP).astype(int).tolist()
    there = set(zip(starts, notes["pitch"].tolist(), strict=True))
    wanted = list(zip(lead.melody["start"].tolist(), lead.melody["pitch"].tolist(), strict=True))
    return sum(note in there for note in wanted) / len(wanted)
