"""The commands for songs: transfer, lead, styles."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from restyle.cli import controls
from restyle.cli.beside import Audio, Beside, Picture, PictureSvg, Soundfont, shown
from restyle.cli.scores import Score, check_score, write_score
from restyle.cli.terminal import (
    AsJson,
    Quiet,
    complete_parts,
    complete_style,
    describe,
    progress,
)
from restyle.errors import RestyleError

if TYPE_CHECKING:
    from restyle.options import TransferOptions
    from restyle.pipeline import Arranger, Result

MUSIC = (".mid", ".midi", ".kar", ".musicxml", ".xml", ".mxl", ".abc", ".krn", ".json")
WRITTEN = (".mid", ".midi", ".kar", ".musicxml", ".xml")


def transfer(
    songs: Annotated[list[Path], typer.Argument(help="Songs, lead sheets, or folders of them.")],
    to: Annotated[
        str,
        typer.Option(
            "--to",
            help="The style, or a blend as jazz:0.7,pop:0.3: see 'restyle styles'.",
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
    melody: Annotated[str, typer.Option(help="keep or drop the song's melody.")] = "keep",
    harmony: Annotated[
        str, typer.Option(help="keep the chords, enrich them, or reharmonise the song.")
    ] = "enrich",
    key: Annotated[str, typer.Option(help="Move the song to this key, as Eb or Am.")] = "",
    tempo: Annotated[float | None, typer.Option(help="Quarter notes a minute.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 0,
    takes: Annotated[int, typer.Option(min=1, max=64, help="Make several, keep the best.")] = 1,
    candidates: controls.Candidates = 0,
    keep_takes: controls.KeepTakes = False,
    redo: controls.Redo = "",
    earlier: controls.Earlier = None,
    model: Annotated[Path | None, typer.Option(help="A model folder of your own.")] = None,
    cluster: Annotated[
        str, typer.Option(help="Several songs on the Dask cluster whose scheduler is there.")
    ] = "",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Where to write (.mid or .musicxml).")
    ] = None,
    picture: Picture = False,
    picture_svg: PictureSvg = False,
    audio: Audio = False,
    score: Score = False,
    soundfont: Soundfont = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """The same song in another style.

    Example: restyle transfer examples/auld-lang-syne.mid --to jazz --seed 1
    """
    from restyle.options import TransferOptions
    from restyle.pipeline import arranger
    from restyle.style.harmony import HARMONIES

    if melody not in ("keep", "drop"):
        raise typer.BadParameter("say keep or drop", param_hint="--melody")
    chosen = tuple(part.strip().lower() for part in parts.split(",") if part.strip())
    if harmony not in HARMONIES:
        raise typer.BadParameter(f"choose from {', '.join(HARMONIES)}", param_hint="--harmony")
    controls.check_usage(to, like, redo, earlier)
    options = TransferOptions(
        to, strength, chosen, melody == "keep", key, tempo, seed, takes, harmony=harmony
    )
    if candidates:
        options = replace(options, candidates=candidates)
    files = _song_files(songs)
    if cluster and len(files) == 1:
        raise typer.BadParameter("a cluster is for several songs", param_hint="--cluster")
    beside = Beside(picture, audio, soundfont, picture_svg)
    band = arranger(model, threads=None if len(files) == 1 else 1)
    options = controls.completed(options, like, redo, earlier)
    name = controls.label(options, band, earlier)
    wish = _Wish(options, beside, score, earlier, keep_takes, as_json, quiet or as_json)
    jobs = [(file, _result_path(earlier or file, name, output, len(files))) for file in files]
    if len(jobs) == 1:
        _transfer_one(*jobs[0], band, wish)
    elif _transfer_many(jobs, _Alone(model, wish), cluster):
        sys.exit(1)


@dataclass(frozen=True)
class _Alone:
    """One song of several, in a process of its own."""

    model: Path | None
    wish: _Wish

    def __call__(self, file: Path, out: Path) -> None:
        from restyle.pipeline import arranger

        _transfer_one(file, out, arranger(self.model, threads=1), self.wish, alone=False)


def _transfer_many(jobs: list[tuple[Path, Path]], make: _Alone, cluster: str) -> int:
    """Make several songs; returns how many could not be made."""
    from restyle.cli.many import make_all

    failed = 0
    with progress("songs", make.wish.quiet) as on_song:
        for done, told in enumerate(make_all(jobs, make, cluster), start=1):
            print(told.said, end="", flush=True)
            if told.error:
                failed += 1
                print(f"restyle: {told.error}", file=sys.stderr)
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


def _transfer_one(file: Path, out: Path, band: Arranger, wish: _Wish, alone: bool = True) -> None:
    """Make one song; how it goes is shown where it is `alone`."""
    from restyle.io.files import check_output
    from restyle.reading import open_lead

    check_output(out)
    wish.beside.check(out)
    check_score(out, wish.score)
    lead, heard = open_lead(file)
    if not wish.quiet:
        for line in describe(file, lead, heard):
            print(line)
    with progress("arranging", wish.quiet or not alone) as on_bar:
        result = band.transfer(lead, wish.options, on_bar)
    kept = result.takes if wish.keep_takes else result.takes[:1]
    paths = [controls.take_path(out, number) for number in range(1, len(kept) + 1)]
    for take, path in zip(kept, paths, strict=True):
        controls.write_take(take, result, path, wish.earlier)
    rolls = [("the song", shown(lead, heard)), (f"in {result.style.name} style", result.song)]
    beside = wish.beside
    written = [*paths, *beside.write(rolls, out, wish.quiet)]
    written += write_score(result.song, out, wish.score, result.swing, file.stem, wish.quiet)
    if wish.as_json:
        print(json.dumps(_as_json(file, result, written), ensure_ascii=False))
    elif not wish.quiet:
        for line in (*controls.take_lines(result), *result.notes):
            print(line)
        for path in written:
            print(f"-> {path}")


def _as_json(file: Path, result: Result, written: list[Path]) -> dict[str, Any]:
    best = result.takes[0]
    return {
        "song": str(file),
        "style": result.style.name,
        "written": [str(path) for path in written],
        "key": result.lead.key.name,
        "meter": result.lead.meters[0].name,
        "bpm": round(result.lead.tempos[0].bpm, 2),
        "bars": result.lead.bars,
        "parts": {part: len(notes) for part, notes in best.arrangement.parts.items()},
        "takes": [
            {**vars(take.measures), "score": round(take.measures.score, 4)} for take in result.takes
        ],
        "notes": list(result.notes),
    }


def _song_files(songs: list[Path]) -> list[Path]:
    """The files named, and those in the folders named."""
    files: list[Path] = []
    for song in songs:
        if song.is_dir():
            inside = sorted(f for f in song.iterdir() if f.suffix.lower() in MUSIC)
            if not inside:
                raise RestyleError(f"There are no songs in the folder {song}.")
            files += inside
        else:
            files.append(song)
    return files


def _result_path(file: Path, style: str, output: Path | None, count: int) -> Path:
    """Where a result goes: the file asked for, or <song>.<style>.mid in the folder asked for."""
    name = f"{file.stem}.{style}.mid"
    if output is None:
        return Path(name)
    if output.suffix and output.suffix.lower() not in WRITTEN and not output.is_dir():
        raise RestyleError(f"{output.name}: a song can be written as .mid or .musicxml.")
    if output.is_dir():
        return output / name
    if count > 1:
        raise RestyleError(f"{count} songs need a folder: {output} is not one that exists.")
    return output if output.suffix else output.with_name(output.name + ".mid")


def lead(
    song: Annotated[Path, typer.Argument(help="A song in any format we read.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help=".musicxml, .abc, .json or .mid")
    ] = None,
    picture: Picture = False,
    picture_svg: PictureSvg = False,
    audio: Audio = False,
    score: Score = False,
    soundfont: Soundfont = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """What was heard: meter, key, tempo, chords and melody, to mend and give back to transfer.

    Example: restyle lead song.mid -o song.lead.musicxml
    """
    from restyle.io import write_lead
    from restyle.io.charts.chart import chord_chart
    from restyle.io.files import check_output
    from restyle.io.leads.json import lead_to_json
    from restyle.music.lead import played
    from restyle.reading import open_lead

    stem = output or Path(f"{song.stem}.lead.mid")
    beside = Beside(picture, audio, soundfont, picture_svg)
    if output is not None:
        check_output(output)
    beside.check(stem)
    check_score(stem, score)
    sheet, heard = open_lead(song)
    written = [] if output is None else [output]
    if output is not None:
        write_lead(sheet, output)
    rolls = [("the song", shown(sheet, heard))] if heard else []
    silent = quiet or as_json
    written += beside.write([*rolls, ("lead sheet", played(sheet))], stem, silent)
    written += write_score(sheet, stem, score, title=song.stem, quiet=silent)
    if as_json:
        print(lead_to_json(sheet))
    elif not quiet:
        for line in [*describe(song, sheet, heard), *chord_chart(sheet)]:
            print(line)
        for path in written:
            print(f"-> {path}")


def styles(
    model: Annotated[Path | None, typer.Option(help="A model folder of your own.")] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """The styles at hand, their parts, what they were trained on, how well they do.

    Example: restyle styles --model exported
    """
    from restyle.pipeline import PRETRAINED
    from restyle.style.style import load_styles

    folder = model or PRETRAINED
    found = load_styles(folder)
    if as_json:
        print(json.dumps({name: style.figures for name, style in found.items()}, indent=1))
    if as_json or quiet:  # quiet: the exit status says whether there is a model
        return
    card = folder / "training.json"
    losses = json.loads(card.read_text(encoding="utf-8"))["held_out"] if card.is_file() else {}
    for name, style in found.items():
        figures = style.figures
        print(name)
        print(f"  plays     {', '.join(style.parts)}")
        print(f"  knows     {', '.join(style.known_parts)}")
        sources = ", ".join(f"{count} {source}" for source, count in figures["sources"].items())
        print(f"  learnt    {figures['songs']} songs: {sources}")
        if name in losses:
            print(f"  held-out  {losses[name]:.2f} nats an arrangement token")
