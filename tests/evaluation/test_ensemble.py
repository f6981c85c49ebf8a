"""Measures of a band, on bars worked out by hand, and on a band that is bad on purpose."""

import numpy as np
import pytest

from restyle.critic.reference import reference
from restyle.metrics.ensemble import (
    bars_as_sets,
    drum_distance,
    held_outside,
    jensen_shannon,
    key_counts,
    loudness_above,
    low_interval_faults,
    share_copies,
    share_fast,
    share_in_range,
    share_short,
    share_strangers,
)
from restyle.metrics.sounded import Sounded, band_figures, sounded_result, tune_above
from restyle.music.lead import LeadSheet
from restyle.music.song import GRID, STEP, Chord, Key, Meter, Notes, Song, Tempo, Track, notes_array
from restyle.report.summary import with_real_bands

BAR = 4 * GRID


def _lead(bars: int, *chords: Chord) -> LeadSheet:
    return LeadSheet(
        notes_array([(0, GRID, 72, 80)]), chords or (Chord(0, 0),), (Meter(0, 4, 4),),
        (Tempo(0, 120.0),), Key(0), bars * BAR,
    )  # fmt: skip


def test_range() -> None:
    assert share_in_range(np.array([49, 60, 81, 82]), 65) == 0.75  # alto: Db3 to A5
    assert np.isnan(share_in_range(np.array([], dtype=int), 65))


def test_loudness() -> None:
    assert loudness_above(np.array([90, 100]), np.array([70, 80])) == 20.0
    assert np.isnan(loudness_above(np.array([90]), np.array([], dtype=int)))


def test_drum_distance() -> None:
    half = np.zeros(128)
    half[[36, 38]] = 0.5
    assert jensen_shannon(half, half) == 0.0
    other = np.zeros(128)
    other[42] = 1.0
    assert jensen_shannon(half, other) == pytest.approx(1.0)
    # (1/2, 1/2) against (1, 0): middle (3/4, 1/4); bits .5*log2(2/3) + .5*log2(2) = .2075
    # and log2(4/3) = .4150; half of the sum .3113, its root .5579
    one = np.zeros(128)
    one[36] = 1.0
    assert jensen_shannon(half, one) == pytest.approx(0.5579, abs=1e-4)
    strokes = notes_array([(0, 1, 35, 90), (12, 1, 40, 90), (24, 1, 36, 90), (36, 1, 40, 90)])
    assert key_counts(strokes)[[36, 38]].tolist() == [2, 2]
    assert drum_distance(strokes, {36: 0.5, 38: 0.5}) == pytest.approx(0.0)


def test_held_notes_against_chord_and_scale() -> None:
    lead = _lead(2, Chord(0, 0), Chord(BAR, 1))  # C major, then Db
    good = notes_array([(0, BAR, 64, 80), (BAR, BAR, 65, 80)])
    assert held_outside([good], lead) == 0.0
    # an F sharp for two beats, and a short one
    bad = notes_array([(0, 2 * GRID, 66, 80), (0, GRID - 1, 66, 80), (0, BAR, 60, 80)])
    assert held_outside([bad], lead) == 0.5
    # Ab belongs to Db only: entering half a beat early is no fault, a beat early is
    assert held_outside([notes_array([(BAR - 6, BAR, 68, 80)])], lead) == 0.0
    assert held_outside([notes_array([(BAR - 12, BAR, 68, 80)])], lead) == 1.0


def test_low_intervals() -> None:
    third = notes_array([(0, 12, 40, 80), (0, 12, 44, 80)])  # E2 and G sharp 2
    fifth = notes_array([(12, 12, 36, 80), (12, 12, 43, 80)])  # C2 and G2
    assert low_interval_faults([third]) == 1.0
    assert low_interval_faults([fifth]) == 0.0
    assert low_interval_faults([third, fifth]) == 0.5
    # the two notes in two parts, the second entering while the first still sounds
    assert low_interval_faults([third[:1], notes_array([(6, 3, 43, 80)])]) == 1.0
    assert np.isnan(low_interval_faults([third[:1]]))


def test_short_and_fast() -> None:
    assert share_short(np.array([0.059, 0.06, 0.5, 1.0])) == 0.25
    # a chord is one onset; steps of 50 ms, 60 ms and half a second
    assert share_fast([np.array([0.0, 0.0, 0.05, 0.11, 0.61])]) == pytest.approx(1 / 3)


def _bar(start: int, *keys: int) -> Notes:
    return notes_array((start + 12 * i, 1, key, 80) for i, key in enumerate(keys))


def test_copies_and_strangers() -> None:
    lines = np.arange(25) * BAR
    groove = np.concatenate([_bar(BAR * i, 36, 38, 36, 38) for i in range(24)])
    same = bars_as_sets(groove, lines)
    assert same[0] == {(0, 36), (12, 38), (24, 36), (36, 38)}
    assert share_copies(same) == 1.0 and share_strangers(same) == 0.0
    all_new = np.concatenate([_bar(BAR * i, 35 + i, 60 - i, 36 + i) for i in range(24)])
    new = bars_as_sets(all_new, lines)
    assert share_copies(new) == 0.0 and share_strangers(new) == 1.0
    # in every eight bars the last one a fill: none a copy while the fills differ
    fills = [
        frozenset({(0, 36), (12, 38), (6, 42)}) if i % 8 < 7 else frozenset({(i, 50), (i, 47)})
        for i in range(24)
    ]
    assert share_copies(fills) == 0.0
    assert share_strangers(fills) == 1 / 8


