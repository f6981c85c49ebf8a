"""Note arrays of any reader put right: rescaled to song ticks, no key struck while it is down."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.music.song import NOTE, TICKS, Notes

FURTHEST = 2**30
"""Song ticks that no note begins or ends behind; notes are held in 32 bits."""


def to_ticks(times: NDArray[np.int64], division: int) -> NDArray[np.int64]:
    """Times in ticks of `division` to the quarter, in song ticks, rounded half up."""
    return times if division == TICKS else (times * TICKS + division // 2) // division


def clean(notes: Notes, division: int = TICKS) -> Notes:
    """Notes in ticks of `division`, as a Song holds them: song ticks, sorted, no overlaps.

    A key is struck once at a time: a note ends where the same pitch begins again. Of notes of one
    pitch that begin together the longest stays, as loud as the loudest. Durations are at least 1,
    velocities 1-127; notes of pitches outside 0-127 are dropped. What lies further than FURTHEST
    is put there.
    """
    pitch = notes["pitch"].astype(np.int64)
    if ((pitch < 0) | (pitch > 127)).any():
        notes = notes[(pitch >= 0) & (pitch <= 127)]
        pitch = notes["pitch"].astype(np.int64)
    if not len(notes):
        return np.empty(0, dtype=NOTE)
    begins = notes["start"].astype(np.int64)
    start, end = (
        np.minimum(to_ticks(times, division), FURTHEST)
        for times in (begins, begins + notes["duration"])
    )
    duration = np.maximum(end - start, 1)
    velocity = np.clip(notes["velocity"], 1, 127)

    # by pitch, then start; one packed number sorts faster than three columns
    order = np.argsort((pitch << 44) + start, kind="stable")
    pitch, start, duration, velocity = (x[order] for x in (pitch, start, duration, velocity))
    same = pitch[1:] == pitch[:-1]
    gap = start[1:] - start[:-1]
    twin = same & (gap == 0)
    if twin.any():
        first = np.flatnonzero(np.concatenate([[True], ~twin]))
        duration = np.maximum.reduceat(duration, first)
        velocity = np.maximum.reduceat(velocity, first)
        pitch, start = pitch[first], start[first]
        same = pitch[1:] == pitch[:-1]
        gap = start[1:] - start[:-1]
    duration[:-1] = np.where(same, np.minimum(duration[:-1], gap), duration[:-1])
    order = np.argsort((start << 7) + pitch)
    out = np.empty(len(order), dtype=NOTE)
    out["start"], out["duration"] = start[order], duration[order]
    out["pitch"], out["velocity"] = pitch[order], velocity[order]
    return out
