"""The hand on the style, on the command line: examples, takes, bars anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from restyle.cli.outputs import shortened
from restyle.cli.terminal import progress
from restyle.errors import RestyleError

if TYPE_CHECKING:
    from restyle.cli.beside import Beside
    from restyle.options import TransferOptions
    from restyle.pipeline import Arranger, Result, Take

Like = Annotated[Path | None, typer.Option(help="A song to take the style from, in place of --to.")]
Redo = Annotated[str, typer.Option(help="Bars to make anew, as 9-16, or 9-16:piano; needs --from.")]
Keep = Annotated[
    str,
    typer.Option(
        help="Tracks of the song that stay as they are, as bass,drums or 2,5: see 'restyle lead'."
    ),
]
CountIn = Annotated[bool, typer.Option("--count-in", help="A bar of stick strokes before it.")]
Intro = Annotated[int, typer.Option(min=0, max=16, help="Bars of introduction.")]
Ending = Annotated[
    str, typer.Option(metavar="ritardando|fade|tag", help="How it ends; the last chord is held.")
]
Level = Annotated[
    str,
    typer.Option(
        metavar="easy|intermediate|full",
        help="How hard piano and guitar may be, and the key; with --instrument melody=piano the "
        "tune is in the right hand.",
    ),
]
Energy = Annotated[
    str, typer.Option(help="How full sections are played, 0 to 1, as A:0.4,B:0.9, or 0.7 for all.")
]
Enter = Annotated[str, typer.Option(help="Where parts come in, as drums:B or drums:17,strings:33.")]
Density = Annotated[
    list[str] | None,
    typer.Option(help="How densely a part plays, as piano=sparse or piano=4 (notes a bar)."),
]
Register = Annotated[
    list[str] | None, typer.Option(help="Where a part lies, as strings=high or piano=C3.")
]
Figure = Annotated[
    list[str] | None,
    typer.Option(help="What a part plays, as bass=walking, piano=arpeggio or drums=ride."),
]
Earlier = Annotated[
    Path | None, typer.Option("--from", help="The earlier result that --redo goes on from.")
]
Instruments = Annotated[
    list[str] | None,
    typer.Option(
        "--instrument",
        help="What a part plays on, as melody=trumpet or drums=brush; may be repeated.",
    ),
]
Feel = Annotated[
    float | None,
    typer.Option(
        min=0.0,
        max=1.0,
        help="0 exactly on the grid, 1 as players play; as the style's songs if not said.",
    ),
]
LORA_RATE = 3e-3
Candidates = Annotated[
    int,
    typer.Option(
        min=0, max=16, help="How often each phrase is played, for the best of it; 0: as usual."
    ),
]
KeepTakes = Annotated[bool, typer.Option("--keep-takes", help="Write all takes, not the best.")]


Parent = Annotated[
    Path | None,
    typer.Option(
        "--from",
        metavar="MODEL|shipped",
        help="A model to teach a style of your own, beside its own: 'shipped', or a folder.",
    ),
]
Adapters = Annotated[
    int, typer.Option(min=0, max=128, help="With --from: rank of adapters; 0 moves all weights.")
]


@dataclass(frozen=True)
class OwnStyle:
    """A style of one's own to learn, as the command line says it."""

    songs: Path
    parent: Path
    output: Path
    adapters: int
    steps: int | None
    rate: float | None
    seed: int


def learn(own: OwnStyle, as_json: bool, quiet: bool) -> None:
    """Learn a style of one's own, saying how it goes.

    Raises RestyleError for songs or a model that cannot be used.
    """
    from restyle.model.finetune import Progress, adapt
    from restyle.model.options import AdaptOptions
    from restyle.style.style import PRETRAINED

    parent = PRETRAINED if own.parent == Path("shipped") else own.parent
    plain = AdaptOptions()
    usual = LORA_RATE if own.adapters else plain.rate
    options = replace(
        plain,
        steps=own.steps or plain.steps,
        rate=own.rate or usual,
        adapters=own.adapters,
        seed=own.seed,
    )

    def at_once(line: str) -> None:  # for who follows a log
        print(line, flush=True)

    with ExitStack() as stack:
        on_step: Callable[[int, int], None] | None = None

        def begins(step: int) -> None:  # songs were heard, the nearest style was looked for
            nonlocal on_step
            on_step = stack.enter_context(progress("learning", quiet or as_json, step))

        def report(line: Progress) -> None:
            if on_step:
                on_step(line.step, options.steps)
            if as_json:
                print(json.dumps(vars(line)), flush=True)
            elif line.held_out is not None and not quiet:
                at_once(
                    f"step {line.step}: loss {line.loss:.3f}, held-out {line.held_out:.3f}, "
                    f"the other styles moved by {line.drift:.3f} nats a token"
                )

        said = {} if quiet or as_json else {"say": at_once}
        told = adapt(own.songs, parent, own.output, options, report, begins=begins, **said)
    (name,) = told["held_out"]
    keep_profiles(own.songs, own.output, parent)
    if not (quiet or as_json):
        print(
            f"{name}, learnt from {told['nearest']} in {told['seconds']:.0f} s, held-out loss "
            f"{told['held_out_before'][name]:.3f} before, {told['held_out'][name]:.3f} now "
            f"-> {own.output}"
        )


