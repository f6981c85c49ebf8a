"""What `import restyle` offers, with arguments checked before work."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from restyle.arguments import (
    by_name,
    by_section,
    check_text,
    folder_of,
    instruments_of,
    keeps_melody,
    mechanisms,
    parts_of,
    songs_of,
)
from restyle.errors import RestyleError
from restyle.music.lead import LeadSheet
from restyle.music.song import Song
from restyle.options import TransferOptions, again
from restyle.pipeline import arranger
from restyle.reading import Music, check_path, open_example, open_kept, open_lead
from restyle.style.frame import Frame
from restyle.style.sections import check_example

if TYPE_CHECKING:
    from restyle.report.report import Report


@dataclass(frozen=True)
class StyleInfo:
    """A style that can be asked for."""

    name: str
    parts: tuple[str, ...]
    """The parts that play when none are asked for."""
    known_parts: tuple[str, ...]
    """The parts that its songs have often enough to have been learnt."""
    songs: int
    """How many songs it was learnt from."""
    manners: tuple[str, ...] = ()
    """Kinds of song within it: asked for as "jazz/ballad"."""
    told: float | None = None
    """How surely real songs of it are told from those of the other styles without their
    instruments: balanced accuracy, .5 is chance; None where nobody measured it."""


def styles(model: str | os.PathLike[str] | None = None) -> dict[str, StyleInfo]:
    """The styles at hand, by name: those that ship, or those of a model folder.

    Raises RestyleError when the folder is no model.
    """
    from restyle.style.manner import manners_of
    from restyle.style.style import PRETRAINED, load_styles

    found = load_styles(folder_of(model) or PRETRAINED)
    return {
        name: StyleInfo(
            name,
            tuple(style.parts),
            tuple(style.known_parts),
            int(style.figures["songs"]),
            tuple(manners_of(style)),
            style.figures.get("distinct", {}).get("told", (None,))[0],
        )
        for name, style in found.items()
    }


def hear(song: Music) -> LeadSheet:
    """The lead sheet of a song or a file: meter, key, tempo, chords and melody, in grid positions.

    What is a lead sheet already, as a file or a LeadSheet, is taken at its word. Raises
    RestyleError when there is nothing to hear.
    """
    return open_lead(song)[0]


def transfer(
    song: Music,
    to: str = "",
    *,
    like: Song | str | os.PathLike[str] | None = None,
    seed: int = 0,
    strength: float = 1.0,
    parts: Sequence[str] | str = (),
    melody: bool | str = True,
    key: str = "",
    tempo: float | None = None,
    takes: int = 1,
    harmony: str = "enrich",
    instruments: Mapping[str, str] | None = None,
    feel: float | None = None,
    level: str = "",
    count_in: bool = False,
    intro: int = 0,
    ending: str = "",
    energy: str | Mapping[str, float] = "",
    enter: str | Mapping[str, str] = "",
    density: Mapping[str, str] | None = None,
    register: Mapping[str, str] | None = None,
    figure: Mapping[str, str] | None = None,
    keep: Sequence[str] | str = (),
    redo: str = "",
    earlier: Song | str | os.PathLike[str] | None = None,
    model: str | os.PathLike[str] | None = None,
) -> Song:
    """The same song in another style.

    Args:
        song: a file, a Song, or a LeadSheet, which is taken at its word.
        to: a style, one in a manner of it such as "jazz/ballad", a blend such as
            "jazz:0.7,pop:0.3", or styles by section such as "A:pop,B:rock" (letters as
            `restyle lead` shows them) or "1-16:jazz,17-32:latin".
        like: an example (file or Song) to take the style from, in place of `to`, or in the
            sections that `to` says it of: "A:like,B:jazz".
        parts: exactly these, as a list or as "piano,bass,drums"; the style's band when empty.
        melody: whether the song's melody is in the result; "keep" and "drop" say the same, and
            "ornament" plays it as the style does, every note recognisable.
        takes: how many to make, the best of which is returned.
        harmony: keep, enrich or reharmonise.
        instruments: what parts play on, such as {"melody": "trumpet", "drums": "brush"}.
        feel: 0 to play exactly on the grid, 1 as players do; as the style's songs when None.
        level: "easy", "intermediate" or "full" piano and guitar, in a key of few signs; with
            `instruments={"melody": "piano"}` the tune is in the right hand, the rest in the left.
        count_in: a bar of stick strokes before it; `intro` has bars of introduction; `ending` is
            "ritardando", "fade" or "tag".
        energy: how full sections are played, 0 to 1, such as {"A": 0.4, "B": 0.9}.
        enter: where parts come in, such as {"drums": "B"} or {"strings": "17"}.
        density: how densely parts play, such as {"piano": "sparse"}; `register` such as
            {"strings": "high"} or {"piano": "C3"}; `figure` such as {"bass": "walking"}.
        keep: tracks of the song that stay as they are, and the band plays around them: parts,
            instruments, names or numbers, as ["bass", "drums"]. Of a MIDI file, given as a path,
            with controllers and bends; of a Song the notes.
        redo: bars such as "9-16" to make anew in `earlier`, a result of this song, or "9-16:piano"
            for one part of them; give another `seed` for others. The style is the earlier one's
            where none is said.

    The same arguments give the same song. Raises RestyleError, with one sentence, when it cannot
    be done; what is wrong with the arguments is said before the song is heard.
    """
    check_text("A style", to)
    check_text("A key", key)
    if not isinstance(song, Song | LeadSheet):
        check_path(song, "A song")
    options = TransferOptions(
        to=to, strength=strength, parts=parts_of(parts), melody=keeps_melody(melody), key=key,
        tempo=tempo, seed=seed, takes=takes, harmony=harmony, feel=feel, level=level,
        instruments=instruments_of(instruments), ornament=melody == "ornament",
        frame=Frame(bool(count_in), intro, ending), keep=parts_of(keep),
        energy=by_section(energy), enter=by_section(enter), density=by_name("density", density),
        register=by_name("register", register), figure=by_name("figure", figure),
    )  # fmt: skip
    options.check()
    check_example(to, like is not None)
    band = arranger(folder_of(model))
    band.check(options)
    if not to and like is None and not redo and earlier is None:
        raise RestyleError("No style was said: name one, or give an example.")
    if like is not None:
        options = replace(options, like=open_example(like))
    if redo or earlier is not None:
        options = again(options, redo, earlier)
    lead, heard = open_lead(song)
    if options.keep and options.earlier is None:
        options = replace(options, kept=open_kept(song, heard, options.keep))
    return band.transfer(lead, options).song


def compose(
    style: str,
    *,
    bars: int | None = None,
    key: str = "",
    tempo: float | None = None,
    meter: str = "",
    form: str = "",
    chords: str | os.PathLike[str] | None = None,
    prime: str | os.PathLike[str] | None = None,
    over: str | os.PathLike[str] | None = None,
    solo: bool = False,
    takes: int = 1,
    temperature: float = 0.9,
    seed: int = 0,
) -> Song:
    """A new song in a style: a lead sheet is written, then the style's band plays it.

    Args:
        style: a style that `transfer` knows, or a manner of it ("jazz/waltz").
        bars: how many; the form's own when None.
        key: as "Eb" or "Am"; drawn from the style's songs when "". So are tempo (quarter notes a
            minute), meter ("3/4") and form ("aaba", "blues", "minuet", ...).
        chords: a chart, as a text file, that the tune is written over.
        prime: a song to go on from, in its key, meter and motif.
        over: words to be sung, as a text file: a line is a phrase, a syllable a note; hyphens
            ("o-ver") and capitals ("to-DAY") say syllables and stress.
        solo: whether a piano alone plays it.
        takes: make several, keep the best.
        temperature: above 1 bolder, below 1 plainer.
        seed: the same seed writes the same music.

    Raises RestyleError, with one sentence, when it cannot be done.
    """
    from restyle.composer.arranged import MOST_PIECES, best_of
    from restyle.composer.lead.song import LeadOptions, check

    check_text("A style", style)
    if not isinstance(takes, int) or not 1 <= takes <= MOST_PIECES:
        raise RestyleError(f"Takes are a number from 1 to {MOST_PIECES}, not {takes!r}.")
    options = LeadOptions(
        style.lower(), bars, key, tempo, meter, form, temperature, seed,
        chords=None if chords is None else Path(chords),
        prime=None if prime is None else Path(prime),
        over=None if over is None else Path(over),
    )  # fmt: skip
    check(options)
    _, result = best_of(options, solo, takes)
    return result.song


def compose_notes(
    style: str,
    notes: int = 600,
    *,
    model: str | os.PathLike[str] = "embedding",
    prime: Song | str | os.PathLike[str] | None = None,
    temperature: float | None = None,
    top_p: float | None = None,
    rhythm: str = "real",
    seed: int = 0,
) -> Song:
    """New music in a style, note after note, by the classic next-note LSTM.

    Args:
        style: a style that the composer knows: classical, pop or jazz.
        notes: how many notes and chords, 1 to 20,000.
        model: "last", "sequence" or "embedding", or a trained folder.
        prime: a song to go on from, in its key.
        temperature: above 1 bolder, below 1 plainer; the style's own when None.
        top_p: draw only from the likeliest notes of this share; the style's own when None.
        rhythm: "real", or "even" for a note every half beat.
        seed: the same seed writes the same music.

    Raises RestyleError, with one sentence, when it cannot be done.
    """
    from restyle.composer.api import compose as composed

    check_text("A style", style)
    return composed(style, notes, model, prime, temperature, top_p, rhythm, seed).song


def evaluate(
    songs: Music | Sequence[Music] = (),
    to: str | Sequence[str] = (),
    *,
    corpus: str | os.PathLike[str] | None = None,
    count: int = 60,
    bars: int = 32,
    model: str | os.PathLike[str] | None = None,
    seed: int = 0,
    workers: int = 1,
    without: str | Sequence[str] = (),
    only: str | Sequence[str] = (),
) -> Report:
    """Restyle songs and measure what comes out, beside real songs.

    Args:
        songs: one or several: files, Songs or LeadSheets.
        to: the styles to restyle to, as a list or as "jazz,pop"; all when empty.
        corpus: in place of songs, the held-out songs of a corpus: `count` of them, the first `bars`
            bars of each (0 for all).
        model: a model folder; the shipped one when None.
        seed: the same seed gives the same figures, but for seconds.
        workers: processes.
        without: mechanisms of the decoder to leave out, as a list or as "chord,tune".
        only: mechanisms to leave alone in; the grammar always holds.

    Returns:
        The report; its `data` is ready for JSON. Songs that cannot be heard are left out, and named
        in `data["unused"]`. What each measure says stands in the docs.

    Raises RestyleError, with one sentence, when it cannot be done.
    """
    from restyle.report.report import Wish
    from restyle.report.report import evaluate as measured

    files = songs_of(songs)
    if files and corpus is not None:
        raise RestyleError("Name songs or a corpus, not both.")
    wish = Wish(
        files=files, corpus=Path(corpus) if corpus is not None else None, songs=count, bars=bars,
        targets=parts_of(to), model=folder_of(model), seed=seed, workers=workers,
        without=mechanisms(without, only=False), only=mechanisms(only, only=True),
    )  # fmt: skip
    return measured(wish)
