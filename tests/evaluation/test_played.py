"""What measures see of a song: the same from tokens, from a result and from a heard song."""

import numpy as np
from evaluation_songs import notes, sheet, song, walking
from hypothesis import given, settings

from pieces import pieces
from restyle.analysis import listen
from restyle.critic.played import merged, played, played_real, sounding_under, triads_only
from restyle.critic.tokens import arranged_tokens, played_tokens
from restyle.io import read
from restyle.music.grid import SWINGS
from restyle.music.parts import Arrangement
from restyle.music.song import Chord
from restyle.tokens import decode, encode, heading_of


def same(a, b) -> bool:
    return (
        np.array_equal(a.notes, b.notes)
        and np.array_equal(a.drums, b.drums)
        and a.swings == b.swings
        and a.lead.chords == b.lead.chords
        and a.lead.meters == b.lead.meters
        and a.lead.length == b.lead.length
        and a.lead.key == b.lead.key
        and a.arrangement.names == b.arrangement.names
    )


@settings(max_examples=60)
@given(pieces())
def test_whole_arrays_read_tokens_as_the_codec_does(piece):
    lead, arrangement = piece
    tokens = encode(lead, arrangement, heading_of(lead, arrangement.names, 3, "swing"))
    decoded = decode(tokens)
    under = sounding_under(decoded.lead, decoded.arrangement)
    slow = played(under, decoded.arrangement, SWINGS if decoded.heading.feel == "swing" else 1.0)
    whole = np.array(tokens, dtype=np.uint16)
    assert same(played_tokens(whole), slow)
    parts = arranged_tokens(whole).parts
    assert list(parts) == list(slow.arrangement.parts)
    assert all(np.array_equal(parts[name], slow.arrangement.parts[name]) for name in parts)


def test_a_heard_song_is_seen_as_its_tokens_are(examples):
    heard = listen(read(examples / "auld-lang-syne.mid"))
    now = played_real(heard)
    heading = heading_of(heard.lead, now.arrangement.names, 0, "straight")
    again = played_tokens(np.array(encode(heard.lead, now.arrangement, heading), dtype=np.uint16))
    assert np.array_equal(now.notes["start"], again.notes["start"])
    assert np.array_equal(now.notes["pitch"], again.notes["pitch"])
    assert np.array_equal(now.notes["duration"], again.notes["duration"])


def test_doubled_notes_are_one_and_the_longest_counts():
    found = merged([notes((0, 3, 60), (12, 3, 62)), notes((0, 9, 60)), notes()])
    assert found[["start", "duration", "pitch"]].tolist() == [(0, 9, 60), (12, 3, 62)]
    assert len(merged([])) == 0


def test_drums_stand_apart_and_the_melody_can_be_taken_out():
    made = song(notes((0, 12, 72)), bass=notes((0, 48, 36)), drums=notes((0, 1, 38)))
    assert made.notes["pitch"].tolist() == [36, 72]
    assert made.drums["pitch"].tolist() == [38]
    assert made.without_melody.notes["pitch"].tolist() == [36]


def test_some_bars_as_a_song_of_their_own():
    part = walking().part(1, 3)
    assert part.lead.bars == 2
    assert part.lead.chords == (Chord(0, 9, "min"), Chord(48, 2, "min"))
    assert part.notes["start"].min() == 0 and part.notes["start"].max() < 96
    assert part.part(0, 2).notes.tolist() == part.notes.tolist()


def test_a_lead_sheet_without_its_sevenths():
    lead = triads_only(sheet(chords=(Chord(0, 2, "m7"), Chord(48, 7, "7sus", 0))))
    assert lead.chords == (Chord(0, 2, "min"), Chord(48, 7, "sus", 0))
    assert played(lead, Arrangement({})).notes.tolist() == []
