"""The window over songs that are longer than it, with an engine that remembers what it was fed."""

import numpy as np
import pytest
from fake import FakeEngine

from corpora import arrangement, lead_sheet, repeated
from restyle.decoding.window import Guide, Window
from restyle.music.lead import LeadSheet
from restyle.tokens import Grammar, encode_arrangement, encode_lead, heading_of
from restyle.tokens import vocabulary as v


def long_song() -> LeadSheet:
    return repeated(lead_sheet(np.random.default_rng(1)), 6)


@pytest.mark.parametrize(
    ("context", "slides"), [(200, True), (333, True), (1024, True), (8192, False)]
)
def test_a_window_that_slides_holds_what_one_read_anew_does(context, slides):
    """Before each bar: the heading, and the last bars as a window that begins there has them."""
    lead = long_song()
    leads, bars = encode_lead(lead), encode_arrangement(arrangement(lead, "b"), lead)
    heading = heading_of(lead, ("drums", "bass"), 1, "any").tokens()
    engine = FakeEngine(context)
    window = Window(engine, heading, leads, (Guide(v.STYLE[2], 1.0), Guide(v.STYLE[0], 0.5)))
    styled, free = engine.lanes
    firsts = []
    for bar, tokens in enumerate(bars):
        window.begin_bar(bar)
        for token in tokens[1:]:
            window.step(token)
        window.end_bar(tokens)
        first = next(
            k for k in range(bar + 1) if styled.tokens == read_anew(k, bar, heading, leads, bars)
        )
        firsts.append(first)
        Grammar().feed(styled.tokens)
        assert free.tokens[: len(heading)] == [v.STYLE[0] if t in v.STYLE else t for t in heading]
        assert free.tokens[len(heading) :] == styled.tokens[len(heading) :]
        assert len(styled.tokens) <= context
    assert firsts == sorted(firsts)
    assert (firsts[-1] > 0) == slides
    if slides:
        assert len(styled.tokens) > context // 3, "it forgets no more than it must"


def read_anew(first, bar, heading, leads, bars):
    """What stands after arrangement bar `bar` in a window whose first bar is `first`."""
    out = [*heading, *leads[first]]
    for i in range(first, bar + 1):
        out += [*(leads[i + 1] if i + 1 < len(leads) else [v.END]), *bars[i]]
    return out


def test_a_window_that_slides_is_read_once():
    """Every token but those of the heading is fed a single time."""
    lead = long_song()
    leads, bars = encode_lead(lead), encode_arrangement(arrangement(lead, "b"), lead)
    heading = heading_of(lead, ("drums", "bass"), 1, "any").tokens()
    engine = FakeEngine(300)
    window = Window(engine, heading, leads, (Guide(v.STYLE[2], 1.0),))
    (lane,) = engine.lanes
    fed, feed = [], lane.feed
    lane.feed = lambda ids: (fed.extend(map(int, ids)), feed(ids))[1]
    for bar, tokens in enumerate(bars):
        window.begin_bar(bar)
        for token in tokens[1:]:
            window.step(token)
        window.end_bar(tokens)
    assert fed == read_anew(0, len(bars) - 1, heading, leads, bars)


@pytest.mark.parametrize("context", [200, 8192])
def test_a_window_that_went_back_goes_on_as_one_that_never_left(context):
    """Every third bar other bars are written first, and given up."""
    lead = long_song()
    leads, bars = encode_lead(lead), encode_arrangement(arrangement(lead, "b"), lead)
    given_up = encode_arrangement(arrangement(lead, "a"), lead)
    heading = heading_of(lead, ("drums", "bass"), 1, "any").tokens()

    def window() -> Window:
        return Window(FakeEngine(context), heading, leads, (Guide(v.STYLE[2], 1.0),))

    def write(to: Window, bar: int, tokens: list[int]) -> list[np.ndarray]:
        logits = [to.begin_bar(bar), *map(to.step, tokens[1:])]
        to.end_bar(tokens)
        return logits

    went, stayed = window(), window()
    state = went.kept()
    for bar, tokens in enumerate(bars):
        if bar % 3 == 0:
            state = went.kept()
            for later in range(bar, min(bar + 3, len(bars))):
                drums = v.PART[0]
                write(went, later, [drums, *given_up[later]])
            went.restore(state)
            assert went.bars == stayed.bars and went.room == stayed.room
        here, there = write(went, bar, tokens), write(stayed, bar, tokens)
        assert np.array_equal(here, there)
        assert np.array_equal(went.grammar.allowed(), stayed.grammar.allowed())
