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
_HALVES = {(4, 4): 48, (2, 2): 48, (2, 4): 48, (3, 4): 72, (6, 4): 72}
"""Meter -> units of the stretch that its eighths are beamed over, and that no syncopation hides."""


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
    bracket: bool = True
    """Whether a triplet group needs its bracket: one that hangs on a beam does not."""
    beams: tuple[str, ...] = ()
    """What each beam does here, the eighths' beam first: begin, continue, end, forward hook..."""


def is_compound(numerator: int, denominator: int) -> bool:
    """Whether three eighths (or shorter notes) make a beat, as in 6/8."""
    return denominator >= 8 and numerator % 3 == 0


def beat_of(numerator: int, denominator: int) -> int:
    """Units of the beat that notes are grouped by: a dotted quarter in 6/8, else a quarter."""
    if is_compound(numerator, denominator):
        return 3 * 4 * UNITS // denominator
    return UNITS


def write_bar(segments: Sequence[Segment], numerator: int, denominator: int) -> list[Piece]:
    """Written notes for the segments of one voice in one bar, which fill it without gaps."""
    compound = is_compound(numerator, denominator)
    group = UNITS // 2 if compound else UNITS
    half = _HALVES.get((numerator, denominator), 0)
    segments = _writable(segments, group)
    triplets = _triplet_groups(segments, group, compound)
    pieces: list[Piece] = []
    for segment in segments:
        pieces += _write_segment(segment, triplets, compound, half)
    beamed = _beamed(_bracketed(pieces, triplets), beat_of(numerator, denominator), half)
    return _without_needless_brackets(beamed)


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
    segment: Segment, triplets: Sequence[tuple[int, int]], compound: bool, half: int
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
            spans += _plain_spans(at, stop, compound, half, rest=not segment.pitches)
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
    while at < stop and (fits := [v for v in TRIPLET_VALUES if v <= stop - at]):
        spans.append((at, max(fits), True))
        at += max(fits)
    return spans


def _plain_spans(
    at: int, stop: int, compound: bool, half: int, *, rest: bool
) -> list[tuple[int, int, bool]]:
    spans = []
    while at < stop:
        allowed = _allowed(at, compound, half, rest=rest)
        # what begins off the beat is cut at the middle of the bar, so that it can be seen
        room = half - at % half if half and at % UNITS else stop - at
        length = max((v for v in allowed if v <= min(room, stop - at)), default=3)
        spans.append((at, min(length, stop - at), False))
        at += length
    return spans


def _allowed(at: int, compound: bool, half: int, *, rest: bool) -> tuple[int, ...]:
    """Note values that may begin at a place in the bar without hiding where the beats are."""
    if compound:
        beat = at % 36
        if beat == 0:
            return (72, 36, 24, 12, 6, 3) if rest else (72, 36, 24, 18, 12, 6, 3)
        if beat == 12:
            return (12, 6, 3) if rest else (24, 18, 12, 6, 3)
        if beat in (6, 18) and not rest:
            return (12, 6, 3)  # a syncopation within the beat hides nothing
        return (12, 6, 3) if beat == 24 else (6, 3) if at % 6 == 0 else (3,)
    beat = at % 24
    if beat == 0 and rest:
        whole_bar = half == 72  # in 3/4 a rest of two beats is two rests
        long: tuple[int, ...] = (96, 48) if at % 96 == 0 else (48,) if at % 48 == 0 else ()
        return (*(() if whole_bar else long), 24, 12, 6, 3)
    if beat == 0:
        long = {0: (96, 72, 48), 24: (72, 48)}.get(at % 96, (48,))
        # a dotted quarter may not hide the middle of the bar
        dotted = (36,) if not half or at // half == (at + 35) // half else ()
        return (*long, *dotted, 24, 18, 12, 6, 3)
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
        for i in {*inside[:1], *inside[-1:]}:
            edge = "start" * (i == inside[0]) + "stop" * (i == inside[-1])
            out[i] = replace(out[i], triplet_edge=edge)
    return out


def _without_needless_brackets(pieces: list[Piece]) -> list[Piece]:
    """Triplets whose notes all hang on one beam need no bracket."""
    out = list(pieces)
    for i, piece in enumerate(pieces):
        if not piece.triplet_edge.startswith("start"):
            continue
        ends = (k for k in range(i, len(pieces)) if pieces[k].triplet_edge.endswith("stop"))
        group = pieces[i : next(ends, i) + 1]
        first = [each.beams[0] if each.beams else "" for each in group]
        if first[0] == "begin" and first[-1] == "end" and all(first):
            out[i] = replace(piece, bracket=False)
    return out


def _beamed(pieces: list[Piece], beat: int, half: int) -> list[Piece]:
    """Pieces with beams: what is shorter than a quarter hangs together in a beat.

    Nothing but eighths hangs together over the beats of half a bar.
    """
    out = list(pieces)
    for run in _joined(_runs(out, beat), out, beat, half):
        if len(run) > 1:
            for k in run:
                out[k] = replace(out[k], beams=_beams(out, run, k))
    return out


def _runs(pieces: Sequence[Piece], beat: int) -> list[list[int]]:
    """Indices of the flagged notes that follow each other within a beat."""
    runs: list[list[int]] = []
    for i, piece in enumerate(pieces):
        if not _flags(piece):
            continue
        follows = runs and runs[-1][-1] == i - 1
        if follows and pieces[i - 1].start // beat == piece.start // beat:
            runs[-1].append(i)
        else:
            runs.append([i])
    return runs


def _joined(
    runs: list[list[int]], pieces: Sequence[Piece], beat: int, half: int
) -> list[list[int]]:
    """Runs with those of plain eighths joined within a half bar."""
    out: list[list[int]] = []
    for run in runs:
        before = out[-1] if out else []
        join = (
            half
            and before
            and before[-1] + 1 == run[0]
            and pieces[before[0]].start // half == pieces[run[0]].start // half
            and all(pieces[k].length == UNITS // 2 for k in (*before, *run))
            and len(run) * UNITS // 2 == beat
            and len(before) * (UNITS // 2) % beat == 0
        )
        if join:
            out[-1] = [*before, *run]
        else:
            out.append(run)
    return out


def _flags(piece: Piece) -> int:
    return _FLAGS.get(piece.value, 0) if piece.pitches else 0


def _beams(pieces: Sequence[Piece], run: Sequence[int], k: int) -> tuple[str, ...]:
    beams = []
    for level in range(1, _flags(pieces[k]) + 1):
        before = k > run[0] and _flags(pieces[k - 1]) >= level
        after = k < run[-1] and _flags(pieces[k + 1]) >= level
        hook = "forward hook" if k == run[0] else "backward hook"
        beams.append(("continue" if after else "end") if before else "begin" if after else hook)
    return tuple(beams)
