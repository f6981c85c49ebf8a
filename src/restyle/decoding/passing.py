"""Passing notes: how notes that the chord does not have come and go.

Real songs are full of them, and nobody minds: they come by step, off the beat (in a bass on any
beat but that of the chord), and go on by step to a note that the chord has. What passes is counted
in songs and in samples by the same rule that lets it pass while sampling; but that sixths, sevenths
and ninths by step are counted, too, where the style has them for nothing.
"""

from __future__ import annotations

from restyle.music.song import GRID

REACH = GRID
"""Grid positions within which one place follows another by step."""
STEP = 2
"""Semitones of the largest step."""


class Line:
    """What a part struck at its last two places."""

    def __init__(self) -> None:
        self._now: tuple[int, list[int]] = -1, []
        self._before: tuple[int, list[int]] = -1, []

    def struck(self, place: int, pitch: int) -> None:
        """A pitch was struck at a grid position of the song."""
        if self._now[0] != place:
            self._before, self._now = self._now, (place, [])
        self._now[1].append(pitch)

    def before(self, place: int) -> tuple[int, list[int]]:
        """The last place before a grid position, and the pitches that were struck there; -1 and
        none where it is not within `REACH`."""
        at, pitches = self._before if self._now[0] == place else self._now
        return (at, pitches) if at >= 0 and 0 < place - at <= REACH else (-1, [])


def may_pass(part: str, place: int, chord: int) -> bool:
    """Whether a part may strike a passing note at a grid position of the song, under a chord that
    began at `chord`."""
    return place != chord if part == "bass" else place % GRID != 0


def by_step(pitch: int) -> tuple[int, ...]:
    """The pitches a step from one."""
    return tuple(
        pitch + step for step in range(-STEP, STEP + 1) if step and 0 <= pitch + step < 128
    )
