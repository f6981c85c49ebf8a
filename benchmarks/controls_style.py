"""Strength and blends, measured by where their results lie between styles. For `controls.py`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from controls_bench import Base, Bench, Lines, Profiles, Row, made, sound
from restyle.critic.likeness import packed, unpacked
from restyle.critic.played import Played
from restyle.critic.profile import Profile, mean_profile, profile, similarity
from restyle.metrics.content import melody_kept

STRENGTHS = (0.0, 0.5, 1.0, 1.5, 2.0)
DRAWS = 3
"""Results of a song at each strength."""
SHARES = (1.0, 0.75, 0.5, 0.25, 0.0)
"""Of the first style in a blend; the second has the rest."""
Vector = np.ndarray[Any, np.dtype[np.float64]]


def strength(bench: Bench, base: Base) -> Row:
    """The song at each strength; `DRAWS` results of each, since one more or less in style is chance
    to a judge."""
    out: Row = {"profiles": [], "judge": [], "melody": []}
    styles = list(bench.arranger.styles)
    for value in STRENGTHS:
        results = [made(bench, base, strength=value, seed=bench.seed + i) for i in range(DRAWS)]
        songs = [sound(result) for result in results]
        judged = [bench.judge.classify(song, styles) for song in songs]
        out["profiles"].append(_packed(mean_profile(_heard(song) for song in songs)))
        out["judge"].append({name: float(np.mean([j[name] for j in judged])) for name in styles})
        kept = [melody_kept(r.lead, r.song, r.swing) for r in results]
        out["melody"].append(min(kept))
    return out


def _heard(song: Played) -> Profile:
    """The profile of the accompaniment."""
    return profile(song.without_melody)


def _packed(some: Profile) -> dict[str, Any]:
    """A profile, to be pooled with others: that of a few bars says little."""
    return {name: packed(h) for name, h in some.items()}


def pooled(rows: list[Row], number: int, profiles: Profiles) -> float:
    """Cosine of all results together to the style's profile, a mean over target styles."""
    found = [
        similarity(_together(some, number), profiles[some[0]["target"]])["all"]
        for some in _by(rows, "target")
    ]
    return float(np.mean(found))


def _by(rows: list[Row], *names: str) -> list[list[Row]]:
    """The rows in groups that have the same values of these names."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in names), []).append(row)
    return [found[key] for key in sorted(found)]


def _together(rows: list[Row], number: int) -> Profile:
    """The profile of all results of one setting of the control."""
    return mean_profile(
        {name: unpacked(h) for name, h in row["profiles"][number].items()} for row in rows
    )


def blend(bench: Bench, base: Base) -> Row:
    """Blends of the target and the next style, beside the two themselves."""
    styles = list(bench.arranger.styles)
    other = styles[(styles.index(base.target) + 1) % len(styles)]
    out: Row = {"other": other, "profiles": [], "judge": []}
    for share in SHARES:
        song = sound(made(bench, base, to=f"{base.target}:{share},{other}:{1 - share}"))
        out["profiles"].append(_packed(_heard(song)))
        out["judge"].append(bench.judge.classify(song, (base.target, other))[other])
    return out


def of_strength(rows: list[Row], profiles: Profiles) -> Lines:
    def said(values: Iterable[float]) -> str:
        return " / ".join(f"{x:.3f}" for x in values)

    numbers = range(len(STRENGTHS))
    apart = np.mean([_apart(some, profiles) for some in _by(rows, "target")], axis=0)
    shares = _shares(rows)
    named = "/".join(f"{s:g}" for s in STRENGTHS)
    return [
        (
            f"style profile of all results together at {named}",
            said(pooled(rows, i, profiles) for i in numbers),
        ),
        (f"nearer to the style's profile than to the others' at {named}", said(apart)),
        (f"judge's share for the style at {named}", said(np.mean(shares, axis=0))),
        *(
            (
                f"the same, to {some[0]['target']} ({len(some)} songs)",
                said(np.mean(_shares(some), axis=0)),
            )
            for some in _by(rows, "target")
        ),
        ("melody kept, lowest", f"{min(min(row['melody']) for row in rows):.3f}"),
    ]


def _shares(rows: list[Row]) -> list[list[float]]:
    """The judge's share for the style that was asked for: by song, at each strength."""
    return [[judged[row["target"]] for judged in row["judge"]] for row in rows]


def _apart(rows: list[Row], profiles: Profiles) -> list[float]:
    """Of one style: how much nearer all results together are, at each strength, to the style's
    profile than to those of the other styles, on average (a difference of cosines). Unlike the
    cosine alone it goes on to rise when a style is exaggerated."""
    target = rows[0]["target"]
    found = []
    for number in range(len(STRENGTHS)):
        where = _together(rows, number)
        near = {name: similarity(where, other)["all"] for name, other in profiles.items()}
        found.append(near[target] - float(np.mean([x for n, x in near.items() if n != target])))
    return found


def of_blend(rows: list[Row], profiles: Profiles) -> Lines:
    """Where blends lie between their two styles: on the line from the profile of the first style's
    songs to that of the second's (0 and 1 are what the model's own results of the two reach on
    it), and for the judge, asked to tell the two apart."""
    ways = np.sum([_on_the_line(some, profiles) for some in _by(rows, "target", "other")], axis=0)
    places = ways / ways[-1]
    judged = np.mean([row["judge"] for row in rows], axis=0)
    named = "/".join(f"{share:g}" for share in SHARES)
    return [
        (
            f"profile on the line from first to second style, first's share {named}",
            " / ".join(f"{x:.2f}" for x in places),
        ),
        (
            f"judge's share for the second of the two, first's share {named}",
            " / ".join(f"{x:.3f}" for x in judged),
        ),
    ]


def _on_the_line(rows: list[Row], profiles: Profiles) -> list[float]:
    """Of one pair of styles: how far all results together have gone, at each share, from where the
    first style's lie."""
    first, second = (_flat(profiles[rows[0][style]]) for style in ("target", "other"))
    line = second - first
    found = [float(_flat(_together(rows, i)) @ line) for i in range(len(SHARES))]
    return [x - found[0] for x in found]


def _flat(some: Profile) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A profile's histograms as one vector, each brought to length 1."""
    rows = [np.ravel(some[name]) for name in sorted(some)]
    return np.concatenate([row / max(float(np.linalg.norm(row)), 1e-12) for row in rows])
