"""Broken and extreme files: does every one get its sentence, soon and in little memory?

Twelve small songs of our own in every format are mutated, bytes and structure (see
`tests/formats/mutations.py`), and each is read, taken for a lead sheet and heard in a process of
its own with limits. Counted are tracebacks (anything but a RestyleError), more than 10 seconds of
the processor, more than 500 MB beyond what the program itself takes.

    python benchmarks/fuzz.py                      # 1,600 mutations
    python benchmarks/fuzz.py --start 400 --count 200 --seed 7 --keep faults
    python benchmarks/fuzz.py --large              # valid files of 5 MB, and smaller ones
"""

from __future__ import annotations

import argparse
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "formats"))
from mutations import mutated, songs

from restyle.analysis import listen
from restyle.errors import RestyleError
from restyle.io import read, read_lead

SECONDS = 10
MEGABYTES = 500
_SENTENCE, _TRACEBACK, _MEMORY = 3, 4, 5


@dataclass(frozen=True)
class Outcome:
    """What came of one file."""

    kind: str
    """heard, sentence, traceback, time or memory."""
    seconds: float
    megabytes: float
    told: str = ""


def hear_file(file: Path) -> None:
    """What a command does with a file before it arranges."""
    if read_lead(file) is None:
        listen(read(file))
    else:
        read(file)


def apart(work: Callable[[], None], seconds: int = SECONDS, megabytes: int = MEGABYTES) -> Outcome:
    """Do something in a process of its own, within limits."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        os._exit(_child(work, writing, seconds, megabytes))
    os.close(writing)
    with os.fdopen(reading, errors="replace") as pipe:
        told = pipe.read()
    _, status, usage = os.wait4(child, 0)
    spent, used = usage.ru_utime + usage.ru_stime, max(usage.ru_maxrss / 1024 - before, 0)
    if os.WIFSIGNALED(status):
        cut = os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL, signal.SIGALRM)
        return Outcome("time" if cut else f"signal {os.WTERMSIG(status)}", spent, used, told)
    kinds = {0: "heard", _SENTENCE: "sentence", _TRACEBACK: "traceback", _MEMORY: "memory"}
    kind = kinds[os.WEXITSTATUS(status)]
    if kind in ("heard", "sentence") and used > megabytes:
        kind = "memory"
    return Outcome(kind, spent, used, told)


def _child(work: Callable[[], None], writing: int, seconds: int, megabytes: int) -> int:
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    limit = size + (megabytes + 200) * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    code, told = 0, ""
    try:
        work()
    except RestyleError as error:
        code, told = _SENTENCE, str(error)
    except MemoryError:
        code, told = _MEMORY, traceback.format_exc()
    except BaseException:
        code, told = _TRACEBACK, traceback.format_exc()
    with os.fdopen(writing, "w", errors="replace") as pipe:
        pipe.write(told[-4000:])
    return code


def fuzz(numbers: range, seed: int, keep: Path | None) -> Counter[str]:
    """Mutate and hear; the outcomes counted. Faults are kept in a folder, if one is named.

    Each number is a mutation of its own, the same whatever the others are.
    """
    base = songs()
    names = sorted(base)
    counts: Counter[str] = Counter()
    slowest, largest = 0.0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        for name in names:  # everything is loaded before processes are split off
            (Path(folder) / name).write_bytes(base[name])
            hear_file(Path(folder) / name)
        for i in numbers:
            name = names[i % len(names)]
            data = mutated(base[name], np.random.default_rng([seed, i]), most=20_000)
            file = Path(folder) / name
            file.write_bytes(data)
            outcome = apart(partial(hear_file, file))
            counts[outcome.kind] += 1
            slowest, largest = max(slowest, outcome.seconds), max(largest, outcome.megabytes)
            if outcome.kind not in ("heard", "sentence"):
                last = outcome.told.strip().splitlines()[-3:]
                print(
                    f"{i} {name} {len(data):,} bytes: {outcome.kind} {' / '.join(last)}", flush=True
                )
                if keep:
                    keep.mkdir(parents=True, exist_ok=True)
                    (keep / f"{i}.{name}").write_bytes(data)
    print(f"slowest {slowest:.1f} s, most memory {largest:.0f} MB")
    return counts


def large() -> None:
    """Valid files: seconds and megabytes by size."""
    base = songs()
    with tempfile.TemporaryDirectory() as folder:
        for name in ("lead0.mid", "lead0.musicxml", "lead0.abc", "kern.krn", "lead0.json"):
            for megabytes in (0.05, 0.5, 5):
                file = Path(folder) / name
                file.write_bytes(grown(name, base[name], int(megabytes * 1e6)))
                outcome = apart(partial(hear_file, file), 600, 8000)
                size = file.stat().st_size / 1e6
                print(
                    f"{name:16}{size:6.2f} MB  {outcome.kind:9}{outcome.seconds:7.1f} s"
                    f"{outcome.megabytes:7.0f} MB  {outcome.told[:120]}",
                    flush=True,
                )


def grown(name: str, data: bytes, size: int) -> bytes:
    """A valid file of about that size: the music of a small one again and again."""
    if name.endswith(".mid"):
        return _grown_midi(size)
    text = data.decode()
    if name.endswith(".musicxml"):
        begin, end = text.index("<measure", text.index("</measure>")), text.rindex("</part>")
        return (text[:begin] + text[begin:end] * (size // (end - begin) + 1) + text[end:]).encode()
    if name.endswith(".abc"):
        head, _, body = text.partition("\nK:")
        key, _, bars = body.partition("\n")
        bars = bars.replace("|]", "|")
        return (f"{head}\nK:{key}\n" + bars * (size // len(bars) + 1)).encode()
    if name.endswith(".krn"):
        begin, end = text.index("=1\t"), text.index("=2\t")
        return (text[:begin] + text[begin:end] * (size // (end - begin) + 1) + text[end:]).encode()
    rows = ",\n".join(
        f'{{"start": {i * 6}, "duration": 6, "pitch": {60 + i * 7 % 12}}}'
        for i in range(size // 44)
    )
    return (
        '{"format": "restyle lead sheet", "chords": [{"start": 0, "chord": "C"}],'
        f' "melody": [{rows}]}}'
    ).encode()


def _grown_midi(size: int) -> bytes:
    body = b"".join(
        bytes([0, 0x90, 48 + i * 7 % 32, 80, 60, 0x80, 48 + i * 7 % 32, 0])
        for i in range(size // 8)
    )
    body += b"\0\xff\x2f\0"
    head = b"MThd\0\0\0\6\0\0\0\1\0\x60"
    return head + b"MTrk" + len(body).to_bytes(4, "big") + body


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1600)
    parser.add_argument("--start", type=int, default=0, help="the number of the first")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="a folder for the files that were faults")
    parser.add_argument("--large", action="store_true")
    said = parser.parse_args()
    began = time.monotonic()
    if said.large:
        large()
        return
    counts = fuzz(range(said.start, said.start + said.count), said.seed, said.keep)
    print(", ".join(f"{n} {kind}" for kind, n in counts.most_common()))
    print(f"{said.count} files in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
