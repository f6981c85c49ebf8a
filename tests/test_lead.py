"""LeadSheet: cutting bars out of a song, and putting songs one after the other."""

from dataclasses import fields, replace

import numpy as np
import pytest

from corpora import lead_sheet
from restyle.music.lead import LeadSheet, played
from restyle.music.song import GRID, Chord, Meter, Tempo, notes_array


def same(a: LeadSheet, b: LeadSheet) -> bool:
    return all(np.array_equal(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))


def sounding_sheet(seed: int = 3) -> LeadSheet:
    rng = np.random.default_rng(seed)
    lead = lead_sheet(rng)
    sounding = rng.integers(0, 10, (lead.length // 12, 12)).astype(np.uint8)
    return replace(lead, sounding=sounding, pickup=12)


def test_parts_put_together_are_the_song():
    lead = sounding_sheet()
    for bar in range(1, lead.bars):
        together = lead.part(0, bar).followed_by(lead.part(bar, lead.bars))
        assert same(replace(together, tempos=lead.tempos, meters=lead.meters), lead)
        assert np.array_equal(together.bar_starts(), lead.bar_starts())


def test_what_is_in_force_goes_with_the_bars():
    lead = LeadSheet(
        melody=notes_array([(0, 12, 60, 80), (90, 12, 62, 80), (96, 12, 64, 80)]),
        chords=(Chord(0, 0, "maj"), Chord(24, 7, "maj"), Chord(120, 5, "maj")),
        meters=(Meter(0, 4, 4), Meter(48, 3, 4)),
        tempos=(Tempo(0, 90.0), Tempo(84, 120.0)),
        key=lead_sheet(np.random.default_rng(0)).key,
        length=48 + 3 * 36,
        pickup=12,
    )
    cut = lead.part(1, 3)  # grid positions 48 to 120
    assert cut.meters == (Meter(0, 3, 4),)
    assert cut.chords == (Chord(0, 7, "maj"),)
    assert cut.tempos == (Tempo(0, 90.0), Tempo(36, 120.0))
    assert cut.melody["start"].tolist() == [42, 48] and cut.length == 72
    assert cut.pickup == 0 and lead.part(0, 1).pickup == 12


def test_what_sounds_is_forgotten_between_beats():
    lead = sounding_sheet()
    odd = replace(lead, meters=(Meter(0, 7, 8),), length=8 * 42)
    assert odd.part(0, 1).sounding is None
    kept = odd.part(0, 2).sounding
    assert kept is not None and np.array_equal(kept, lead.sounding[:7])


def test_a_lead_without_chords_has_none_anywhere():
    lead = replace(lead_sheet(np.random.default_rng(1)), chords=())
    assert lead.share_of_sevenths() == 0.0
    assert played(lead).note_count == len(lead.melody)


def test_bars_that_are_not_there():
    with pytest.raises(IndexError):
        sounding_sheet().part(0, 99)


def test_the_meter_of_a_song_is_that_of_most_of_it():
    odd = Meter(0, 5, 4), Meter(5 * GRID, 4, 4), Meter(13 * GRID, 2, 4), Meter(15 * GRID, 4, 4)
    lead = replace(lead_sheet(np.random.default_rng(1)), meters=odd, length=23 * GRID)
    assert lead.main_meter == odd[1]
    assert ", 4/4, " in repr(lead)
    assert replace(lead, meters=odd[:1], length=5 * GRID).main_meter == odd[0]