def test_a_stretch_that_overlaps_itself_is_no_copy() -> None:
    assert np.isnan(share_copies([frozenset({(0, 36)})] * 15))
    assert share_copies([frozenset({(0, 36)})] * 16) == 1.0


def test_even_velocities_say_nothing_of_balance() -> None:
    tune = Track("Flute", 73, notes_array([(0, 480, 72, 64)]))
    band = Track("Piano", 0, notes_array([(0, 480, 60, 64)]))
    assert np.isnan(tune_above(Sounded(tune, (band,), _lead(1), (Tempo(0, 120.0),))))


USUAL = {36: 0.25, 38: 0.2, 42: 0.5, 49: 0.05}


def _good() -> Song:
    tune = notes_array((480 * i, 440, 72 + (0, 2, 4, 5)[i % 4], 96) for i in range(64))
    piano = [
        (1920 * b, 1900, pitch, 70) for b in range(16) for pitch in (48, 55, 64, 67 + 2 * (b % 2))
    ]
    drums = [
        (1920 * b + 240 * i, 40, 42, 80) for b in range(16) for i in range(8 if b % 8 != 7 else 4)
    ]
    drums += [(1920 * b + 960 * i, 40, 36, 90) for b in range(16) for i in range(2)]
    drums += [(1920 * b + 480 + 960 * i, 40, 38, 90) for b in range(16) for i in range(2)]
    return Song(
        (
            Track("Flute", 73, tune),
            Track("Piano", 0, notes_array(piano)),
            Track("Drums", 0, notes_array(drums), is_drum=True),
        )
    )


def _bad() -> Song:
    """An alto saxophone above its top, softer than a band of low clusters, black keys and claps."""
    rng = np.random.default_rng(0)
    tune = notes_array((480 * i, 440, 90 + i % 4, 50) for i in range(64))
    rows = []
    for b in range(16):
        for i in range(16):
            at = 1920 * b + 120 * i + int(rng.integers(2)) * STEP
            rows += [(at, 40, 36 + int(p), 100) for p in rng.integers(0, 6, 2)]
        rows += [(1920 * b, 1900, 66, 100), (1920 * b, 1900, 61, 100)]
    keys = rng.integers(50, 82, 16 * 16)
    drums = notes_array((120 * i, 40, int(key), 100) for i, key in enumerate(keys))
    return Song(
        (
            Track("Alto Saxophone", 65, tune),
            Track("Piano", 0, notes_array(rows)),
            Track("Drums", 0, drums, is_drum=True),
        ),
        tempos=(Tempo(0, 220.0),),
    )


def test_a_band_that_is_bad_on_purpose_measures_so() -> None:
    lead = _lead(16, Chord(0, 0))
    good = band_figures(sounded_result(_good(), lead, 1.0), USUAL)
    bad = band_figures(sounded_result(_bad(), lead, 1.0), USUAL)
    assert good["tune_in_range"] == 1.0 and bad["tune_in_range"] == 0.0
    assert good["tune_above"] == 26.0 and bad["tune_above"] < -40
    assert good["drum_distance"] < 0.2 < 0.7 < bad["drum_distance"]
    assert good["held_outside"] == 0.0 and bad["held_outside"] == 1.0
    assert good["low_intervals"] == 0.0 and bad["low_intervals"] > 0.3
    assert good["short_notes"] == good["fast_notes"] == 0.0
    assert bad["short_notes"] > 0.5 and bad["fast_notes"] > 0.1
    assert good["drum_strangers"] == 0.0 and bad["drum_strangers"] > 0.9


def test_a_band_without_drums_says_nothing_of_drums() -> None:
    song = _good()
    figures = band_figures(sounded_result(song.with_tracks(song.tracks[:2]), _lead(16), 1.0), USUAL)
    assert np.isnan(figures["drum_distance"]) and np.isnan(figures["drum_copies"])
    assert figures["tune_in_range"] == 1.0


def test_real_songs_stand_beside_results() -> None:
    line = {"mean": 12.0, "low": 10.0, "high": 14.0, "songs": 9}
    bands = {"jazz": {"measures": {"tune_above": line}}, "pop": {"measures": {}}}
    made = with_real_bands({"jazz": {"model": {}}, "blues": {"model": {}}, "all": {}}, bands)
    assert made["jazz"]["ceiling"]["tune_above"] == line
    assert made["all"]["ceiling"]["tune_above"]["mean"] == 12.0
    assert "ceiling" not in made["blues"]


def test_reference_has_real_bands() -> None:
    known = reference().bands["jazz"]["measures"]
    assert 0.9 < known["tune_in_range"]["mean"] <= 1.0
    assert sum(reference().drum_keys("jazz").values()) == pytest.approx(1.0, abs=0.05)
    assert reference().drum_keys("polka") == {}
