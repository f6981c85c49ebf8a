"""Bars of rest in a row in a player's own part: one bar with their number over it."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

from restyle.io.musicxml.write import render
from restyle.io.score.bar_rests import bar_rests
from restyle.io.score.engrave import readable_layout, svg_pages
from restyle.io.score.layout import Bar, Layout, Part, Staff
from restyle.io.score.parts import part_pages
from restyle.io.score.rhythm import UNITS
from restyle.music.song import Chord, Key, Marker, Meter, Song, Tempo, Track, notes_array

FOUR = 4 * UNITS
BAR = 1920


def layout(sounding: tuple[int, ...], bars: int, **other: object) -> tuple[Layout, Part]:
    """A part with a whole note in the bars `sounding` of `bars` in 4/4."""
    voice = tuple((FOUR * bar, FOUR * (bar + 1), (60,)) for bar in sounding)
    part = Part("Flute", 73, False, (Staff("G", (voice,)),))
    lines = tuple(Bar(FOUR * i, FOUR, Meter(0, 4, 4), new_meter=not i) for i in range(bars))
    score = Layout("", lines, (part,), ((0, Key(0)),), ((0, 120.0),))
    return replace(score, **other), part  # type: ignore[arg-type]


def test_two_bars_and_more_are_joined_and_a_single_one_is_not() -> None:
    score, part = layout((0, 2, 5, 9), 13)
    assert bar_rests(score, part, ()) == {3: 2, 6: 3, 10: 3}
    assert bar_rests(*layout((3,), 4), ()) == {0: 3}
    assert bar_rests(*layout((0, 1, 2), 3), ()) == {}


def test_a_note_that_is_tied_over_a_bar_line_sounds_in_both() -> None:
    score, part = layout((), 6)
    long = Staff("G", (((FOUR, 2 * FOUR + 1, (60,)),),))  # bar 1 and a little of bar 2
    assert bar_rests(score, replace(part, staves=(long,)), ()) == {3: 3}
    assert bar_rests(score, replace(part, staves=(*part.staves, long)), ()) == {3: 3}


def test_what_has_to_be_seen_parts_them() -> None:
    score, part = layout((0,), 9)
    assert bar_rests(score, part, ()) == {1: 8}
    assert bar_rests(score, part, (4 * FOUR,)) == {1: 3, 4: 5}
    # inside bar 4, which then stands alone
    assert bar_rests(score, part, (4 * FOUR + UNITS,)) == {1: 3, 5: 4}
    keys = replace(score, keys=((0, Key(0)), (3 * FOUR, Key(2))))
    assert bar_rests(keys, part, ()) == {1: 2, 3: 6}
    meters = [replace(bar, new_meter=i in (0, 7)) for i, bar in enumerate(score.bars)]
    assert bar_rests(replace(score, bars=tuple(meters)), part, ()) == {1: 6, 7: 2}
    clef = replace(part.staves[0], changes=((6, "F"),))
    assert bar_rests(score, replace(part, staves=(clef,)), ()) == {1: 5, 6: 3}


def test_a_pickup_is_never_among_them() -> None:
    score, part = layout((4,), 5)
    pickup = replace(score.bars[0], skip=3 * UNITS)
    assert bar_rests(replace(score, bars=(pickup, *score.bars[1:])), part, ()) == {1: 3}


def band() -> Song:
    """A flute that plays in bars 1 and 12 of twelve, over a bass that plays in all."""
    flute = [(bar * BAR + 480 * i, 480, 72 + i, 80) for bar in (0, 11) for i in range(4)]
    bass = [(bar * BAR, BAR, 40, 80) for bar in range(12)]
    return Song(
        (
            Track("Flute (melody)", 73, notes_array(flute)),
            Track("Bass", 33, notes_array(bass)),
        ),
        tempos=(Tempo(0, 120.0), Tempo(8 * BAR, 90.0)),
        keys=((0, Key(5)),),
        chords=tuple(Chord(bar * BAR, pitch) for bar, pitch in ((0, 5), (1, 10), (4, 0))),
        markers=(Marker(0, "A"), Marker(4 * BAR, "B")),
    )


def test_the_page_of_a_part_counts_its_rests_and_the_score_has_every_bar() -> None:
    # bars 2 to 4, then 5 to 8 from the mark B, then 9 to 11 from the new tempo
    pages = dict(part_pages(band()))
    text = render(pages["flute"])
    assert re.findall(r"<multiple-rest>(\d+)<", text) == ["3", "4", "3"]
    page = "".join(svg_pages(text))
    assert len(re.findall('class="multiRest"', page)) == 3
    assert not re.findall('class="mRest"', page)
    assert all(seen in page for seen in (">A<", ">B<", "90"))
    assert "multiple-rest" not in render(pages["bass"])
    assert "multiple-rest" not in render(readable_layout(band()))


def test_the_chord_symbol_in_force_stands_where_the_player_comes_in_again() -> None:
    pages = dict(part_pages(band()))
    root = ElementTree.fromstring(render(pages["flute"]))
    roots = {
        measure.get("number"): [one.text for one in measure.iter("root-step")]
        for measure in root.iter("measure")
    }
    assert {bar: names for bar, names in roots.items() if names} == {"1": ["F"], "12": ["C"]}
