"""The command line: `restyle transfer`, `lead`, `styles`, `corpus`, `train`, `export`.

Exit status: 0 done; 1 could not (one line on stderr, no traceback); 2 wrong usage.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from restyle.errors import RestyleError

if TYPE_CHECKING:
    from restyle.arranger.train import Report
    from restyle.hearing import Heard
    from restyle.lead import LeadSheet
    from restyle.pipeline import Result, TransferOptions

app = typer.Typer(
    help="Any song, any style: the same song as classical, pop or jazz.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
train_app = typer.Typer(help="Train a model of your own.", no_args_is_help=True)
app.add_typer(train_app, name="train")

Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object for each result.")]
MUSIC = (".mid", ".midi", ".kar", ".musicxml", ".xml", ".mxl", ".abc", ".krn", ".json")


def main() -> None:
    """The console script: our errors become one line on stderr and exit status 1."""
    try:
        app()
    except RestyleError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        _fail("Stopped.")
    except BrokenPipeError:  # the reader of our output has gone, as after "| head"
        sys.exit(1)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in _EXTRAS:
            raise
        _fail(f"This needs {error.name}: install it with pip install 'restyle[train]'.")


_EXTRAS = ("torch", "transformers", "accelerate", "safetensors", "onnx", "onnxruntime_genai")


def _fail(sentence: str) -> None:
    print(f"restyle: {sentence}", file=sys.stderr)
    sys.exit(1)


@app.command()
def transfer(
    songs: Annotated[list[Path], typer.Argument(help="Songs, lead sheets, or folders of them.")],
    to: Annotated[str, typer.Option("--to", help="The style: see 'restyle styles'.")],
    strength: Annotated[
        float, typer.Option(min=0.0, max=4.0, help="0 neutral, 1 the style, above exaggerates.")
    ] = 1.0,
    parts: Annotated[str, typer.Option(help="Exactly these parts, as piano,bass,drums.")] = "",
    melody: Annotated[str, typer.Option(help="keep or drop the song's melody.")] = "keep",
    key: Annotated[str, typer.Option(help="Move the song to this key, as Eb or Am.")] = "",
    tempo: Annotated[float | None, typer.Option(help="Quarter notes a minute.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 0,
    takes: Annotated[int, typer.Option(min=1, max=64, help="Make several, keep the best.")] = 1,
    model: Annotated[Path | None, typer.Option(help="A model folder of your own.")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Where to write (.mid or .musicxml).")
    ] = None,
    picture: Annotated[bool, typer.Option(help="A piano roll beside it, as .png.")] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """The same song in another style.

    Example: restyle transfer examples/auld-lang-syne.mid --to jazz --seed 1
    """
    from restyle.pipeline import TransferOptions, arranger

    if melody not in ("keep", "drop"):
        raise typer.BadParameter("say keep or drop", param_hint="--melody")
    chosen = tuple(part.strip().lower() for part in parts.split(",") if part.strip())
    options = TransferOptions(to, strength, chosen, melody == "keep", key, tempo, seed, takes)
    files = _song_files(songs)
    band = arranger(model)
    failed = 0
    for file in files:
        out = _result_path(file, to, output, len(files))
        try:
            _transfer_one(file, out, band, options, picture, as_json, quiet)
        except RestyleError as error:
            if len(files) == 1:
                raise
            failed += 1  # one bad song does not keep the others from being done
            print(f"restyle: {error}", file=sys.stderr)
    if failed:
        sys.exit(1)


def _transfer_one(
    file: Path, out: Path, band: Any, options: TransferOptions, picture: bool, as_json: bool,
    quiet: bool,
) -> None:  # fmt: skip
    from restyle.formats import write
    from restyle.formats.files import check_output
    from restyle.pipeline import open_lead

    check_output(out)
    lead, heard = open_lead(file)
    quiet = quiet or as_json
    if not quiet:
        for line in describe(file, lead, heard):
            print(line)
    with _progress(f"{options.to}", quiet) as on_bar:
        result: Result = band.transfer(lead, options, on_bar)
    write(result.song, str(out))
    written = [out]
    if picture:
        written.append(_draw(result, heard, out))
    if as_json:
        print(json.dumps(_as_json(file, result, written), ensure_ascii=False))
    elif not quiet:
        for note in result.notes:
            print(note)
        for path in written:
            print(f"-> {path}")


def _draw(result: Result, heard: Heard | None, out: Path) -> Path:
    from restyle.formats.picture import draw
    from restyle.lead import lead_song

    path = out.with_suffix(".png")
    base = heard.song if heard else lead_song(result.lead)
    draw([("the song", base), (f"in {result.style.name} style", result.song)], path)
    return path


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


def describe(file: Path, lead: LeadSheet, heard: Heard | None) -> list[str]:
    """What was heard of a song, for people: a line for each thing."""
    if heard is not None and heard.report:
        return [f"{file.name}", *(f"  {line}" for line in heard.report)]
    meters = " ".join(dict.fromkeys(meter.name for meter in lead.meters))
    return [
        f"{file.name}: a lead sheet, taken at its word",
        f"  {lead.key.name}, {meters}, {lead.tempos[0].bpm:.0f} bpm, {lead.bars} bars, "
        f"{len(lead.melody)} melody notes, {len(lead.chords)} chords",
    ]


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
    if output.is_dir():
        return output / name
    if count > 1:
        raise RestyleError(f"{count} songs need a folder: {output} is not one that exists.")
    return output if output.suffix else output.with_name(output.name + ".mid")


@contextmanager
def _progress(what: str, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on stderr, with the time left; nothing when quiet."""
    if quiet:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@app.command()
