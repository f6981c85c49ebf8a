"""Sheet music beside a result: the option, and what it writes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from restyle.cli.terminal import progress, watched
from restyle.music.song import Song

if TYPE_CHECKING:
    from restyle.music.lead import LeadSheet

Score = Annotated[
    bool, typer.Option("--score", help="Sheet music beside it, as .musicxml, .svg and .pdf.")
]
ScoreParts = Annotated[
    bool,
    typer.Option(
        "--score-parts",
        help="Each part alone as .pdf, too, in its instrument's key; or --score parts.",
    ),
]


def score_outputs(out: Path, wanted: bool) -> list[Path]:
    """The files of the sheet music beside `out`; none where it is not wanted."""
    from restyle.io.score.engrave import score_paths

    return score_paths(out) if wanted else []


def write_score(
    music: Song | LeadSheet,
    out: Path,
    wanted: bool,
    swing: float = 1.0,
    title: str = "",
    quiet: bool = True,
    parts: bool = False,
) -> list[Path]:
    """Engrave a result or a lead sheet beside `out`, and the `parts` of a result each alone; the
    files written, `out` not among them.

    How far it is stands on the terminal, where there is one, unless `quiet`.
    """
    if not wanted:
        return []
    from restyle.io.score.engrave import engrave

    stem = out.with_suffix("")
    xml = out.suffix.lower() != ".musicxml"
    with progress("engraving, pages", quiet or not watched()) as on_page:
        written = engrave(music, stem, swing, title=title, musicxml=xml, on_page=on_page)
    if parts and isinstance(music, Song):
        from restyle.io.score.parts import engrave_parts

        written += engrave_parts(music, stem, swing, title)
    return written


def spelled_out(words: Sequence[str]) -> list[str]:
    """Words of a command line with "--score parts" as the one option it is."""
    out: list[str] = []
    for word in words:
        if word == "parts" and out and out[-1] == "--score":
            out[-1] = "--score-parts"
        else:
            out.append("--score-parts" if word == "--score=parts" else word)
    return out
