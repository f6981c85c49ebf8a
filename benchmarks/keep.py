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
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from restyle.analysis import Heard
from restyle.analysis.form import find_form, form_line, within_and_between
from restyle.errors import RestyleError
from restyle.io.midi.verbatim import verbatim_tracks
from restyle.io.midi.write import midi_bytes
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement, arrangement_of
from restyle.music.playability import faults
from restyle.music.song import GRID, Notes
from restyle.options import TransferOptions
from restyle.pipeline import arranger
from restyle.reading import open_kept, open_lead
from restyle.style.keep import Kept, without
from restyle.style.level import at_level
from restyle.style.ornament import MANNERS, ornamented, recognised

Row = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("songs_json", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--songs", type=int, default=30)
    parser.add_argument("--longest", type=int, default=64, help="bars")
    parser.add_argument("--only", default="keep,ornament,level,form")
    options = parser.parse_args()
    rows: dict[str, list[Row]] = {}
    for style, file in chosen(json.loads(options.songs_json.read_text()), options.songs):
        path = options.folder / file
        try:
            lead, heard = open_lead(path)
        except RestyleError as error:
            print(f"{file}: {error}", file=sys.stderr)
            continue
        if heard is None or lead.bars > options.longest:
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
        means = {k: float(np.nanmean([r[k] for r in some if k in r])) for k in some[0]}
        print(name, len(some), json.dumps({k: round(v, 4) for k, v in means.items()}))


def chosen(lists: Mapping[str, list[str]], count: int) -> list[tuple[str, str]]:
    """Songs in turn from each style, enough that `count` remain when long ones are left out."""
    turns = [(style, files[i]) for i in range(3 * count) for style, files in lists.items()
             if i < len(files)]  # fmt: skip
    return turns[:count]


def keep(path: Path, lead: LeadSheet, heard: Heard, style: str) -> Row:
    """Events identical; how well the band agrees with what is kept, heard and unheard."""
    names = _names(heard)
    if not names:
        raise RestyleError("nothing but a tune to keep")
    kept = open_kept(path, heard, names)
    to = "jazz" if style in ("pop", "rock", "unsorted", "country") else "pop"
    plain = TransferOptions(to, candidates=2)
    band = arranger()
    seen = band.transfer(lead, replace(plain, keep=tuple(names), kept=kept))
    unseen = band.transfer(lead, plain)
    out: Row = {"identical": _identical(path, midi_bytes(seen.song), kept)}
    for word, result in (("seen", seen), ("unseen", unseen)):
        others = without(result.takes[0].arrangement, kept)
        out[f"groove_{word}"] = _groove(kept.arrangement, others, lead)
        out[f"chords_{word}"] = _chords(kept.arrangement, others)
    return out


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


def _plain(events):  # type: ignore[no-untyped-def]
    return [bytes([d[0] & 0xF0]) + d[1:] for _, d in events]


def _same(a, b) -> bool:  # type: ignore[no-untyped-def]
    return _plain(a) == _plain(b)


def _holds(a, b) -> bool:  # type: ignore[no-untyped-def]
    return sorted(_plain(a)) == sorted(_plain(b))


def _groove(kept: Arrangement, others: Arrangement, lead: LeadSheet) -> float:
    """Mean over bars of the cosine of onsets at sixteenths, kept tracks against the band."""
    return float(np.nanmean(_cosines(_onsets(kept, lead), _onsets(others, lead))))


def _onsets(played: Arrangement, lead: LeadSheet) -> np.ndarray:
    steps = lead.length // 3
    out = np.zeros(steps)
    for notes in played.parts.values():
        np.add.at(out, np.clip(np.unique(notes["start"]) // 3, 0, steps - 1), 1)
    return out[: steps // 16 * 16].reshape(-1, 16)


def _cosines(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    norms = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return np.where(norms > 0, (a * b).sum(axis=1) / np.maximum(norms, 1e-9), np.nan)


def _chords(kept: Arrangement, others: Arrangement) -> float:
    """Mean over beats of the cosine of chroma, kept pitched tracks against the band; nan where
    only drums are kept."""
    a, b = _chroma(kept), _chroma(others)
    size = min(len(a), len(b))
    found = _cosines(a[:size], b[:size])
    return float(np.nanmean(found)) if np.isfinite(found).any() else float("nan")


def _chroma(played: Arrangement) -> np.ndarray:
    pitched = [notes for part, notes in played.parts.items() if part != "drums" and len(notes)]
    if not pitched:
        return np.zeros((0, 12))
    every: Notes = np.concatenate(pitched)
    out = np.zeros((int((every["start"] + every["duration"]).max()) // GRID + 1, 12))
    for start, duration, pitch, _ in every.tolist():
        out[start // GRID : (start + duration - 1) // GRID + 1, pitch % 12] += 1
    return out


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


def _passing(played: Arrangement, lead: LeadSheet, name: str) -> float:
    lines = lead.bar_starts().tolist()
    good = []
    for part in ("piano", "guitar"):
        notes = played.parts.get(part)
        for begin, end in pairwise(lines) if notes is not None else ():
            bar = notes[(notes["start"] >= begin) & (notes["start"] < end)].copy()
            bar["start"] -= begin
            if len(bar):
                good.append(not faults(bar, part, name))
    return float(np.mean(good)) if good else float("nan")


def form(path: Path, lead: LeadSheet, heard: Heard, style: str) -> Row:
    """How alike sections of one letter are, and of different letters."""
    found = find_form(lead)
    within, between = within_and_between(lead, found)
    print(f"{path.name}: {form_line(found)}", file=sys.stderr)
    return {"within": within, "between": between, "sections": len(found)}


MEASURES: Mapping[str, Callable[[Path, LeadSheet, Heard, str], Row]] = {
    "keep": keep, "ornament": ornament, "level": level, "form": form,
}  # fmt: skip

if __name__ == "__main__":
    main()
