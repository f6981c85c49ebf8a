"""Sheet music beside a result: the option, and what it writes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from restyle.cli.terminal import progress, watched

if TYPE_CHECKING:
    from restyle.music.lead import LeadSheet
    from restyle.music.song import Song

Score = Annotated[
    bool, typer.Option("--score", help="Sheet music beside it, as .musicxml, .svg and .pdf.")
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
) -> list[Path]:
    """Engrave a result or a lead sheet beside `out`; the files written, `out` not among them.

    How far it is stands on the terminal, where there is one, unless `quiet`.
    """
    if not wanted:
        return []
    from restyle.io.score.engrave import engrave

    stem = out.with_suffix("")
    xml = out.suffix.lower() != ".musicxml"
    with progress("engraving, pages", quiet or not watched()) as on_page:
        return engrave(music, stem, swing, title=title, musicxml=xml, on_page=on_page)
