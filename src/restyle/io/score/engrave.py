"""Sheet music: MusicXML, and the pages that verovio draws from it, as SVG and PDF."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from restyle.errors import RestyleError
from restyle.io.files import check_output, save
from restyle.io.musicxml.write import render
from restyle.io.score import layout_build
from restyle.io.score.breaks import bars_of, evened, with_breaks
from restyle.io.score.layout import Layout
from restyle.io.score.svg_clashes import clashes
from restyle.music.lead import LeadSheet
from restyle.music.song import Song

PAGE = (2100, 2970)
"""Width and height of a page in tenths of a millimetre: A4."""
OnPage = Callable[[int, int], None]
"""Told of the pages that are drawn so far, and of those that there will be, SVG and PDF."""
LONGEST_TITLE = 60
"""Letters of a title; more would not fit into the width of a page."""
SYMBOL_DISTANCES = (4.0, 7.0, 10.0, 13.0)
"""Least distances of chord symbols from the staff to try, in half staff spaces; 1 is the usual."""
ENDINGS = (".musicxml", ".svg", ".pdf")


def engrave(
    music: Song | LeadSheet,
    stem: str | os.PathLike[str],
    swing: float = 1.0,
    *,
    title: str = "",
    musicxml: bool = True,
    on_page: OnPage | None = None,
) -> list[Path]:
    """Write `stem`.musicxml, `stem`.svg (all pages, one below another) and `stem`.pdf.

    `swing` is the ratio that a song is played with; the score is written straight. `title` stands
    above music that has none of its own. Without `musicxml` only the pages are written. `on_page`
    is told of the pages drawn so far, and in all (each twice: for the SVG and for the PDF). Returns
    the files written. Raises RestyleError when a file cannot be written.
    """
    paths = [beside(stem, ending) for ending in ENDINGS[0 if musicxml else 1 :]]
    for path in paths:
        check_output(path)
    score = readable_layout(music, swing, title)
    text = render(score)
    from restyle.io.score.engrave_pdf import pdf_of

    def drawn(done: int, count: int) -> None:
        if on_page:
            on_page(done, 2 * count)

    pages = svg_pages(text, staff_size(score), drawn)
    pdf = pdf_of(pages, score.title, lambda done, count: drawn(count + done, count))
    contents: list[str | bytes] = [text] if musicxml else []
    for path, content in zip(paths, [*contents, stacked(pages), pdf], strict=True):
        save(path, content)
    return paths


def write_pdf(music: Song | LeadSheet, path: str | os.PathLike[str], swing: float = 1.0) -> None:
    """Write the pages alone, as PDF; `swing` as for `engrave`.

    Raises RestyleError when the file cannot be written.
    """
    check_output(path)
    score = readable_layout(music, swing)
    from restyle.io.score.engrave_pdf import pdf_of

    save(path, pdf_of(svg_pages(render(score), staff_size(score)), score.title))


def score_paths(out: str | os.PathLike[str]) -> list[Path]:
    """The files of the sheet music of a result `out`: the same stem, other endings."""
    return [beside(Path(out).with_suffix(""), ending) for ending in ENDINGS]


def beside(stem: str | os.PathLike[str], ending: str) -> Path:
    """The file of that ending beside a stem; the stem may hold dots."""
    path = Path(stem)
    return path.with_name(path.name + ending)


def sheet(music: Song | LeadSheet, swing: float = 1.0) -> list[str]:
    """The pages of the sheet music, each an SVG text."""
    score = readable_layout(music, swing)
    return svg_pages(render(score), staff_size(score))


def readable_layout(music: Song | LeadSheet, swing: float = 1.0, title: str = "") -> Layout:
    """What a player is given to read."""
    if isinstance(music, LeadSheet):
        score = layout_build.of_lead(music, tidy=True)
    else:
        score = layout_build.of_song(music, swing)
    title = shortened(score.title or title)
    return replace(
        score,
        title=f"{title} ({score.subtitle})" if score.subtitle else title,
        words=score.words and f"{score.words}  ",  # verovio puts the tempo right behind it
    )


def shortened(title: str) -> str:
    """A title that fits over a page; of a file's name the underscores become spaces."""
    words = " ".join(title.replace("_", " ").split())
    if len(words) <= LONGEST_TITLE:
        return words
    kept = words[:LONGEST_TITLE].rpartition(" ")[0] or words[:LONGEST_TITLE]
    return f"{kept.rstrip(' -,;:(')}…"


