"""The melody of a song: the track that sings it or, where one player plays all, the top voice."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from restyle.hearing.handover import soloists
from restyle.hearing.tracks import TOGETHER, melody_scores, tops_of_chords
from restyle.song import TICKS, Notes, Song, Track

Mask = NDArray[np.bool_]

_NAMED = re.compile(
    r"melod(?!ic)|vocal|\bvoc\b|\bvox\b|\bvoices?\b|^lead$|\blead (voc|vox|voice)|gesang|\bchant\b"
    r"|singstimme|\bcanto\b|\bsing(s|er|ing)?\b|\bvoix\b|\bstimme\b|\blyrics?\b|\bsoprano?\b",
    re.IGNORECASE,
)
_NOT_NAMED = re.compile(
    r"back|\bbg|bvox|harm|counter|echo|doubl|extra|ooh|aah|synth|syn\b|space|square|choir|guitar"
    r"|bass|words|attack|breath|octave|sax|solo|fill|delay|practice|cutaway|[2-9]|\bii",
    re.IGNORECASE,
)
_FEW = 8
"""Notes below which a track is not looked at."""
_CHORDAL = 0.7
"""A track with fewer single notes than this share of its chords is played, not sung."""


def find_melody(song: Song, names: bool = True) -> tuple[Mask, ...]:
    """Which notes are the melody: one mask a track, as long as its notes.

    A track whose name says so wins (not with `names=False`); else the track that looks most like
    a melody; where that one plays chords, or one player plays everything, its top voice. Drums
    never count.
    """
    masks = [np.zeros(len(t.notes), dtype=bool) for t in song.tracks]
    pitched = [i for i, t in enumerate(song.tracks) if not t.is_drum and len(t.notes)]
    if not pitched:
        return tuple(masks)
    candidates = [i for i in pitched if len(song.tracks[i].notes) >= _FEW] or pitched
    chosen = _by_name(song, candidates) if names else None
    if chosen is None:
        players = _hands_of_one(song, candidates)
        if len(players) > 1:
            return _of_many(song, players, masks)
        chosen = candidates[int(melody_scores(song, candidates).argmax())]
    notes = song.tracks[chosen].notes
    tops = tops_of_chords(notes)
    if len(tops) < _CHORDAL * len(notes):
        masks[chosen] = skyline(notes)
        return tuple(masks)
    masks[chosen][tops] = True
    for soloist, begin, end in soloists(song, candidates, chosen):
        notes = song.tracks[soloist].notes
        tops = tops_of_chords(notes)
        inside = (notes["start"][tops] >= begin) & (notes["start"][tops] < end)
        masks[soloist][tops[inside]] = True
    return tuple(masks)


def _of_many(song: Song, players: list[int], masks: list[Mask]) -> tuple[Mask, ...]:
    """The top voice of several tracks taken together."""
    notes = np.concatenate([song.tracks[i].notes for i in players])
    order = np.lexsort((notes["pitch"], notes["start"]))
    mask = np.zeros(len(notes), dtype=bool)
    mask[order] = skyline(notes[order])
    ends = np.cumsum([len(song.tracks[i].notes) for i in players])
    for i, part in zip(players, np.split(mask, ends[:-1]), strict=True):
        masks[i] = part
    return tuple(masks)


def skyline(notes: Notes) -> Mask:
    """The top voice of sorted notes: tops of chords that do not lie under a note still held."""
    mask = np.zeros(len(notes), dtype=bool)
    tops = tops_of_chords(notes)
    held_until, held = -1, -1
    recent = float(np.percentile(notes["pitch"][tops], 75))
    for i in tops:
        start, pitch = int(notes["start"][i]), int(notes["pitch"][i])
        under = start < held_until - TOGETHER and pitch < held
        if under or pitch < recent - 14:
            continue
        mask[i] = True
        held, held_until = pitch, start + int(notes["duration"][i])
        recent += 0.1 * (pitch - recent)
    return mask


def _by_name(song: Song, candidates: list[int]) -> int | None:
    """The track that is called melody, voice, Gesang, chant, ...; the busiest of several.

    A name that three tracks share is the title of the song, and says nothing.
    """
    names = [song.tracks[i].name.strip(" \0").lower() for i in candidates]
    named = [
        i
        for i, name in zip(candidates, names, strict=True)
        if _NAMED.search(name) and not _NOT_NAMED.search(name) and names.count(name) < 3
    ]
    named = [i for i in named if _share(song.tracks[i], song.end) > 0.15]
    return max(named, key=lambda i: len(song.tracks[i].notes)) if named else None


def _share(track: Track, end: int) -> float:
    """Share of the song's bars of four quarters in which a track plays."""
    bar = 4 * TICKS
    return len(np.unique(track.notes["start"] // bar)) / max(end / bar, 1.0)


def _hands_of_one(song: Song, candidates: list[int]) -> list[int]:
    """The candidates, where they are the hands of one player at a keyboard; else none."""
    programs = {song.tracks[i].program for i in candidates}
    one = len(candidates) == 2 and len(programs) == 1 and max(programs) < 8
    return candidates if one else []
