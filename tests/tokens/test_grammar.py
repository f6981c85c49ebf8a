"""The grammar accepts what the codec writes, and the codec reads what the grammar accepts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pieces import pieces
from restyle.music.classes import CLASS_NAMES
from restyle.tokens import Grammar, decode, encode, heading_of
from restyle.tokens import vocabulary as v


@settings(max_examples=100)
@given(pieces(), st.sampled_from([None, 3]))
def test_every_prefix_of_an_encoded_song_is_accepted(piece, style):
    lead, arrangement = piece
    grammar = Grammar()
    for token in encode(lead, arrangement, heading_of(lead, arrangement.names, style, "any")):
        grammar.push(token)
    assert grammar.state == "finished" and not grammar.allowed().any()


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_whatever_the_grammar_allows_decodes(seed):
    rng = np.random.default_rng(seed)
    grammar, tokens = Grammar(), []
    for _ in range(400):
        allowed = np.flatnonzero(grammar.allowed())
        if not len(allowed):
            break
        # choose the kind first, so that rare tokens (end, next part) do come
        kinds = np.unique(np.searchsorted(EDGES, allowed, side="right"))
        kind = rng.choice(kinds)
        token = int(rng.choice(allowed[np.searchsorted(EDGES, allowed, side="right") == kind]))
        grammar.advance(token)
        tokens.append(token)
        if len(tokens) % 40 == 0:
            decode(tokens)
    out = decode(tokens)
    ends = [n["start"].max() for n in out.arrangement.parts.values() if len(n)]
    assert max(ends, default=0) < max(out.lead.length, 1)
    if grammar.state == "finished":
        again = encode(out.lead, out.arrangement, out.heading)
        assert decode(again).arrangement.names == out.arrangement.names


EDGES = np.array([k.first for k in v._KINDS.values()])


def test_what_cannot_come_next_is_refused_in_words():
    grammar = Grammar()
    with pytest.raises(ValueError, match="pitch 60 cannot come after 'start'"):
        grammar.push(v.PITCH[60])


def test_a_part_that_is_not_in_use_never_comes():
    grammar = Grammar()
    heading = [v.BOS, v.STYLE[1], v.MANNER[0], v.FEEL[0], v.TEMPO[3], v.KEY[0]]
    bass, piano = (v.INSTRUMENT[CLASS_NAMES.index(n)] for n in ("slap-bass", "electric-piano"))
    grammar.feed([*heading, bass, piano])
    grammar.feed([v.BAR[3], v.POSITION[0], v.CHORD[0], v.END])
    assert np.flatnonzero(grammar.allowed()).tolist() == [v.PART[1]]
    grammar.push(v.PART[1])
    allowed = grammar.allowed()
    assert allowed[v.PART[2]] and not allowed[v.PART[0]] and not allowed[v.EOS]
    assert allowed[v.POSITION[47]] and not allowed[v.POSITION[48]]


def test_chords_are_spelled_upwards_and_time_goes_on():
    grammar = Grammar()
    heading = [v.BOS, v.STYLE[1], v.MANNER[0], v.FEEL[0], v.TEMPO[3], v.KEY[0]]
    grammar.feed([*heading, v.INSTRUMENT[CLASS_NAMES.index("electric-piano")]])
    grammar.feed([v.BAR[3], v.POSITION[0], v.NO_CHORD, v.END, v.PART[2]])
    grammar.feed([v.POSITION[6], v.PITCH[60], v.DURATION[5]])
    allowed = grammar.allowed()
    assert allowed[v.PITCH[61]] and not allowed[v.PITCH[60]]
    assert allowed[v.POSITION[7]] and not allowed[v.POSITION[6]]


def test_a_phrase_that_is_silent_stays_so_for_its_first_bar():
    grammar = Grammar()
    heading = [v.BOS, v.STYLE[1], v.MANNER[0], v.FEEL[0], v.TEMPO[3], v.KEY[0]]
    grammar.feed([*heading, v.INSTRUMENT[CLASS_NAMES.index("slap-bass")]])
    grammar.feed([v.BAR[3], v.POSITION[0], v.NO_CHORD, v.END, v.PART[1], v.DENSITY[0]])
    assert np.flatnonzero(grammar.allowed()).tolist() == [v.EOS]


def test_attributes_come_whole_and_in_order():
    grammar = Grammar()
    heading = [v.BOS, v.STYLE[1], v.MANNER[0], v.FEEL[0], v.TEMPO[3], v.KEY[0]]
    kit, bass = (v.INSTRUMENT[CLASS_NAMES.index(n)] for n in ("brush-kit", "slap-bass"))
    grammar.feed([*heading, kit, bass, v.BAR[3], v.POSITION[0], v.NO_CHORD, v.END])
    grammar.feed([v.PART[0], v.DENSITY[3]])
    assert set(np.flatnonzero(grammar.allowed())) == set(range(v.FIGURE.first, v.FIGURE.end))
    grammar.feed([v.FIGURE[1], v.POSITION[0], v.DRUM[9], v.PART[1], v.DENSITY[3]])
    for kind in (v.SIZE_OF_CHORDS, v.REGISTER, v.FIGURE):
        assert set(np.flatnonzero(grammar.allowed())) == set(range(kind.first, kind.end))
        grammar.push(kind[0])
    assert grammar.allowed()[v.POSITION[0]] and not grammar.allowed()[v.DENSITY[1]]
