"""Chord changes counted, and songs reharmonised by them."""

from dataclasses import replace

import numpy as np
import pytest
from fake import fake_arranger

from corpora import lead_sheet
from restyle.critic.played import sounding_under
from restyle.data.changes import changes_table, chord_changes, chord_states, describe_changes
from restyle.errors import RestyleError
from restyle.music.lead import LeadSheet, lead_song
from restyle.music.parts import Arrangement
from restyle.music.song import Chord, Key, Meter, Tempo, notes_array
from restyle.options import TransferOptions
from restyle.pipeline import with_chords_of
from restyle.style.harmony import (
    ReharmoniseOptions,
    harmonised,
    is_bare,
    reharmonised,
)

MINOR = 12  # the state of a minor triad lies that far above its major one


def sheet(pitches: list[int], chords: list[tuple[int, int, str]], key: int = 0) -> LeadSheet:
    """A note a bar of 4/4 (48 grid positions), chords as (start, root, quality)."""
    notes = notes_array([(48 * i, 48, p, 90) for i, p in enumerate(pitches)])
    return LeadSheet(
        melody=notes,
        chords=tuple(Chord(*c) for c in chords),
        meters=(Meter(0, 4, 4),),
        tempos=(Tempo(0, 120.0),),
        key=Key(key),
        length=48 * len(pitches),
    )


def test_changes_by_hand() -> None:
    lead = sheet([62, 67], [(0, 2, "m7"), (24, 7, "7"), (48, 0, "maj")], key=0)
    two, five, one = 2 + MINOR, 7, 0
    assert chord_states(lead).tolist() == [two, five, one, one]
    counted = chord_changes(lead)
    assert counted == {
        ("major", two, five): 1, ("major", five, one): 1, ("major", one, one): 1
    }  # fmt: skip
    table = changes_table(describe_changes([counted])["major"])
    assert table[two, five] == table[five, one] == table[one, one] == 1.0
    assert table.sum() == 3.0


def test_changes_do_not_depend_on_the_key() -> None:
    chords = [(0, 2, "min"), (24, 7, "maj"), (48, 0, "maj")]
    moved = [(start, (root + 3) % 12, quality) for start, root, quality in chords]
    assert chord_changes(sheet([62, 60], chords)) == chord_changes(sheet([65, 63], moved, key=3))


def two_five_one() -> dict[str, dict[str, str]]:
    two, five = 2 + MINOR, 7
    rows = {str(two): f"{five} 1000", str(five): "0 1000", "0": f"0 300 {two} 700"}
    return {"major": rows, "minor": rows}


def test_a_style_of_cadences_makes_them() -> None:
    lead = sheet([62, 65, 67, 60], [(0, 0, "maj")])
    made = reharmonised(lead, two_five_one(), np.random.default_rng(0))
    roots = [c.root for c in made.chords]
    assert roots[-1] == 0 and 2 in roots and 7 in roots
    for chord in made.chords:
        note = lead.melody[lead.melody["start"] <= chord.start][-1]
        assert int(note["pitch"]) % 12 not in {(t + 1) % 12 for t in chord.pitch_classes}
    assert np.array_equal(made.melody, lead.melody)


def test_seeds_differ_and_repeat() -> None:
    lead = sheet([60, 64, 67, 65, 62, 60] * 4, [(0, 0, "maj")])
    bold = ReharmoniseOptions(melody=0.5, clash=0.5)
    ways = [
        reharmonised(lead, two_five_one(), np.random.default_rng(seed), bold).chords
        for seed in (1, 1, 2)
    ]
    assert ways[0] == ways[1] != ways[2]


def test_a_sheet_without_chords_gets_some() -> None:
    bare = replace(sheet([60, 64, 67, 60], [(0, 0, "maj")]), chords=())
    assert reharmonised(bare, two_five_one(), np.random.default_rng(0)).chords


def test_what_is_a_melody_alone() -> None:
    said = sheet([60, 62, 64, 60], [(0, 0, "maj")])
    unheard = replace(said, sounding=np.zeros((16, 12), bool))
    assert not is_bare(said) and not is_bare(unheard)
    for chords in ((), (Chord(0, -1),)):
        assert is_bare(replace(said, chords=chords))
        assert not is_bare(replace(said, chords=chords, melody=notes_array()))
    half = (Chord(0, -1), Chord(96, 0))
    assert is_bare(replace(unheard, chords=half))
    assert not is_bare(replace(said, chords=half))  # somebody wrote that nobody plays there
    heard = np.zeros((16, 12), bool)
    heard[0, 4] = True
    assert not is_bare(replace(said, chords=half, sounding=heard))


@pytest.mark.parametrize(("mode", "home"), [("major", "maj"), ("minor", "min")])
def test_a_melody_alone_is_harmonised_in_its_key(mode: str, home: str) -> None:
    third = 64 if mode == "major" else 63
    lead = replace(sheet([60, third, 67, 62, 65, 67, 62, 60], []), key=Key(0, mode))
    even = {str(a): " ".join(f"{b} 16" for b in range(60)) for a in range(60)}
    for seed in range(5):
        chords = harmonised(lead, {mode: even}, np.random.default_rng(seed)).chords
        assert (chords[-1].root, chords[-1].quality) == (0, home) and chords[0].start == 0
        scale = {0, 2, 4, 5, 7, 9, 11} if mode == "major" else {0, 2, 3, 5, 7, 8, 10, 11}
        outside = [c for c in chords if not {p % 12 for p in c.pitch_classes} <= scale]
        assert len(outside) <= len(chords) // 4


def test_the_band_of_a_melody_alone_has_chords_to_play() -> None:
    lead = replace(lead_sheet(np.random.default_rng(1)), chords=())
    even = {str(a): " ".join(f"{b} 16" for b in range(60)) for a in range(60)}
    band = fake_arranger()
    for style in band.styles.values():
        style.figures["changes"] = {"major": even, "minor": even}
    made = band.transfer(lead, TransferOptions("a", seed=1))
    assert len(made.song.chords) > 1 and all(c.root >= 0 for c in made.song.chords)
    assert "melody alone" in made.notes[0]
    kept = band.transfer(lead, TransferOptions("a", seed=1, harmony="keep"))
    assert not [c for c in kept.song.chords if c.root >= 0] and kept.notes == ()
    again = band.transfer(lead, TransferOptions("a", seed=2))
    assert again.song.chords != made.song.chords


def test_words_for_harmony() -> None:
    for harmony in ("keep", "enrich", "reharmonise"):
        TransferOptions("a", harmony=harmony).check()
    with pytest.raises(RestyleError, match="keep, enrich, reharmonise"):
        TransferOptions("a", harmony="jazzy").check()


def test_bars_anew_over_other_chords_forget_what_the_song_sounded():
    lead = sounding_under(lead_sheet(np.random.default_rng(1)), Arrangement({}))
    assert lead.sounding is not None
    same = with_chords_of(lead, lead_song(lead))
    assert same.sounding is lead.sounding
    others = replace(lead, chords=(Chord(0, 2, "min"), *lead.chords[1:]))
    found = with_chords_of(lead, lead_song(others))
    assert found.chords == others.chords and found.sounding is None
