"""Drums: the kits and keys of General MIDI, and one key for each thing that is struck.

Key names: General MIDI 1 (1991), percussion map, 35-81; kits: General MIDI Level 2 (1999) and
Roland GS, whose numbers files have in the drum channel's program.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from restyle.music.song import Notes, sort_notes


@dataclass(frozen=True)
class Kit:
    """A drum kit: its program on the drum channel."""

    program: int
    name: str
    kind: str
    """standard, rock, electronic, jazz, brush or orchestra."""


_KITS = (
    Kit(0, "Drum Kit", "standard"), Kit(8, "Room Kit", "rock"), Kit(16, "Power Kit", "rock"),
    Kit(24, "Electronic Kit", "electronic"), Kit(25, "Analog Kit", "electronic"),
    Kit(32, "Jazz Kit", "jazz"), Kit(40, "Brush Kit", "brush"),
    Kit(48, "Orchestra Kit", "orchestra"), Kit(56, "Effects Kit", "standard"),
)  # fmt: skip


def kit(program: int) -> Kit:
    """The kit of a program on the drum channel; a number between two kits is the lower one."""
    return max((one for one in _KITS if one.program <= program), key=lambda one: one.program)


def kits() -> tuple[Kit, ...]:
    """All kits, by program."""
    return _KITS


DRUM_KEYS: dict[int, str] = {
    35: "Bass Drum 2", 36: "Bass Drum", 37: "Side Stick", 38: "Snare Drum", 39: "Hand Clap",
    40: "Electric Snare", 41: "Low Floor Tom", 42: "Closed Hi-Hat", 43: "Floor Tom",
    44: "Pedal Hi-Hat", 45: "Low Tom", 46: "Open Hi-Hat", 47: "Low-Mid Tom", 48: "Hi-Mid Tom",
    49: "Crash Cymbal", 50: "High Tom", 51: "Ride Cymbal", 52: "China Cymbal", 53: "Ride Bell",
    54: "Tambourine", 55: "Splash Cymbal", 56: "Cowbell", 57: "Crash Cymbal 2", 58: "Vibraslap",
    59: "Ride Cymbal 2", 60: "High Bongo", 61: "Low Bongo", 62: "Mute Conga", 63: "High Conga",
    64: "Low Conga", 65: "High Timbale", 66: "Low Timbale", 67: "High Agogo", 68: "Low Agogo",
    69: "Cabasa", 70: "Maracas", 71: "Short Whistle", 72: "Long Whistle", 73: "Short Guiro",
    74: "Long Guiro", 75: "Claves", 76: "High Woodblock", 77: "Low Woodblock", 78: "Mute Cuica",
    79: "Open Cuica", 80: "Mute Triangle", 81: "Open Triangle",
}  # fmt: skip
"""What each drum key strikes."""

KICK, SNARE, SECOND_SNARE, CRASH, RIDE = 36, 38, 40, 49, 51
KICKS, SNARES = (35, KICK), (37, SNARE, 39, SECOND_SNARE)
"""All keys of a bass drum; all that a backbeat is played on, side stick and clap too."""
FEET = (35, KICK, 44)
TIMEKEEPERS = (42, 44, 46, RIDE, 53, 59)
"""Hi-hats and rides."""
RIDES = (RIDE, 53, 59)
TOMS = (41, 43, 45, 47, 48, 50)
CRASHES = (CRASH, 52, 55, 57)
STICKS = (37, SNARE, SECOND_SNARE, 41, 42, 43, 45, 46, 47, 48, CRASH, 50, RIDE, 52, 53, 55, 57, 59)
"""Keys of a kit that are played by foot, and with sticks; others need one more player."""
PERCUSSION = tuple(key for key in DRUM_KEYS if key not in (*FEET, *STICKS))
"""What that player strikes."""
_SAME = {35: KICK, SECOND_SNARE: SNARE, 57: CRASH, 59: RIDE}

RARE_SNARE = 0.25
"""Share of a song's snare strokes below which its other snare is a sound apart (a rim shot, the
second hand of a fill); from there on the two are taken to be one snare under two keys."""


def canonical_drum(key: int) -> int:
    """The one key for what a key strikes: kick 36, snare 38, crash 49, ride 51; others stay."""
    return _SAME.get(key, key)


def canonical_drums(notes: Notes) -> Notes:
    """A song's drum notes with one key for one thing; shape (n,) or less, sorted.

    Kicks become 36, crashes 49, rides 51. Of keys 38 and 40 the one that carries the song (most
    strokes, weighed by velocity: a backbeat is louder than ghost notes) becomes 38; the other
    becomes 40 where it is rare (`RARE_SNARE`), else 38 too. Of strokes that then fall together the
    loudest stays.
    """
    out = notes.copy()
    keys = notes["pitch"]
    for key, same in _SAME.items():
        out["pitch"][keys == key] = same
    rare = _rare_snare(notes)
    if rare is not None:
        out["pitch"][keys == rare] = SECOND_SNARE
    out = out[np.argsort(-out["velocity"], kind="stable")]
    _, first = np.unique(out["start"].astype(np.int64) * 128 + out["pitch"], return_index=True)
    return sort_notes(out[first])


def _rare_snare(notes: Notes) -> int | None:
    """Which of 38 and 40 is the song's rare second snare, if one is."""
    strokes = {key: notes[notes["pitch"] == key] for key in (SNARE, SECOND_SNARE)}
    weight = {key: int(some["velocity"].sum()) for key, some in strokes.items()}
    other = min(weight, key=lambda key: (weight[key], -key))
    count = len(strokes[other])
    every = sum(len(some) for some in strokes.values())
    return other if 0 < count < RARE_SNARE * every else None
