"""The command that lists styles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from restyle.cli.terminal import AsJson, Quiet


def styles(
    model: Annotated[Path | None, typer.Option(help="A model folder of your own.")] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """The styles at hand, their bands and manners, what they were trained on, how well they do.

    Example: restyle styles --model exported
    """
    from restyle.style.manner import manners_of
    from restyle.style.style import PRETRAINED, load_styles

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
        band = (part if part == "drums" else player for part, player in style.band)
        print(f"  plays     {', '.join(band)}")
        print(f"  knows     {', '.join(style.known_parts)}")
        for manner, one in manners_of(style).items():
            low, high = one.tempos
            when = "" if one.typical else ", when asked for"
            tempos = f"{low:.0f} to {high:.0f} bpm"
            print(f"  manner    {name}/{manner}: {one.songs} songs, {tempos}{when}")
        sources = ", ".join(f"{count} {source}" for source, count in figures["sources"].items())
        print(f"  learnt    {figures['songs']} songs: {sources}")
        if "distinct" in figures:
            told, low, high = (round(100 * share) for share in figures["distinct"]["told"])
            near, pair = figures["distinct"]["neighbour"], figures["distinct"]["pair"]
            print(f"  distinct  told from the others in {told} % ({low} to {high}, chance 50), "
                  f"from {near} in {100 * pair:.0f} %")  # fmt: skip
        if name in losses:
            print(f"  held-out  {losses[name]:.2f} nats an arrangement token")
