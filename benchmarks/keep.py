"""What stays of a song, measured: kept tracks, ornaments, levels, form.

    python benchmarks/keep.py SONGS.json FOLDER [--songs 30] [--longest 64] [--only keep,form,...]

SONGS.json lists held-out songs by style, in FOLDER. For each of `--songs` of them, spread over the
styles: the song's drums and bass (or else its first accompanying track) are kept, in another style,
and what the band plays around them is compared with what it plays, with the same seed, when it does
not hear them. Ornaments, levels and form need no model and take the same songs. A row a song goes
to standard output as JSON, then the means.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from restyle.analysis import Heard
from restyle.analysis.form import find_form, form_line, within_and_between
from restyle.critic.around import (
    groove_cosines,
    share_clashing,
    sounding_classes,
    tonal_distances,
)
from restyle.errors import RestyleError
from restyle.io.midi.verbatim import verbatim_tracks
from restyle.io.midi.write import midi_bytes
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement, arrangement_of
from restyle.music.playability import faults, two_hand_faults
from restyle.music.song import Notes, sort_notes
from restyle.music.verbatim import Event
from restyle.options import TransferOptions
from restyle.pipeline import arranger
from restyle.reading import open_kept, open_lead
from restyle.style.hands import left_hand, with_room
from restyle.style.keep import Kept, without
from restyle.style.level import at_level
from restyle.style.ornament import MANNERS, ornamented, recognised

Row = dict[str, float]
BARS = 16
"""Bars that are arranged; all kept events are written."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("songs_json", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--songs", type=int, default=30)
    parser.add_argument("--longest", type=int, default=200, help="bars")
    parser.add_argument("--only", default="keep,ornament,level,hands,form")
    options = parser.parse_args()
    rows: dict[str, list[Row]] = {}
    for style, file in chosen(json.loads(options.songs_json.read_text())):
        if all(len(rows.get(name, [])) >= options.songs for name in options.only.split(",")):
            break
        path = options.folder / file
        try:
            lead, heard = open_lead(path)
        except RestyleError as error:
            print(f"{file}: {error}", file=sys.stderr)
            continue
        if heard is None or not BARS <= lead.bars <= options.longest:
            continue
        for name in options.only.split(","):
            try:
                row = MEASURES[name](path, lead, heard, style)
            except RestyleError as error:
                print(f"{file}: {error}", file=sys.stderr)
                continue
            rows.setdefault(name, []).append(row)
            print(json.dumps({"measure": name, "song": file, **row}), flush=True)
    for name, some in rows.items():
        for key in some[0]:
            values = np.array([row.get(key, np.nan) for row in some])
            values = values[np.isfinite(values)]
            print(f"{name} {key:24} {values.mean():.4f}  of {len(values)} songs")
    for name in MEASURED if "keep" in rows else ():
        pairs = np.array([[r[f"{name}_seen"], r[f"{name}_unseen"]] for r in rows["keep"]])
        gained = pairs[np.isfinite(pairs).all(axis=1)] @ [1, -1]
        half = 1.96 * gained.std(ddof=1) / np.sqrt(len(gained))
        print(f"{name}: seen less unseen {gained.mean():+.3f} +- {half:.3f}")


MEASURED = ("tonal_distance", "half_steps", "consonance", "groove", "near_misses")


