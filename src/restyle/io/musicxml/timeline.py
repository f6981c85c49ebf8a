"""Tempos, keys, chord symbols and rehearsal marks of a score, in the order of playing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from restyle.io.musicxml.repeats import Played
from restyle.io.musicxml.score import Score
from restyle.io.notation.bars import Bars
from restyle.music.song import TICKS, Chord, Key, Marker, Tempo

_DEFAULT = 120.0
_EARLY = 4 * TICKS
"""A first tempo within a bar of the beginning holds from there."""


@dataclass(frozen=True)
class TimeLine:
    """What of a song stands in time beside its notes; ticks."""

    tempos: tuple[Tempo, ...]
    keys: tuple[tuple[int, Key], ...]
    chords: tuple[Chord, ...]
    markers: tuple[Marker, ...]


def time_line(score: Score, order: Sequence[Played], bars: Bars) -> TimeLine:
    """The time line of a score whose measures are played in `order` and lie as `bars` says."""
    unit = score.unit
    chords: dict[int, Chord] = {}
    markers: dict[tuple[int, str], Marker] = {}
    for part in score.parts:
        for tick, played in zip(bars.placed, order, strict=True):
            if played.index >= len(part.measures):
                continue
            measure = part.measures[played.index]
            for chord in measure.chords:
                at = tick + round(chord.start * TICKS / unit)
                chords.setdefault(at, replace(chord, start=at))
            for start, text in measure.rehearsals:
                at = tick + round(start * TICKS / unit)
                markers.setdefault((at, text), Marker(at, text))
    named = tuple(chords[tick] for tick in sorted(chords))
    return TimeLine(
        _tempos(score, order, bars),
        _keys(score, order, bars, named),
        named,
        tuple(markers[place] for place in sorted(markers)),
    )


def _tempos(score: Score, order: Sequence[Played], bars: Bars) -> tuple[Tempo, ...]:
    """Tempos at their ticks; after a jump back the tempo that the target stands under."""
    written = _written_tempos(score)
    under: list[float | None] = []
    now: float | None = None
    for marks in written:
        under.append(now)
        if marks:
            now = marks[max(marks)][1]
    found: dict[int, float] = {}
    before = -1
    for tick, played in zip(bars.placed, order, strict=True):
        i = played.index
        here = {start: bpm for start, (_, bpm) in sorted(written[i].items())}
        held = under[i]
        if i != before + 1 and held is not None and 0 not in here:
            found[tick] = held
        for start, bpm in here.items():
            at = tick + round(start * TICKS / score.unit)
            found[at if before >= 0 or start else 0] = bpm
        before = i
    return _from_zero(found)


def _written_tempos(score: Score) -> list[dict[int, tuple[int, float]]]:
    """For each measure, where tempos stand: start -> 0 for sound or 1 for print, and the tempo."""
    count = max((len(part.measures) for part in score.parts), default=0)
    # a mark is printed at its place, but what the file says of the sound goes before it; of
    # several at one place the last one counts, and the first part that states one
    written: list[dict[int, tuple[int, float]]] = [{} for _ in range(count)]
    for part in score.parts:
        for i, measure in enumerate(part.measures):
            own: dict[int, tuple[int, float]] = {}
            for start, rank, bpm in measure.tempos:
                if start not in own or rank <= own[start][0]:
                    own[start] = (rank, bpm)
            for start, told in own.items():
                if start not in written[i] or told[0] < written[i][start][0]:
                    written[i][start] = told
    return written


def _from_zero(found: dict[int, float]) -> tuple[Tempo, ...]:
    ticks = sorted(found)
    if not ticks:
        return (Tempo(0, _DEFAULT),)
    tempos = [Tempo(tick, round(found[tick], 3)) for tick in ticks]
    if ticks[0] > 0:
        tempos.insert(0, Tempo(0, tempos[0].bpm if ticks[0] < _EARLY else _DEFAULT))
    return tuple(t for i, t in enumerate(tempos) if i == 0 or tempos[i - 1].bpm != t.bpm)


def _keys(
    score: Score, order: Sequence[Played], bars: Bars, chords: Sequence[Chord]
) -> tuple[tuple[int, Key], ...]:
    """The key changes of the first part that has signatures, with open modes settled."""
    part = next((p for p in score.parts if any(m.keys for m in p.measures)), None)
    if part is None:
        return ()
    settle = _Mode(score.remarks.get("restyle-mode", ""), chords)
    under: list[Key | None] = []
    now: Key | None = None
    for measure in part.measures:
        under.append(now)
        for _, key, is_stated in measure.keys:
            now = settle(key, is_stated)
    out: list[tuple[int, Key]] = []
    before = -1
    for tick, played in zip(bars.placed, order, strict=True):
        i = played.index
        if i < len(part.measures):
            changes = [(s, settle(key, stated)) for s, key, stated in part.measures[i].keys]
            if i != before + 1 and before >= 0:
                changes.insert(0, (0, under[i]))
            for start, key in changes:
                # at 0 with the pickup, since the padded bar has it too
                at = tick + round(start * TICKS / score.unit) if before >= 0 or start else 0
                if key is not None:
                    _change(out, at, key)
        before = i
    return tuple(out)


def _change(out: list[tuple[int, Key]], tick: int, key: Key) -> None:
    if out and out[-1][0] == tick:
        out.pop()
    if not out or out[-1][1] != key:
        out.append((tick, key))


class _Mode:
    """Settles keys whose mode is left open.

    A signature without a mode is major, unless the last chord is the relative minor's tonic.
    """

    def __init__(self, stated: str, chords: Sequence[Chord]) -> None:
        named = [chord for chord in chords if chord.root >= 0]
        self.stated = stated
        self.final = named[-1] if named else None

    def __call__(self, key: Key | None, is_stated: bool) -> Key | None:
        if key is None or is_stated:
            return key
        relative = Key((key.tonic + 9) % 12, "minor")
        if self.stated:
            return relative if self.stated == "minor" else key
        final = self.final
        is_minor = final is not None and final.triad == "min" and final.root == relative.tonic
        return relative if is_minor else key
