"""The commands for songs: transfer, lead."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from restyle.cli import controls
from restyle.cli.beside import Audio, Beside, Picture, PictureSvg, Soundfont, shown
from restyle.cli.listing import NAME as LISTING
from restyle.cli.listing import check_listing, write_listing
from restyle.cli.memory import let_go_of_models
from restyle.cli.outputs import check_outputs, make_folder, result_paths, shortened, song_files
from restyle.cli.scores import Score, ScoreParts, score_outputs, write_score
from restyle.cli.terminal import (
    AsJson,
    Quiet,
    complete_parts,
    complete_style,
    describe,
    progress,
    say,
    say_json,
    track_lines,
)

if TYPE_CHECKING:
    from restyle.options import TransferOptions
    from restyle.pipeline import Result


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
    from restyle.api import MELODIES, parts_of
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
        to,
        strength,
        parts_of(parts),
        melody != "drop",
        key,
        tempo,
        seed,
        takes,
        harmony=harmony,
        instruments=asked_instruments(instrument or ()),
        feel=feel,
        ornament=melody == "ornament",
        frame=Frame(count_in, intro, ending),
        level=level,
        energy=energy,
        enter=enter,
        density=by_part(density or (), "density"),
        register=by_part(register or (), "register"),
        figure=by_part(figure or (), "figure"),
        keep=parts_of(keep),
    )
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
    wish = _Wish(
        options,
        beside,
        score or score_parts,
        earlier,
        keep_takes,
        as_json,
        quiet or as_json,
        score_parts,
    )
    make_folder(songs, files, output)
    outs = result_paths(files if earlier is None else [earlier] * len(files), name, output)
    made = [path for out in outs for path in wish.outputs(out)]
    if index:
        made.append(outs[0].with_name(LISTING))
        check_listing(made[-1])
    given = [path for path in (like, earlier, soundfont) if path]
    check_outputs(made, [*files, *given])
    wish = replace(wish, options=controls.completed(options, like, redo, earlier))
    failed = 0
    jobs = list(zip(files, outs, strict=True))
    del band  # so that it can be let go of before sound is rendered
    if len(files) == 1:
        _transfer_one(files[0], outs[0], model, wish)
    else:
        failed = _transfer_many(jobs, _Alone(model, wish), cluster)
    if index and any(out.is_file() for out in outs):
        with progress("listing", wish.quiet) as on_song:
            listed = [(file, path) for file, out in jobs for path in wish.takes(out)]
            page = write_listing(listed, name, on_song)
        if not wish.quiet:
            say(f"-> {page}")
    if failed:
        sys.exit(1)


@dataclass(frozen=True)
class _Alone:
    """One song of several, in a process of its own."""

    model: Path | None
    wish: _Wish

    def __call__(self, file: Path, out: Path) -> None:
        _transfer_one(file, out, self.model, self.wish, alone=False)


def _transfer_many(jobs: list[tuple[Path, Path]], make: _Alone, cluster: str) -> int:
    """Make several songs; returns how many could not be made."""
    from restyle.cli.many import make_all

    failed = 0
    with progress("songs", make.wish.quiet) as on_song:
        for done, told in enumerate(make_all(jobs, make, cluster), start=1):
            print(told.said, end="", flush=True)
            if told.error:
                failed += 1
                say(f"restyle: {told.error}", file=sys.stderr)
            if on_song:
                on_song(done, len(jobs))
    return failed


@dataclass(frozen=True)
class _Wish:
    """What is wanted of every song."""

    options: TransferOptions
    beside: Beside
    score: bool
    earlier: Path | None
    keep_takes: bool
    as_json: bool
    quiet: bool
    parts_alone: bool = False

    def takes(self, out: Path) -> list[Path]:
        """Where the takes of a song go that are to be kept."""
        takes = self.options.takes if self.keep_takes else 1
        return [controls.take_path(out, number) for number in range(1, takes + 1)]

    def outputs(self, out: Path) -> list[Path]:
        """All files that a result is written to."""
        return [*self.takes(out), *self.beside.outputs(out), *score_outputs(out, self.score)]


def _transfer_one(
    file: Path, out: Path, model: Path | None, wish: _Wish, alone: bool = True
) -> None:
    """Make one song; where it is `alone`, how it goes is shown."""
    from restyle.pipeline import arranger
    from restyle.reading import open_kept, open_lead

    wish.beside.check(out)
    lead, heard = open_lead(file)
    if wish.options.keep and wish.options.earlier is None:
        own = open_kept(file, heard, wish.options.keep)
        wish = replace(wish, options=replace(wish.options, kept=own))
    if not wish.quiet:
        for line in describe(file, lead, heard):
            say(line)
    with progress("arranging", wish.quiet or not alone) as on_bar:
        band = arranger(model, threads=None if alone else 1)
        result = band.transfer(lead, wish.options, on_bar)
        del band
    if alone and wish.beside.plays(out):
        let_go_of_models()
    kept = result.takes if wish.keep_takes else result.takes[:1]
    paths = [controls.take_path(out, number) for number in range(1, len(kept) + 1)]
    for take, path in zip(kept, paths, strict=True):
        controls.write_take(take, result, path, wish.earlier, wish.beside, wish.quiet)
    rolls = [("the song", shown(lead, heard)), (f"in {result.style.name} style", result.song)]
    beside = wish.beside
    written = [*paths, *beside.write(rolls, out, wish.quiet)]
    written += write_score(
        result.song, out, wish.score, result.swing, file.stem, wish.quiet, wish.parts_alone
    )
    if wish.as_json:
        say_json(_as_json(file, result, written))
    elif not wish.quiet:
        for line in (*controls.take_lines(result), *result.notes):
            say(line)
        for path in written:
            say(f"-> {path}")


def _as_json(file: Path, result: Result, written: list[Path]) -> dict[str, Any]:
    best = result.takes[0]
    return {
        "song": str(file),
        "style": result.style.name,
        "written": [str(path) for path in written],
        "key": result.lead.key.name,
        "meter": result.lead.main_meter.name,
        "bpm": round(result.lead.tempos[0].bpm, 2),
        "bars": result.lead.bars,
        "parts": {part: len(notes) for part, notes in best.arrangement.parts.items()},
        "takes": [
            {**vars(take.measures), "score": round(take.measures.score, 4)} for take in result.takes
        ],
        "notes": list(result.notes),
    }


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
