"""Training windows: cut like the engine's window, weighed, augmented; every one is grammatical."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from corpora import tiny_corpus
from pieces import pieces
from restyle.model.windows import (
    WindowOptions,
    Windows,
    drop_chords,
    example_from,
    home_table,
    lead_spans,
    target_weights,
    window_from,
)
from restyle.music.transpose import home_shift, shifted
from restyle.tokens import Grammar, encode, heading_of
from restyle.tokens import vocabulary as v


@settings(max_examples=60)
@given(pieces())
def test_a_window_from_any_bar_is_grammatical_and_ends_as_the_song(piece):
    lead, arrangement = piece
    heading = heading_of(lead, arrangement.names, 0, "any")
    song = np.array(encode(lead, arrangement, heading), dtype=np.uint16)
    spans = lead_spans(song)
    assert np.array_equal(window_from(song, 0, spans), song)
    for bar in range(lead.bars):
        window = window_from(song, bar, spans)
        grammar = Grammar()
        grammar.feed(window.tolist())
        assert grammar.state == "finished"
        assert np.sum((window >= v.BAR.first) & (window < v.BAR.end)) == lead.bars - bar
        bare = Grammar()
        bare.feed(drop_chords(window).tolist())
        assert bare.state == "finished"


@settings(max_examples=40)
@given(pieces())
def test_an_example_holds_the_bars_asked_for(piece):
    lead, arrangement = piece
    heading = heading_of(lead, arrangement.names, 0, "any")
    song = np.array(encode(lead, arrangement, heading), dtype=np.uint16)
    spans = lead_spans(song)
    for bar in range(lead.bars):
        for bars in (1, 3):
            example = example_from(song, bar, bars, spans)
            Grammar().feed(example.tolist())
            held = np.sum((example >= v.BAR.first) & (example < v.BAR.end))
            assert held == min(bars, lead.bars - bar)


def test_weights_by_hand():
    tokens = np.array(
        [v.BOS, v.STYLE[1], v.INSTRUMENT[4], v.BAR[3], v.POSITION[0], v.NO_CHORD, v.BAR[3],
         v.PART[1], v.POSITION[0], v.PITCH[40], v.DURATION[3], v.END, v.PART[1], v.EOS, v.BOS]
    )  # fmt: skip
    expected = [0, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 1, 1, 1, 1, 1, 1, 1, 0]
    assert target_weights(tokens, 0.1).tolist() == pytest.approx(expected)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return tiny_corpus(tmp_path_factory.mktemp("corpus"))


def test_batches_depend_on_the_seed_alone(corpus):
    windows = Windows(corpus, "train", ["a", "b"], WindowOptions(context=128))
    one, two = windows.batch(6, (3, 7)), windows.batch(6, (3, 7))
    assert np.array_equal(one.tokens, two.tokens) and one.tokens.shape == (6, 129)
    assert not np.array_equal(one.tokens, windows.batch(6, (3, 8)).tokens)


def test_styles_are_drawn_evenly_whatever_their_size(corpus):
    options = WindowOptions(context=64, style_dropout=0.0, example=0.0)
    batch = Windows(corpus, "train", ["a", "b"], options).batch(400, (1,))
    share = np.mean(batch.tokens[:, 1] == v.STYLE[1])
    assert 0.4 < share < 0.6


def test_style_dropout_and_its_absence(corpus):
    options = WindowOptions(context=64, style_dropout=1.0, example=0.0)
    assert (
        Windows(corpus, "train", ["a"], options).batch(20, (1,)).tokens[:, 1] == v.STYLE[0]
    ).all()
    never = replace(options, style_dropout=0.0)
    assert (Windows(corpus, "train", ["a"], never).batch(20, (1,)).tokens[:, 1] == v.STYLE[1]).all()


def test_examples_lead_windows_that_name_no_style(corpus):
    windows = Windows(corpus, "train", ["a"], WindowOptions(context=256, example=1.0))
    rows = windows.batch(20, (1,)).tokens
    for row in rows:
        begins = np.flatnonzero(row[:-1] == v.BOS)
        styles = row[begins + 1]
        assert np.all(styles[1::2] == v.EXAMPLE) and not np.any(styles[::2] == v.EXAMPLE)


def test_windows_stand_in_the_home_key(corpus):
    home = {v.KEY[0], v.KEY[12 + 9]}
    windows = Windows(corpus, "train", ["a", "b"], WindowOptions(context=256))
    for batch in (windows.batch(12, (1,)), windows.fixed("a", 4)):
        said = batch.tokens[(batch.tokens >= v.KEY.first) & (batch.tokens < v.KEY.end)]
        assert len(said) and set(said.tolist()) <= home
    anywhere = replace(windows.options, home=False)
    rows = Windows(corpus, "train", ["a", "b"], anywhere).batch(24, (1,)).tokens
    said = rows[(rows >= v.KEY.first) & (rows < v.KEY.end)]
    assert len(set(said.tolist())) > 2


@settings(max_examples=40)
@given(pieces())
def test_going_home_moves_lead_and_arrangement_together(piece):
    lead, arrangement = piece
    song = np.array(encode(lead, arrangement, heading_of(lead, arrangement.names, 0, "any")))
    shift = home_shift(lead.key)
    assert -5 <= shift <= 6 and (lead.key.tonic + shift) % 12 == (
        9 if lead.key.mode == "minor" else 0
    )
    moved = shifted(lead, shift)
    sung = (lead.melody["pitch"] + shift >= 0) & (lead.melody["pitch"] + shift <= 127)
    if sung.all():
        expected = encode(moved, arrangement, heading_of(moved, arrangement.names, 0, "any"))
        leads = lead_spans(song)
        table = home_table(song.astype(np.uint16))
        for begin, end in zip(*leads, strict=True):
            assert table[song[begin:end]].tolist() == expected[begin:end]
