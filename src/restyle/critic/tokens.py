"""Songs of a corpus, from tokens to `Played`, a whole array at a time.

`restyle.tokens.decode` goes token by token, which is right for one song and slow for thousands.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from restyle.critic.played import Played, played, sounding_under
from restyle.music.classes import CLASSES, PARTS
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import GRID, NOTE, Chord, Key, Meter, Notes, Tempo, sort_notes
from restyle.tokens import vocabulary as v
from restyle.tokens.codec import VELOCITY

Ints = NDArray[np.int64]

_DURATIONS = np.array(v.DURATIONS)
_BAR_LENGTHS = np.array([4 * GRID * n // d for n, d in v.METERS])
_STRAIGHT, _SWUNG = 1.0, 2.0


def played_tokens(tokens: NDArray[np.integer]) -> Played:
    """The song of a whole token sequence, the same as `restyle.tokens.decode` makes of it."""
    song = _Sequence(np.array(tokens, dtype=np.int64))
    arrangement = song.arrangement()
    lead = sounding_under(song.lead(), arrangement)
    return played(lead, arrangement, _SWUNG if song.swings else _STRAIGHT)


def arranged_tokens(tokens: NDArray[np.integer]) -> Arrangement:
    """What the parts play in a whole token sequence, without the rest of `played_tokens`."""
    return _Sequence(np.array(tokens, dtype=np.int64)).arrangement()


class _Sequence:
    """A token sequence with, for each token, where it stands."""

    def __init__(self, tokens: Ints):
        self._tokens = tokens  # a plain array: one mapped from a file is slow to pick from
        bar, end = _is(tokens, v.BAR), tokens == v.END
        part = _is(tokens, v.PART)
        section = _last(bar | end | part)
        self._arranged = (section >= 0) & part[section]
        self._body = np.cumsum(bar) > 0
        self._part = np.where(self._arranged, tokens[section] - v.PART.first, -1)
        kinds = tokens[bar] - v.BAR.first
        self._kinds, self._lines = kinds, np.r_[0, np.cumsum(_BAR_LENGTHS[kinds])]
        number = np.where(self._arranged, np.cumsum(bar | end) - 2, np.cumsum(bar) - 1)
        placed = _last(_is(tokens, v.POSITION))
        offset = np.where(placed >= 0, tokens[placed] - v.POSITION.first, 0)
        self._at = self._lines[np.maximum(number, 0)] + offset

    @property
    def swings(self) -> bool:
        return bool(v.FEEL[v.FEELS.index("swing")] in self._tokens[:5])

    def lead(self) -> LeadSheet:
        """Bars, chords and melody."""
        head = self._tokens[~self._body]
        key = head[_is(head, v.KEY)]
        value = int(key[0]) - v.KEY.first if len(key) else 0
        tempo = head[_is(head, v.TEMPO)]
        bpm = v.tempo_of(int(tempo[0])) if len(tempo) else 120.0
        change = np.flatnonzero(np.r_[True, np.diff(self._kinds) != 0][: len(self._kinds)])
        meters = [Meter(int(self._lines[i]), *v.METERS[self._kinds[i]]) for i in change]
        return LeadSheet(
            melody=self._notes(_is(self._tokens, v.PITCH) & ~self._arranged & self._body),
            chords=self._chords(),
            meters=tuple(meters) or (Meter(0, 4, 4),),
            tempos=(Tempo(0, bpm),),
            key=Key(value % 12, "minor" if value >= 12 else "major"),
            length=int(self._lines[-1]),
            swing=_SWUNG if self.swings else _STRAIGHT,
        )

    def arrangement(self) -> Arrangement:
        """What the parts play; a part in use without notes is there and empty."""
        head = self._tokens[~self._body]
        named = (head[_is(head, v.INSTRUMENT)] - v.INSTRUMENT.first).tolist()
        classes = {CLASSES[number].part: CLASSES[number].name for number in named}
        used = {PARTS.index(part) for part in classes}
        used |= set(np.unique(self._part[self._part >= 0]).tolist())
        struck = _is(self._tokens, v.PITCH) | _is(self._tokens, v.DRUM)
        return Arrangement(
            {PARTS[i]: self._notes(struck & (self._part == i)) for i in sorted(used)}, classes
        )

    def _chords(self) -> tuple[Chord, ...]:
        where = np.flatnonzero(_is(self._tokens, v.CHORD) & self._body)
        if not len(where):
            return ()
        value = self._tokens[where] - v.CHORD.first
        none = value >= 12 * len(v.TRIADS)
        root = np.where(none, -1, value % 12)
        triad = np.where(none, 0, value // 12)
        after = self._tokens[np.minimum(where + 1, len(self._tokens) - 1)]
        bass = np.where(_is(after, v.BASS), after - v.BASS.first, root)
        same = (np.diff(root) == 0) & (np.diff(triad) == 0) & (np.diff(bass) == 0)
        new = np.flatnonzero(np.r_[True, ~same])
        rows = zip(
            self._at[where][new].tolist(),
            root[new].tolist(),
            triad[new].tolist(),
            bass[new].tolist(),
            strict=True,
        )
        return tuple(Chord(at, r, v.TRIADS[t], b) for at, r, t, b in rows)

    def _notes(self, which: NDArray[np.bool_]) -> Notes:
        where = np.flatnonzero(which)
        out = np.zeros(len(where), dtype=NOTE)
        said = self._tokens[where]
        drum = _is(said, v.DRUM)
        after = self._tokens[np.minimum(where + 1, len(self._tokens) - 1)] - v.DURATION.first
        length = _DURATIONS[np.clip(after, 0, len(_DURATIONS) - 1)]
        out["start"] = self._at[where]
        out["pitch"] = np.where(drum, said - v.DRUM.first + v.FIRST_DRUM, said - v.PITCH.first)
        out["duration"] = np.where(drum, 1, length)
        out["velocity"] = VELOCITY
        return sort_notes(out)


def _is(tokens: Ints, kind: v.Kind) -> NDArray[np.bool_]:
    return np.asarray((tokens >= kind.first) & (tokens < kind.end))


def _last(which: NDArray[np.bool_]) -> Ints:
    """For each place the last one up to it that is marked, -1 where there is none."""
    return np.maximum.accumulate(np.where(which, np.arange(len(which)), -1))
