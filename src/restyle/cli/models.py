"""The commands for models of one's own: corpus, train, export."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from restyle.cli import controls
from restyle.cli.terminal import AsJson, Quiet, progress

if TYPE_CHECKING:
    from restyle.model.train import Report


def corpus(
    folders: Annotated[list[Path], typer.Argument(help="Folders of songs, one a style.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The corpus folder to make.")],
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; all cores if not said.")
    ] = None,
    cluster: Annotated[
        str, typer.Option(metavar="ADDRESS", help="A Dask scheduler, such as tcp://host:8786.")
    ] = "",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Songs sorted by style, heard and encoded, to train on.

    Example: restyle corpus songs/jazz songs/pop -o corpus
    """
    from restyle.data.build import build_corpus

    if cluster and workers:
        raise typer.BadParameter("say either --workers or --cluster", param_hint="--cluster")
    with progress("hearing", quiet or as_json) as on_song:
        summary = build_corpus(folders, output, workers, on_song, cluster)
    if as_json:
        print(json.dumps({"corpus": str(output), **vars(summary)}, default=str))
    if as_json or quiet:
        return
    for style, count in summary.songs.items():
        print(f"{style:12} {count} songs")
    for reason, count in summary.left_out.items():
        if count:
            print(f"left out     {count} {reason}")
    print(f"{summary.tokens:,} tokens in {summary.seconds:.0f} s -> {output}")


def train_arranger(
    corpus: Annotated[
        Path,
        typer.Argument(help="A corpus made by 'restyle corpus'; with --from a folder of songs."),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="The model folder to make.")],
    parent: controls.Parent = None,
    adapters: controls.Adapters = 0,
    steps: Annotated[int | None, typer.Option(min=1, help="2000; with --from 80.")] = None,
    batch: Annotated[int, typer.Option(min=1, help="Windows a step and process.")] = 8,
    context: Annotated[
        int, typer.Option(min=128, max=8192, help="Tokens of a window: what the model sees.")
    ] = 1024,
    size: Annotated[
        str, typer.Option(metavar="small|base", help="Small for a processor, base for a GPU.")
    ] = "small",
    rate: Annotated[
        float | None, typer.Option(help="Learning rate: 0.002; with --from 0.0005.")
    ] = None,
    label_smoothing: Annotated[
        float, typer.Option(min=0.0, max=0.5, help="Share of certainty taken off the targets.")
    ] = 0.0,
    patience: Annotated[
        int,
        typer.Option(
            min=0, help="End after so many held-out losses without a better one; 0: never."
        ),
    ] = 0,
    style: Annotated[
        list[str] | None, typer.Option(help="Only this style; can be given several times.")
    ] = None,
    start: Annotated[
        str, typer.Option(metavar="MODEL", help="Start from these weights, not at random.")
    ] = "",
    compile: Annotated[bool, typer.Option(help="Compile the model: a little faster.")] = False,
    rounded: Annotated[
        bool, typer.Option(help="Learn with weights rounded to 4 bits, as they ship.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0)] = 0,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Train an arranger; run it again after a kill and it goes on from its checkpoint.

    Example: restyle train arranger corpus -o model --steps 1000
    """
    from restyle.model.llama import SIZES
    from restyle.model.options import TrainOptions
    from restyle.model.train import train
    from restyle.model.windows import WindowOptions

    if parent is not None:
        own = controls.OwnStyle(corpus, parent, output, adapters, steps, rate, seed)
        controls.learn(own, as_json, quiet)
        return
    steps, rate = steps or 2000, rate or 2e-3
    if size not in SIZES:
        raise typer.BadParameter(f"choose from {', '.join(SIZES)}", param_hint="--size")
    options = TrainOptions(
        steps=steps, batch=batch, rate=rate, label_smoothing=label_smoothing, patience=patience,
        seed=seed, styles=tuple(style or ()), start=start, compile=compile, rounded=rounded,
        model=replace(SIZES[size], context=context), windows=WindowOptions(context=context),
    )  # fmt: skip
    main = os.environ.get("RANK", "0") == "0"  # of the processes that were launched together
    with progress("training", quiet or as_json or not main) as on_step:

        def report(line: Report) -> None:
            if on_step:
                on_step(line.step, steps)
            if as_json:
                print(json.dumps(vars(line)), flush=True)
            elif line.held_out and not quiet:
                losses = ", ".join(f"{s} {x:.3f}" for s, x in line.held_out.items())
                speed = line.tokens / max(line.seconds, 1e-9)
                print(
                    f"step {line.step}: loss {line.loss:.3f}, held-out {losses}; "
                    f"{line.tokens:,} tokens, {speed:,.0f} a second"
                )

        train(corpus, output, options, report)
    if main:
        controls.keep_profiles(corpus, output)


def export(
    model: Annotated[Path, typer.Argument(help="A model folder made by 'restyle train'.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder to make.")],
    precision: Annotated[
        str, typer.Option(metavar="int4|fp32", help="Of the weights; fp32 is to compare.")
    ] = "int4",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Make what 'transfer --model FOLDER' runs: the model as a small int4 graph.

    Example: restyle export model -o exported
    """
    from restyle.model.export import export as export_model

    if precision not in ("int4", "fp32"):
        raise typer.BadParameter("choose int4 or fp32", param_hint="--precision")
    export_model(model, output, precision)
    if as_json:
        print(json.dumps({"model": str(output), "precision": precision}))
    elif not quiet:
        print(f"-> {output}")
