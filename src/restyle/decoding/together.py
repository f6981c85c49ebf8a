"""All candidates play a passage, each group of them in a thread of its own.

The graph runs without Python's lock, so while one group's choices are made, the other's run goes
on. Nothing that a group writes to is another's: what is played does not depend on how many there
are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from restyle.decoding.context import Context
from restyle.decoding.cursor import Cursor
from restyle.decoding.passage import Chooser, Fixed, Logits, Passage
from restyle.tokens import vocabulary as v

Generators = Sequence[np.random.Generator]


def play_together(
    context: Context,
    cursors: Sequence[Cursor],
    chooser: Chooser,
    bars: tuple[int, int],
    fixed: Fixed,
    rngs: Generators,
    on_bar: Callable[[int], None] | None = None,
) -> list[list[list[list[int]]]]:
    """The tokens of each group's candidates in each bar; `on_bar(done)` is called, in the thread
    that calls this, when all of them have played so many bars."""
    passages = [
        Passage(group, cursor, chooser, bars, fixed)
        for group, cursor in zip(context.groups, cursors, strict=True)
    ]
    logits = _begun(passages, context, cursors, bars, fixed)
    shares = _shared_out(rngs, cursors)
    told = 0

    def report() -> None:
        nonlocal told
        done = min(passage.done for passage in passages)
        for number in range(told, done):
            if on_bar:
                on_bar(number + 1)
        told = done

    if len(passages) == 1:
        passages[0].play(logits, shares[0], report)
        return [passages[0].played]
    with ThreadPoolExecutor(len(passages) - 1) as pool:
        try:
            others = [
                pool.submit(_played_or_stopped, passage, passages, logits, share)
                for passage, share in zip(passages[1:], shares[1:], strict=True)
            ]
            passages[0].play(logits, shares[0], report)
            for other in others:
                other.result()
        except BaseException:
            for passage in passages:
                passage.stop()
            raise
    report()
    return [passage.played for passage in passages]


def _played_or_stopped(
    passage: Passage, passages: Sequence[Passage], logits: Logits, share: Generators
) -> None:
    """Play one passage; where that fails, none of them need go on."""
    try:
        passage.play(logits, share)
    except BaseException:
        for other in passages:
            other.stop()
        raise


def _begun(
    passages: Sequence[Passage],
    context: Context,
    cursors: Sequence[Cursor],
    bars: tuple[int, int],
    fixed: Fixed,
) -> Logits:
    """All candidates read what stands before the first choice; the logits of that."""
    sheet, (first, last) = cursors[0].sheet, bars
    leads = sum(len(sheet.following(bar)) for bar in range(first + 1, last))
    given = sum(len(tokens) for (bar, _), tokens in fixed.items() if first <= bar < last)
    begun, *_ = [passage.begin() for passage in passages]
    logits = context.begin_phrase(first, last, [*sheet.following(first), *begun], given)
    room = context.room - leads - given
    room += sum(token not in v.PART for token in begun)  # of what is given, it read this
    for cursor in cursors:
        cursor.room[:] = room
    return logits


def _shared_out(rngs: Generators, cursors: Sequence[Cursor]) -> list[Generators]:
    """The candidates' generators, for each group its own."""
    ends = np.cumsum([cursor.batch for cursor in cursors]).tolist()
    return [rngs[end - cursor.batch : end] for end, cursor in zip(ends, cursors, strict=True)]
