"""MMA's input, and what it plays where it is installed."""

import pytest
from evaluation_songs import sheet, walking

from restyle.metrics import mma
from restyle.music.song import Chord, Meter


def test_a_lead_sheet_as_mma_reads_it():
    chords = (Chord(0, 0), Chord(24, 9, "m7"), Chord(48, 7, "sus", 2), Chord(84, -1))
    assert mma.mma_input(sheet(chords=chords, bars=2), "jazz") == (
        "Tempo 120.00\nGroove Swing\n1 C / Am7 /\n2 Gsus4/D / / z\n"
    )


def test_meters_and_styles_without_a_groove():
    lead = sheet()
    assert mma.mma_input(lead, "film") is None
    waltz = type(lead)(**{**vars(lead), "meters": (Meter(0, 3, 4),)})
    assert "Groove RockWaltz" in (mma.mma_input(waltz, "pop") or "")
    odd = type(lead)(**{**vars(lead), "meters": (Meter(0, 7, 8),)})
    assert mma.mma_input(odd, "pop") is None


@pytest.mark.skipif(not mma.installed(), reason="MMA is not installed")
def test_what_mma_plays_follows_the_chords():
    lead = walking().lead
    made = mma.arrange(lead, "jazz")
    assert made is not None
    band, swing = made
    assert {"drums", "bass"} <= set(band.names)
    assert swing > 1.2
    firsts = [n["pitch"] % 12 for n in band.parts["bass"] if n["start"] % 48 == 0]
    assert [int(p) for p in firsts[:4]] == [0, 9, 2, 7]
