"""What leaning, memory and habits are worth: results without and with them, beside real songs.

    python benchmarks/leaning.py CORPUS [--model FOLDER] [--songs 6] [--bars 24]

Held-out songs of classical, jazz and pop, each in the two other styles, the first bars of each. The
table in docs/how-it-works.md is this one.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import joblib
import numpy as np

from restyle.critic.judge import Judge
from restyle.critic.played import Played, played
from restyle.critic.tokens import played_tokens
from restyle.data.shards import open_corpus
from restyle.decoding.decode import DecodeOptions, Job, arrange_bars
from restyle.decoding.engine import Engine
from restyle.decoding.leaning import LeanOptions
from restyle.decoding.memory import form_of, parts_of
from restyle.decoding.voicing import VoicingOptions
from restyle.music.lead import LeadSheet
from restyle.music.parts import Arrangement
from restyle.music.song import Notes
from restyle.pipeline import FEEL_FROM, PRETRAINED, counts_quarters
from restyle.style.style import load_styles
from restyle.tokens import encode_arrangement, encode_lead
from restyle.tokens import vocabulary as v

STYLES = ("classical", "jazz", "pop")
SILENT = VoicingOptions(inside=0.0, chord=0.0, root=0.0, tune=0.0, deep=0.0, ring=0.0, arrive=0.0)
NOTHING = LeanOptions(SILENT, monotony=0.0, memory=0.0, fill=0.0, habits=0.0, pace=0.0)
WAYS = {
    "the model alone": NOTHING,
    "and voicing, fills": LeanOptions(memory=0.0, habits=0.0, pace=0.0),
    "and memory": LeanOptions(habits=0.0, pace=0.0),
    "and habits": LeanOptions(pace=0.0),
    "and pace (what ships)": LeanOptions(),
}
TITLES = {
    "strong": "chord notes on strong beats", "root": "lowest part on the bass note",
    "again": "repeats played again (F1)", "above": "notes above the tune",
    "thick": "notes struck together", "density": "notes a bar", "judge": "taken for its style",
}  # fmt: skip
Figures = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--model", type=Path, default=PRETRAINED)
    parser.add_argument("--songs", type=int, default=6, help="of each style")
    parser.add_argument("--bars", type=int, default=24)
    o = parser.parse_args()
    songs = {s: list(held_out(o.corpus, s, o.songs, o.bars)) for s in STYLES}
    print("| style | | " + " | ".join(TITLES.values()) + " |")
    print("|---|---|" + "---|" * len(TITLES))
    run = joblib.Parallel(n_jobs=2)
    for style in STYLES:
        real = [figures(song, style) for song in held_out(o.corpus, style, 30, o.bars)]
        print(row(style, "real songs", real), flush=True)
        bases = [song.lead for other in STYLES if other != style for song in songs[other]]
        for name, lean in WAYS.items():
            made = run(joblib.delayed(result)(o.model, style, lead, lean) for lead in bases)
            print(row(style, name, made), flush=True)


def held_out(corpus: Path, style: str, count: int, bars: int) -> Iterator[Played]:
    """Songs spread over those that the arranger was not trained on, cut to some bars."""
    opened = open_corpus(corpus)
    entries = opened.select("valid", style)
    for i in np.linspace(0, len(entries) - 1, min(count, len(entries))).astype(int):
        song = played_tokens(opened.tokens(entries[i]))
        yield song.part(0, min(bars, song.lead.bars))


def result(model: Path, style: str, lead: LeadSheet, lean: LeanOptions) -> Figures:
    chosen = load_styles(model)[style]
    ratio = chosen.swing_ratio(lead.tempos[0].bpm) if counts_quarters(lead) else 1.0
    options = DecodeOptions(feel="swing" if ratio >= FEEL_FROM else "straight", lean=lean)
    engine = Engine.load(model)
    job = Job(lead, chosen, chosen.parts, options)
    made = arrange_bars(job, engine, np.random.default_rng(1))
    return figures(played(lead, made, ratio), style)


def figures(song: Played, style: str) -> Figures:
    """The measures of `TITLES`; nan where a song has nothing to measure."""
    lead, arrangement = song.lead, song.arrangement
    pitched = {p: n for p, n in arrangement.parts.items() if p != "drums" and len(n)}
    every = [notes for notes in pitched.values()]
    lowest = pitched.get("bass", every[0] if every else lead.melody[:0])
    together = [len(n) / len(np.unique(n["start"])) for p, n in pitched.items() if p != "bass"]
    return {
        "strong": mean(_on_chord(lead, n) for n in every),
        "root": _on_root(lead, lowest),
        "again": _again(lead, arrangement),
        "above": mean(_above(lead, n) for p, n in pitched.items() if p != "bass"),
        "thick": mean(together),
        "density": sum(len(n) for n in arrangement.parts.values()) / lead.bars,
        "judge": float(Judge.load().verdict(song, STYLES) == style),
    }


def mean(values: Iterable[float]) -> float:
    known = [x for x in values if not np.isnan(x)]
    return float(np.mean(known)) if known else float("nan")


def _on_chord(lead: LeadSheet, notes: Notes) -> float:
    strong = notes[lead.metrical_level(notes["start"]) <= 2]
    chords = [(lead.chord_at(int(n["start"])), int(n["pitch"])) for n in strong]
    return mean(float(pitch % 12 in c.pitch_classes) for c, pitch in chords if c and c.root >= 0)


def _on_root(lead: LeadSheet, notes: Notes) -> float:
    hits = []
    for chord in lead.chords:
        here = notes["pitch"][notes["start"] == chord.start]
        if len(here) and chord.root >= 0:
            hits.append(float(here.min() % 12 == chord.bass % 12))
    return mean(hits)


def _above(lead: LeadSheet, notes: Notes) -> float:
    sung = lead.melody
    if not len(sung):
        return float("nan")
    i = np.maximum(np.searchsorted(sung["start"], notes["start"], side="right") - 1, 0)
    sounds = (sung["start"][i] <= notes["start"]) & (
        sung["start"][i] + sung["duration"][i] > notes["start"]
    )
    return mean((notes["pitch"] > sung["pitch"][i])[sounds].astype(float))


def _again(lead: LeadSheet, arrangement: Arrangement) -> float:
    """F1 of each part's (place, pitch or drum) in bars that repeat, and the first time."""
    bars = encode_arrangement(arrangement, lead)
    found = []
    for bar, source in enumerate(form_of(encode_lead(lead)).source):
        if source >= 0:
            now, then = parts_of(bars[bar]), parts_of(bars[source])
            for part in now:
                a, b = _struck(now[part]), _struck(then.get(part, []))
                if a or b:
                    found.append(2 * len(a & b) / (len(a) + len(b)))
    return mean(found)


def _struck(tokens: list[int]) -> set[tuple[int, int]]:
    out, place = set(), -1
    for token in tokens:
        if token in v.POSITION:
            place = token
        elif token in v.PITCH or token in v.DRUM:
            out.add((place, token))
    return out


def row(style: str, name: str, rows: list[Figures]) -> str:
    gathered: defaultdict[str, list[float]] = defaultdict(list)
    for one in rows:
        for key, value in one.items():
            gathered[key].append(value)
    cells = [f"{mean(gathered[k]):.1f}" if k in ("thick", "density") else f"{mean(gathered[k]):.2f}"
             for k in TITLES]  # fmt: skip
    return f"| {style} | {name} | " + " | ".join(cells) + " |"


if __name__ == "__main__":
    main()
