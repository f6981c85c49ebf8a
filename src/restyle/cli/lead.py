"""The command `lead`: what was heard of a song."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from restyle.cli.beside import Audio, Beside, Picture, PictureSvg, Soundfont, shown
from restyle.cli.outputs import check_outputs, shortened
from restyle.cli.scores import Score, score_outputs, write_score
from restyle.cli.terminal import AsJson, Quiet, describe, say, track_lines


def lead(
    song: Annotated[Path, typer.Argument(help="A song in any format we read.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help=".musicxml, .abc, .json or .mid")
    ] = None,
    exact: Annotated[
        bool,
        typer.Option(
            "--exact", help="Notation with every note as long as heard, not as it is written."
        ),
    ] = False,
    picture: Picture = False,
    picture_svg: PictureSvg = False,
    audio: Audio = False,
    score: Score = False,
    soundfont: Soundfont = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """What was heard: meter, key, tempo, form, tracks, chords and melody, to mend and give back
    to transfer.

    Example: restyle lead song.mid -o song.lead.musicxml
    """
    from restyle.analysis.form import find_form, form_line
    from restyle.io import write_lead
    from restyle.io.charts.chart import chord_chart
    from restyle.io.leads.json import lead_to_json
    from restyle.music.lead import played
    from restyle.reading import open_lead

    stem = output or Path(f"{shortened(song.stem)}.lead.mid")
    beside = Beside(picture, audio, soundfont, picture_svg)
    made = [*beside.outputs(stem), *score_outputs(stem, score)]
    check_outputs([output, *made] if output else made, [song, *([soundfont] if soundfont else [])])
    beside.check()
    sheet, heard = open_lead(song)
    sheet = replace(sheet, title=sheet.title or song.stem)
    written = [] if output is None else [output]
    if output is not None:
        write_lead(sheet, output, exact=exact)
    rolls = [("the song", shown(sheet, heard))] if heard else []
    silent = quiet or as_json
    written += beside.write([*rolls, ("lead sheet", played(sheet))], stem, silent)
    written += write_score(sheet, stem, score, title=song.stem, quiet=silent)
    if as_json:
        print(lead_to_json(sheet))
    elif not quiet:
        tracks = track_lines(heard) if heard else []
        form = f"  Form: {form_line(find_form(sheet))}"
        for line in [*describe(song, sheet, heard), form, *tracks, *chord_chart(sheet)]:
            say(line)
        for path in written:
            say(f"-> {path}")
