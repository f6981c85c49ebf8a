"""Note values: how a stretch of time is written with notes, dots, ties, triplets and beams.

Time is counted in units, `UNITS` to the quarter note: a thirty-second is 3, a note of a triplet
of eighths 8. Everything that a LeadSheet's grid holds can be written exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

UNITS = 24
"""Units a quarter note."""

VALUES: dict[int, tuple[str, int]] = {
    96: ("whole", 0), 72: ("half", 1), 48: ("half", 0), 36: ("quarter", 1), 24: ("quarter", 0),
    18: ("eighth", 1), 12: ("eighth", 0), 9: ("16th", 1), 6: ("16th", 0), 3: ("32nd", 0),
}  # fmt: skip
"""Units -> note value and dots."""
TRIPLET_VALUES: dict[int, tuple[str, int]] = {
    32: ("half", 0), 24: ("quarter", 1), 16: ("quarter", 0), 12: ("eighth", 1), 8: ("eighth", 0),
    6: ("16th", 1), 4: ("16th", 0), 2: ("32nd", 0),
}  # fmt: skip
"""The same for notes of which three take the time of two."""
_FLAGS = {"eighth": 1, "16th": 2, "32nd": 3}


@dataclass(frozen=True)
class Segment:
    """Something that sounds (or, without pitches, is silent) for a while; units in the bar."""

    start: int
    end: int
    pitches: tuple[int, ...] = ()
    tied_from: bool = False
    tied_to: bool = False


@dataclass(frozen=True)
class Piece:
    """One written note, chord or rest."""

    start: int
    length: int
    pitches: tuple[int, ...]
    value: str
    dots: int
    triplet: bool = False
    tied_from: bool = False
    tied_to: bool = False
    triplet_edge: str = ""
    """"start", "stop" or "startstop" on the edge notes of a triplet group."""
    beams: tuple[str, ...] = ()
    """What each beam does here, the eighths' beam first: begin, continue, end, forward hook..."""


def beat_of(numerator: int, denominator: int) -> int:
    """Units of the beat that notes are grouped by: a dotted quarter in 6/8, else a quarter."""
    if denominator >= 8 and numerator % 3 == 0:
        return 3 * 4 * UNITS // denominator
    return UNITS


def write_bar(segments: Sequence[Segment], numerator: int, denominator: int) -> list[Piece]:
    """Written notes for the segments of one voice in one bar, which fill it without gaps."""
    compound = denominator >= 8 and numerator % 3 == 0
    group = UNITS // 2 if compound else UNITS
    segments = _writable(segments, group)
    triplets = _triplet_groups(segments, group, compound)
    pieces: list[Piece] = []
    for segment in segments:
        pieces += _write_segment(segment, triplets, compound)
    return _beamed(_bracketed(pieces, triplets), beat_of(numerator, denominator))


def _writable(segments: Sequence[Segment], group: int) -> list[Segment]:
    """Segments moved by a hair where a beat would need triplets and thirty-seconds at once."""
    edges = sorted({s.start for s in segments} | {s.end for s in segments})
    moved = {}
    for edge in edges:
        start = edge // group * group
        inside = [e for e in edges if start < e < start + group]
        if not any(e % 3 for e in inside) or not any(e % 2 for e in (*inside, edges[-1])):
            moved[edge] = edge
        elif start + group > edges[-1] and edges[-1] % 2:  # a last beat of odd thirty-seconds
            moved[edge] = min(round(edge / 3) * 3, edges[-1])
        else:
            moved[edge] = edge - edge % 2 if edge in inside else edge
    moved[edges[0]], moved[edges[-1]] = edges[0], edges[-1]
    return [
        replace(s, start=moved[s.start], end=moved[s.end])
        for s in segments
        if moved[s.start] < moved[s.end]
    ]