def chosen(lists: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    """Songs in turn from each style."""
    most = max(len(files) for files in lists.values())
    turns = range(most)
    return [(style, files[i]) for i in turns for style, files in lists.items() if i < len(files)]


def keep(path: Path, lead: LeadSheet, heard: Heard, style: str) -> Row:
    """Events identical; how well the band agrees with what is kept, heard and unheard, and how well
    the song's own other tracks do ("real"), as they are and half of the bars later ("later")."""
    names = _names(heard)
    if not names:
        raise RestyleError("nothing but a tune to keep")
    whole = open_kept(path, heard, names)
    own = arrangement_of(heard.song, heard.melody, lead.bars, 0.0)
    lead = replace(lead.part(0, min(BARS, lead.bars)))
    kept = replace(
        whole, arrangement=_until(whole.arrangement, lead), tune=whole.tune[: len(lead.melody)]
    )
    to = "jazz" if style in ("pop", "rock", "unsorted", "country") else "pop"
    plain = TransferOptions(to)
    band = arranger()
    seen = band.transfer(lead, replace(plain, keep=tuple(names), kept=kept))
    unseen = band.transfer(lead, plain)
    out: Row = {"identical": _identical(path, midi_bytes(seen.song), kept)}
    real = _until(without(own, kept), lead)
    bands = {
        "seen": without(seen.takes[0].arrangement, kept),
        "unseen": without(unseen.takes[0].arrangement, kept),
        "real": real,
        "later": _later(real, lead),
    }
    for word, others in bands.items():
        for name, value in _agreement(kept.arrangement, others, lead).items():
            out[f"{name}_{word}"] = value
    return out


def _until(played: Arrangement, lead: LeadSheet) -> Arrangement:
    parts = {p: n[n["start"] < lead.length] for p, n in played.parts.items()}
    return replace(played, parts=parts)


def _later(played: Arrangement, lead: LeadSheet) -> Arrangement:
    """The same, its second half before its first: what agrees by chance."""
    half = int(lead.bar_starts()[lead.bars // 2])
    parts = {}
    for part, notes in played.parts.items():
        notes = notes.copy()
        notes["start"] = (notes["start"] - half) % lead.length
        parts[part] = sort_notes(notes)
    return replace(played, parts=parts)


def _agreement(kept: Arrangement, others: Arrangement, lead: LeadSheet) -> Row:
    """Tonal distance, half steps, consonance and onsets together; nan for what cannot be said."""
    a, b = list(kept.parts.values()), list(others.parts.values())
    x, y = ([n for p, n in some.parts.items() if p != "drums"] for some in (kept, others))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the mean of nothing is nan
        return {
            "tonal_distance": float(np.nanmean(tonal_distances(x, y, 0, lead.length))),
            "half_steps": share_clashing(x, y, 0, lead.length),
            "consonance": _consonance(x, y, lead.length),
            "groove": float(np.nanmean(groove_cosines(a, b, lead.bar_starts()))),
            "near_misses": _near_misses(a, b, lead.length),
        }


def _consonance(a: list[Notes], b: list[Notes], length: int) -> float:
    """The pitch consonance score (Yeh et al. 2021) of pairs of pitch classes that sound together:
    1 for unison, thirds, fifth and sixths, 0 for a fourth, -1 for others; the critic of the
    candidates does not know it."""
    x, y = (sounding_classes(parts, 0, length).astype(float) for parts in (a, b))
    by_interval = [float((x * np.roll(y, -step, axis=1)).sum()) for step in range(12)]
    worth = [1, -1, -1, 1, 1, 0, -1, 1, 1, 1, -1, -1]
    every = sum(by_interval)
    return float(np.dot(by_interval, worth) / every) if every else float("nan")


def _near_misses(a: list[Notes], b: list[Notes], length: int) -> float:
    """Share of the onsets of `b` that lie one or two grid positions beside one of `a`, on none."""
    struck = [[n["start"] for n in parts if len(n)] for parts in (a, b)]
    if not all(struck):
        return float("nan")
    first, second = (np.unique(np.concatenate(starts)) for starts in struck)
    off = np.abs(second[second < length, None] - first[None]).min(axis=1)
    return float(np.mean((off > 0) & (off <= 2)))


def _names(heard: Heard) -> list[str]:
    """The numbers of drums and bass; of the first accompanying track where there are none."""
    tracks = list(zip(heard.song.tracks, heard.melody, strict=True))
    rhythm = [i for i, (t, _) in enumerate(tracks) if t.is_drum or 32 <= t.program < 40]
    others = [i for i, (_, mask) in enumerate(tracks) if mask.mean() < 0.5]
    return [str(i + 1) for i in rhythm or others[:1]]


def _identical(path: Path, data: bytes, kept: Kept) -> float:
    """Share of the kept events that the written file has, by kind and order, and at their time: in
    ticks up to one shift, or of songs off their file's beat in seconds."""
    wanted = [x for t in kept.tracks if (x := t.verbatim) is not None]
    source = [e for e in verbatim_tracks(path.read_bytes(), path.name)]
    there = verbatim_tracks(data, "result")
    found = total = 0
    for one in wanted:
        messages = [d for _, d in one.events]
        total += len(messages)
        own = next((s for s in source if _same(s.events, one.events)), None)
        result = next((s for s in there if _holds(s.events, one.events)), None)
        found += len(messages) if own is not None and result is not None else 0
    return found / max(total, 1)


def _plain(events: Sequence[Event]) -> list[bytes]:
    return [bytes([d[0] & 0xF0]) + d[1:] for _, d in events]


def _same(a: Sequence[Event], b: Sequence[Event]) -> bool:
    return _plain(a) == _plain(b)


def _holds(a: Sequence[Event], b: Sequence[Event]) -> bool:
    return sorted(_plain(a)) == sorted(_plain(b))


def ornament(path: Path, lead: LeadSheet, heard: Heard, style: str) -> Row:
    """Tune notes that are recognised in ornamented tunes of all styles, and notes more."""
    rng = np.random.default_rng(0)
    tunes = [ornamented(lead, name, rng) for name in MANNERS]
    return {
        "recognised": float(np.mean([recognised(lead.melody, tune) for tune in tunes])),
        "notes": float(np.mean([len(t) / max(len(lead.melody), 1) for t in tunes])),
    }


def level(path: Path, lead: LeadSheet, heard: Heard, style: str) -> Row:
    """Share of the bars of the song's own piano and guitar that pass a level, as they are and made
    easier."""
    played = arrangement_of(heard.song, heard.melody, lead.bars)
    out: Row = {}
    for name in ("easy", "intermediate", "full"):
        simple = at_level(played, lead, name)
        out[f"{name}_before"] = _passing(played, lead, name)
        out[f"{name}_after"] = _passing(simple, lead, name)
    return out


def hands(path: Path, lead: LeadSheet, heard: Heard, style: str) -> Row:
    """The song's own piano as a left hand under its tune: share of the bars in which the left hand
    passes a level, and no hands cross; of the tune's bars those that pass, too; strokes left."""
    lead = with_room(lead)
    played = arrangement_of(heard.song, heard.melody, lead.bars)
    whole = [notes for part, notes in played.parts.items() if part in ("piano", "keys", "guitar")]
    if not whole or not len(lead.melody):
        raise RestyleError("nothing that a left hand could play, or no tune")
    notes = sort_notes(np.concatenate(whole))
    out: Row = {}
    for name in ("easy", "intermediate", "full"):
        left, lines = left_hand(notes, lead, name), lead.bar_starts().tolist()
        bars = [(_bar(left, *pair), _bar(lead.melody, *pair)) for pair in pairwise(lines)]
        found = [two_hand_faults(low, high, name) for low, high in bars if len(low)]
        out[f"{name}_left"] = float(np.mean([not any("right" not in f for f in x) for x in found]))
        out[f"{name}_right"] = float(np.mean([not any("right" in f for f in x) for x in found]))
        out[f"{name}_strokes"] = len(np.unique(left["start"])) / len(np.unique(notes["start"]))
    return out


def _bar(notes: Notes, begin: int, end: int) -> Notes:
    out = notes[(notes["start"] >= begin) & (notes["start"] < end)].copy()
    out["start"] -= begin
    return out


def _passing(played: Arrangement, lead: LeadSheet, name: str) -> float:
    lines = lead.bar_starts().tolist()
    good = []
    for part in ("piano", "guitar"):
        if part in played.parts:
            bars = (_bar(played.parts[part], *pair) for pair in pairwise(lines))
            good += [not faults(bar, part, name) for bar in bars if len(bar)]
    return float(np.mean(good)) if good else float("nan")


def form(path: Path, lead: LeadSheet, heard: Heard, style: str) -> Row:
    """How alike sections of one letter are, and of different letters."""
    found = find_form(lead)
    within, between = within_and_between(lead, found)
    print(f"{path.name}: {form_line(found)}", file=sys.stderr)
    return {"within": within, "between": between, "sections": len(found)}


MEASURES: Mapping[str, Callable[[Path, LeadSheet, Heard, str], Row]] = {
    "keep": keep, "ornament": ornament, "level": level, "hands": hands, "form": form,
}  # fmt: skip

if __name__ == "__main__":
    main()