def lead(
    song: Annotated[Path, typer.Argument(help="A song in any format we read.")],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help=".musicxml, .abc, .json or .mid")
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """What was heard: meter, key, tempo, chords and melody, to mend and give back to transfer.

    Example: restyle lead song.mid -o song.lead.musicxml
    """
    from restyle.chart import chord_chart
    from restyle.formats import write_lead
    from restyle.formats.files import check_output
    from restyle.formats.lead_json import lead_to_json
    from restyle.pipeline import open_lead

    if output is not None:
        check_output(output)
    sheet, heard = open_lead(song)
    if output is not None:
        write_lead(sheet, output)
    if as_json:
        print(lead_to_json(sheet))
    elif not quiet:
        for line in [*describe(song, sheet, heard), *chord_chart(sheet)]:
            print(line)
        if output is not None:
            print(f"-> {output}")


@app.command()
def styles(
    model: Annotated[Path | None, typer.Option(help="A model folder of your own.")] = None,
    as_json: AsJson = False,
) -> None:
    """The styles at hand, their parts, what they were trained on, how well they do."""
    from restyle.arranger.style import load_styles
    from restyle.pipeline import PRETRAINED

    folder = model or PRETRAINED
    found = load_styles(folder)
    if as_json:
        print(json.dumps({name: style.figures for name, style in found.items()}, indent=1))
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


@app.command()
def corpus(
    folders: Annotated[list[Path], typer.Argument(help="Folders of songs, one a style.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The corpus folder to make.")],
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; all cores if not said.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Songs sorted by style, heard and encoded, to train on.

    Example: restyle corpus songs/jazz songs/pop -o corpus
    """
    from restyle.corpus.build import build_corpus

    with _progress("hearing", quiet) as on_song:
        summary = build_corpus(folders, output, workers, on_song)
    if quiet:
        return
    for style, count in summary.songs.items():
        print(f"{style:12} {count} songs")
    for reason, count in summary.left_out.items():
        if count:
            print(f"left out     {count} {reason}")
    print(f"{summary.tokens:,} tokens in {summary.seconds:.0f} s -> {output}")


@train_app.command("arranger")
def train_arranger(
    corpus: Annotated[Path, typer.Argument(help="A corpus made by 'restyle corpus'.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The model folder to make.")],
    steps: Annotated[int, typer.Option(min=1)] = 2000,
    batch: Annotated[int, typer.Option(min=1, help="Windows a step and process.")] = 8,
    size: Annotated[str, typer.Option(help="small (5 M parameters) or base (15 M).")] = "small",
    rate: Annotated[float, typer.Option(help="Learning rate.")] = 2e-3,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    quiet: Quiet = False,
) -> None:
    """Train an arranger; run it again after a kill and it goes on from its checkpoint.

    Example: restyle train arranger corpus -o model --steps 1000
    """
    from restyle.arranger.model import SIZES
    from restyle.arranger.train import TrainOptions, train

    if size not in SIZES:
        raise typer.BadParameter(f"choose from {', '.join(SIZES)}", param_hint="--size")
    options = TrainOptions(steps=steps, batch=batch, rate=rate, seed=seed, model=SIZES[size])
    with _progress("training", quiet) as on_step:

        def report(line: Report) -> None:
            if on_step:
                on_step(line.step, steps)
            if line.held_out and not quiet:
                losses = ", ".join(f"{s} {x:.3f}" for s, x in line.held_out.items())
                print(f"step {line.step}: loss {line.loss:.3f}, held-out {losses}")

        train(corpus, output, options, report)


@app.command()
def export(
    model: Annotated[Path, typer.Argument(help="A model folder made by 'restyle train'.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder to make.")],
    precision: Annotated[str, typer.Option(help="int4, or fp32 to compare.")] = "int4",
) -> None:
    """Make what 'transfer --model FOLDER' runs: the model as a small int4 graph."""
    from restyle.arranger.export import export as export_model

    if precision not in ("int4", "fp32"):
        raise typer.BadParameter("choose int4 or fp32", param_hint="--precision")
    export_model(model, output, precision)
    print(f"-> {output}")


if __name__ == "__main__":
    main()
