"""How much a song swings: where its players put the off-beat eighths."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.music.song import TICKS, Song

_LEAST = 16  # off-beats that must be heard before a song is said to swing
_EVEN = (0.46, 0.545)  # places in the beat of off-beats that are played even
_LATE = 0.72  # the latest that swung eighths come where dotted rhythms must be told from them
_LATEST = 0.77  # the latest that they come where nothing else is played
_SLIGHT = 1.15  # less than that is not meant


def song_swing(song: Song) -> float:
    """Length of the first eighth of a beat over the second, 1.0 for a song that does not swing.

    Looks, part by part, at beats that hold an off-beat onset and no other, and takes the place at
    which most of these are played. A song swings when there are enough such beats, when even
    off-beats are fewer, and real triplets too: a piece in running triplets does not swing. Only
    songs that mostly count in quarters can.
    """
    if not _counts_quarters(song):
        return 1.0
    places, triplets = [np.zeros(0)], 0
    for track in song.tracks:
        off, divided = offbeats(np.unique(track.notes["start"]) / TICKS)
        places.append(off)
        triplets += divided
    off = np.concatenate(places)
    even = int(np.sum((off > _EVEN[0]) & (off < _EVEN[1])))
    late = off[(off >= _EVEN[1]) & (off <= _LATE)]
    later = off[(off >= _EVEN[1]) & (off <= _LATEST)]
    # A dotted rhythm stands at 3/4 exactly, a swung eighth that is played so late around it.
    dotted = np.abs(later - 0.75) < 0.008
    if even < 0.1 * len(later) and dotted.mean() < 0.3:
        late = later
    if len(late) < max(_LEAST, 1.25 * even, 0.5 * triplets):
        return 1.0
    place = float(np.median(late))
    ratio = round(place / (1.0 - place), 2)
    return ratio if ratio >= _SLIGHT else 1.0


def offbeats(starts: NDArray[np.float64]) -> tuple[NDArray[np.float64], int]:
    """Places in the beat (0.4 to 0.8) of the onsets of one part that divide their beat in two.

    `starts` are its distinct onsets in beats, in order. A beat counts when exactly one onset lies
    well inside it. Also the number of beats divided in three (onsets near 1/3 and 2/3).
    """
    beat = np.floor(starts + 0.08).astype(np.int64)  # a little early still belongs to the beat
    place = starts - beat
    inside = place > 0.13
    if not inside.any():
        return np.zeros(0), 0
    beat, place = beat[inside] - beat[0], place[inside]
    count = np.bincount(beat)
    third, two_thirds = (
        np.bincount(beat, np.abs(place - at) < 0.07, len(count)) > 0 for at in (1 / 3, 2 / 3)
    )
    off = place[count[beat] == 1]
    return off[(off > 0.4) & (off < 0.8)], int(np.sum(third & two_thirds))


def _counts_quarters(song: Song) -> bool:
    """Whether most of the song is in a meter whose beat is a quarter."""
    ends = [m.start for m in song.meters[1:]] + [max(song.end, song.meters[-1].start)]
    lasts = [
        (end - m.start) * (1 if m.denominator == 4 else -1)
        for m, end in zip(song.meters, ends, strict=True)
    ]
    return sum(lasts) >= 0
