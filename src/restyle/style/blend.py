"""Blends: several styles at once, each with its share.

The model's predictions under each style are mixed (see `decoding.guidance`), and so is what the
styles were measured to be: their bands, programs, swing, dynamics and ranges.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from restyle.errors import RestyleError
from restyle.music.classes import PARTS
from restyle.music.lead import LEVELS
from restyle.style.bands import Instruments
from restyle.style.manner import in_manner
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
    """The style, the style in one of its manners, or the blend of styles, that a text says:
    "jazz", "jazz/ballad", "jazz:0.7,pop:0.3".

    Raises UnknownStyle for a name that is not there, RestyleError for what is no blend.
    """
    shares = [(_named(styles, name), share) for name, share in parse_blend(text)]
    if len(shares) == 1:
        return shares[0][0]
    if any(style.manner is not None for style, _ in shares):
        raise RestyleError(f"'{text}': a blend has no manner, say its styles alone.")
    return blend(shares)


def _named(styles: Mapping[str, Style], text: str) -> Style:
    name, mark, manner = text.partition("/")
    style = pick_style(dict(styles), name)
    return in_manner(style, manner) if mark else style


def blend(shares: Shares) -> Style:
    """The blend of two styles or more; `shares` sum to 1."""
    most = max(shares, key=lambda pair: pair[1])[0]
    name = "-".join(f"{style.name}{round(100 * share)}" for style, share in shares)
    mix = tuple((style.slot, share) for style, share in shares)
    return Style(name, most.slot, _figures(shares), mix)


def _figures(shares: Shares) -> dict[str, Any]:
    ratio = _mean([(s.figures["swing"]["ratio"] if s.swings else 1.0, w) for s, w in shares])
    mixed = {name: _mean([(s.figures[name], w) for s, w in shares]) for name in _NUMBERS}
    most = max(shares, key=lambda pair: pair[1])[0]
    return {
        **{name: most.figures[name] for name in ("changes",) if name in most.figures},
        **mixed,
        "songs": sum(style.figures["songs"] for style, _ in shares),
        "bands": _bands(shares),
        "parts": {
            part: _mean([(s.figures["parts"].get(part, 0.0), w) for s, w in shares])
            for part in PARTS
        },
        "classes": _votes(shares, "classes"),
        "playing": _playing(shares),
        "kit": [_mean(pairs) for pairs in _known([(s.kit, w) for s, w in shares])],
        "fills": [_mean(pairs) for pairs in _known([(s.fills, w) for s, w in shares])],
        "together": _mean([(style.together, share) for style, share in shares]),
        "ending": _mean([(style.ending, share) for style, share in shares]),
        "compound": _mean([(style.compound, share) for style, share in shares]),
        "duple": _mean([(style.duple, share) for style, share in shares]),
        "returning": _mean([(style.returning, share) for style, share in shares]),
        "walking": _mean([(style.walking, share) for style, share in shares]),
        "programs": _votes(shares, "programs"),
        "swing": {"share": 1.0 if ratio > 1.0 else 0.0, "ratio": ratio},
        "velocities": {p: _velocities(shares, p) for p in ("melody", *PARTS)},
    }


_NUMBERS = ("sevenths", "bpm", "notes_a_bar")


def _mean(pairs: Sequence[tuple[float, float]]) -> float:
    return float(sum(value * share for value, share in pairs) / sum(share for _, share in pairs))


def _bands(shares: Shares) -> list[list[Any]]:
    found: dict[Instruments, float] = {}
    for style, share in shares:
        bands = list(style.bands())
        total = sum(count for _, count in bands)
        for band, count in bands:
            found[band] = found.get(band, 0.0) + share * count / total
    falling = sorted(found, key=lambda band: -found[band])  # stable
    return [[[list(member) for member in band], found[band]] for band in falling]


def _votes(shares: Shares, figure: str) -> dict[str, list[list[Any]]]:
    """What styles counted by part, each weighed by how often it has the part."""
    votes: dict[str, Counter[Any]] = {}
    for style, share in shares:
        for part, counted in style.figures.get(figure, {}).items():
            weight = share if part == "melody" else share * style.figures["parts"].get(part, 0.0)
            total = sum(count for _, count in counted)
            for name, count in counted:
                votes.setdefault(part, Counter())[name] += weight * count / total
    return {part: [list(x) for x in counted.most_common(6)] for part, counted in votes.items()}


def _playing(shares: Shares) -> dict[str, list[list[float]]]:
    """How parts play, mixed; of each part by the styles that know it."""
    out = {}
    for part in PARTS:
        known = [(style.usual[part], share) for style, share in shares if part in style.usual]
        if known:
            out[part] = [
                [_mean([(table[which][i], share) for table, share in known]) for i in range(size)]
                for which, size in enumerate(len(row) for row in known[0][0])
            ]
    return out


def _known(
    pairs: Sequence[tuple[tuple[float, ...], float]],
) -> Iterator[list[tuple[float, float]]]:
    """Figure by figure what the styles that know them say, with their shares."""
    known = [(figures, share) for figures, share in pairs if figures]
    for which in range(len(known[0][0]) if known else 0):
        yield [(figures[which], share) for figures, share in known]


def _velocities(shares: Shares, part: str) -> list[list[float]]:
    out = []
    for level in range(LEVELS):
        pairs = [(style.velocity(part, level), share) for style, share in shares]
        out.append([_mean([(p[i], share) for p, share in pairs]) for i in range(2)])
    return out
