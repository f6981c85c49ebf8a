"""What a singer and a composer ask of a tune, as weights on the next pitch.

The weights are nats. They stand for what counterpoint and the statistics of melodies say: most
moves are steps (Huron, *Sweet Anticipation*, 2006), a leap is followed by a step back (von Hippel
and Huron 2000), tritones and sevenths are not sung, a note outside the chord goes on by step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restyle.composer.lead import events as e
from restyle.music.chord import MAJOR, QUALITIES
from restyle.tokens.vocabulary import TRIADS

Floats = NDArray[np.float32]
NEVER = -1e9
SCALE = MAJOR
"""Pitch classes at home: C major, or A minor."""
STAY = 0.6
"""Nats against striking the same note again: the network says it too often."""
PITCH = np.arange(e.PITCHES + 1) + e.LOWEST - 1
FREE = ("jazz", "blues", "ragtime", "film", "game", "soul", "latin")
"""Styles whose tunes have more notes outside the key."""

WIDE = ("jazz", "ragtime", "game", "film", "blues", "pianocover")
"""Styles whose tunes have a wide range and leap."""


@dataclass(frozen=True)
class Note:
    """A note of the tune: bar, place in it, MIDI pitch at home and length, in grid positions."""

    bar: int
    place: int
    pitch: int
    length: int


@dataclass(frozen=True)
class Moment:
    """Where the next note stands."""

    chord: int
    coming: int
    strong: bool
    minor: bool
    low: int
    high: int
    middle: float
    """The pitch that the line is drawn to here."""
    wanted: int | None = None
    """The pitch that a motif has here."""
    closing: tuple[int, ...] = ()
    """Pitch classes that a phrase may end on here."""
    style: str = ""
    near_end: bool = False
    """Whether the next note but this is the last of a full close."""
    lasts: bool = False
    """Whether the note lasts into the coming chord."""


def tones(chord: int) -> frozenset[int]:
    """Pitch classes of a chord's number."""
    if chord >= e.NO_CHORD:
        return frozenset(range(12))
    return frozenset((chord % 12 + i) % 12 for i in QUALITIES[TRIADS[chord // 12]])


def scale(chord: int, minor: bool) -> frozenset[int]:
    """Pitch classes of the key where a chord sounds: in minor the seventh is raised on the
    dominant, and chord tones always belong."""
    own = set(SCALE)
    if minor and chord in (4, 35):
        own = (own - {7}) | {8}
    for tone in tones(chord) if chord < e.NO_CHORD else ():
        own -= {(tone + 1) % 12, (tone - 1) % 12} - set(SCALE)
        if tone not in SCALE:
            own -= {(tone - 1) % 12} if (tone - 1) % 12 in own and tone != 10 else set()
        own.add(tone)
    return frozenset(own)


def weights(now: Moment, notes: list[Note]) -> Floats:
    """Added to the log-odds of each pitch number."""
    out = np.zeros(e.PITCHES + 1, np.float32)
    out[0] = NEVER
    out[(now.low > PITCH) | (now.high < PITCH)] = NEVER
    classes = PITCH % 12
    in_chord = np.isin(classes, list(tones(now.chord)))
    in_scale = np.isin(classes, list(scale(now.chord, now.minor)))
    out[~in_scale & ~in_chord] -= 2.0 if now.style in FREE else 4.0
    out[in_chord] += 0.5 if now.strong else 0.0
    reach = 7.5 if now.style in WIDE else 6.0
    out -= (0.5 * ((PITCH - now.middle) / reach) ** 2).astype(np.float32)
    if now.closing:
        out[~np.isin(classes, now.closing)] -= 30.0
        if notes:
            out -= (0.45 * np.abs(PITCH - notes[-1].pitch)).astype(np.float32)
    if now.near_end:  # what leads to the last note lies beside it
        home = 9 if now.minor else 0
        beside = np.isin(classes, [(home + 2) % 12, (home + 11) % 12, (home + 4) % 12])
        out[beside] += 1.2
    if now.wanted is not None:
        out -= (0.9 * np.minimum(np.abs(PITCH - now.wanted), 6)).astype(np.float32)
        out[now.wanted == PITCH] += 1.5
    if now.lasts:
        out[[rubs(int(pitch), now.coming) for pitch in PITCH]] -= 4.0
    if notes:
        _moves(out, now, notes, in_chord)
    return out


def rubs(pitch: int, chord: int) -> bool:
    """Whether a pitch lies a half step beside a note of a chord, the major seventh excepted."""
    if chord >= e.NO_CHORD or pitch % 12 in tones(chord):
        return False
    below = (pitch + 1) % 12 in tones(chord) and (pitch + 1 - chord) % 12 != 0
    return below or (pitch - 1) % 12 in tones(chord)


def _moves(out: Floats, now: Moment, notes: list[Note], in_chord: NDArray[np.bool_]) -> None:
    """Weigh the interval from the note before."""
    last = notes[-1].pitch
    move = PITCH - last
    size = np.abs(move)
    fresh = notes[-1].length >= 24  # after a long note the line may begin anew
    out[size > 12] = NEVER
    out[size == 0] -= STAY
    wide = now.style in WIDE
    out[(size > 7) & (size < 12)] -= 0.0 if fresh or wide else 0.4
    out[size == 12] -= 0.3
    out[size == 6] -= 2.5
    out[(size == 10) | (size == 11)] -= 4.0
    out[(size >= 5) & ~in_chord] -= 2.0
    before = last - notes[-2].pitch if len(notes) > 1 else 0
    if abs(before) > 7:  # a leap over a fifth turns back by step
        back = (move * before < 0) & (size <= 4)
        out[~back] -= 5.0
        out[back & (size <= 2)] += 1.0
    elif abs(before) >= 5:
        out[move * before > 0] -= 2.0
        out[(move * before < 0) & (size <= 2)] += 0.6
    if last % 12 not in tones(now.chord) and not fresh:
        out[(size > 2) | (size == 0)] -= 3.0
    if before == 0 and len(notes) > 1:
        third = len(notes) > 2 and notes[-3].pitch == last
        out[size == 0] -= 3.0 if third else 0.8
    if len(notes) > 3 and notes[-2].pitch == notes[-4].pitch and notes[-3].pitch == last:
        out[notes[-2].pitch == PITCH] -= 1.5  # to and fro between two notes
    if len(notes) > 2 and notes[-3].pitch == last and before != 0:
        out[notes[-2].pitch == PITCH] -= 1.2


def sequence(notes: list[Note], old: int, new: int, strong: list[bool]) -> list[int]:
    """A motif moved along the scale to another chord: the pitches, so that strong notes fit."""
    degrees = [_degree(note.pitch) for note in notes]
    best, found = -1e9, 0
    for shift in (-1, 1, -2, 2, -3, 3, -4, 4, 0):
        moved = [_pitch(d + shift) for d in degrees]
        fits = [p % 12 in tones(new) for p, s in zip(moved, strong, strict=True) if s]
        worth = float(np.mean(fits)) if fits else 0.0
        worth -= 0.12 * abs(shift) + (0.35 if shift == 0 and old != new else 0.15 * (shift == 0))
        best, found = (worth, shift) if worth > best else (best, found)
    return [_pitch(d + found) for d in degrees]


def _degree(pitch: int) -> int:
    """The step of the scale on which a pitch lies, counted from C; the one below if between."""
    within = max(i for i, s in enumerate(SCALE) if s <= pitch % 12)
    return pitch // 12 * 7 + within


def _pitch(degree: int) -> int:
    return degree // 7 * 12 + SCALE[degree % 7]
