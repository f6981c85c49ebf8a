"""Songs a minute of a folder, by cores: `restyle transfer FOLDER`, from a cold start.

    python benchmarks/batch.py [--songs 8] [--bars 16] [--style pop] [--cores 1 2]

The songs are lead sheets that `restyle compose --lead` writes, one a seed, at 120 a minute: 16 bars
of 4/4 are half a minute. Every line is a new process, bound to so many cores. Seconds by the clock
say nothing on a machine that does other work meanwhile; CPU seconds, of all processes together, do.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RESTYLE = (sys.executable, "-m", "restyle.cli")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--songs", type=int, default=8)
    parser.add_argument("--bars", type=int, default=16)
    parser.add_argument("--style", default="pop")
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 2])
    asked = parser.parse_args()
    there = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "songs"
        folder.mkdir()
        for seed in range(asked.songs):
            write_lead(folder / f"{seed}.musicxml", asked.style, asked.bars, seed)
        print(f"load before: {os.getloadavg()[0]:.1f}", flush=True)
        print("| cores | songs a minute | CPU seconds a song |")
        print("|---|---|---|")
        for cores in asked.cores:
            os.sched_setaffinity(0, there[:cores])
            wall, cpu = cost(folder, asked.style, Path(temporary) / f"made-{cores}")
            pace, each = 60 * asked.songs / wall, cpu / asked.songs
            print(f"| {cores} | {pace:.1f} | {each:.1f} |", flush=True)


def write_lead(path: Path, style: str, bars: int, seed: int) -> None:
    """A lead sheet of so many bars of 4/4 at 120 a minute."""
    words = ["compose", "--style", style, "--lead", "--bars", str(bars), "--meter", "4/4"]
    more = ["--tempo", "120", "--seed", str(seed), "--quiet", "-o", str(path)]
    subprocess.run([*RESTYLE, *words, *more], check=True)


def cost(folder: Path, style: str, made: Path) -> tuple[float, float]:
    """Seconds by the clock, and of the processors, to make all songs of a folder."""
    words = ["transfer", str(folder), "--to", style, "--seed", "1", "--quiet", "-o", str(made)]
    began = time.perf_counter()
    process = subprocess.Popen([*RESTYLE, *words])
    _, status, used = os.wait4(process.pid, 0)  # with the workers that it waited for
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return wall, used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
