"""How much a song swings: where its players put the off-beat eighths."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.song import TICKS, Song

_BINS = 48  # of a beat: 2 % wide
_LEAST = 16  # off-beats that must be heard before a song is said to swing
_EVEN, _LAST = 0.545, 0.72  # off-beats before are even; after they are dotted rhythms, not swing


def swing_ratio(song: Song) -> float:
    """Length of the first eighth of a beat over the second, 1.0 for a song that does not swing.

    Looks, part by part, at beats that hold an off-beat onset and nothing before it, and takes the
    place at which most off-beats are played. Needs evidence: a song swings when there are enough
    such beats, when they agree, and when even off-beats and real triplets are the fewer.
    """
    late, even, triplets = [], 0, 0
    for track in song.tracks:
        beats = np.unique(track.notes["start"]) / TICKS
        off, divided = offbeats(beats)
        even += int(np.sum((off > 0.46) & (off < _EVEN)))
        late.append(off[(off >= _EVEN) & (off <= _LAST)])
        triplets += divided
    swung = np.concatenate(late) if late else np.zeros(0)
    if len(swung) < max(_LEAST, 0.8 * even, 0.5 * triplets):
        return 1.0
    place = float(np.median(swung))
    ratio = place / (1.0 - place)
    return round(ratio, 2) if ratio >= 1.15 else 1.0


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
    first = beat[0]
    count = np.bincount(beat[inside] - first)
    third = np.bincount(beat[inside] - first, np.abs(place[inside] - 1 / 3) < 0.07, len(count))
    two_thirds = np.bincount(beat[inside] - first, np.abs(place[inside] - 2 / 3) < 0.07, len(count))
    alone = inside.copy()
    alone[inside] = count[beat[inside] - first] == 1
    off = place[alone]
    return off[(off > 0.4) & (off < 0.8)], int(np.sum((third > 0) & (two_thirds > 0)))
