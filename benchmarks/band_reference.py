"""What real songs do as bands: the measures of `metrics/sounded.py` by style, and their drum keys.

    python benchmarks/band_reference.py SONGS [--each 100] [--jobs 2] [--out FILE] [--only-balance]

SONGS is a folder with MANIFEST.csv (columns path, style). Of each style `--each` songs, spread over
its list, are heard and measured; means with 95 % bootstrap intervals go to
pretrained/evaluation/band.json, where `restyle evaluate` and the balance of results find them.
How far the tune is above the band is measured on all songs whose tracks say which is the tune
("Melody", "Lead Vocal"), as it sounds: velocity times the channel's volume over 100. Drum keys are
counted with one key for one thing (`canonical_drums`), each song as heavy as another.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import symusic

from restyle.analysis import listen
from restyle.errors import RestyleError
from restyle.io import read
from restyle.metrics.ensemble import jensen_shannon, key_counts
from restyle.metrics.sounded import EVEN, band_figures, sounded_real
from restyle.report.summary import interval

OUT = Path(__file__).parent.parent / "src" / "restyle" / "pretrained" / "evaluation" / "band.json"
LEAST_STROKES = 50
TUNE = re.compile(r"melod|vocal|vox|\bvoice|\bsing|canto|\bvoc", re.I)
NOT_TUNE = re.compile(r"back|bkg|choir|harm|bgv|oohs|aahs|2", re.I)
FEW = 20
"""Notes of a track below which it says nothing."""
LEAST_NAMED = 10
"""Songs of a style that name their tune, below which what is heard as the tune counts."""
VOLUME = 7
SKIPPED = ("unsorted",)
FEWEST_KEYS = 0.0005
"""Share of strokes below which a drum key is not worth its line."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("songs", type=Path)
    parser.add_argument("--each", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--only-balance", action="store_true", help="the rest stays as it is")
    options = parser.parse_args()
    by_style: dict[str, list[Path]] = defaultdict(list)
    with (options.songs / "MANIFEST.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["style"] not in SKIPPED and not row["style"].startswith("drums-"):
                by_style[row["style"]].append(options.songs / row["path"])
    if options.only_balance:
        table = json.loads(options.out.read_text(encoding="utf-8"))
    else:
        table = {style: heard(paths, options) for style, paths in sorted(by_style.items())}
    for style, paths in by_style.items():
        found = [b for b in map(named_balance, paths) if b is not None]
        if len(found) >= LEAST_NAMED:
            line = interval(found, np.random.default_rng(0))
            table[style]["measures"]["tune_above"] = {k: round(v, 4) for k, v in line.items()}
        print(style, len(found), table[style]["measures"].get("tune_above"))
    options.out.write_text(json.dumps(table, separators=(",", ":")) + "\n", encoding="utf-8")


def heard(paths: list[Path], options: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """What some songs of a style do, spread over its list."""
    step = max(1, len(paths) // options.each)
    some = paths[::step][: options.each]
    found = joblib.Parallel(options.jobs)(joblib.delayed(measured)(path) for path in some)
    return described([one for one in found if one])


def named_balance(path: Path) -> float | None:
    """How much louder the tune is than the band where its track says that it is the tune; None
    elsewhere, and where all is of one loudness."""
    try:
        tracks = [t for t in symusic.Score(path).tracks if not t.is_drum and len(t.notes) > FEW]
    except Exception:  # a damaged file, of which symusic raises what it likes
        return None
    named = [t for t in tracks if TUNE.search(t.name) and not NOT_TUNE.search(t.name)]
    if not named or len(tracks) < 2:
        return None
    tune = max(named, key=lambda t: len(t.notes))
    own = loudness(tune)
    band = np.concatenate([loudness(t) for t in tracks if t is not tune])
    if np.concatenate([own, band]).std() < EVEN:
        return None
    return float(own.mean() - band.mean())


def loudness(track: symusic.Track) -> np.ndarray:
    """Velocities times the volume that the channel is first set to, over 100, the usual one."""
    volumes = [c.value for c in track.controls if c.number == VOLUME]
    return np.asarray(track.notes.numpy()["velocity"] * ((volumes or [100])[0] / 100))


def measured(path: Path) -> tuple[dict[str, float], list[float]] | None:
    """The figures of a song and its drum keys; None for one that cannot be heard."""
    try:
        song = sounded_real(listen(read(path)))
        return band_figures(song), key_counts(song.drums).tolist()
    except (RestyleError, OSError, ValueError, IndexError):
        return None


def described(songs: list[tuple[dict[str, float], list[float]]]) -> dict[str, dict[str, Any]]:
    """Means and intervals of a style's songs, and the keys that its drummers strike."""
    keys = [np.array(row) / sum(row) for _, row in songs if sum(row) >= LEAST_STROKES]
    whole = np.mean(keys, axis=0) if keys else np.zeros(128)
    rng = np.random.default_rng(0)
    figures: dict[str, list[float]] = {name: [f[name] for f, _ in songs] for name in songs[0][0]}
    # a song is held against the others, without its own share of the whole
    figures["drum_distance"] = [
        jensen_shannon(k, (whole * len(keys) - k) / (len(keys) - 1)) for k in keys if len(keys) > 1
    ]
    lines = {name: interval(values, rng) for name, values in figures.items()}
    return {
        "measures": {
            name: {k: round(v, 4) for k, v in line.items()}
            for name, line in lines.items()
            if line["songs"]
        },
        "drum_keys": {str(k): round(float(v), 4) for k, v in enumerate(whole) if v >= FEWEST_KEYS},
    }


if __name__ == "__main__":
    main()
