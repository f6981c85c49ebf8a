"""Where systems and pages begin: the last ones are not nearly empty."""

from __future__ import annotations

import re

import pytest

from restyle.io.musicxml.write import render
from restyle.io.score.breaks import bars_of, evened, with_breaks
from restyle.io.score.engrave import readable_layout, svg_pages
from restyle.io.score.parts import part_pages
from restyle.music.song import Key, Song, Track, notes_array

BAR = 1920


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([[5, 6, 6]], [[5, 6, 6]]),
        ([[5, 6, 3]], [[5, 6, 3]]),  # half full
        ([[5, 6, 2]], [[5, 4, 4]]),  # a third
        ([[5, 6, 1]], [[5, 4, 3]]),
        ([[2]], [[2]]),
        ([[5, 6, 6, 6], [6]], [[5, 6, 6], [6, 6]]),
        ([[5, 6, 6, 6], [2]], [[5, 6, 6], [4, 4]]),
        ([[5, 6], [6]], [[5, 6], [6]]),  # the first page would be as empty as the last
        ([[5, 6], [6, 6]], [[5, 6], [6, 6]]),
    ],
)
def test_the_last_systems_and_pages_share(before: list[list[int]], after: list[list[int]]) -> None:
    assert evened(before) == after


def song(*tracks: list[int], bars: int) -> Song:
    """Flutes that play four quarters in the bars of `tracks`, or all of them where none are."""
    rows = [
        [(bar * BAR + 480 * i, 480, 72 + i, 80) for bar in track or range(bars) for i in range(4)]
        for track in tracks
    ]
    return Song(
        tuple(Track(f"Flute {i}", 73, notes_array(row)) for i, row in enumerate(rows)),
        keys=((0, Key(0)),),
    )


def test_the_signs_stand_where_systems_begin() -> None:
    text = render(readable_layout(song([], [], bars=9)))
    broken = with_breaks(text, [[3, 2], [4]])
    breaks = re.findall(r'<measure number="(\d+)"><print new-(\w+)="yes"/>', broken)
    assert breaks == [("4", "system"), ("6", "page")], "in the first part alone"
    assert re.sub(r'<print new-\w+="yes"/>', "", broken) == text


def test_joined_bars_of_rest_count_as_one() -> None:
    # bars 1, 2 to 8 (one on the page), 9, 10
    ((_, part),) = part_pages(song([0, 8, 9], bars=10))
    broken = with_breaks(render(part), [[2, 2]])
    assert re.findall(r'<measure number="(\d+)"><print', broken) == ["9"]


def test_pages_end_with_full_systems() -> None:
    for players in (1, 4):
        for bars in (25, 41, 49):
            pages = bars_of(svg_pages(render(readable_layout(song(*[[]] * players, bars=bars)))))
            assert sum(map(sum, pages)) == bars
            assert 3 * pages[-1][-1] > sum(pages[0]) / len(pages[0])
            assert len(pages) == 1 or len(pages[-1]) > 1
