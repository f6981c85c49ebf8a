"""Make a song anew as the page wishes: whole, or some of its bars; with parts that stay."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from restyle.analysis.form import find_form
from restyle.errors import RestyleError
from restyle.io.feel import performed
from restyle.music.classes import PARTS
from restyle.music.lead import LeadSheet
from restyle.music.song import STEP, Song
from restyle.options import TransferOptions, again
from restyle.pipeline import arranger
from restyle.reading import open_example, open_kept, open_lead
from restyle.studio.mending import Mends, mended
from restyle.studio.songs import Json, notes_between, parts_of
from restyle.style.frame import Frame, count_in_ticks, framed, with_count_in
from restyle.style.keep import Kept, kept_from
from restyle.style.sections import (
    Said,
    bars_of,
    filled,
    is_sectional,
    parse_energy,
    parse_entries,
    parse_sections,
    value_by_bar,
)

if TYPE_CHECKING:
    from restyle.composer.lead.song import LeadOptions

OnBar = Callable[[int, int], None]
OnMusic = Callable[[int, int, list[Json]], None]
"""Told of a take, the bar before which it stands, and the notes that are new since last time."""


@dataclass(frozen=True)
class Wish:
    """What is to be made of a song."""

    options: TransferOptions
    like: Path | None = None
    """A song to take the style from."""
    redo: str = ""
    """Bars of `earlier` to make anew, as "9-16", or "9-16:piano" for one part."""
    earlier: Song | None = None
    """An earlier result, without its count-in."""
    locked: tuple[str, ...] = ()
    """Parts that stay as `earlier` has them, in a whole song made anew."""


@dataclass(frozen=True)
class Made:
    """The takes of a transfer, the best first."""

    takes: tuple[Song, ...]
    """As they stand on paper, without a count-in: `sounding` is how they are played."""
    scores: tuple[float, ...]
    style: str
    swing: float
    notes: tuple[str, ...]
    before: int
    """Ticks by which the song begins later than it was: its introduction."""


@dataclass(frozen=True)
class Plan:
    """What is known of a result before it is made."""

    bars: tuple[int, ...]
    """Ticks of its bar lines, the end included."""
    before: int


def options_of(said: Mapping[str, Any], takes: int) -> TransferOptions:
    """The options that a request holds; the names are those of `restyle.transfer`."""
    same = ("to", "strength", "harmony", "key", "tempo", "seed", "instruments", "feel", "level",
            "energy", "enter", "density", "register", "figure")  # fmt: skip
    return TransferOptions(
        **{name: said[name] for name in same},
        parts=tuple(said["parts"]),
        keep=tuple(said["keep"]),
        melody=said["melody"] != "drop",
        ornament=said["melody"] == "ornament",
        frame=Frame(False, said["intro"], said["ending"]),
        takes=takes,
    )


def kept_of(path: Path, names: tuple[str, ...], mends: Mends) -> Kept:
    """The tracks of a song that stay as they are, with what was mended.

    Raises RestyleError for what has no such tracks.
    """
    heard = open_lead(path)[1]
    if heard is None:
        raise RestyleError("A lead sheet has no tracks to keep: give the song itself.")
    heard, _ = mended(heard, mends)
    if mends.moves_bars:  # the file's own events are not in these bars
        kept = kept_from(heard, heard.song, names, None)
    else:
        kept = open_kept(path, heard, names)
    faster = mends.tempo / heard.song.tempos[0].bpm if mends.tempo else 1.0
    return replace(kept, tempos=tuple(replace(t, bpm=t.bpm * faster) for t in kept.tempos))


def plan(lead: LeadSheet, wish: Wish) -> Plan:
    """The bars that a result will have."""
    whole, before = framed(lead, wish.options.frame)
    return Plan(tuple(int(line) * STEP for line in whole.bar_starts()), before * STEP)


def make(lead: LeadSheet, wish: Wish, on_bar: OnBar, on_music: OnMusic) -> Made:
    """Arrange a lead sheet; see `Arranger.transfer`. Raises RestyleError."""
    options = wish.options
    options.check()
    options = _by_bars(options, lead)
    if wish.like:
        options = replace(options, like=open_example(wish.like))
    if wish.redo:
        first = int(wish.redo.split("-")[0])
        options = again(_in_one_style(lead, options, first), wish.redo, wish.earlier)
    only = options.redo_parts
    result = arranger().transfer(lead, options, on_bar, _news(wish.locked, only, on_music))
    takes = tuple(_with_locked(take.song, wish) for take in result.takes)
    scores = tuple(round(take.measures.score, 3) for take in result.takes)
    _, before = framed(lead, options.frame)
    return Made(takes, scores, result.style.name, result.swing, result.notes, before * STEP)


def _by_bars(options: TransferOptions, lead: LeadSheet) -> TransferOptions:
    """The options with what is said of sections said of bars, behind the introduction: the song's
    sections are what the page shows."""
    whole, before = framed(lead, options.frame)
    if not before:
        return options
    first = int(np.searchsorted(whole.bar_starts(), before))
    form = find_form(lead)

    def places(one: Said) -> list[int]:
        return [bar + first + 1 for bar in bars_of(one.where, form, lead.bars)]

    if is_sectional(options.to):
        styles = filled(value_by_bar(parse_sections(options.to, "A:pop,B:rock"), form, lead.bars))
        rows = enumerate([styles[0]] * first + styles + [styles[-1]] * whole.bars, 1)
        to = ",".join(f"{bar}:{style}" for bar, style in list(rows)[: whole.bars])
        options = replace(options, to=to)
    if options.energy:
        said = [(bar, one.value) for one in parse_energy(options.energy) for bar in places(one)]
        options = replace(options, energy=",".join(f"{bar}:{value}" for bar, value in said))
    if options.enter:
        entries = parse_entries(options.enter, PARTS)
        enter = ",".join(f"{one.value}:{min(places(one))}" for one in entries)
        options = replace(options, enter=enter)
    return options


def _in_one_style(lead: LeadSheet, options: TransferOptions, first: int) -> TransferOptions:
    """Bars anew are in the style of the section that the first of them lies in."""
    if not is_sectional(options.to):
        return options
    whole, _ = framed(lead, options.frame)
    said = parse_sections(options.to, "A:pop,B:rock")
    styles = filled(value_by_bar(said, find_form(whole), whole.bars))
    if first > len(styles):
        raise RestyleError(f"There is no bar {first}: the result has {len(styles)}.")
    return replace(options, to=styles[first - 1].replace("+", ","))


def _news(
    locked: tuple[str, ...], only: tuple[str, ...], on_music: OnMusic
) -> Callable[[int, int, Song], None]:
    """Tells only what is new since the passage before."""
    told: dict[int, int] = {}

    def report(take: int, bar: int, song: Song) -> None:
        lines = song.bar_starts()
        until = int(lines[bar]) if bar < len(lines) else 1 << 40
        tracks = [
            t
            for t in notes_between(song, told.get(take, 0), until)
            if (not only or t["part"] in only) and t["part"] not in locked
        ]
        told[take] = until
        on_music(take, bar, tracks)

    return report


def _with_locked(song: Song, wish: Wish) -> Song:
    """A result in which the parts that are locked are as they were.

    Raises RestyleError where they would not fit: another key, or other bars.
    """
    old_song = wish.earlier
    if old_song is None or wish.redo:
        return song
    old = dict(zip(parts_of(old_song), old_song.tracks, strict=True))
    stay = [name for name in wish.locked if name in old]
    if not stay:
        return song
    if _place(song) != _place(old_song):
        raise RestyleError(
            "What is locked stays where it is: leave key, introduction and ending as they were, "
            "or unlock it."
        )
    song = performed(song)  # what stays is played already
    made = dict(zip(parts_of(song), song.tracks, strict=True))
    made |= {name: old[name] for name in stay}
    order = [*old, *(name for name in made if name not in old)]
    mixed = song.with_tracks(made[name] for name in order if name in made)
    band = {name: made[name].name for name in order if name in made}
    told = {**json.loads(song.made_with or "{}"), "band": band}
    return replace(mixed, made_with=json.dumps(told, ensure_ascii=False))


def _place(song: Song) -> tuple[object, ...]:
    """What decides where the notes of a result lie: its key, introduction and tag."""
    frame = json.loads(song.made_with or "{}").get("frame", {})
    return song.keys, frame.get("intro", 0), frame.get("ending") == "tag"


def dressed(song: Song, count_in: bool) -> Song:
    """A take as it is taken away: with its count-in, which is put on last, so that bars can be made
    anew without it."""
    if not count_in:
        return song
    told = json.loads(song.made_with or "{}")
    told["frame"] = {**told.get("frame", {"intro": 0, "ending": ""}), "count_in": True}
    return replace(with_count_in(song), made_with=json.dumps(told, ensure_ascii=False))


def sounding(song: Song, count_in: bool = False) -> Song:
    """A take as it is played, with the touch of players, which paper does not show."""
    return dressed(performed(song), count_in)


def lead_in(song: Song, count_in: bool) -> int:
    """Ticks that a count-in takes."""
    return count_in_ticks(song) if count_in else 0


@dataclass(frozen=True)
class Piece:
    """A new song: its lead sheet, and how a band plays it."""

    lead: LeadSheet
    made: Made
    remarks: tuple[str, ...]


def compose(options: LeadOptions, solo: bool, takes: int, on_bar: OnBar) -> Piece:
    """Write a song and have a band play it, as `restyle.compose` does. Raises RestyleError."""
    from restyle.composer.arranged import best_of
    from restyle.composer.lead.song import check

    check(options)
    written, result = best_of(options, solo, takes, on_bar)
    take = result.takes[0]
    made = Made((take.song,), (round(take.measures.score, 3),), result.style.name, result.swing,
                result.notes, 0)  # fmt: skip
    form = f"{written.lead.title}: {written.form} {written.letters}."
    return Piece(written.lead, made, (form, *written.remarks))
