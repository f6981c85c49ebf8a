"""Where systems and pages begin, so that the last ones are not nearly empty."""

from __future__ import annotations

import re
from itertools import accumulate

LEAST = 3
"""A last system is filled up that has one bar at most for `LEAST` of the system before."""
_MEASURE = re.compile(r"<measure [^>]*>")
_RESTS = re.compile(r"<multiple-rest>(\d+)<")


def bars_of(pages: list[str]) -> list[list[int]]:
    """Bars of every system of every page, from the SVG texts of verovio."""
    return [
        [system.count('class="measure"') for system in page.split('class="system"')[1:]]
        for page in pages
    ]


def evened(pages: list[list[int]]) -> list[list[int]]:
    """The bars of the systems of each page, where the last two systems share theirs when the last
    has a third of the other's at most, and a last page gets a second system where it has one only
    and the page before at least three."""
    out = [list(page) for page in pages]
    systems = [(p, s) for p, page in enumerate(out) for s in range(len(page))]
    if len(systems) > 1:
        (p, s), (q, r) = systems[-2:]
        both = out[p][s] + out[q][r]
        if LEAST * out[q][r] <= out[p][s]:
            out[p][s], out[q][r] = both - both // 2, both // 2
    if len(out) > 1 and len(out[-1]) == 1 and len(out[-2]) > 2:
        out[-1].insert(0, out[-2].pop())
    return out


def with_breaks(musicxml: str, pages: list[list[int]]) -> str:
    """MusicXML whose systems and pages begin where these do; joined bars of rest are one bar."""
    signs: dict[int, str] = {}
    starts = list(accumulate((bars for page in pages for bars in page), initial=0))
    firsts = set(accumulate((len(page) for page in pages), initial=0))
    for system, bar in enumerate(starts[1:-1], 1):
        kind = "page" if system in firsts else "system"
        signs[bar] = f'<print new-{kind}="yes"/>'
    end = musicxml.index("</part>")
    out = []
    at = bar = covered = 0
    for found in _MEASURE.finditer(musicxml, 0, end):
        if covered:
            covered -= 1
            continue
        out += [musicxml[at : found.end()], signs.get(bar, "")]
        at = found.end()
        rests = _RESTS.search(musicxml, at, musicxml.index("</measure>", at))
        covered = int(rests[1]) - 1 if rests else 0
        bar += 1
    return "".join([*out, musicxml[at:]])
