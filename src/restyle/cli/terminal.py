"""What the commands share: options, progress, and what was heard in words."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

if TYPE_CHECKING:
    from restyle.analysis import Heard
    from restyle.music.lead import LeadSheet

EVERY = 15.0
"""Seconds between lines of progress where stderr is no terminal."""
MOSTLY = 0.9
"""Share of a track's notes that are the melody, from which on the track is the melody."""
Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object for each result.")]


def say(line: str, file: TextIO | None = None) -> None:
    """Print a line; what a terminal cannot show of it (a file's name may hold it) is spelled out.

    Control characters would act on the terminal, or make two lines of one.
    """
    print(printable(line), file=file)


def printable(text: str) -> str:
    """Text in which nothing but printable characters is left: "\\x1b" for an escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def say_json(data: Any) -> None:
    """Print an object as JSON, in letters that the terminal has."""
    text = json.dumps(data, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(data)
    print(text)


def describe(file: Path, lead: LeadSheet, heard: Heard | None) -> list[str]:
    """What was heard of a song, for people: a line for each thing."""
    if heard is not None and heard.report:
        return [f"{file.name}", *(f"  {line}" for line in (*heard.report, *heard.song.warnings))]
    meters = " ".join(dict.fromkeys(meter.name for meter in lead.meters))
    return [
        f"{file.name}: a lead sheet, taken at its word",
        f"  {lead.key.name}, {meters}, {lead.tempos[0].bpm:.0f} quarter notes a minute, "
        f"{lead.bars} bars, {len(lead.melody)} melody notes, {len(lead.chords)} chords",
    ]


def track_lines(heard: Heard) -> list[str]:
    """The tracks with the numbers that `--keep` takes, and where the melody is."""
    from restyle.style.named_tracks import track_line

    lines = []
    for number, (track, sung) in enumerate(zip(heard.song.tracks, heard.melody, strict=True), 1):
        tune = ", the melody" if sung.mean() > MOSTLY else ", has the melody" if sung.any() else ""
        lines.append(f"  {number:>3}  {track_line(track)}, {len(track.notes)} notes{tune}")
    return lines


def complete_style(incomplete: str) -> list[str]:
    """The styles that begin so, for the shell's tab key; of a blend, its last one."""
    from restyle.style.manner import manners_of
    from restyle.style.style import PRETRAINED, load_styles

    before, comma, last = incomplete.rpartition(",")
    names: list[str] = []
    for name, style in load_styles(PRETRAINED).items():
        names.append(name)
        if "/" in last:
            names += [f"{name}/{manner}" for manner in manners_of(style)]
    return [before + comma + name for name in names if name.startswith(last)]


def complete_parts(incomplete: str) -> list[str]:
    """The parts that can come next in a list such as "piano,ba", for the shell's tab key."""
    from restyle.music.classes import PARTS

    before, comma, last = incomplete.rpartition(",")
    return [before + comma + part for part in PARTS if part.startswith(last)]


@contextmanager
def working(what: str, quiet: bool) -> Iterator[None]:
    """A sign of life on stderr for work of unknown length; nothing when quiet or not watched."""
    from rich.console import Console

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield
        return
    with console.status(what):
        yield


def watched() -> bool:
    """Whether somebody looks at stderr: it is a terminal, no file and no pipe."""
    from rich.console import Console

    return Console(stderr=True).is_terminal


class _Lines:
    """Progress for who reads a log: a line every `EVERY` seconds, with the time left."""

    def __init__(self, what: str, begins: int = 0):
        self._what, self._begins, self._begun = what, begins, time.monotonic()
        self._told = self._begun

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._told < EVERY or not self._begins < done < total:
            return
        self._told = now
        left = (now - self._begun) / (done - self._begins) * (total - done)
        said = f"{left:.0f} s" if left < 90 else f"{left / 60:.0f} minutes"
        say(f"{self._what}: {done} of {total}, about {said} left", file=sys.stderr)


@contextmanager
def progress(
    what: str, quiet: bool, begins: int = 0
) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on stderr, with the time left; where that is no terminal a line now and then;
    nothing when quiet. `begins` is what was done earlier."""
    if quiet:
        yield None
        return
    if not watched():
        yield _Lines(what, begins)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(
        *columns, TimeRemainingColumn(elapsed_when_finished=True), console=Console(stderr=True)
    )
    task = bar.add_task(what, total=None)

    def update(done: int, total: int) -> None:
        bar.start()  # only now: what is refused at once needs no bar above its sentence
        bar.update(task, completed=done, total=total)

    try:
        yield update
    finally:
        if bar.live.is_started:
            bar.stop()
