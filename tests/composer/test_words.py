"""Words under a tune: syllables, stresses, and where they stand."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from restyle.api import compose
from restyle.composer.lead import events as e
from restyle.composer.lead.rhythm import strong
from restyle.composer.lead.song import LeadOptions, compose_lead
from restyle.composer.lead.words import MOST_LINES, read_words, rhythm_of, split, syllables
from restyle.errors import RestyleError
from restyle.io import read, read_lead, write_lead

WORDS = """The river runs below the hill,
and no one sees the water go.

A lantern on the window sill,
the winter comes with falling snow.
"""


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("river", ["ri", "ver"]), ("window", ["win", "dow"]), ("water", ["wa", "ter"]),
        ("home", ["home"]), ("loved", ["loved"]), ("wanted", ["wan", "ted"]), ("sees", ["sees"]),
        ("little", ["lit", "tle"]), ("roses", ["ro", "ses"]), ("yellow", ["yel", "low"]),
        ("mother", ["mo", "ther"]), ("the", ["the"]), ("Straße", ["Straße"]), ("été", ["é", "té"]),
    ],
)  # fmt: skip
def test_words_are_split_by_their_vowels(word, parts):
    assert split(word) == parts


def test_stresses_are_told_and_can_be_said():
    line = syllables("The river be-low, to-DAY it sings")
    assert [s.text for s in line] == [
        "The",
        "ri-",
        "ver",
        "be-",
        "low",
        "to-",
        "DAY",
        "it",
        "sings",
    ]
    assert [s.stressed for s in line] == [False, True, False, False, True, False, True, False, True]


@pytest.mark.parametrize("meter", ["4/4", "3/4", "2/4", "6/8"])
def test_stresses_stand_on_strong_beats(meter):
    lines = [syllables(text) for text in WORDS.splitlines() if text]
    on_beat, every = 0, 0
    for line in lines:
        bars = rhythm_of(line, meter)
        places = [(place, length) for bar in bars for place, length in bar]
        assert len(places) == len(line)
        for bar in bars:
            for (a, lasting), (b, _) in pairwise(bar):
                assert a + lasting <= b
            assert all(p + n <= e.BAR_LENGTH[meter] for p, n in bar)
        stresses = [p for (p, _), s in zip(places, line, strict=True) if s.stressed]
        on_beat += sum(p % e.BEAT[meter] == 0 for p in stresses)
        every += len(stresses)
        light = [p for (p, _), s in zip(places, line, strict=True) if not s.stressed]
        assert np.mean([strong(p, meter) for p in light]) < 0.35
    assert on_beat / every > 0.85


@pytest.mark.parametrize("style", ["pop", "folk", "hymn", "jazz"])
def test_a_song_has_one_note_a_syllable(style, tmp_path: Path):
    file = tmp_path / "words.txt"
    file.write_text(WORDS, encoding="utf-8")
    written = compose_lead(LeadOptions(style, over=file, seed=3))
    said = [s.text for line in read_words(file) for s in line]
    lead = written.lead
    assert [word.text for word in lead.lyrics] == said
    assert [word.start for word in lead.lyrics] == lead.melody["start"].tolist()
    assert lead.bars % 2 == 0 and lead.melody["start"][-1] >= lead.bar_starts()[-3]
    write_lead(lead, tmp_path / "song.musicxml", exact=False)
    again = read_lead(tmp_path / "song.musicxml") or read(tmp_path / "song.musicxml")
    assert [word.text for word in again.lyrics] == said


def test_the_words_are_in_the_bands_song(tmp_path: Path):
    file = tmp_path / "words.txt"
    file.write_text("Hello river,\nhello sea", encoding="utf-8")
    song = compose("pop", over=file, solo=True)
    assert [word.text for word in song.lyrics] == ["Hel-", "lo", "ri-", "ver", "hel-", "lo", "sea"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no words"), (b"12 34\n", "no words"), (b"\xff\xfe\x00", "no text in UTF-8"),
        (b"la " * 40, "too long to be sung"), (b"la la\n" * (MOST_LINES + 1), "too long"),
    ],
)  # fmt: skip
def test_words_that_cannot_be_sung_are_said(data, said, tmp_path: Path):
    file = tmp_path / "words.txt"
    file.write_bytes(data)
    with pytest.raises(RestyleError, match=said):
        compose_lead(LeadOptions("pop", over=file))
    with pytest.raises(RestyleError, match="cannot be read"):
        compose_lead(LeadOptions("pop", over=tmp_path / "none.txt"))


@pytest.mark.parametrize(
    ("more", "said"),
    [({"bars": 8}, "bars come from the words"), ({"prime": Path("x.mid")}, "rhythm of its own")],
)
def test_what_contradicts_words_is_refused(more, said, tmp_path: Path):
    file = tmp_path / "words.txt"
    file.write_text(WORDS)
    with pytest.raises(RestyleError, match=said):
        compose_lead(LeadOptions("pop", over=file, **more))


def test_words_over_given_chords_need_room(tmp_path: Path):
    file, chart = tmp_path / "words.txt", tmp_path / "chart.txt"
    file.write_text("Hello river,\nhello sea")
    chart.write_text("| C | Am | F | G | C | F | G | C |")
    written = compose_lead(LeadOptions("pop", over=file, chords=chart, key="C"))
    assert written.lead.bars == 4 and [c.root for c in written.lead.chords] == [0, 9, 5, 7]
    file.write_text(WORDS)
    chart.write_text("| C | G | F | G |")
    with pytest.raises(RestyleError, match="have 4 bars, the words need 8"):
        compose_lead(LeadOptions("pop", over=file, chords=chart))
