"""The command `transfer`: the same song in another style."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from restyle.cli import controls
from restyle.cli.beside import Audio, Beside, Picture, PictureSvg, Soundfont
from restyle.cli.listing import NAME as LISTING
from restyle.cli.listing import check_listing, write_listing
from restyle.cli.making import OneOfSeveral, Wish, make_one, make_several
from restyle.cli.outputs import check_outputs, make_folder, result_paths, song_files
from restyle.cli.scores import Score, ScoreParts
from restyle.cli.terminal import AsJson, Quiet, complete_parts, complete_style, progress, say


def transfer(
    songs: Annotated[list[Path], typer.Argument(help="Songs, lead sheets, or folders of them.")],
    to: Annotated[
        str,
        typer.Option(
            "--to",
            help="The style, as jazz, jazz/ballad, jazz:0.7,pop:0.3, or of sections as "
            "A:pop,B:rock or 1-16:jazz,17-32:latin: see 'restyle styles', 'restyle lead'.",
            autocompletion=complete_style,
        ),
    ] = "",
    like: controls.Like = None,
    strength: Annotated[
        float, typer.Option(min=0.0, max=4.0, help="0 neutral, 1 the style, above exaggerates.")
    ] = 1.0,
    parts: Annotated[
        str,
        typer.Option(
            help="Exactly these parts or instruments, as piano,bass or nylon-guitar.",
            autocompletion=complete_parts,
        ),
    ] = "",
    melody: Annotated[
        str,
        typer.Option(
            metavar="keep|drop|ornament", help="The song's melody: exactly, not, or sung out."
        ),
    ] = "keep",
    harmony: Annotated[
        str,
        typer.Option(
            metavar="keep|enrich|reharmonise",
            help="The chords as they are, with the style's colours, or others.",
        ),
    ] = "enrich",
    key: Annotated[str, typer.Option(help="Move the song to this key, as Eb or Am.")] = "",
    tempo: Annotated[float | None, typer.Option(help="Quarter notes a minute.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 0,
    takes: Annotated[int, typer.Option(min=1, max=64, help="Make several, keep the best.")] = 1,
    candidates: controls.Candidates = 0,
    keep_takes: controls.KeepTakes = False,
    instrument: controls.Instruments = None,
    feel: controls.Feel = None,
    level: controls.Level = "",
    count_in: controls.CountIn = False,
    intro: controls.Intro = 0,
    ending: controls.Ending = "",
    energy: controls.Energy = "",
    enter: controls.Enter = "",
    density: controls.Density = None,
    register: controls.Register = None,
    figure: controls.Figure = None,
    keep: controls.Keep = "",
    redo: controls.Redo = "",
    earlier: controls.Earlier = None,
    model: Annotated[Path | None, typer.Option(help="A model folder of your own.")] = None,
    cluster: Annotated[
        str, typer.Option(help="Several songs on the Dask cluster whose scheduler is there.")
    ] = "",
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            help="Where to write: .mid, .musicxml, .pdf, .mp3, .png ..., or a folder.",
        ),
    ] = None,
    index: Annotated[
        bool, typer.Option("--index", help="A page of all results to listen to, index.html.")
    ] = False,
    picture: Picture = False,
    picture_svg: PictureSvg = False,
    audio: Audio = False,
    score: Score = False,
    score_parts: ScoreParts = False,
    soundfont: Soundfont = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """The same song in another style.

    Example: restyle transfer examples/auld-lang-syne.mid --to jazz --seed 1

    Section by section: restyle transfer song.mid --to "A:pop,B:rock" --energy A:0.4,B:0.9

    For a beginner, with a beginning and an end: restyle transfer song.mid --to pop --level easy
    --count-in --intro 4 --ending ritardando --melody ornament

    The tune in the right hand, chords in the left: restyle transfer song.mid --to pop --parts piano
    --level easy --instrument melody=piano --score

    Some sections like an example: restyle transfer song.mid --to A:like,B:jazz --like example.mid

    A walking bass: restyle transfer song.mid --to jazz --figure bass=walking --density piano=sparse

    Around your own bass: restyle transfer examples/auld-lang-syne.mid --to jazz --keep bass

    The piano of four bars anew: restyle transfer song.mid --redo 9-12:piano --from song.jazz.mid
    """
    from restyle.arguments import MELODIES, parts_of
    from restyle.options import TransferOptions
    from restyle.pipeline import arranger
    from restyle.style.frame import Frame
    from restyle.style.harmony import HARMONIES
    from restyle.style.instrumentation import asked_instruments
    from restyle.style.playing import by_part
    from restyle.style.sections import check_example

    if melody not in MELODIES:
        raise typer.BadParameter(f"choose from {', '.join(MELODIES)}", param_hint="--melody")
    if harmony not in HARMONIES:
        raise typer.BadParameter(f"choose from {', '.join(HARMONIES)}", param_hint="--harmony")
    controls.check_usage(to, like, redo, earlier)
    options = TransferOptions(
        to, strength, parts_of(parts), melody != "drop", key, tempo, seed, takes, harmony=harmony,
        instruments=asked_instruments(instrument or ()), feel=feel, ornament=melody == "ornament",
        frame=Frame(count_in, intro, ending), level=level, energy=energy, enter=enter,
        density=by_part(density or (), "density"), register=by_part(register or (), "register"),
        figure=by_part(figure or (), "figure"), keep=parts_of(keep),
    )  # fmt: skip
    check_example(to, like is not None)
    if candidates:
        options = replace(options, candidates=candidates)
    files = song_files(songs)
    if cluster and len(files) == 1:
        raise typer.BadParameter("a cluster is for several songs", param_hint="--cluster")
    beside = Beside(picture, audio, soundfont, picture_svg)
    band = arranger(model, threads=None if len(files) == 1 else 1)
    band.check(options)
    name = controls.label(options, band, like, earlier)
    wish = Wish(
        options, beside, score or score_parts, earlier, keep_takes, as_json, quiet or as_json,
        score_parts,
    )  # fmt: skip
    make_folder(songs, files, output)
    outs = result_paths(files if earlier is None else [earlier] * len(files), name, output)
    made = [path for out in outs for path in wish.outputs(out)]
    if index:
        made.append(outs[0].with_name(LISTING))
        check_listing(made[-1])
    given = [path for path in (like, earlier, soundfont) if path]
    check_outputs(made, [*files, *given])
    wish = replace(wish, options=controls.completed(options, like, redo, earlier))
    jobs = list(zip(files, outs, strict=True))
    del band  # so that it can be let go of before sound is rendered
    if len(files) == 1:
        make_one(files[0], outs[0], model, wish)
        failed = 0
    else:
        failed = make_several(jobs, OneOfSeveral(model, wish), cluster)
    if index and any(out.is_file() for out in outs):
        _list(jobs, name, wish)
    if failed:
        sys.exit(1)


def _list(jobs: list[tuple[Path, Path]], name: str, wish: Wish) -> None:
    """Make the page of all results, of songs and where their first takes are."""
    with progress("listing", wish.quiet) as on_song:
        listed = [(file, path) for file, out in jobs for path in wish.takes(out)]
        page = write_listing(listed, name, on_song)
    if not wish.quiet:
        say(f"-> {page}")
