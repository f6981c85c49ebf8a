"""The form of songs whose form is known, since they were put together so."""

from dataclasses import replace

import numpy as np
import pytest

from restyle.analysis.form import bar_likeness, find_form, form_line, within_and_between
from restyle.music.lead import LeadSheet
from restyle.music.song import Chord, Key, Meter, Tempo, notes_array


def section(seed: int, bars: int = 8) -> LeadSheet:
    """Some bars of 4/4 with a chord a bar and a tune."""
    rng = np.random.default_rng(seed)
    tune = [(12 * i, 12, 60 + int(rng.integers(14)), 80) for i in range(4 * bars)]
    return LeadSheet(
        melody=notes_array(tune),
        chords=tuple(Chord(48 * b, int(rng.integers(12)), "maj") for b in range(bars)),
        meters=(Meter(0, 4, 4),),
        tempos=(Tempo(0, 120.0),),
        key=Key(0),
        length=48 * bars,
    )


def song(form: str, bars: int = 8) -> LeadSheet:
    made = None
    for letter in form:
        made = section(ord(letter), bars) if made is None else made.followed_by(
            section(ord(letter), bars))  # fmt: skip
    return made


@pytest.mark.parametrize("form", ["AABA", "ABAB", "ABAC", "AABB", "ABACABA", "ABCDA"])
def test_what_comes_back_has_its_letter_again(form):
    found = find_form(song(form))
    assert form_line(found) == ", ".join(f"{x} {8 * i + 1}-{8 * i + 8}" for i, x in enumerate(form))
    within, between = within_and_between(song(form), found)
    assert np.isnan(within) or within == 1.0
    assert np.isnan(between) or between < 0.5


def test_four_bars_twice_over_may_be_a_section_of_eight():
    assert form_line(find_form(song("ABAB", 4))) == "A 1-8, A 9-16"


def test_sections_cover_the_song_and_a_pickup_belongs_to_the_first():
    lead = section(1, 1).followed_by(song("AABA"))
    found = find_form(replace(lead, pickup=12))
    assert [s.first for s in found] == [0, *(s.last for s in found[:-1])]
    assert found[0].first == 0 and found[-1].last == 33 and found[0].last == 9
    assert "".join(s.letter for s in found) == "AABA"


@pytest.mark.parametrize("bars", [1, 2, 3, 5])
def test_short_songs_have_a_form_too(bars):
    found = find_form(section(3, bars))
    assert found[0].first == 0 and found[-1].last == bars


def test_likeness_is_one_with_itself_and_less_with_others():
    alike = bar_likeness(song("AB"))
    assert np.allclose(np.diag(alike), 1) and np.allclose(alike, alike.T)
    assert alike[0, 9] < 0.6
