"""What sounds in each beat, worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from corpora import arrangement, lead_sheet
from restyle.analysis import hear
from restyle.critic.played import played, sounding_under
from restyle.music.beat_chroma import MOST, sounding
from restyle.music.lead import lead_song
from restyle.music.parts import Arrangement
from restyle.music.song import STEP, Track, notes_array
from restyle.music.transpose import shifted


def test_each_beat_hears_itself_and_the_next():
    """C all the while, E from the second quarter on, G for the last eighth."""
    voices = [
        notes_array([(0, 48, 48, 80)]),
        notes_array([(12, 36, 64, 80), (42, 6, 67, 80)]),
    ]
    found = sounding(voices, 48)
    assert found.shape == (4, 12)
    assert found[:, 0].tolist() == [9, 9, 9, 9]
    assert found[:, 4].tolist() == [round(4.5), 9, 9, 9]
    assert found[:, 7].tolist() == [0, 0, round(9 / 4), round(9 / 2)]
    assert found.sum() == 36 + 31 + 2 + 4


@pytest.mark.parametrize("length", [1, 12, 30, 42])
def test_there_is_a_row_for_each_beat_that_has_begun(length):
    assert sounding([], length).tolist() == [[0] * 12] * -(-length // 12)
    found = sounding([notes_array([(0, 100, 61, 80)])], length)
    assert (found[:, 1] == MOST).all() and found.sum() == MOST * len(found)


def test_a_song_is_heard_with_its_accompaniment_but_not_its_tune_or_drums():
    lead = lead_sheet(np.random.default_rng(1))
    song = lead_song(lead)
    chords = notes_array((b * 48 * STEP, 48 * STEP, 48 + k, 70) for b in range(8) for k in (0, 3))
    beats = notes_array((b * 12 * STEP, STEP, 38, 70) for b in range(32))
    song = song.with_tracks(
        [*song.tracks, Track("Piano", 0, chords), Track("Drums", 0, beats, True)]
    )
    found = hear(song).sounding
    assert found is not None
    assert set(np.flatnonzero(found.sum(axis=0)).tolist()) == {0, 3}


def test_it_moves_with_the_key_and_is_cut_with_the_song():
    lead = lead_sheet(np.random.default_rng(1))
    song = arrangement(lead, "a")
    lead = sounding_under(lead, song)
    assert lead.sounding is not None
    up = shifted(lead, 3).sounding
    assert up is not None
    roots = [chord.root for chord in lead.chords]
    assert lead.sounding[::4].argmax(axis=1).tolist() == roots
    assert up[::4].argmax(axis=1).tolist() == [(root + 3) % 12 for root in roots]
    cut = played(lead, song).part(2, 5).lead.sounding
    assert cut is not None and cut.shape == (12, 12)
    assert cut[:11].tolist() == lead.sounding[8:19].tolist()  # the last beat hears the next bar
    assert played(replace(lead, sounding=None), song).part(2, 5).lead.sounding is None


def test_silence_sounds_nothing():
    lead = sounding_under(lead_sheet(np.random.default_rng(1)), Arrangement({}))
    assert lead.sounding is not None and not lead.sounding.any()
