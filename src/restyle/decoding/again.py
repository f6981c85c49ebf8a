"""What was played is played again: bars of a stretch that returns (see `tokens.returns`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from restyle.decoding.context import Context
from restyle.decoding.cursor import Cursor
from restyle.decoding.job import Job
from restyle.decoding.passage import Fixed
from restyle.decoding.sheet import Sheet
from restyle.tokens import vocabulary as v
from restyle.tokens.returns import returns


def played_again(
    job: Job, sheet: Sheet, first: int, fixed: Fixed, rng: np.random.Generator
) -> list[int]:
    """The bars to be played as an earlier one, by its number; -1 for those to be played anew. Bars
    of one's own choice (`Redo`) are always played anew."""
    anew = [-1] * sheet.bars
    chance = rng.spawn(1)[0].random()  # drawn in any case: leaves what others draw as it was
    if (job.redo is not None and not job.redo.phrase) or not job.options.has("returns"):
        return anew
    if chance >= job.returning:
        return anew
    course = job.course

    def alike(bar: int, source: int) -> bool:
        given = [_notes_given(fixed, b) for b in (bar, source)]
        rests = [{p for p, bars in course.rests.items() if b in bars} for b in (bar, source)]
        energy = [course.energy[b] if course.energy else None for b in (bar, source)]
        return given[0] == given[1] and rests[0] == rests[1] and energy[0] == energy[1]

    begins = {begin for begin, _ in sheet.phrases}  # there, it is said how parts play
    return [
        source
        if source >= first and (bar in begins) == (source in begins) and alike(bar, source)
        else -1
        for bar, source in enumerate(returns(sheet.tokens))
    ]


def _notes_given(fixed: Fixed, bar: int) -> dict[int, list[int]]:
    """What is given of the parts in a bar, without what is said of how they play."""
    return {
        part: [token for token in tokens if not any(token in kind for kind in v.ATTRIBUTES)]
        for (at, part), tokens in fixed.items()
        if at == bar
    }


def stretches(again: Sequence[int], first: int, last: int) -> Iterator[tuple[int, int]]:
    """Bars `first` up to `last` in stretches that are played anew as a whole, or again as a whole,
    from bars one after another."""
    begin = first
    for bar in range(first + 1, last + 1):
        goes_on = bar < last and again[bar] == (again[bar - 1] + 1 if again[bar - 1] >= 0 else -1)
        if not goes_on:
            yield begin, bar
            begin = bar


def play_again(
    context: Context, cursors: Sequence[Cursor], bars: tuple[int, int], source: int
) -> None:
    """All rows play bars `bars[0]` up to `bars[1]` as bar `source` and those after it were played;
    the model reads them as it reads what it wrote."""
    first, last = bars
    played = [list(context.bars[source + k]) for k in range(last - first)]
    read: list[int] = []
    for bar, tokens in zip(range(first, last), played, strict=True):
        for cursor in cursors:
            cursor.replay_bar(bar, tokens)
        read += [*cursors[0].sheet.following(bar), *tokens]
    context.begin_phrase(first, last, read, sum(map(len, played)))
    context.end_phrase(0, 0, played)
