"""decode(encode(x)) == x, and a small song written out by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pieces import pieces
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import Chord, Key, Meter, Tempo, notes_array
from restyle.tokens import decode, encode, heading_of
from restyle.tokens import vocabulary as v


def same_parts(a: Arrangement, b: Arrangement) -> bool:
    return a.names == b.names and all(np.array_equal(a.parts[n], b.parts[n]) for n in a.names)


@settings(max_examples=150)
@given(pieces(), st.sampled_from([None, 0, 1, 15]), st.sampled_from(v.FEELS))
def test_round_trip(piece, style, feel):
    lead, arrangement = piece
    heading = heading_of(lead, arrangement.names, style, feel)
    out = decode(encode(lead, arrangement, heading))
    assert (out.heading.style, out.heading.feel) == (style, feel)
    assert out.heading.parts == arrangement.names
    assert out.lead.key == lead.key and out.lead.length == lead.length
    assert np.array_equal(out.lead.melody, lead.melody)
    assert out.lead.chords == lead.chords
    assert out.lead.meters == lead.meters
    assert v.tempo_token(out.lead.tempos[0].bpm) == v.tempo_token(lead.tempos[0].bpm)
    assert same_parts(out.arrangement, arrangement)


@settings(max_examples=50)
@given(pieces(), st.integers(-5, 6))
def test_transposing_by_lookup_is_transposing_the_music(piece, shift):
    lead, arrangement = piece
    tokens = np.array(encode(lead, arrangement, heading_of(lead, arrangement.names, 1, "swing")))
    out = decode(v.transposition(shift)[tokens].tolist())
    assert out.lead.key.tonic == (lead.key.tonic + shift) % 12
    assert [c.root for c in out.lead.chords] == [
        c.root if c.root < 0 else (c.root + shift) % 12 for c in lead.chords
    ]
    assert np.array_equal(out.lead.melody["pitch"] % 12, (lead.melody["pitch"] + shift) % 12)
    drums = arrangement.parts.get("drums")
    if drums is not None:
        assert np.array_equal(out.arrangement.parts["drums"], drums)
    back = v.transposition(-shift)[v.transposition(shift)]
    middle = np.arange(v.PITCH[12], v.PITCH[116])
    assert np.array_equal(back[middle], middle)


def test_two_bars_by_hand():
    lead = LeadSheet(
        melody=notes_array([(0, 12, 60, 90), (48, 24, 67, 90)]),
        chords=(Chord(0, 0, "maj7"), Chord(48, 7, "7", bass=11)),
        meters=(Meter(0, 4, 4),),
        tempos=(Tempo(0, 120.0),),
        key=Key(0),
        length=96,
    )
    band = Arrangement(
        {
            "bass": notes_array([(0, 24, 36, 90), (48, 24, 35, 90)]),
            "drums": notes_array([(0, 1, 36, 90), (12, 1, 38, 90), (0, 1, 42, 90)]),
        }
    )
    words = [v.describe(t) for t in encode(lead, band, heading_of(lead, band.names, 2, "straight"))]
    assert words == [
        "bos", "style 3", "manner 0", "feel 1", "tempo 19", "key 0",
        "instrument standard-kit", "instrument acoustic-bass",
        "bar 4/4", "position 0", "chord 0 maj", "position 0", "pitch 60", "duration 12",
        "bar 4/4", "position 0", "chord 7 maj", "bass 11", "position 0", "pitch 67", "duration 24",
        "part drums", "density 2", "figure 1",
        "position 0", "drum 36", "drum 42", "position 12", "drum 38",
        "part bass", "density 2", "size 0", "register 2", "figure 3",
        "position 0", "pitch 36", "duration 24",
        "end", "part drums", "part bass", "position 0", "pitch 35", "duration 24", "eos",
    ]  # fmt: skip


def test_a_bar_cut_short_is_named_by_its_length():
    lead = LeadSheet(
        melody=notes_array(),
        chords=(),
        meters=(Meter(0, 4, 4), Meter(36, 3, 4)),
        tempos=(Tempo(0, 100.0),),
        key=Key(0),
        length=72,
    )
    tokens = encode(
        lead, Arrangement({"bass": notes_array()}), heading_of(lead, ["bass"], 0, "any")
    )
    assert [v.describe(t) for t in tokens if t in v.BAR] == ["bar 3/4", "bar 3/4"]


def test_lengths_between_the_words_are_rounded():
    assert v.describe(v.duration_token(25)) == "duration 24"
    assert v.describe(v.duration_token(1000)) == "duration 144"


def test_values_outside_a_kind_are_refused():
    with pytest.raises(IndexError):
        v.POSITION[v.LONGEST_BAR]


def test_the_vocabulary_fits_sixteen_bits_and_its_kinds_do_not_overlap():
    assert v.SIZE < 1024
    names = [v.describe(t) for t in range(v.SIZE)]
    assert len(set(names)) == v.SIZE
