"""The hand on the style, on the command line: examples, takes, bars anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from restyle.errors import RestyleError

if TYPE_CHECKING:
    from restyle.pipeline import Arranger, Result, Take, TransferOptions

Like = Annotated[Path | None, typer.Option(help="A song to take the style from, in place of --to.")]
Redo = Annotated[str, typer.Option(help="Bars to make anew, as 9-16; needs --from.")]
Earlier = Annotated[
    Path | None, typer.Option("--from", help="The earlier result that --redo goes on from.")
]
KeepTakes = Annotated[bool, typer.Option("--keep-takes", help="Write all takes, not the best.")]


def check_usage(to: str, like: Path | None, redo: str, earlier: Path | None) -> None:
    """Raise BadParameter when no style is said, or bars anew lack their other half."""
    if bool(redo) != (earlier is not None):
        raise typer.BadParameter("--redo BARS and --from RESULT.mid go together")
    if not to and like is None and not redo:
        raise typer.BadParameter("name a style, or give an example with --like", param_hint="--to")


def completed(
    options: TransferOptions, like: Path | None, redo: str, earlier: Path | None
) -> TransferOptions:
    """The options with the example and the earlier result read."""
    from dataclasses import replace

    from restyle.pipeline import again, open_example

    if like is not None:
        options = replace(options, like=open_example(like))
    if earlier is not None:
        options = again(options, redo, earlier)
    return options


def label(options: TransferOptions, band: Arranger, earlier: Path | None) -> str:
    """What stands in the name of a result: the style, the example, or "redo"."""
    from restyle.arranger.blend import style_of

    if earlier is not None:
        return "redo"
    if options.like is not None:
        return options.like.name
    return style_of(band.styles, options.to).name


def take_lines(result: Result) -> list[str]:
    """The measures of several takes, the best first, for people."""
    if len(result.takes) == 1:
        return []
    lines = ["take  style profile  outside chord and scale  repeated bars  notes a bar  score"]
    for number, take in enumerate(result.takes, 1):
        m = take.measures
        near = "-" if m.profile is None else f"{m.profile:.3f}"
        lines.append(
            f"{number:4}  {near:>13}  {m.outside:>23.1%}  {m.repeated:>13.1%}  "
            f"{m.density:>10.0%}*  {m.score:.3f}"
        )
    return [*lines, "* of what is usual in the style"]


def take_path(out: Path, number: int) -> Path:
    """Where take `number` goes: song.jazz.mid, song.jazz.take2.mid, ..."""
    return out if number == 1 else out.with_suffix(f".take{number}{out.suffix}")


def write_take(take: Take, result: Result, out: Path, earlier: Path | None) -> None:
    """Write one take; bars anew into the bytes of the earlier file.

    Raises RestyleError when the file cannot be written, or the earlier one is no MIDI of ours.
    """
    from restyle.formats import write
    from restyle.formats.files import load, save

    if earlier is None or out.suffix.lower() not in (".mid", ".midi"):
        write(take.song, out, swing=result.swing)
        return
    from restyle.arranger.redo import redone

    if result.redone is None:
        raise RestyleError("There are no bars to make anew.")
    save(out, redone(load(earlier), take.song, *result.redone))
