"""The melody of a song: the track that sings it or, where one player plays all, the top voice."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from restyle.analysis.chroma import SLOT
from restyle.analysis.handover import soloists
from restyle.analysis.topvoice import highest_line, top_voice
from restyle.analysis.tracks import TOGETHER, melody_scores, tops_of_chords
from restyle.music.song import TICKS, Notes, Song, Track

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
_INSTRUMENTS = {("voice", 53), ("voice lead", 85)}
"""Names that readers give to nameless tracks after their programs: they say nothing."""
_FEW = 8
"""Notes below which a track is not looked at."""
_UNDER = 0.15
"""A track is played with two hands when more than this share of its notes lie under a held one,"""
_SPAN = 12
"""or when its chords are wider than this many semitones on average."""
_BASS = range(32, 40)
"""GM programs of basses: they do not sing while anyone else is there."""


def find_melody(song: Song, names: bool = True) -> tuple[Mask, ...]:
    """Which notes are the melody: one mask a track, as long as its notes.

    A track whose name says so wins (not with `names=False`); else the track that looks most like
    a melody; where that one plays chords, or one player plays everything, its top voice. Drums
    never count.
    """
    masks = [np.zeros(len(t.notes), dtype=bool) for t in song.tracks]
    candidates = possible_singers(song)
    if not candidates:
        return tuple(masks)
    chosen = _by_name(song, candidates) if names else None
    if chosen is None:
        players = _hands_of_one(song, candidates)
        if len(players) > 1:
            return _of_many(song, players, masks)
        chosen = candidates[int(melody_scores(song, candidates).argmax())]
    notes = song.tracks[chosen].notes
    tops = tops_of_chords(notes)
    if _two_handed(notes, tops):
        masks[chosen] = top_voice(notes, song.bar_starts())
        return tuple(masks)
    masks[chosen][tops] = True
    for soloist, begin, end in soloists(song, candidates, chosen):
        notes = song.tracks[soloist].notes
        tops = tops_of_chords(notes)
        inside = (notes["start"][tops] >= begin) & (notes["start"][tops] < end)
        masks[soloist][tops[inside]] = True
    return tuple(masks)


def possible_singers(song: Song) -> list[int]:
    """The tracks that may have the melody: neither drums nor basses, nor a few notes only."""
    pitched = [i for i, t in enumerate(song.tracks) if not t.is_drum and len(t.notes)]
    played = [i for i in pitched if len(song.tracks[i].notes) >= _FEW] or pitched
    return [i for i in played if song.tracks[i].program not in _BASS] or played


def _of_many(song: Song, players: list[int], masks: list[Mask]) -> tuple[Mask, ...]:
    """The top voice of several tracks taken together."""
    notes = np.concatenate([song.tracks[i].notes for i in players])
    order = np.lexsort((notes["pitch"], notes["start"]))
    mask = np.zeros(len(notes), dtype=bool)
    mask[order] = top_voice(notes[order], song.bar_starts())
    ends = np.cumsum([len(song.tracks[i].notes) for i in players])
    for i, part in zip(players, np.split(mask, ends[:-1]), strict=True):
        masks[i] = part
    return tuple(masks)


def _by_name(song: Song, candidates: list[int]) -> int | None:
    """The track that is called melody, voice, Gesang, chant, ...; the busiest of several.

    A name that three tracks share is the title of the song, and says nothing.
    """
    names = [song.tracks[i].name.strip(" \0").lower() for i in candidates]
    named = [
        i
        for i, name in zip(candidates, names, strict=True)
        if _NAMED.search(name)
        and not _NOT_NAMED.search(name)
        and names.count(name) < 3
        and (name, song.tracks[i].program) not in _INSTRUMENTS
    ]
    named = [i for i in named if _share(song.tracks[i], song.end) > 0.15]
    return max(named, key=lambda i: len(song.tracks[i].notes)) if named else None


def _two_handed(notes: Notes, tops: NDArray[np.int64]) -> bool:
    """Whether a track holds more than a melody, even one in chords."""
    start, pitch = notes["start"], notes["pitch"]
    highest = highest_line(notes, int((start + notes["duration"]).max()) // SLOT + 2)
    middles = start[tops] + notes["duration"][tops] // 2  # where legato no longer overlaps
    under = highest[middles // SLOT] > pitch[tops]
    firsts = np.append(0, np.flatnonzero(np.diff(start) > TOGETHER) + 1)
    span = np.maximum.reduceat(pitch, firsts) - np.minimum.reduceat(pitch, firsts)
    wide = span[span > 0]
    often = len(wide) > 0.25 * len(span)
    return bool(under.mean() > _UNDER or (often and wide.mean() > _SPAN))


def _share(track: Track, end: int) -> float:
    """Share of the song's bars of four quarters in which a track plays."""
    bar = 4 * TICKS
    return len(np.unique(track.notes["start"] // bar)) / max(end / bar, 1.0)


def _hands_of_one(song: Song, candidates: list[int]) -> list[int]:
    """The candidates, where they are the hands of one player at a keyboard; else none."""
    programs = {song.tracks[i].program for i in candidates}
    one = len(candidates) == 2 and len(programs) == 1 and max(programs) < 8
    return candidates if one else []
