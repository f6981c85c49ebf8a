"""The form of songs whose form is known."""

from dataclasses import replace

import numpy as np

from restyle.decoding.sections import sections_of
from restyle.decoding.sheet import sheet_of
from restyle.music.lead import LeadSheet
from restyle.music.song import Chord, Key, Meter, Tempo, notes_array

BAR = 48


def song(form: str, changed: int = -1) -> LeadSheet:
    """Four bars a letter, each with its own tune and chords; of the letter at `changed` one note is
    another."""
    notes, chords = [], []
    for number, letter in enumerate(form):
        rng = np.random.default_rng(ord(letter))
        for beat in range(16):
            pitch = 60 + int(rng.integers(12)) + (number == changed and beat == 9)
            notes.append((BAR * 4 * number + 12 * beat, 12, pitch, 80))
        chords += [
            Chord(BAR * (4 * number + bar), int(rng.integers(12)), "maj") for bar in range(4)
        ]
    return LeadSheet(
        melody=notes_array(notes),
        chords=tuple(chords),
        meters=(Meter(0, 4, 4),),
        tempos=(Tempo(0, 100.0),),
        key=Key(0),
        length=BAR * 4 * len(form),
    )


def sections(form: str, changed: int = -1) -> list[int]:
    return sections_of(sheet_of(song(form, changed)))


def test_phrases_that_come_back():
    assert sections("aaba") == [0, 0, 1, 0]
    assert sections("abab") == [0, 0, 0, 0]
    assert sections("ababcdab") == [0, 0, 0, 0, 1, 1, 0, 0]


def test_nearly_the_same_is_the_same():
    assert sections("aaba", changed=3) == [0, 0, 1, 0]


def test_what_never_comes_back_goes_on_for_sixteen_bars():
    assert sections("abcdefgh") == [0, 0, 0, 0, 1, 1, 1, 1]


def test_a_pickup_is_apart():
    lead = song("aaba")
    melody = lead.melody.copy()
    melody["start"] += BAR
    later = replace(
        lead,
        melody=np.concatenate([notes_array([(36, 12, 72, 80)]), melody]),
        chords=tuple(replace(c, start=c.start + BAR) for c in lead.chords),
        length=lead.length + BAR,
        pickup=12,
    )
    assert sections_of(sheet_of(later)) == [0, 1, 1, 2, 1]


def test_a_song_without_a_tune_goes_by_its_chords():
    lead = replace(song("aaba"), melody=notes_array())
    assert sections_of(sheet_of(lead)) == [0, 0, 1, 0]
