"""Ours against what known libraries compute: mir_eval for chords, muspy for polyphony and scale."""

import numpy as np
import pytest
from evaluation_songs import notes, sheet, walking

from restyle.critic.played import played
from restyle.metrics.harmony import agreement, chords_again
from restyle.metrics.musicality import ENOUGH_NOTES, length_entropy, polyphony, scale_consistency
from restyle.music.parts import Arrangement
from restyle.music.song import GRID, Chord

C, AM, F = Chord(0, 0), Chord(48, 9, "min"), Chord(96, 5)


def test_agreement_by_hand():
    a = (C, AM)
    assert agreement(a, a, 96) == (1.0, 1.0)
    assert agreement(a, (C, Chord(48, 9)), 96) == (1.0, 0.5)
    assert agreement(a, (C,), 96) == (0.5, 0.5)
    assert agreement(a, (Chord(12, 0),), 96) == (3 / 8, 3 / 8)
    assert agreement((Chord(0, -1),), (), 48) == (1.0, 1.0)
    assert agreement(a, (Chord(0, 0, "maj7"), Chord(48, 9, "m7", 0)), 96) == (1.0, 1.0)


def test_agreement_is_mir_evals_on_beats_that_have_chords():
    chord = pytest.importorskip("mir_eval.chord")
    rng = np.random.default_rng(3)
    names = {"maj": "maj", "min": "min", "dim": "dim", "aug": "aug"}

    def some() -> tuple[Chord, ...]:
        return tuple(
            Chord(GRID * i, int(rng.integers(3)), str(rng.choice(list(names)))) for i in range(60)
        )

    def labels(chords):
        roots = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]
        return [f"{roots[c.root]}:{names[c.quality]}" for c in chords]

    a, b = some(), some()
    root, third = agreement(a, b, 60 * GRID)
    assert root == pytest.approx(chord.root(labels(a), labels(b)).mean())
    assert third == pytest.approx(chord.thirds(labels(a), labels(b)).mean())


def test_chords_are_heard_again_in_a_song_that_plays_them():
    song = walking()
    root, third = agreement(song.lead.chords, chords_again(song), song.lead.length)
    assert root > 0.6 and third > 0.5
    moved = song.arrangement.parts["bass"].copy(), song.arrangement.parts["piano"].copy()
    for part in moved:
        part["pitch"] += 6
    lead = sheet(notes(), song.lead.chords, 8)
    away = played(lead, Arrangement({"bass": moved[0], "piano": moved[1]}))
    assert agreement(song.lead.chords, chords_again(away), song.lead.length)[0] < 0.2


def muspy_song(some):
    muspy = pytest.importorskip("muspy")
    track = muspy.Track(program=0, is_drum=False)
    for note in some:
        track.notes.append(
            muspy.Note(int(note["start"]), int(note["pitch"]), int(note["duration"]), 80)
        )
    return muspy, muspy.Music(resolution=GRID, tracks=[track])


def test_polyphony_and_scale_are_muspys():
    rng = np.random.default_rng(4)
    made = [(int(rng.integers(200)), int(rng.integers(1, 30)), int(rng.integers(40, 80)))
            for _ in range(80)]  # fmt: skip
    for some in (walking().notes, notes(*made)):
        muspy, music = muspy_song(some)
        assert polyphony(some) == pytest.approx(muspy.polyphony(music))
        assert scale_consistency(some) == pytest.approx(muspy.scale_consistency(music))


def test_lengths_of_a_part_by_hand():
    """A piano of crotchets and quavers, as many of each, beside twice as many notes of a bass that
    are all alike; drums and a flute that plays twice say nothing."""
    size = ENOUGH_NOTES
    piano = notes(*((12 * i, (12, 6)[i % 2], 60) for i in range(size)))
    bass = notes(*((6 * i, 6, 36) for i in range(2 * size)))
    few = notes((0, 3, 80), (12, 9, 82))
    band = Arrangement({"drums": piano, "bass": bass, "piano": piano, "winds": few})
    assert length_entropy(Arrangement({"piano": piano})) == pytest.approx(1.0)
    assert length_entropy(band) == pytest.approx(1 / 3)
    assert np.isnan(length_entropy(Arrangement({"drums": piano, "winds": few})))


def test_polyphony_and_scale_by_hand():
    some = notes((0, 12, 60), (6, 6, 64), (24, 12, 61))
    assert polyphony(some) == pytest.approx((12 + 6 + 12) / 24)
    assert scale_consistency(some) == pytest.approx(2 / 3)
    assert np.isnan(polyphony(notes())) and np.isnan(scale_consistency(notes()))