def keep_profiles(corpus: Path, output: Path, parent: Path | None = None) -> None:
    """Put the style profiles of a corpus beside a model, for takes to be ranked by."""
    import shutil

    from restyle.critic.likeness import FILE, profile_corpus
    from restyle.data.shards import open_corpus

    if parent is not None and (parent / FILE).is_file():
        shutil.copy(parent / FILE, output / FILE)
    profile_corpus(open_corpus(corpus_of(corpus, output)), output)


def corpus_of(songs: Path, output: Path) -> Path:
    """The corpus that a model in `output` was taught: made of the songs there, or the songs."""
    made = output / "corpus"
    return made if (made / "corpus.json").is_file() else songs


def check_usage(to: str, like: Path | None, redo: str, earlier: Path | None) -> None:
    """Raise BadParameter when no style is said, or bars anew lack their other half."""
    if bool(redo) != (earlier is not None):
        raise typer.BadParameter("--redo BARS and --from RESULT.mid go together")
    if not to and like is None and not redo:
        raise typer.BadParameter(
            "name a style, as in --to jazz, or give an example with --like", param_hint="--to"
        )


def completed(
    options: TransferOptions, like: Path | None, redo: str, earlier: Path | None
) -> TransferOptions:
    """The options with the example and the earlier result read."""
    from restyle.options import again
    from restyle.reading import open_example

    if like is not None:
        options = replace(options, like=open_example(like))
    if earlier is not None:
        options = again(options, redo, earlier)
    return options


def label(options: TransferOptions, band: Arranger, like: Path | None, earlier: Path | None) -> str:
    """What stands in the name of a result: the style, the example, or "redo"."""
    if earlier is not None:
        return "redo"
    if like is not None:
        return shortened(like.stem, 100)
    return shortened(band.style(options).name, 100)


def take_lines(result: Result) -> list[str]:
    """The measures of several takes, the best first, for people."""
    if len(result.takes) == 1:
        return []
    lines = [
        "take  liked  style profile  outside chord and scale  repeated bars  notes a bar  score"
    ]
    for number, take in enumerate(result.takes, 1):
        m = take.measures
        near = "-" if m.profile is None else f"{m.profile:.3f}"
        lines.append(
            f"{number:4}  {m.preference:5.2f}  {near:>13}  {m.outside:>23.1%}  "
            f"{m.repeated:>13.1%}  {m.density:>10.0%}*  {m.score:.3f}"
        )
    return [*lines, "* of what is usual in the style"]


def take_path(out: Path, number: int) -> Path:
    """Where take `number` goes: song.jazz.mid, song.jazz.take2.mid, ..."""
    return out if number == 1 else out.with_suffix(f".take{number}{out.suffix}")


def write_take(
    take: Take, result: Result, out: Path, earlier: Path | None, beside: Beside, quiet: bool = True
) -> None:
    """Write one take; bars anew into the bytes of the earlier file.

    Raises RestyleError when the file cannot be written, or the earlier one is no MIDI of ours.
    """
    from restyle.io.files import load, save

    if earlier is None or out.suffix.lower() not in (".mid", ".midi"):
        beside.write_song(take.song, out, result.swing, quiet)
        return
    from restyle.style.redo import redone

    if result.redone is None:
        raise RestyleError("There are no bars to make anew.")
    anew = redone(load(earlier), take.song, *result.redone, result.redone_parts)
    save(out, anew)
