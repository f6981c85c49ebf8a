"""Blends: several styles at once, each with its share.

The model's predictions under each style are mixed (see `window.guides_of`), and so is what the
styles were measured to be: their bands, programs, swing, dynamics, ranges and density.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from restyle.decoding.habits import mixed_habits, mixed_lengths
from restyle.errors import RestyleError
from restyle.music.classes import PARTS
from restyle.music.lead import LEVELS
from restyle.music.parts import LARGE_BAND
from restyle.style.style import Style, pick_style

Shares = Sequence[tuple[Style, float]]


def parse_blend(text: str) -> list[tuple[str, float]]:
    """ "jazz:0.7,pop:0.3" as names and shares that sum to 1; a name without a share counts 1.

    Raises RestyleError for what is none.
    """
    found: dict[str, float] = {}
    for piece in text.split(","):
        name, _, number = piece.strip().partition(":")
        try:
            share = float(number) if number else 1.0
        except ValueError:
            share = -1.0
        if not name or not math.isfinite(share) or share < 0 or name.lower() in found:
            raise RestyleError(f"'{text}' is no style or blend: say jazz, or jazz:0.7,pop:0.3.")
        found[name.strip().lower()] = share
    total = sum(found.values())
    if not total:
        raise RestyleError(f"'{text}': one share at least must be above 0.")
    return [(name, share / total) for name, share in found.items() if share]


def style_of(styles: Mapping[str, Style], text: str) -> Style:
    """The style, or the blend of styles, that a text says.

    Raises UnknownStyle for a name that is not there, RestyleError for what is no blend.
    """
    shares = [(pick_style(dict(styles), name), share) for name, share in parse_blend(text)]
    return shares[0][0] if len(shares) == 1 else blend(shares)


def blend(shares: Shares) -> Style:
    """The blend of two styles or more; `shares` sum to 1."""
    most = max(shares, key=lambda pair: pair[1])[0]
    name = "-".join(f"{style.name}{round(100 * share)}" for style, share in shares)
    mix = tuple((style.slot, share) for style, share in shares)
    return Style(name, most.slot, _figures(shares), mix)


def _figures(shares: Shares) -> dict[str, Any]:
    bands: Counter[tuple[str, ...]] = Counter()
    for style, share in shares:
        total = sum(count for _, count in style.figures["bands"])
        for band, count in style.figures["bands"]:
            bands[tuple(band)] += share * count / total
    ratio = _mean([(s.figures["swing"]["ratio"] if s.swings else 1.0, w) for s, w in shares])
    mixed = {name: _mean([(s.figures[name], w) for s, w in shares]) for name in _NUMBERS}
    most = max(shares, key=lambda pair: pair[1])[0]
    return {
        **{name: most.figures[name] for name in ("changes", "beyond") if name in most.figures},
        **mixed,
        "habits": mixed_habits([(s.figures.get("habits", {}), w) for s, w in shares]),
        "marks": mixed_habits([(s.figures.get("marks", {}), w) for s, w in shares]),
        "rhythm": _mean([(s.figures.get("rhythm", 1.0), w) for s, w in shares]),
        "by_place": _mean([(s.figures.get("by_place", 1.0), w) for s, w in shares]),
        "surer": _mean([(s.figures.get("surer", 1.0), w) for s, w in shares]),
        "songs": sum(style.figures["songs"] for style, _ in shares),
        "bands": [[list(band), count] for band, count in bands.most_common()],
        "parts": {
            part: _mean([(s.figures["parts"].get(part, 0.0), w) for s, w in shares])
            for part in PARTS
        },
        "programs": _programs(shares),
        "swing": {"share": 1.0 if ratio > 1.0 else 0.0, "ratio": ratio},
        "velocities": {p: _velocities(shares, p) for p in ("melody", *PARTS)},
        "ranges": _ranges(shares),
        "pace": _pace([(s.figures.get("pace", {}), w) for s, w in shares]),
        "pace_in": {
            str(size): _pace([(s.pace_in(size), w) for s, w in shares])
            for size in range(1, LARGE_BAND + 1)
        },
        "lengths": mixed_lengths([(s.figures.get("lengths", {}), w) for s, w in shares]),
        "groove": _groove(shares),
        "depth": _mean([(s.figures.get("depth", 0.0), w) for s, w in shares]),
    }


_NUMBERS = ("sevenths", "bpm", "notes_a_bar")


def _mean(pairs: Sequence[tuple[float, float]]) -> float:
    return float(sum(value * share for value, share in pairs) / sum(share for _, share in pairs))


def _programs(shares: Shares) -> dict[str, list[list[float]]]:
    votes: dict[str, Counter[int]] = {}
    for style, share in shares:
        for part, counted in style.figures["programs"].items():
            weight = share if part == "melody" else share * style.figures["parts"].get(part, 0.0)
            total = sum(count for _, count in counted)
            for program, count in counted:
                votes.setdefault(part, Counter())[program] += weight * count / total
    return {part: [list(x) for x in counted.most_common(4)] for part, counted in votes.items()}


def _velocities(shares: Shares, part: str) -> list[list[float]]:
    out = []
    for level in range(LEVELS):
        pairs = [(style.velocity(part, level), share) for style, share in shares]
        out.append([_mean([(p[i], share) for p, share in pairs]) for i in range(2)])
    return out


def _ranges(shares: Shares) -> dict[str, list[int]]:
    out = {}
    for part in PARTS:
        known = [(s.range_of(part), w) for s, w in shares if part in s.figures["ranges"]]
        if known:
            out[part] = [round(_mean([(r[i], w) for r, w in known])) for i in range(2)]
    return out


def _groove(shares: Shares) -> dict[str, dict[str, str]]:
    """By meter, of the styles that have drums in it."""
    described = [(style.figures.get("groove", {}), share) for style, share in shares]
    meters = sorted({meter for groove, _ in described for meter in groove})
    return {
        meter: mixed_lengths([(groove.get(meter, {}), share) for groove, share in described])
        for meter in meters
    }


def _pace(shares: Sequence[tuple[dict[str, list[float]], float]]) -> dict[str, list[float]]:
    """Of a part, that of the styles that have it."""
    out = {}
    for part in PARTS:
        known = [(pace[part], share) for pace, share in shares if part in pace]
        if known:
            out[part] = [_mean([(pace[i], share) for pace, share in known]) for i in range(2)]
    return out
