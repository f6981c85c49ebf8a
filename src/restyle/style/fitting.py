"""Fitting: what a model's samples lack beside a style's songs, measured and written down.

The model arranges lead sheets as `restyle transfer` would; what comes out is counted beside real
arrangements, and the difference becomes the style's habits (see `restyle.decoding.habits`), round
after round, each with those before at work.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from restyle.critic.played import Played
from restyle.critic.tokens import played_tokens
from restyle.data.shards import open_corpus
from restyle.decoding.decode import DecodeOptions, Job, arrange_bars
from restyle.decoding.engine import Engine
from restyle.decoding.habit_counts import (
    Counts,
    count_habits,
    describe_habits,
    describe_lengths,
    marks_of,
)
from restyle.decoding.habits import added
from restyle.music.lead import LeadSheet
from restyle.style.style import Style, load_styles
from restyle.tokens import encode_arrangement

BARS = 28
"""Bars of a song that count: its opening, as long as a window and a half."""
SWINGING = 1.2

Tokens = np.ndarray[Any, np.dtype[np.integer[Any]]]
Counted = tuple[LeadSheet, list[list[int]]]
"""A lead sheet and the tokens of each arrangement bar, as `count_habits` takes them."""


@dataclass(frozen=True)
class FitOptions:
    """How much to measure."""

    rounds: int = 2
    sheets: int = 24
    """Lead sheets to arrange in a round."""
    seed: int = 0


def opening(tokens: Tokens) -> Played:
    """A song of a corpus, its first bars."""
    song = played_tokens(tokens)
    return song.part(0, min(song.lead.bars, BARS))


def real_habits(songs: Iterable[Played], style: Style | None = None) -> dict[str, Counts]:
    """The habits of real songs; with a style beside what its bands play (see `count_habits`)."""
    found = [(s.lead, encode_arrangement(s.arrangement, s.lead)) for s in songs]
    return count_habits(found, style)


def sampled(
    model: Path,
    name: str,
    sheets: Iterable[LeadSheet],
    seed: int,
    on_sheet: Callable[[], None] | None = None,
    parts: Sequence[str] = (),
) -> list[Counted]:
    """What the exported model in a folder makes of lead sheets in a style, in those parts (its
    default band when empty), its marks left out: habits are to bring samples to the songs, marks to
    go on from there."""
    style = load_styles(model)[name]
    style = replace(style, figures={k: v for k, v in style.figures.items() if k != "marks"})
    engine = Engine.load(model, threads=1)
    out = []
    for number, lead in enumerate(sheets):
        swings = lead.meters[0].denominator == 4 and style.swing_ratio(lead.tempos[0].bpm)
        options = DecodeOptions(feel="swing" if swings >= SWINGING else "straight")
        rng = np.random.default_rng([seed, number])
        made = arrange_bars(Job(lead, style, tuple(parts) or style.parts, options), engine, rng)
        out.append((lead, encode_arrangement(made, lead)))
        if on_sheet:
            on_sheet()
    return out


def refit(
    figures: dict[str, Any], real: dict[str, Counts], made: dict[str, Counts]
) -> dict[str, Any]:
    """A style's figures with habits that make up for what samples, made with the figures as they
    are, did less than real songs; both counted beside the same style (see `count_habits`)."""
    habits = added(figures.get("habits", {}), describe_habits(real, made))
    return {**figures, "habits": habits, "lengths": describe_lengths(real)}


def fit_own(
    model: Path,
    corpus: Path,
    name: str,
    parent: str,
    options: FitOptions | None = None,
    on_sheet: Callable[[int, int], None] | None = None,
) -> None:
    """Fit the habits of a style that was just learnt, into styles.json of the model folder.

    The style's own songs lend their lead sheets, so that nothing but the playing differs. What
    `parent`, the style that it was learnt from, plays over the same sheets in the same band says
    what sets the new style off: its marks. `on_sheet(done, all)` counts. Raises what `export`
    raises.
    """
    from restyle.model.export import export

    options = options or FitOptions()
    songs = [opening(e) for e in _training_songs(corpus)]
    real = real_habits(songs)
    rng = np.random.default_rng(options.seed)
    chosen = rng.permutation(len(songs))
    sheets = [songs[i].lead for i in chosen[: options.sheets]]
    done, every = 0, (options.rounds + 1) * len(sheets)

    def count() -> None:
        nonlocal done
        done += 1
        if on_sheet:
            on_sheet(done, every)

    with tempfile.TemporaryDirectory() as temporary:
        engine = Path(temporary) / "engine"
        export(model, engine)
        style = load_styles(engine)[name]
        beside = real_habits(songs, style)
        theirs = count_habits(sampled(engine, parent, sheets, options.seed, count, style.parts))
        for turn in range(options.rounds):
            styles = _read(engine)
            made = sampled(engine, name, sheets, options.seed + 1 + turn, count)
            styles[name] = refit(styles[name], beside, count_habits(made, style))
            styles[name]["marks"] = marks_of(real, theirs)
            _write(engine, styles)
        _write(model, _read(engine))


def _training_songs(corpus: Path) -> list[Tokens]:
    opened = open_corpus(corpus)
    return [opened.tokens(entry) for entry in opened.select("train")]


def _read(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "styles.json").read_text(encoding="utf-8")))


def _write(folder: Path, styles: dict[str, Any]) -> None:
    text = json.dumps(styles, indent=1, ensure_ascii=False)
    (folder / "styles.json").write_text(text, encoding="utf-8")
