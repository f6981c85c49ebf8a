"""What real MIDI files are like: the share of files of folders that hold each kind of thing.

    python benchmarks/survey.py FOLDER... [--files N] [--seed S]

Counted from a file's raw events, so that it says what a reader has to be ready for, not what
restyle makes of it. Prints a table in Markdown, a column a folder, in per cent.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from pathlib import Path

import numpy as np

from restyle.errors import RestyleError
from restyle.io.midi.channels import raw_tracks
from restyle.io.midi.events import MidiFile, parse
from restyle.io.midi.settings import exclusive_modes

DAMAGED = "damaged, or cut short"
ROWS = (
    "format 0", "format 1", "rmid", "no key", "key C major only", "no meter", "meter changes",
    "no tempo", "more than 50 tempos", "no drums", "drums on a channel other than 10",
    "GS: channel 10 melodic", "XG", "no program at all", "program set in another track only",
    "several channels in one track", "a channel at volume 0 throughout",
    "one bend value other than centre, throughout", "bends that move", "lyric events",
    "karaoke text", "text utf-8", "text in another code page",
    "same note struck again while it sounds", "notes of length 0", "notes never ended",
    DAMAGED, "no notes",
)  # fmt: skip


def kinds(data: bytes) -> set[str]:
    """The rows of the table that hold for a file. Raises RestyleError for what is no MIDI file."""
    file = parse(data, "it")
    out = {f"format {file.kind}"} if data[:4] == b"MThd" else {"rmid"}
    played = [c for c in file.chunks if len(c.notes)]
    if not played:
        return out | {"no notes"}
    told = {
        "no key": not file.keys,
        "key C major only": bool(file.keys) and all(k[1:] == (0, 0) for k in file.keys),
        "no meter": not file.meters,
        "meter changes": len({m[1:] for m in file.meters}) > 1,
        "no tempo": not file.tempos,
        "more than 50 tempos": len(file.tempos) > 50,
        "XG": exclusive_modes(file.exclusive)[1],
        "several channels in one track": file.kind == 1
        and any(len(set((c.notes[:, 0] >> 7).tolist())) > 1 for c in played),
        "lyric events": any(kind == 5 for _, _, kind, _ in file.texts),
        "karaoke text": any(raw[:1] == b"@" for _, _, kind, raw in file.texts if kind == 1),
        "notes never ended": any(c.hanging for c in played),
        "notes of length 0": any((c.notes[:, 1] == c.notes[:, 2]).any() for c in played),
        "same note struck again while it sounds": any(_again(c.notes) for c in played),
        DAMAGED: any("damaged" in w for w in file.warnings),
    }
    return out | {row for row, holds in told.items() if holds} | _texts(file) | _channels(file)


def _again(notes: np.ndarray) -> bool:
    rows = notes[np.lexsort((notes[:, 1], notes[:, 0]))]
    same = rows[1:, 0] == rows[:-1, 0]
    return bool((same & (rows[1:, 1] < rows[:-1, 2])).any())


def _texts(file: MidiFile) -> set[str]:
    names = [text for c in file.chunks for text in (c.name, c.instrument)]
    out = set()
    for raw in (*names, *(raw for *_, raw in file.texts)):
        if not raw.isascii():
            try:
                raw.decode("utf-8")
                out.add("text utf-8")
            except UnicodeDecodeError:
                out.add("text in another code page")
    return out


def _channels(file: MidiFile) -> set[str]:
    settings = np.concatenate(
        [np.column_stack((c.settings, np.full(len(c.settings), c.number))) for c in file.chunks]
    )
    kind, channel = settings[:, 1] >> 4, settings[:, 1] & 15
    warnings: list[str] = []
    tracks = raw_tracks(file, warnings)
    out = {"no program at all"} if not (kind == 0xC).any() else set()
    on_ten = False
    for chunk in file.chunks:
        for own in set((chunk.notes[:, 0] >> 7).tolist()):
            on_ten |= own == 9
            set_by = set(settings[(kind == 0xC) & (channel == own), 4].tolist())
            if set_by and chunk.number not in set_by:
                out.add("program set in another track only")
            bends = settings[(kind == 0xE) & (channel == own)]
            values = {(int(b[3]) << 7) | int(b[2]) for b in bends}
            if len(values) == 1 and values != {0x2000}:
                out.add("one bend value other than centre, throughout")
    drums = sum(len(t.notes) for t in tracks if t.is_drum)
    ten = sum(int((c.notes[:, 0] >> 7 == 9).sum()) for c in file.chunks)
    modes = exclusive_modes(file.exclusive)[2]
    more = {
        "no drums": not drums,
        "drums on a channel other than 10": drums > ten,
        "GS: channel 10 melodic": on_ten and any(m.channel == 9 and not m.is_drum for m in modes),
        "a channel at volume 0 throughout": any("volume" in w or "silent" in w for w in warnings),
        "bends that move": any("bend" in w for w in warnings),
    }
    return out | {row for row, holds in more.items() if holds}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--files", type=int, default=0, help="so many of each, drawn by --seed")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    columns: list[tuple[str, int, Counter[str]]] = []
    for folder in given.folders:
        files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".mid", ".kar", ".rmi"))
        if given.files and len(files) > given.files:
            files = random.Random(given.seed).sample(files, given.files)
        count: Counter[str] = Counter()
        read = 0
        for path in files:
            try:
                count.update(kinds(path.read_bytes()))
                read += 1
            except RestyleError as error:
                print(f"refused: {path.name}: {error}")
        columns.append((folder.name, read, count))
    print("| | " + " | ".join(f"{name} ({read})" for name, read, _ in columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for row in ROWS:
        cells = [f"{100 * count[row] / max(read, 1):.1f}" for _, read, count in columns]
        print(f"| {row} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
