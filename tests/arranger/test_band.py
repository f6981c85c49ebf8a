"""Instruments and balance of a rendered band."""

from dataclasses import replace

import numpy as np
import pytest

from restyle.errors import UnknownStyle
from restyle.music.grid import one_voice
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import GRID, TICKS, Chord, Key, Meter, Notes, Tempo, notes_array
from restyle.style.balance import LOUDEST_MEAN, balanced, tune_above
from restyle.style.instrumentation import (
    asked_instruments,
    choose_program,
    instrumentation,
    track_names,
)
from restyle.style.render import render
from restyle.style.style import Style

FIGURES = {
    "programs": {"melody": [[65, 9], [56, 5]], "guitar": [[30, 9], [25, 5]], "drums": [[40, 3]]},
    "velocities": {},
    "swing": {"share": 0.0, "ratio": 1.0},
    "parts": {"guitar": 1.0, "drums": 1.0},
    "bands": [[["drums", "guitar"], 9]],
}


def _style(name: str = "jazz") -> Style:
    return Style(name, 0, FIGURES)


def _lead(pitches: list[int], velocities: list[int]) -> LeadSheet:
    both = zip(pitches, velocities, strict=True)
    rows = [(GRID * i, GRID, p, v) for i, (p, v) in enumerate(both)]
    return LeadSheet(
        notes_array(rows),
        (Chord(0, 0),),
        (Meter(0, 4, 4),),
        (Tempo(0, 120.0),),
        Key(0),
        4 * 4 * GRID,
    )


def _band() -> Arrangement:
    chords = [(48 * b, 48, p, 70) for b in range(4) for p in (48, 52, 55, 60)]
    drums = [(12 * i, 1, 42, 70) for i in range(16)]
    return Arrangement({"drums": notes_array(drums), "guitar": notes_array(chords)})


def _loud(notes: Notes) -> float:
    return float(notes["velocity"].mean())


def test_the_tune_gets_an_instrument_that_holds_it() -> None:
    low = _lead([60, 62, 64, 65] * 4, [80] * 16)
    high = _lead([84, 86, 88, 91] * 4, [80] * 16)
    assert instrumentation(low, _band(), _style())["melody"] == 65
    assert instrumentation(high, _band(), _style())["melody"] == 73
    assert instrumentation(high, _band(), _style(), {"melody": 65})["melody"] == 65


def test_four_note_chords_are_not_given_to_a_distorted_guitar() -> None:
    lead = _lead([60] * 16, [80] * 16)
    assert instrumentation(lead, _band(), _style())["guitar"] == 25
    power = notes_array((48 * b, 48, p, 70) for b in range(4) for p in (40, 47, 52))
    assert choose_program(power, [30, 25]) == 30
    assert choose_program(notes_array([(0, 1, 20, 1)]), [30, 25]) == 30  # none can: the usual one


@pytest.mark.parametrize("velocities", [[50] * 16, [40, 60] * 8, [110, 127] * 8])
def test_the_tune_is_as_far_above_the_band_as_in_songs(velocities: list[int]) -> None:
    lead = _lead([60, 62, 64, 65] * 4, velocities)
    song = render(lead, _band(), _style(), np.random.default_rng(0))
    tune, _, guitar = song.tracks
    above = _loud(tune.notes) - _loud(guitar.notes)
    assert above == pytest.approx(tune_above("jazz"), abs=1.0) and 12 < above < 30
    assert _loud(tune.notes) <= LOUDEST_MEAN + 1


def test_phrasing_is_kept() -> None:
    tune = notes_array((i, 1, 60, v) for i, v in enumerate([30, 40, 50, 60]))
    band = {"piano": notes_array([(0, 1, 50, 60), (1, 1, 50, 70)]), "drums": notes_array([])}
    out, softer = balanced(tune, band, 10.0)
    assert out["velocity"].tolist() == [60, 70, 80, 90]
    assert np.array_equal(softer["piano"], band["piano"])
    loud, softer = balanced(tune, band, 60.0)
    assert _loud(softer["piano"]) == 40.0 and _loud(loud) == 100.0


def test_what_nobody_measured_is_balanced_as_the_rest() -> None:
    assert tune_above("jazz") != tune_above("pop")
    between = sorted([tune_above("jazz"), tune_above("pop")])
    assert between[0] < tune_above("jazz70-pop30") < between[1]
    assert tune_above("polka") >= 4.0


def test_tracks_are_named_after_instruments() -> None:
    assert track_names({"melody": 73, "drums": 40, "guitar": 24}) == {
        "melody": "Flute (melody)", "drums": "Brush Kit", "guitar": "Nylon Guitar",
    }  # fmt: skip
    assert track_names({"winds": 56, "brass": 56}) == {"winds": "Trumpet", "brass": "Trumpet 2"}


def test_instruments_asked_for() -> None:
    assert asked_instruments(["melody=trumpet", "Guitar = distortion-guitar", "drums=brush"]) == {
        "melody": 56, "guitar": 30, "drums": 40,
    }  # fmt: skip
    assert asked_instruments(["bass=33"]) == {"bass": 32}
    with pytest.raises(UnknownStyle, match="Trumpet"):
        asked_instruments(["melody=trumpit"])
    with pytest.raises(UnknownStyle, match="no part 'tune'"):
        asked_instruments(["tune=flute"])
    with pytest.raises(UnknownStyle, match="Brush Kit"):
        asked_instruments(["drums=brushh"])


def test_a_saxophone_lets_go_of_a_note_when_the_next_begins_and_a_piano_does_not() -> None:
    lead = _lead([60, 62, 64, 65] * 4, [80] * 16)
    lead = replace(lead, melody=lead.melody.copy())
    lead.melody["duration"] = 2 * GRID  # all held into the next
    for program, quarters in ((65, 1), (0, 2)):
        song = render(lead, _band(), _style(), np.random.default_rng(0), asked={"melody": program})
        tune = song.tracks[0].notes
        assert (tune["duration"][:-1] == quarters * TICKS).all()
        assert (tune["pitch"] == lead.melody["pitch"]).all()


def test_one_voice_cuts_at_the_next_onset_and_leaves_rests_and_what_begins_together() -> None:
    rows = [(0, 20, 60, 1), (0, 5, 64, 1), (12, 3, 62, 1), (24, 30, 60, 1), (48, 30, 60, 1)]
    assert one_voice(notes_array(rows))["duration"].tolist() == [12, 5, 3, 24, 30]
    assert not len(one_voice(notes_array()))