def staff_size(score: Layout) -> float:
    """Verovio's unit (half a staff space, tenths of a millimetre): smaller for larger bands."""
    staves = sum(len(part.staves) for part in score.parts)
    return 9.0 if staves <= 3 else 7.5 if staves <= 6 else 6.5 if staves <= 10 else 5.0


def svg_pages(musicxml: str, unit: float = 9.0, on_page: OnPage | None = None) -> list[str]:
    """The pages that verovio draws of MusicXML text. Raises RestyleError where it draws none."""
    kit = _toolkit()
    kit.setOptions(
        {
            "pageWidth": PAGE[0], "pageHeight": PAGE[1], "scale": 40, "unit": unit,
            "pageMarginTop": 120, "pageMarginBottom": 120,
            "pageMarginLeft": 120, "pageMarginRight": 120,
            "breaks": "auto", "justifyVertically": True, "condense": "auto",
            "multiRestStyle": "block",
            "lyricWordSpace": 2.5,  # with verovio's own 1.2 words of short notes touch
            "header": "auto", "footer": "none", "xmlIdSeed": 1,
        }
    )  # fmt: skip
    if not kit.loadData(musicxml):
        raise RestyleError("The sheet music could not be drawn.")
    pages = _drawn(kit, on_page)
    # verovio does not keep every chord symbol away from the octave signs below it
    for distance in SYMBOL_DISTANCES:
        clashing = sum(map(clashes, pages))
        if not clashing:
            break
        kit.setOptions({"harmDist": distance})
        kit.redoLayout()
        higher = _drawn(kit)
        if sum(map(clashes, higher)) < clashing:
            pages = higher
    return _with_fuller_end(kit, musicxml, pages)


def _with_fuller_end(kit: Any, musicxml: str, pages: list[str]) -> list[str]:
    """The pages drawn with the last systems as `evened` shares them, where that can be done."""
    bars = bars_of(pages)
    shared = evened(bars)
    if shared == bars:
        return pages
    kit.setOptions({"breaks": "encoded"})
    kit.loadData(with_breaks(musicxml, shared))
    again = _drawn(kit)
    is_better = bars_of(again) == shared and sum(map(clashes, again)) <= sum(map(clashes, pages))
    return again if is_better else pages


def _drawn(kit: Any, on_page: OnPage | None = None) -> list[str]:
    count = kit.getPageCount()
    pages = []
    for page in range(1, count + 1):
        pages.append(kit.renderToSVG(page))
        if on_page:
            on_page(page, count)
    return pages


def _toolkit() -> Any:
    import verovio

    verovio.enableLog(verovio.LOG_OFF)
    return verovio.toolkit()


def stacked(pages: list[str]) -> str:
    """One SVG of several: the pages one below another, the music font only once."""
    if len(pages) == 1:
        return pages[0]
    width, height = (int(n) for n in re.findall(r'(?:width|height)="(\d+)px"', pages[0])[:2])
    out = [
        f'<svg width="{width}px" height="{height * len(pages)}px" version="1.1"'
        ' xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    ]
    for number, page in enumerate(pages):
        inside = page[page.index("<svg") :]
        if number:
            inside = re.sub(r"<style[^>]*>@font-face.*?</style>", "", inside, flags=re.DOTALL)
        out.append(inside.replace("<svg", f'<svg y="{number * height}"', 1))
    return "\n".join([*out, "</svg>\n"])
