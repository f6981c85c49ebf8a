"""Rows of tokens with bands and lead sheets, for what constraints and processors say of them."""

import numpy as np
from fake import BAND

from restyle.decoding.band import Band
from restyle.decoding.constraints import CONSTRAINTS, Constraints
from restyle.decoding.cursor import Cursor
from restyle.decoding.sheet import sheet_of
from restyle.music.lead import LeadSheet
from restyle.music.song import Chord, Key, Meter, Tempo, notes_array
from restyle.tokens import vocabulary as v

BAR = 48
DRUMS, BASS, PIANO, GUITAR, WINDS = range(5)


def sheet(
    chords=((0, 0, "maj"), (48, 7, "maj"), (96, 0, "maj")), bpm=120.0, tonic=0, tune=(), bars=4
):
    """Some bars of 4/4 in C."""
    return sheet_of(
        LeadSheet(
            melody=notes_array(tune),
            chords=tuple(Chord(*c) for c in chords),
            meters=(Meter(0, 4, 4),),
            tempos=(Tempo(0, bpm),),
            key=Key(tonic),
            length=bars * BAR,
        )
    )


def tokens(*words) -> list[int]:
    """ "@12" a position, 60 a pitch, "/24" a length, "x36" a drum, "d5" a density and what
    comes after."""
    out = []
    for word in words:
        kind, number = (word[0], int(word[1:])) if isinstance(word, str) else ("p", word)
        if kind == "d":
            out += [v.DENSITY[number], v.SIZE_OF_CHORDS[0], v.REGISTER[5], v.FIGURE[0]]
        else:
            out.append(
                {
                    "@": lambda n: v.POSITION[n],
                    "p": lambda n: v.PITCH[n],
                    "/": v.duration_token,
                    "x": lambda n: v.DRUM[n - v.FIRST_DRUM],
                }[kind](number)
            )
    return out


def at(where, part: int, *words, band: Band = BAND, before=(), bar: int = 0) -> Cursor:
    """A cursor of one row in a bar, at a part, after some words; parts before it played what
    `before` says, or nothing at all."""
    cursor = Cursor(where, band.parts, 1)
    for number in range(bar + 1):
        cursor.begin_bar(0, number)
        for place in range(len(band.parts) if number < bar else part + 1):
            if place:
                cursor.take(0, cursor.leaving(0))
            here = dict(before).get(place, ()) if number == bar else ()
            if number == bar and place == part:
                cursor.replay(0, tokens(*words))
            elif here:
                cursor.replay(0, tokens(*here))
            elif cursor.begins_phrase(0):
                cursor.take(0, v.DENSITY[0])
        if number < bar:
            cursor.take(0, cursor.leaving(0))
    return cursor


def allowed(name: str, where, cursor: Cursor, band: Band = BAND) -> np.ndarray:
    names = [name] if name in CONSTRAINTS else []
    return Constraints(where, band, names).allowed(cursor)[0]


def pitches(mask) -> set[int]:
    return {p for p in range(128) if mask[v.PITCH[p]]}


def longest(mask) -> int:
    return max(n for i, n in enumerate(v.DURATIONS) if mask[v.DURATION[i]])
