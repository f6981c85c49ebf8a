"""From rows to tables: means over songs with bootstrap intervals, confusion, distances of sets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from restyle.critic.profile import Profile, mean_profile
from restyle.metrics.measures import MEASURES
from restyle.metrics.mgeval import FEATURES, compare_sets
from restyle.metrics.sets import jackknife, leave_one_out, set_cosines
from restyle.report.run import ROWS, Row, style_asked

Array = NDArray[np.float64]

DRAWS = 1000
"""How often songs are drawn anew for an interval."""
LEVEL = 0.95


def interval(values: Sequence[float], rng: np.random.Generator) -> dict[str, float | int]:
    """Mean of a figure over songs and its 95 % interval: {"mean", "low", "high", "songs"}.

    Percentile bootstrap (Efron 1979): songs are drawn with replacement 1,000 times. Figures that
    are not a number do not count; mean NaN without any.
    """
    known = np.array([v for v in values if np.isfinite(v)], dtype=np.float64)
    if not len(known):
        return {"mean": float("nan"), "low": float("nan"), "high": float("nan"), "songs": 0}
    means = known[rng.integers(len(known), size=(DRAWS, len(known)))].mean(axis=1)
    low, high = np.percentile(means, (50 * (1 - LEVEL), 50 * (1 + LEVEL)))
    return {
        "mean": float(known.mean()),
        "low": float(low),
        "high": float(high),
        "songs": len(known),
    }


def tables(rows: Sequence[Row], seed: int, wholes: Mapping[str, Profile]) -> dict[str, Any]:
    """For each target style, and for "all", each kind of row: an interval for each measure.

    In "all" a song counts once: its figures in all styles are averaged first; of the measures of
    whole sets (`set_macro`, `set_closer`) it has the mean over styles. `wholes` are the profiles of
    the styles.
    """
    targets = list(dict.fromkeys(row.target for row in rows))
    out: dict[str, Any] = {}
    for target in (*targets, "all"):
        out[target] = {}
        for kind in ROWS:
            some = [r for r in rows if r.kind == kind and target in (r.target, "all")]
            if some:
                sets = [t for t in targets if target in (t, "all")]
                together = _together(rows, kind, sets, wholes)
                out[target][kind] = {**_line(some, seed), **together}
    return out


def with_real_bands(made: dict[str, Any], bands: Mapping[str, Any]) -> dict[str, Any]:
    """The tables with what the styles' real songs do as bands in the rows of real songs: they were
    measured from their files, since a corpus has neither loudness nor instruments."""
    known = {style: bands[style]["measures"] for style in made if style in bands}
    for style, figures in known.items():
        made[style].setdefault("ceiling", {}).update(figures)
    names = {name for figures in known.values() for name in figures}
    if known and "all" in made:
        made["all"].setdefault("ceiling", {}).update(
            {name: _mean_line([f[name] for f in known.values() if name in f]) for name in names}
        )
    return made


def _mean_line(lines: Sequence[Mapping[str, float]]) -> dict[str, float | int]:
    """The mean over styles of intervals that were measured apart."""
    count = len(lines)
    mean = sum(line["mean"] for line in lines) / count
    reach = {
        end: float(np.sqrt(sum((line[end] - line["mean"]) ** 2 for line in lines))) / count
        for end in ("low", "high")
    }
    songs = int(sum(line["songs"] for line in lines))
    return {
        "mean": mean, "low": mean - reach["low"], "high": mean + reach["high"], "songs": songs
    }  # fmt: skip


def _together(
    rows: Sequence[Row], kind: str, targets: Sequence[str], wholes: Mapping[str, Profile]
) -> dict[str, Any]:
    """`set_macro` and `set_closer`, means over target styles, with intervals over songs."""
    bases = {(r.target, r.base_style, r.song): r.profile for r in rows if r.kind == "floor"}
    known = [r for r in rows if r.kind == kind and r.target in targets and r.target in wholes]
    songs = list(dict.fromkeys((r.base_style, r.song) for r in known))
    if not songs:
        return {}
    weights = leave_one_out(len(songs))
    near, before = [], []
    for target in dict.fromkeys(r.target for r in known):
        some = [r for r in known if r.target == target]
        mine = weights[:, [songs.index((r.base_style, r.song)) for r in some]]
        old = [bases[target, r.base_style, r.song] for r in some]
        near.append(set_cosines([r.profile for r in some], wholes[target], mine))
        before.append(set_cosines(old, wholes[target], mine))
    gained = np.subtract(near, before)
    return {
        "set_macro": _of_set(np.asarray(near), len(songs)),
        "set_closer": _of_set(gained, len(songs)),
    }


def _of_set(values: Array, songs: int) -> dict[str, float | int]:
    """A figure by target style (rows) and by `leave_one_out`; a set may be empty without one."""
    means = [_mean(column) for column in values.T.tolist()]
    mean, low, high = jackknife(np.array(means))
    return {"mean": mean, "low": low, "high": high, "songs": songs}


def _line(rows: Sequence[Row], seed: int) -> dict[str, Any]:
    by_song: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        by_song.setdefault((row.base_style, row.song), []).append(row)
    out = {}
    for measure in MEASURES:
        values = [
            _mean(r.figures.get(measure.name, float("nan")) for r in group)
            for group in by_song.values()
        ]
        if np.isfinite(values).any():
            out[measure.name] = interval(values, np.random.default_rng(seed))
    return out


def _mean(values: Iterable[float]) -> float:
    known = [v for v in values if np.isfinite(v)]
    return float(np.mean(known)) if known else float("nan")


def confusion(rows: Sequence[Row], kind: str, styles: Sequence[str]) -> list[list[int]]:
    """How often a song that should be of the style of the row is taken for that of the column."""
    some = [row for row in rows if row.kind == kind]
    pairs = [(style_asked(row.target), row.verdict) for row in some]
    return [[pairs.count((target, other)) for other in styles] for target in styles]


def set_distances(rows: Sequence[Row]) -> dict[str, Any]:
    """MGEval of each target style: results (and other rows) against real songs of the style.

    {style: {kind: {feature: {"overlap", "divergence"}}}}; nothing without real songs.
    """
    out: dict[str, Any] = {}
    for target in dict.fromkeys(row.target for row in rows):
        real = [row.mgeval for row in rows if row.kind == "ceiling" and row.target == target]
        for kind in ("model", "floor", "chance", "mma"):
            made = [row.mgeval for row in rows if row.kind == kind and row.target == target]
            if len(real) < 3 or len(made) < 3:
                continue
            line = {}
            for name in FEATURES:
                found = compare_sets([r[name] for r in real], [m[name] for m in made])
                line[name] = {"overlap": found.area, "divergence": found.divergence}
            out.setdefault(target, {})[kind] = line
    return out


def mean_profiles(rows: Sequence[Row], target: str) -> dict[str, Profile]:
    """Style profiles of the bases, of the results, and of real songs of the style."""
    kinds = {"base": "floor", "result": "model", "real": "ceiling"}
    out = {}
    for name, kind in kinds.items():
        some = [row.profile for row in rows if row.kind == kind and row.target == target]
        if some:
            out[name] = mean_profile(some)
    return out


def quality(row: Row) -> float:
    """What results are ranked by, to show the best and the worst: the judge's probability of the
    target, the style profile's cosine and the share of beats with the base's root, less notes
    outside and over-repetition."""
    f = row.figures
    good = f.get("chance_of_target", 0.0) + f.get("macro", 0.0) + f["chord_root"]
    return good - f["outside"] - f["over_repetition"]


def rounded(value: Any, digits: int = 4) -> Any:
    """A structure for JSON: floats to some digits, NaN to None."""
    if isinstance(value, dict):
        return {key: rounded(item, digits) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(item, digits) for item in value]
    if isinstance(value, float):
        return round(value, digits) if np.isfinite(value) else None
    return value
