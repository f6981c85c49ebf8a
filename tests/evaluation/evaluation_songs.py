"""Small songs, set down for these tests."""

from __future__ import annotations

from restyle.critic.played import Played, played
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import Chord, Key, Meter, Notes, Tempo, notes_array


def notes(*rows: tuple[int, int, int]) -> Notes:
    """Notes from (start, duration, pitch)."""
    return notes_array((start, duration, pitch, 80) for start, duration, pitch in rows)


def sheet(melody: Notes | None = None, chords: tuple[Chord, ...] = (Chord(0, 0),), bars=4):
    """A lead sheet of whole bars of 4/4 in C."""
    return LeadSheet(
        melody=notes() if melody is None else melody,
        chords=chords,
        meters=(Meter(0, 4, 4),),
        tempos=(Tempo(0, 120.0),),
        key=Key(0),
        length=48 * bars,
    )


def song(melody: Notes | None = None, swing: float = 1.0, bars: int = 4, **parts: Notes) -> Played:
    """A song in C major over one chord of C."""
    return played(sheet(melody, bars=bars), Arrangement(parts), swing)


CHANGES = ((2, "min"), (7, "maj"), (0, "maj"), (9, "min"))
WALKS = ((0, 2, 3, 4), (0, -1, -3, -6), (0, 4, 7, 8), (0, 3, 7, 6))
LINE = ((0, 6, 14), (6, 6, 16), (12, 6, 17), (18, 12, 21), (30, 6, 19), (36, 6, 17), (42, 6, 15))
"""Of a bar of jazz: chords, steps of a bass with its way into the next chord, and a tune in eighths
(position, length, step above the root)."""


def swinging(bars: int = 32) -> Played:
    """A jazz trio as jazz is played: II V I VI, a bass that walks from chord to chord, thirds,
    sevenths and ninths on and off the beat, a tune in swung eighths."""
    chords, bass, piano, tune = [], [], [], []
    for bar in range(bars):
        begin = 48 * bar
        root, kind = CHANGES[bar % 4]
        third, seventh = (3, 10) if kind == "min" else (4, 10 if root == 7 else 11)
        chords.append(Chord(begin, root, kind))
        bass += [(begin + 12 * i, 11, 36 + root + step) for i, step in enumerate(WALKS[bar % 4])]
        for at, length in ((0, 8), (18, 4)) if bar % 2 else ((6, 4), (30, 8)):
            piano += [(begin + at, length, 48 + root + step) for step in (third, seventh, 14)]
        if bar % 4 != 3:
            tune += [(begin + at, length, 55 + root + step) for at, length, step in LINE]
    lead = sheet(notes(*tune), tuple(chords), bars)
    return played(lead, Arrangement({"bass": notes(*bass), "piano": notes(*piano)}), 2.0)


def walking(bars: int = 8) -> Played:
    """A bass that walks through four chords, with a chord off the beat, and a tune."""
    roots = [(0, 9, 2, 7)[bar % 4] for bar in range(bars)]
    chords = tuple(
        Chord(48 * bar, root, "min" if root in (9, 2) else "maj") for bar, root in enumerate(roots)
    )
    bass, piano, tune = [], [], []
    for bar, root in enumerate(roots):
        third = 3 if root in (9, 2) else 4
        steps = (0, third, 7, 10)
        bass += [(48 * bar + 12 * i, 12, 36 + root + step) for i, step in enumerate(steps)]
        for at in (18, 42):
            piano += [(48 * bar + at, 4, 60 + root + step) for step in (third, 7, 10)]
        tune += [(48 * bar, 24, 72 + root), (48 * bar + 24, 24, 72 + root + 7)]
    lead = sheet(notes(*tune), chords, bars)
    return played(lead, Arrangement({"bass": notes(*bass), "piano": notes(*piano)}), 2.0)
