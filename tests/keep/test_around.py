"""How well a band goes with kept tracks, on bars worked out by hand."""

import numpy as np
import pytest

from corpora import lead_sheet
from restyle.critic.around import (
    TONNETZ,
    AroundKept,
    groove_cosines,
    share_clashing,
    tonal_distances,
)
from restyle.critic.preference import Preference
from restyle.music.parts import Arrangement
from restyle.music.song import notes_array


def held(*pitches: int, start: int = 0, duration: int = 12):
    return notes_array([(start, duration, pitch, 80) for pitch in pitches])


def test_tonal_distances_worked_out_by_hand():
    """C and G lie a step apart on the circle of fifths, seven semitones along the others: the
    difference of two points on a circle of radius r at the angle t is 2 r sin(t / 2)."""
    assert tonal_distances([held(48)], [held(60)], 0, 12).tolist() == [0.0]
    fifths, thirds = 2 * np.sin(np.pi * 7 / 12 * 7), 2 * np.sin(np.pi / 12 * 3 * 7)
    major = 2 * 0.5 * np.sin(np.pi / 12 * 4 * 7)
    expected = np.sqrt(fifths**2 + thirds**2 + major**2)
    assert tonal_distances([held(48)], [held(67)], 0, 12) == pytest.approx([expected])
    fifth, tritone = (tonal_distances([held(48)], [held(p)], 0, 12)[0] for p in (55, 54))
    assert fifth < tritone
    assert np.isnan(tonal_distances([held(48)], [held(60, start=12)], 0, 24)).all()
    assert TONNETZ.shape == (12, 6) and TONNETZ.sum(axis=0) == pytest.approx(np.zeros(6))


def test_half_steps_are_counted_in_any_octave():
    chord = [held(60, 64, 67)]
    assert share_clashing([held(36)], chord, 0, 12) == 0.0
    assert share_clashing([held(41)], chord, 0, 12) == pytest.approx(1 / 3)  # F beside E
    assert share_clashing([held(35)], chord, 0, 12) == pytest.approx(1 / 3)  # B beside C
    assert np.isnan(share_clashing([held(36)], [held(60, start=12)], 0, 12))


def test_grooves_worked_out_by_hand():
    lines = np.array([0, 48, 96, 144])
    a = [held(36, start=s) for s in (0, 24, 48)]
    b = [held(60, start=s) for s in (0, 12, 24, 36, 49)]
    found = groove_cosines(a, b, lines)
    assert found[:2] == pytest.approx([2 / np.sqrt(8), 0.0]) and np.isnan(found[2])


def test_of_two_bands_the_one_that_plays_with_the_kept_bass_is_better():
    lead = lead_sheet(np.random.default_rng(1))
    bass = notes_array([(48 * b + at, 12, 36, 80) for b in range(4) for at in (0, 24)])

    def around(pitch: int, at: int) -> Arrangement:
        rows = [(48 * b + s + at, 12, pitch, 80) for b in range(4) for s in (0, 24)]
        return Arrangement({"bass": bass, "piano": notes_array(rows)})

    critic = AroundKept(("bass",), Silent())
    good, late, wrong = critic.score(lead, [around(60, 0), around(60, 6), around(61, 0)], 0, 4)
    assert good > late and good > wrong
    before = bass.copy()
    critic.score(lead, [around(60, 0)], 2, 4)
    assert (bass == before).all()
    drums = Arrangement({"drums": notes_array([(0, 1, 36, 80)]), "piano": held(60)})
    assert np.isfinite(AroundKept(("drums",), Preference.load()).score(lead, [drums], 0, 2)).all()


class Silent:
    """A critic to whom all candidates are equal."""

    def score(self, lead, candidates, first, last):
        return np.zeros(len(candidates))
