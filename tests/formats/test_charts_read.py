"""Chord charts in: plain text and ChordPro."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from restyle.errors import UnreadableSong
from restyle.io import read_lead
from restyle.io.charts.chart import chord_chart
from restyle.io.charts.keys import key_named, key_of_chords
from restyle.io.charts.read import is_chart
from restyle.music.lead import LeadSheet
from restyle.music.song import Chord, Key


@pytest.fixture
def lead(tmp_path: Path):
    def read(text: str) -> LeadSheet:
        (tmp_path / "a.txt").write_text(text)
        found = read_lead(tmp_path / "a.txt")
        assert found is not None and len(found.melody) == 0
        return found

    return read


def chords(lead: LeadSheet) -> str:
    return " ".join(f"{c.symbol(lead.key)}@{c.start}" for c in lead.chords)


def test_bars_of_chords(lead) -> None:
    found = lead("| Dm7 | G7 |\n| Cmaj7 F/A | % |\n")
    assert chords(found) == "Dm7@0 G7@48 Cmaj7@96 F/A@120 Cmaj7@144 F/A@168"
    assert found.bars == 4 and found.key == Key(0)


def test_beats_meters_fields_and_repeats(lead) -> None:
    text = "Title: Night\nKey: Gm\nTime: 3/4\nTempo: 96\n\nVerse:\n|: Gm / D7 | Cm :|\n"
    found = lead(text)
    assert chords(found) == "Gm@0 D7@24 Cm@36 Gm@72 D7@96 Cm@108"
    assert (found.title, found.key, found.tempos[0].bpm) == ("Night", Key(7, "minor"), 96)
    assert found.meters[0].name == "3/4"


def test_a_line_without_bar_lines_has_a_bar_a_chord(lead) -> None:
    assert chords(lead("C Am F G7\n")) == "C@0 Am@48 F@96 G7@144"


def test_what_we_print_is_read_back(lead) -> None:
    found = lead("| C | Am | F / G7 / | C |\n")
    again = lead("\n".join(chord_chart(found)))
    assert (again.chords, again.bars) == (found.chords, found.bars)


def test_chordpro(lead) -> None:
    head = "{title: Small}\n{key: A minor}\n# no music\n"
    text = head + "[Am]Once up[F]on a [G7]time\n{c: soft}\n[Am]end\n"
    found = lead(text)
    assert chords(found) == "Am@0 F@48 G7@96 Am@144"
    assert (found.title, found.key) == ("Small", Key(9, "minor"))
    grid = "{t: Grid}\n{start_of_grid}\n| C . G7 . | F . . . |\n{end_of_grid}\n"
    assert chords(lead(grid)) == "C@0 G7@24 F@48"


@pytest.mark.parametrize("text", ["Dear Anna, | yours, Ben", "A", "C D and so on\n", "", "| | |"])
def test_other_texts_are_no_charts(text: str) -> None:
    assert not is_chart(text.encode())


def test_keys() -> None:
    assert key_named("F#m") == Key(6, "minor") and key_named("Bb major") == Key(10)
    assert key_named("loud") is None
    assert key_of_chords([Chord(0, 9, "min"), Chord(1, 4, "7"), Chord(2, 9, "min")]) == Key(
        9, "minor"
    )
    assert key_of_chords([]) == Key(0)


@settings(max_examples=80)
@given(st.text("CFGm7|:/%{}[]() \n.N", max_size=80))
def test_any_text_is_read_or_refused(tmp_path_factory, text: str) -> None:
    file = tmp_path_factory.mktemp("charts") / "a.txt"
    file.write_text(text)
    with contextlib.suppress(UnreadableSong):
        read_lead(file)
