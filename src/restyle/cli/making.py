"""Making the results of `transfer`: one song, or several side by side, as it was wished."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from restyle.cli import controls
from restyle.cli.beside import Beside, shown
from restyle.cli.memory import let_go_of_models
from restyle.cli.scores import score_outputs, write_score
from restyle.cli.terminal import describe, progress, say, say_json

if TYPE_CHECKING:
    from restyle.options import TransferOptions
    from restyle.pipeline import Result


@dataclass(frozen=True)
class Wish:
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


@dataclass(frozen=True)
class OneOfSeveral:
    """One song of several, in a process of its own."""

    model: Path | None
    wish: Wish

    def __call__(self, file: Path, out: Path) -> None:
        make_one(file, out, self.model, self.wish, alone=False)


def make_several(jobs: list[tuple[Path, Path]], make: OneOfSeveral, cluster: str) -> int:
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


def make_one(file: Path, out: Path, model: Path | None, wish: Wish, alone: bool = True) -> None:
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
