"""What MMA is given to play."""

from restyle.metrics.mma import mma_input
from restyle.music.lead import LeadSheet
from restyle.music.song import GRID, Chord, Key, Meter, Tempo, notes_array


def test_a_diminished_triad_has_no_seventh() -> None:
    """In MMA "dim" is a diminished seventh; the triad is "dim3"."""
    chords = (Chord(0, 11, "dim"), Chord(2 * GRID, 11, "dim7"))
    lead = LeadSheet(notes_array(), chords, (Meter(0, 4, 4),), (Tempo(0, 120.0),), Key(0), 4 * GRID)
    text = mma_input(lead, "jazz")
    assert text is not None
    assert text.splitlines()[-1] == "1 Bdim3 / Bdim7 /"
