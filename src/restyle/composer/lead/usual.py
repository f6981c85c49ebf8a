"""What tunes of a style usually do, as a decoder that looks for the likeliest misses it.

A network's likeliest tunes are plainer than its training songs: on the beat, without rests, in the
key. So of some shares it is told what they are in real tunes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Usual:
    """Means of training tunes of a style, 0..1 (see `measure.TuneMeasures`)."""

    off_beat: float
    silent: float
    borrowed: float
    """Chords with a note outside the key."""


_OTHERS = Usual(0.5, 0.24, 0.14)
_TABLE = {
    "blues": Usual(0.59, 0.34, 0.22), "classical": Usual(0.38, 0.12, 0.28),
    "country": Usual(0.54, 0.29, 0.11), "earlymusic": Usual(0.22, 0.16, 0.12),
    "electronic": Usual(0.54, 0.32, 0.14), "film": Usual(0.50, 0.23, 0.22),
    "folk": Usual(0.50, 0.22, 0.15), "game": Usual(0.46, 0.18, 0.26),
    "hiphop": Usual(0.58, 0.34, 0.14), "hymn": Usual(0.17, 0.06, 0.08),
    "irish": Usual(0.39, 0.09, 0.15), "jazz": Usual(0.67, 0.46, 0.38),
    "latin": Usual(0.59, 0.34, 0.15), "pianocover": Usual(0.45, 0.12, 0.10),
    "pop": Usual(0.50, 0.24, 0.16), "ragtime": Usual(0.66, 0.24, 0.27),
    "reggae": Usual(0.55, 0.30, 0.10),
}  # fmt: skip
"""`python benchmarks/composer_leads.py CORPUS --usual`."""


def usual(style: str) -> Usual:
    """What is usual in a style, as far as it is known."""
    return _TABLE.get(style, _OTHERS)
