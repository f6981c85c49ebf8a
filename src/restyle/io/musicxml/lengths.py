"""How long the measures of a score are, where its parts do not agree."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from restyle.io.musicxml.repeats import Played
from restyle.io.musicxml.score import Measure, Score
from restyle.io.notation import bars

_SNAP = 8
"""Parts of a quarter by which a bar may miss its meter, for durations that were rounded."""


def written_bars(score: Score, order: Sequence[Played]) -> tuple[list[bars.Measure], bool]:
    """The measures in the order of playing, with lengths and meters; and whether a meter stands."""
    count = max((len(part.measures) for part in score.parts), default=0)
    written: list[bars.Measure] = []
    numerator, denominator, known = 4, 4, False
    for i in range(count):
        here = [part.measures[i] for part in score.parts if i < len(part.measures)]
        stated = next((m.meter for m in here if m.meter is not None), None)
        if stated is not None:
            (numerator, denominator), known = stated, True
        nominal = 4 * score.unit * numerator // denominator
        length = _length(here, nominal, score.unit, is_first=i == 0)
        written.append(
            bars.Measure(Fraction(0), Fraction(length, score.unit), numerator, denominator)
        )
    return [written[played.index] for played in order], known


def _length(here: Sequence[Measure], nominal: int, unit: int, *, is_first: bool) -> int:
    """Units that a measure lasts.

    A rest of a whole measure says nothing, and a part may have rests missing or, in a pickup, too
    many; but no note is cut off.
    """
    content = max(m.content for m in here)
    lengths = [m.length for m in here if not m.elastic and m.length]
    is_partial = is_first or any(m.is_partial for m in here)
    if not lengths:
        rests = [m.length for m in here if m.length]
        return min(rests, default=nominal) if is_partial else nominal
    enough = [length for length in lengths if length >= content]
    if not is_partial and content <= nominal and max(lengths) >= nominal:
        return nominal
    length = min(enough, default=max(content, *lengths))
    return nominal if abs(length - nominal) < unit // _SNAP else length