def _triplet_groups(
    segments: Sequence[Segment], group: int, compound: bool
) -> list[tuple[int, int]]:
    """(start, end) of the groups that only triplets can write; two beats where that is simpler."""
    edges = {segment.start for segment in segments} | {segment.end for segment in segments}
    end = max(edges)
    odd = {edge // group for edge in edges if edge % 3}
    found: list[tuple[int, int]] = []
    for i in sorted(odd):
        start = i * group
        if found and start < found[-1][1]:
            continue
        pair = 2 * group
        inside = {edge - start for edge in edges if start < edge < start + pair}
        if not compound and i % 2 == 0 and inside and inside <= {16, 32} and start + pair <= end:
            found.append((start, start + pair))
        else:
            found.append((start, min(start + group, end)))
    return found


def _write_segment(
    segment: Segment, triplets: Sequence[tuple[int, int]], compound: bool
) -> list[Piece]:
    spans: list[tuple[int, int, bool]] = []
    at = segment.start
    while at < segment.end:
        inside = next((g for g in triplets if g[0] <= at < g[1]), None)
        ahead = min((g[0] for g in triplets if g[0] > at), default=segment.end)
        stop = min(segment.end, inside[1] if inside else ahead)
        if inside is not None and (at, stop) == inside and stop - at in VALUES:
            inside = None  # fills the whole group: no triplet after all
        if inside:
            spans += _triplet_spans(at, stop)
        else:
            spans += _plain_spans(at, stop, compound, rest=not segment.pitches)
        at = stop
    pieces = []
    for i, (start, length, triplet) in enumerate(spans):
        value, dots = (TRIPLET_VALUES if triplet else VALUES)[length]
        sounds = bool(segment.pitches)
        pieces.append(
            Piece(
                start, length, segment.pitches, value, dots, triplet,
                tied_from=sounds and (i > 0 or segment.tied_from),
                tied_to=sounds and (i + 1 < len(spans) or segment.tied_to),
            )
        )  # fmt: skip
    return pieces


def _triplet_spans(at: int, stop: int) -> list[tuple[int, int, bool]]:
    spans = []
    while at < stop:
        length = max((v for v in TRIPLET_VALUES if v <= stop - at), default=0)
        if not length:
            break
        spans.append((at, length, True))
        at += length
    return spans


def _plain_spans(at: int, stop: int, compound: bool, *, rest: bool) -> list[tuple[int, int, bool]]:
    spans = []
    while at < stop:
        allowed = _allowed(at, compound, rest=rest)
        length = max((v for v in allowed if v <= stop - at), default=3)
        spans.append((at, min(length, stop - at), False))
        at += length
    return spans


def _allowed(at: int, compound: bool, *, rest: bool) -> tuple[int, ...]:
    """Note values that may begin at a place in the bar without hiding where the beats are."""
    if compound:
        beat = at % 36
        if beat == 0:
            return (72, 36, 24, 12, 6, 3) if rest else (72, 36, 24, 18, 12, 6, 3)
        if beat == 12:
            return (12, 6, 3) if rest else (24, 18, 12, 6, 3)
        return (12, 6, 3) if beat == 24 else (6, 3) if at % 6 == 0 else (3,)
    beat = at % 24
    if beat == 0 and rest:
        long: tuple[int, ...] = (96, 48) if at % 96 == 0 else (48,) if at % 48 == 0 else ()
        return (*long, 24, 12, 6, 3)
    if beat == 0:
        long = {0: (96, 72, 48), 24: (72, 48)}.get(at % 96, (48,))
        return (*long, 36, 24, 18, 12, 6, 3)
    if beat == 12:
        return (12, 6, 3) if rest else (36, 24, 18, 12, 6, 3)
    if beat in (6, 18):
        return (6, 3) if rest or beat == 18 else (18, 12, 6, 3)
    return (3,)


def _bracketed(pieces: list[Piece], triplets: Sequence[tuple[int, int]]) -> list[Piece]:
    """Pieces with the edges of every triplet group marked."""
    out = list(pieces)
    for start, end in triplets:
        inside = [i for i, piece in enumerate(out) if start <= piece.start < end and piece.triplet]
        if not inside:
            continue
        first, last = inside[0], inside[-1]
        out[first] = replace(out[first], triplet_edge="startstop" if first == last else "start")
        if first != last:
            out[last] = replace(out[last], triplet_edge="stop")
    return out


def _beamed(pieces: list[Piece], beat: int) -> list[Piece]:
    """Pieces with beams: eighths and shorter notes of one beat hang together."""
    out = list(pieces)
    i = 0
    while i < len(out):
        run = [i]
        if _flags(out[i]):
            while (
                run[-1] + 1 < len(out)
                and _flags(out[run[-1] + 1])
                and out[run[-1] + 1].start // beat == out[i].start // beat
            ):
                run.append(run[-1] + 1)
        if len(run) > 1:
            for k in run:
                out[k] = replace(out[k], beams=_beams(out, run, k))
        i = run[-1] + 1
    return out


def _flags(piece: Piece) -> int:
    return _FLAGS.get(piece.value, 0) if piece.pitches else 0


def _beams(pieces: Sequence[Piece], run: Sequence[int], k: int) -> tuple[str, ...]:
    beams = []
    for level in range(1, _flags(pieces[k]) + 1):
        before = k > run[0] and _flags(pieces[k - 1]) >= level
        after = k < run[-1] and _flags(pieces[k + 1]) >= level
        if before and after:
            beams.append("continue")
        elif after:
            beams.append("begin")
        elif before:
            beams.append("end")
        else:
            beams.append("forward hook" if k == run[0] else "backward hook")
    return tuple(beams)
