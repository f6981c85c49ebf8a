"""The report of `restyle evaluate`: what was measured, ready for JSON and for a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import restyle
from restyle.critic.reference import reference
from restyle.errors import RestyleError
from restyle.metrics.originality import longest_shared, part_moves
from restyle.reading import Music
from restyle.report.cases import Case, corpus_cases, file_cases
from restyle.report.run import Arrange, Row, Settings, run_cases, style_asked
from restyle.report.summary import (
    confusion,
    quality,
    rounded,
    set_distances,
    tables,
    with_real_bands,
)
from restyle.style.blend import style_of
from restyle.style.style import load_styles


@dataclass(frozen=True)
class Wish:
    """What is to be evaluated: songs, or the held-out part of a corpus."""

    files: tuple[Music, ...] = ()
    """Files, Songs or LeadSheets."""
    corpus: Path | None = None
    songs: int = 60
    """Held-out songs of the corpus."""
    bars: int = 32
    """Bars of each of them, from its beginning; 0 for all."""
    targets: tuple[str, ...] = ()
    """Target styles; all that the model has when empty."""
    model: Path | None = None
    seed: int = 0
    workers: int = 1
    with_mma: bool = True
    without: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    """Mechanisms of the decoder to leave out, or to leave alone in (see `DecodeOptions`)."""


@dataclass(frozen=True)
class Report:
    """What was found. `data` is ready for JSON; the rows are for pictures."""

    data: dict[str, Any]
    rows: list[Row]
    styles: tuple[str, ...]


def evaluate(
    wish: Wish, on_case: Callable[[int, int], None] | None = None, arrange: Arrange | None = None
) -> Report:
    """Restyle and measure. The same wish gives the same report, but for seconds.

    `arrange` stands in for the model. Songs that cannot be heard are left out, and named in the
    report ("unused"). Raises RestyleError where no song is left, for a corpus without held-out
    songs, and for a style that the model does not know. Of a style of one's own, which no judge has
    learnt, the nearness to its songs is measured.
    """
    from restyle.style.style import PRETRAINED

    known = load_styles(wish.model or PRETRAINED)
    styles = tuple(known)
    targets = wish.targets or styles
    for name in targets:
        style_of(known, name)
    unused: list[str] = []
    cases = _cases(wish, styles, unused)
    settings = Settings(
        targets, styles, wish.model, wish.seed, wish.with_mma, wish.without, wish.only
    )
    rows = run_cases(cases, settings, wish.workers, on_case, arrange)
    if not rows:
        raise RestyleError("There is nothing to restyle: the songs are of the style asked for.")
    if wish.corpus is not None:
        rows = _with_originality(rows, wish.corpus)
    data = {**_data(wish, cases, styles, targets, rows), "unused": unused}
    return Report(data, rows, styles)


def _cases(wish: Wish, styles: Sequence[str], unused: list[str]) -> list[Case]:
    if wish.corpus is not None:
        return corpus_cases(wish.corpus, wish.songs, styles, wish.bars, wish.seed)
    if not wish.files:
        raise RestyleError("Name songs to evaluate, or a corpus with --corpus.")
    return file_cases(wish.files, unused)


def _with_originality(rows: list[Row], corpus: Path) -> list[Row]:
    """The rows with the longest run that each shares with a training song."""
    from restyle.critic.tokens import arranged_tokens
    from restyle.data.shards import open_corpus

    opened = open_corpus(corpus)
    training = (part_moves(arranged_tokens(opened.tokens(e))) for e in opened.select("train"))
    longest = longest_shared([row.moves for row in rows], training)
    return [
        replace(row, figures={**row.figures, "longest_shared": float(run)})
        for row, run in zip(rows, longest, strict=True)
    ]


def _data(
    wish: Wish,
    cases: Sequence[Case],
    styles: Sequence[str],
    targets: Sequence[str],
    rows: Sequence[Row],
) -> dict[str, Any]:
    results = [row for row in rows if row.kind == "model"]
    profiles = reference().profiles
    wholes = {t: profiles[style_asked(t)] for t in targets if style_asked(t) in profiles}
    data = {
        "restyle": restyle.__version__,
        "model": wish.model.name if wish.model else "shipped",
        "seed": wish.seed,
        "without": list(wish.without),
        "only": list(wish.only),
        "bars": wish.bars if wish.corpus else 0,
        "songs": [{"title": case.name, "style": case.style} for case in cases],
        "styles": list(styles),
        "targets": list(targets),
        "tables": with_real_bands(tables(rows, wish.seed, wholes), reference().bands),
        "real_songs": reference().real if wish.corpus is None else {},
        "confusion": {
            kind: confusion(rows, kind, styles) for kind in ("model", "floor", "ceiling", "chance")
        },
        "mgeval": set_distances(rows),
        "results": [
            {
                "song": row.song,
                "from": row.base_style,
                "to": row.target,
                "taken_for": row.verdict,
                "quality": quality(row),
                **row.figures,
            }
            for row in results
        ],
    }
    found: dict[str, Any] = rounded(data)
    return found
