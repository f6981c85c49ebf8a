"""What the command line calls: compose a tune, train a composer."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from restyle.composer import heard as heard_room
from restyle.composer import weights
from restyle.composer.calibrate import calibrated
from restyle.composer.engine import Network
from restyle.composer.generate import Sheet, write
from restyle.composer.notes import shift_symbol
from restyle.composer.pieces import Piece, piece_of
from restyle.composer.render import song_of
from restyle.errors import RestyleError, UnknownStyle
from restyle.io import read
from restyle.music.song import Song

SHIPPED = Path(__file__).parents[1] / "pretrained" / "composer"
VARIANTS = ("last", "sequence", "embedding")
MOST_NOTES = 20_000
RHYTHMS = ("real", "even")
Path_ = str | os.PathLike[str]


@dataclass(frozen=True)
class Composed:
    """A new piece."""

    song: Song
    symbols: tuple[str, ...]
    """Its notes and chords in order, in the key of the song."""
    key: str
    swing: float
    report: tuple[str, ...] = ()
    """What the user should know, a sentence each."""


def compose(
    style: str,
    notes: int = 600,
    model: Path_ = "embedding",
    prime: Path_ | Song | None = None,
    temperature: float | None = None,
    top_p: float | None = None,
    rhythm: str = "real",
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Composed:
    """Write new music in a style.

    Args:
        style: a style that the model knows.
        notes: how many notes and chords.
        model: "last", "sequence" or "embedding" of those that are shipped, or a trained folder.
        prime: a song to go on from; the new notes follow its last ones, in its key.
        temperature: above 1 bolder, below 1 plainer; None for the style's own, found by
            calibration.
        top_p: only the likeliest notes that together have this share are drawn from.
        rhythm: "real", or "even" for the classic grid of half beats.
        seed: the same seed writes the same music.
        progress: called with (done, all) now and then.

    Raises UnknownStyle, BadModel or RestyleError with one sentence for the user.
    """
    if rhythm not in RHYTHMS:
        raise RestyleError(f"{rhythm} is no rhythm: there are {' and '.join(RHYTHMS)}.")
    if not 1 <= notes <= MOST_NOTES:
        raise RestyleError(f"A piece has 1 to {MOST_NOTES} notes.")
    if temperature is not None and not 0 <= temperature <= 5:
        raise RestyleError("A temperature lies between 0 and 5.")
    if top_p is not None and not 0 < top_p <= 1:
        raise RestyleError("top-p lies above 0 and is 1 at most.")
    network = Network(*weights.read(model_file(model, style)))
    _, about = network.card.style(style)
    habits = about.habits
    habits = habits if temperature is None else replace(habits, temperature=temperature)
    habits = habits if top_p is None else replace(habits, top_p=top_p)
    report: list[str] = []
    start = None if prime is None else _prime(prime, network.card, report)
    sheet = write(network, style, notes, seed, habits, rhythm, start, progress)
    rng = np.random.default_rng([seed, 7])
    shift = -start.shift if start else int(rng.choice(about.shifts))
    return _composed(sheet, shift, start, about, seed, rhythm, report)


def _composed(
    sheet: Sheet, shift: int, start: Piece | None, about: weights.Style, seed: int, rhythm: str,
    report: list[str],
) -> Composed:  # fmt: skip
    swing = start.swing if start else about.swing
    swing = 1.0 if rhythm == "even" else swing
    bpm = start.bpm if start else about.bpm
    title = f"{about.name.capitalize()} no. {seed}"
    song = song_of(sheet, shift, bpm, swing, title)
    symbols = tuple(shift_symbol(s, shift) for s in sheet.elements["symbol"].tolist())
    return Composed(song, symbols, song.keys[0][1].name, swing, tuple(report))


def model_file(model: Path_, style: str) -> Path:
    """The file or folder of a shipped variant, or of a trained model. Raises UnknownStyle."""
    if str(model) not in VARIANTS:
        return Path(model)
    both = SHIPPED / f"{model}.safetensors"
    file = both if both.is_file() else SHIPPED / f"{model}-{style}.safetensors"
    if not file.is_file():
        raise UnknownStyle(
            f"There is no {model} composer for {style} here; shipped are {_shipped()}. "
            "Give a trained folder with --model."
        )
    return file


def _shipped() -> str:
    found = sorted(f.stem for f in SHIPPED.glob("*.safetensors"))
    return ", ".join(found) or "none"


def _prime(prime: Path_ | Song, card: weights.Card, report: list[str]) -> Piece:
    song = prime if isinstance(prime, Song) else read(prime)
    piece = piece_of(song, least=2)
    missing = card.notes.unknown(piece.symbols)
    if missing:
        some = [
            f"{shift_symbol(a, -piece.shift)} (taken for {shift_symbol(b, -piece.shift)})"
            for a, b in list(missing.items())[:5]
        ]
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        report.append(f"Notes that the model does not know: {', '.join(some)}{more}.")
    return piece


@dataclass(frozen=True)
class Trained:
    """What a training came to."""

    folder: Path
    songs: int
    held_out: int
    left_out: int
    notes: int
    """Notes and chords in the training songs."""
    vocabulary: int
    loss: float
    """Best held-out loss, nats a note."""
    seconds: float


def train_composer(
    folders: Path_ | Sequence[Path_],
    out: Path_,
    variant: str = "embedding",
    steps: int = 3000,
    length: int = 100,
    seed: int = 0,
    songs: int | None = None,
    workers: int | None = None,
    heard: Callable[[int, int], None] | None = None,
    progress: Callable[[Any], None] | None = None,
    calibrating: Callable[[int, int], None] | None = None,
    **sizes: Any,
) -> Trained:
    """Train a composer on folders of songs (a folder is a style) into the folder `out`.

    Of a style at most `songs` are taken. What was heard of them is kept in the folder, and a
    training that was stopped goes on from its last save. In the end the model is calibrated: its
    habits are set so that what it writes is as varied as the songs are.

    `heard(done, all)` is called after each song is read, `progress(train.Progress)` after each
    look at the held-out songs, `calibrating(done, all)` after each round; `sizes` are further
    fields of `train.Options` (hidden, layers, size, rate, ...).

    Raises RestyleError where torch is not installed or the songs are too few.
    """
    try:
        from restyle.composer.train import Options, train
    except ImportError:
        raise RestyleError(
            "Training needs more than running does: pip install 'restyle[train]'."
        ) from None
    some = [folders] if isinstance(folders, (str, os.PathLike)) else folders
    options = Options(variant=variant, steps=steps, length=length, seed=seed, **sizes)
    keep = Path(out) / heard_room.FILE
    found = heard_room.hear_songs([Path(f) for f in some], songs, workers, heard, keep)
    result = train(found.train, found.held_out, Path(out), options, progress)
    card = calibrated(Path(out), (*found.train, *found.held_out), progress=calibrating)
    return Trained(
        Path(out), len(found.train), len(found.held_out), found.left_out,
        sum(len(p.elements) for p in found.train), len(card.symbols), result.best, result.seconds,
    )  # fmt: skip
