"""The command that measures: evaluate."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from restyle.cli.terminal import AsJson, Quiet, progress, say
from restyle.errors import RestyleError

if TYPE_CHECKING:
    from restyle.report.report import Report

_SHOWN = (
    "recognised", "of_two", "macro", "set_macro", "closer", "chroma", "chord_root", "melody_kept",
    "outside", "over_repetition", "structure_short", "structure_mid", "structure_long",
    "tune_in_range", "tune_above", "held_outside", "low_intervals", "short_notes", "fast_notes",
    "drum_distance", "drum_copies", "drum_strangers", "longest_shared", "known_runs", "seconds",
)  # fmt: skip


def evaluate(
    songs: Annotated[list[Path] | None, typer.Argument(help="Songs, or folders of them.")] = None,
    corpus: Annotated[
        Path | None, typer.Option(help="Measure on the held-out songs of this corpus.")
    ] = None,
    count: Annotated[
        int, typer.Option("--songs", min=1, help="How many held-out songs of the corpus.")
    ] = 60,
    bars: Annotated[
        int, typer.Option(min=0, help="Bars of each held-out song, from its beginning; 0: all.")
    ] = 32,
    to: Annotated[str, typer.Option("--to", help="Target styles, as jazz,pop; else all.")] = "",
    model: Annotated[Path | None, typer.Option(help="A model folder of your own.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same report.")] = 0,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; all cores if not said.")
    ] = None,
    without: Annotated[
        str, typer.Option(help="Leave mechanisms of the decoder out, as chord,tune.")
    ] = "",
    only: Annotated[str, typer.Option(help="Leave only these mechanisms in, as grammar.")] = "",
    mma: Annotated[bool, typer.Option(help="MMA's row, where it is installed.")] = True,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="report.html, or report.json for machines.")
    ] = Path("report.html"),
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """How good it is: restyles songs and measures what comes out, beside real songs.

    Example: restyle evaluate examples/auld-lang-syne.mid -o report.html
    """
    from restyle.arguments import parts_of
    from restyle.cli.outputs import song_files
    from restyle.io.files import check_output, save
    from restyle.report.page import page
    from restyle.report.report import Wish
    from restyle.report.report import evaluate as run

    kind = output.suffix.lower()
    if kind not in (".html", ".json"):
        raise RestyleError(f"{output.name}: a report can be written as .html or .json.")
    if songs and corpus is not None:
        raise typer.BadParameter("name songs or a corpus, not both", param_hint="--corpus")
    check_output(output)
    wish = Wish(
        files=tuple(song_files(songs or [])), corpus=corpus, songs=count, bars=bars,
        targets=parts_of(to), model=model, seed=seed, workers=workers or os.cpu_count() or 1,
        with_mma=mma, without=_mechanisms(without, "--without"), only=_mechanisms(only, "--only"),
    )  # fmt: skip
    with progress("evaluating", quiet or as_json) as on_song:
        report = run(wish, on_song)
    for line in report.data["unused"]:
        say(f"restyle: {line}", file=sys.stderr)
    text = report_json(report.data) if kind == ".json" else page(report)
    save(output, text.encode())
    if as_json:
        print(report_json(report.data), end="")
    elif not quiet:
        for line in summary(report):
            print(line)
        print(f"-> {output}")
    if report.data["unused"]:
        sys.exit(1)


def _mechanisms(text: str, option: str) -> tuple[str, ...]:
    """Names of mechanisms, as chord,tune; the grammar always holds."""
    from restyle.arguments import parts_of
    from restyle.decoding.job import DecodeOptions

    names = parts_of(text)
    try:
        DecodeOptions(without=names if option == "--without" else (), only=names)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error
    return names


def report_json(data: dict[str, Any]) -> str:
    """The report for machines."""
    import json

    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def summary(report: Report) -> list[str]:
    """The chief figures, over all target styles, a line for each."""
    from restyle.metrics.measures import MEASURES

    table = report.data["tables"]["all"]
    kinds = list(table)
    count = len(report.data["songs"])
    lines = [f"{f'{count} songs' if count > 1 else 'one song (n = 1)':54}"
             + "".join(f"{kind:>10}" for kind in kinds)]  # fmt: skip
    for measure in MEASURES:
        if measure.name in _SHOWN and any(measure.name in table[kind] for kind in kinds):
            cells = [table[kind].get(measure.name, {}).get("mean") for kind in kinds]
            said = "".join(f"{'' if c is None else format(c, '.3f'):>10}" for c in cells)
            lines.append(f"{measure.title:54}{said}")
    return lines
