"""Two builds of restyle side by side: CPU and wall seconds and memory of whole commands.

    python benchmarks/versus.py --old REV [--new HEAD] [--minutes 0.5 3] [--styles jazz pop]
                                [--seeds 2] [--candidates 4] [--cores N]
                                [--old-model FOLDER] [--new-model FOLDER]

Builds both revisions from git with pip, each into a folder of its own; what they depend on is this
environment's, and what this one lacks, or has in another version, is installed beside the build.
Then they take turns over the same songs (an example, over and over, at 120 a minute), styles and
seeds: `restyle transfer`, from a cold start to the written file. The number of candidates is asked
of the new build only (`--candidates`); an old one that does not know the option plays each phrase
as often as it does. Prints a row a song, and medians.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from statistics import median

from packaging.requirements import Requirement

from restyle.io import read
from song import EXAMPLE, repeated

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Build:
    """A revision that is installed in a folder."""

    name: str
    folder: Path
    options: tuple[str, ...]


@dataclass(frozen=True)
class Cost:
    """What one command took: seconds, seconds and megabytes."""

    cpu: float
    wall: float
    peak: float


def main() -> None:
    options = arguments()
    if options.cores:
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[: options.cores]))
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        builds = [
            built(options.old, "old", place, model_words(options.old_model)),
            built(
                options.new,
                "new",
                place,
                (*model_words(options.new_model), "--candidates", str(options.candidates)),
            ),
        ]
        print(f"cores: {len(os.sched_getaffinity(0))}, load before: {os.getloadavg()[0]:.1f}")
        print("| minutes | style | seed | CPU s, old | new | wall s, old | new | MB, old | new |")
        print("|---|---|---|---|---|---|---|---|---|")
        found = list(every_pair(builds, options, place))
    for what, of in {"CPU": "cpu", "wall": "wall", "memory": "peak"}.items():
        shares = [getattr(new, of) / getattr(old, of) for old, new in found]
        print(f"{what}: new takes {median(shares):.2f} of old (median of {len(shares)})")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--old", required=True, help="a git revision")
    parser.add_argument("--new", default="HEAD", help="a git revision")
    parser.add_argument("--minutes", type=float, nargs="+", default=[0.5, 3.0])
    parser.add_argument("--styles", nargs="+", default=["jazz", "pop", "classical"])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--candidates", type=int, default=4)
    parser.add_argument("--cores", type=int, default=0, help="bind both to so many cores")
    parser.add_argument("--old-model", type=Path, help="a model folder; the one that ships if not")
    parser.add_argument("--new-model", type=Path)
    return parser.parse_args()


def model_words(model: Path | None) -> tuple[str, ...]:
    return () if model is None else ("--model", str(model.absolute()))


def built(revision: str, name: str, place: Path, options: Sequence[str]) -> Build:
    """Install a revision into a folder under `place`, without what it depends on."""
    source, target = place / f"{name}-source", place / name
    source.mkdir()
    # through a file: a child's peak counts what its parent held when it was started, so hold little
    archive = place / f"{name}.tar"
    subprocess.run(["git", "-C", str(ROOT), "archive", "-o", str(archive), revision], check=True)
    subprocess.run(["tar", "-xf", str(archive), "-C", str(source)], check=True)
    install(target, [str(source)])
    before: list[str] = []
    while (
        wanted := lacking(target)
    ) and wanted != before:  # what is installed may need something itself
        install(target, wanted)
        before = wanted
    return Build(name, target, tuple(options))


def install(target: Path, what: Sequence[str]) -> None:
    words = ["install", "--quiet", "--no-deps", "--upgrade", "--target", str(target), *what]
    subprocess.run([sys.executable, "-m", "pip", *words], check=True)


def lacking(target: Path) -> list[str]:
    """What the packages in a folder need that is neither there nor in this environment."""
    wanted = set()
    for package in distributions(path=[str(target)]):
        for text in package.requires or ():
            need = Requirement(text)
            if need.marker is not None and not need.marker.evaluate({"extra": ""}):
                continue
            there = next(iter(distributions(name=need.name, path=[str(target), *sys.path])), None)
            if there is None or not need.specifier.contains(there.version, prereleases=True):
                wanted.add(f"{need.name}{need.specifier}")
    return sorted(wanted)


def every_pair(
    builds: Sequence[Build], options: argparse.Namespace, place: Path
) -> Iterator[tuple[Cost, Cost]]:
    """Old and new over every song, style and seed, in turns."""
    for minutes in options.minutes:
        song = place / f"{minutes}.mid"
        repeated(read(EXAMPLE), minutes).write(str(song))
        for style in options.styles:
            for seed in range(options.seeds):
                old, new = (cost(build, song, style, seed, place) for build in builds)
                cells = (
                    f"{old.cpu:.1f} | {new.cpu:.1f} | {old.wall:.1f} | {new.wall:.1f} | "
                    f"{old.peak:.0f} | {new.peak:.0f}"
                )
                print(f"| {minutes:g} | {style} | {seed} | {cells} |", flush=True)
                yield old, new


def cost(build: Build, song: Path, style: str, seed: int, place: Path) -> Cost:
    """What one command takes, with its children. Raises CalledProcessError when it fails."""
    words = ["transfer", str(song), "--to", style, "--seed", str(seed), "--quiet"]
    out = place / f"{build.name}.{style}.mid"
    command = [sys.executable, "-m", "restyle.cli", *words, "-o", str(out), *build.options]
    environment = {**os.environ, "PYTHONPATH": str(build.folder)}
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=place, env=environment)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024)


if __name__ == "__main__":
    main()
