"""Chord symbols and octave signs: on the page none stands in the other."""

from __future__ import annotations

import pytest

from restyle.io.musicxml.write import render
from restyle.io.score import engrave
from restyle.io.score.engrave import readable_layout, svg_pages
from restyle.io.score.svg_clashes import clashes
from restyle.music.song import Chord, Key, Song, Track, notes_array


def page(*symbols: tuple[int, int, str]) -> str:
    """A page with an octave sign, whose figure has its foot at (1000, 2000) and whose line goes
    from 1200 to 5000 at the height 1800, and symbols in letters of 400."""
    texts = "".join(
        f'<g id="a" class="harm">\n<text x="{x}" y="{y}" font-size="0px">'
        f'<tspan class="text"><tspan font-size="400px">{text}</tspan></tspan></text></g>'
        for x, y, text in symbols
    )
    return (
        '<g id="b" class="octave spanning"><use xlink:href="#E510" '
        'transform="translate(1000, 2000) scale(0.72, 0.72)" />'
        f'<path d="M1200 1800 L5000 1800" stroke-width="18" /></g>{texts}'
    )


@pytest.mark.parametrize(
    ("x", "y", "count"),
    [
        (2000, 1650, 0),  # reaches 1650 + 0.25 * 400 = 1750: above the line
        (2000, 1750, 1),  # 1850: in the line
        (2000, 2250, 1),  # from 2250 - 0.7 * 400 = 1970 on: under the line, beside the figure
        (2000, 2300, 0),  # from 2020 on: well below, it belongs to another staff
        (5100, 1750, 0),  # behind the end of the line
        (650, 1750, 1),  # two letters are 400 wide, so that it ends in the figure, at 1050
        (550, 1750, 0),  # it ends at 950
    ],
)
def test_a_symbol_clashes_that_touches_the_sign(x: int, y: int, count: int) -> None:
    assert clashes(page((x, y, "C7"))) == count


def test_every_symbol_is_counted_once_and_a_page_without_signs_has_none() -> None:
    assert clashes(page((2000, 1750, "C7"), (3000, 1750, "F7"), (4000, 1000, "F7"))) == 2
    assert clashes(page((2000, 1750, "C7")).replace("octave", "slur")) == 0


def test_symbols_go_above_the_octave_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    pitches = [72] * 20
    pitches[4], pitches[11], pitches[12] = 85, 96, 102
    pitches[16:19] = 99, 89, 77
    tune = notes_array((480 * i, 480, pitch, 80) for i, pitch in enumerate(pitches))
    song = Song(
        (Track("Flute (melody)", 73, tune),),
        keys=((0, Key(0)),),
        chords=tuple(Chord(960 * i, 10, "maj7") for i in range(10)),
    )
    text = render(readable_layout(song))
    assert sum(map(clashes, svg_pages(text))) == 0
    monkeypatch.setattr(engrave, "SYMBOL_DISTANCES", ())
    assert sum(map(clashes, svg_pages(text))) > 0, "else this piece shows nothing"
