"""How a piece ends: bass, chord and tune on the tonic, together, on a first beat."""

from __future__ import annotations

from collections.abc import Sequence

from restyle.composer.lean import TONIC
from restyle.composer.notes import chord_symbol, is_note, note_pitch, pitch_classes
from restyle.composer.writing import Row

NOTES = 3
"""Elements of an ending."""
_HEARD = 40
"""Last rows from which it is heard how low and how high the piece lies."""


def ending(symbols: Sequence[str], rows: Sequence[Row], minor: bool) -> list[tuple[int, int]]:
    """Number and lowest pitch of the last three elements, from the bass up.

    The tonic in the bass and in the tune, near to where both are; between them its chord.
    """
    tonic = TONIC[minor]
    heard = [int(row[3]) for row in rows[-_HEARD:]] or [60]
    bass = _nearest(symbols, tonic[:1], max(min(heard), 33))
    top = _nearest(symbols, tonic[:1], min(max(heard), 84))
    chord = chord_symbol(tonic)
    triad = symbols.index(chord) if chord in symbols else _nearest(symbols, tonic[1:], 60)
    low = _pitch(symbols[bass], 48)
    middle = low + 12 * (1 + (low < 40))  # a close chord is mud further down
    return [(bass, low), (triad, _pitch(symbols[triad], middle)), (top, _pitch(symbols[top], 72))]


def _nearest(symbols: Sequence[str], classes: Sequence[int], pitch: int) -> int:
    """The single note of some pitch classes that lies nearest to a pitch."""
    fits = [i for i, s in enumerate(symbols) if is_note(s) and pitch_classes(s)[0] in classes]
    return min(fits, key=lambda i: abs(note_pitch(symbols[i]) - pitch), default=0)


def _pitch(symbol: str, otherwise: int) -> int:
    return note_pitch(symbol) if is_note(symbol) else otherwise
