"""Golden results: whether a move of code has changed a note, over many songs and all ways in.

    python benchmarks/golden.py make FILE.json [--sheets 60] [--jobs N]     before the move
    python benchmarks/golden.py check FILE.json [--jobs N]                  after it

Lead sheets of 8 and 12 bars are composed by seed; each goes one of the ways in `WAYS` into one of
the styles, both in turn. The three examples go all ways. Of each
result the MIDI files of all takes are hashed. `check` makes all of it again as the file says, names
what is another, and exits 1 if anything is. Hashes hold for one machine and environment: another
processor rounds otherwise.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from restyle import __version__
from restyle.composer.lead.song import LeadOptions, compose_lead, load_model
from restyle.errors import RestyleError
from restyle.io.midi.write import midi_bytes
from restyle.music.lead import LeadSheet, played
from restyle.options import TransferOptions, again
from restyle.pipeline import Arranger, Result, arranger
from restyle.reading import open_example, open_kept, open_lead
from restyle.style.style import PRETRAINED, load_styles
from restyle.workers import parallel

EXAMPLES = Path(__file__).parent.parent / "examples"
SONGS = ("auld-lang-syne.mid", "greensleeves.abc", "when-the-saints.musicxml")


@dataclass(frozen=True)
class Case:
    """One result that is to stay as it is."""

    song: str
    """A file among the examples, or the seed of a lead sheet."""
    style: str
    other: str
    """A second style, for the ways that need two."""
    way: str

    @property
    def name(self) -> str:
        return f"{self.song} {self.style} {self.way}"


Way = Callable[[Arranger, LeadSheet, TransferOptions, str], Result]
"""From a lead sheet, the plain options and another style."""


def asking(**more: object) -> Way:
    """The way in which these options are said as well."""
    return lambda band, lead, plain, _: band.transfer(lead, replace(plain, **more))  # type: ignore[arg-type]


def blended(band: Arranger, lead: LeadSheet, plain: TransferOptions, other: str) -> Result:
    return band.transfer(lead, replace(plain, to=f"{plain.to}:0.6,{other}:0.4"))


def by_sections(band: Arranger, lead: LeadSheet, plain: TransferOptions, other: str) -> Result:
    to = f"1-4:{plain.to},5-{lead.bars}:{other}"
    return band.transfer(lead, replace(plain, to=to, energy="0.7"))


def like_a_song(band: Arranger, lead: LeadSheet, plain: TransferOptions, _: str) -> Result:
    """Like an example, under the tokens of the nearest style."""
    example = open_example(EXAMPLES / SONGS[0])
    return band.transfer(lead, replace(plain, to="", like=example))


def bars_anew(band: Arranger, lead: LeadSheet, plain: TransferOptions, _: str) -> Result:
    """Three bars of an earlier result once more, by another seed."""
    earlier = band.transfer(lead, plain).song
    return band.transfer(lead, again(replace(plain, seed=plain.seed + 1), "3-5", earlier))


def around_kept_bass(band: Arranger, lead: LeadSheet, plain: TransferOptions, other: str) -> Result:
    """Around the bass of a song, which is a result in the other style."""
    song = band.transfer(lead, replace(plain, to=other, parts=("piano", "bass", "drums"))).song
    heard_lead, heard = open_lead(song)
    kept = open_kept(song, heard, ("bass",))
    return band.transfer(heard_lead, replace(plain, keep=("bass",), kept=kept))


WAYS: dict[str, Way] = {
    "name": asking(),
    "strength": asking(strength=2.0),
    "blend": blended,
    "like": like_a_song,
    "redo": bars_anew,
    "parts": asking(parts=("piano", "bass")),
    "keep": around_kept_bass,
    "sections": by_sections,
    "level": asking(level="easy"),
    "takes": asking(takes=2),
    "candidates": asking(candidates=3),
    "reharmonise": asking(harmony="reharmonise"),
    "heard": lambda band, lead, plain, _: band.transfer(open_lead(played(lead))[0], plain),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("do", choices=("make", "check"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--sheets", type=int, default=60, help="how many lead sheets, for make")
    parser.add_argument("--jobs", type=int, help="processes; all cores if not said")
    options = parser.parse_args()
    if options.do == "make":
        found = {"restyle": __version__, "sheets": options.sheets}
        found["hashes"] = hashes(options.sheets, options.jobs)
        options.file.write_text(json.dumps(found, indent=1) + "\n")
        print(f"{len(found['hashes'])} results -> {options.file}")
        return
    golden = json.loads(options.file.read_text())
    changes = compared(golden["hashes"], hashes(golden["sheets"], options.jobs))
    for line in changes:
        print(line)
    print(f"{len(changes)} of {len(golden['hashes'])} results have changed")
    sys.exit(1 if changes else 0)


def compared(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """What has changed, a line each."""
    out = []
    for name in sorted({*before, *after}):
        old, new = before.get(name, "not there"), after.get(name, "not there")
        if old != new:
            out.append(f"{name}: {old} -> {new}")
    return out


def cases(sheets: int) -> list[Case]:
    """The results to make: styles and ways in turn, which meet otherwise each time."""
    styles, ways = list(load_styles(PRETRAINED)), list(WAYS)
    songs = [str(seed) for seed in range(sheets)]
    pairs = [(song, ways[number % len(ways)]) for number, song in enumerate(songs)]
    pairs += product(SONGS, ways)
    count = len(styles)
    return [
        Case(song, styles[number % count], styles[(number + 7) % count], way)
        for number, (song, way) in enumerate(pairs)
    ]


def hashes(sheets: int, jobs: int | None) -> dict[str, str]:
    """The hash of every result, by the name of its case."""
    every = cases(sheets)
    found = parallel(hashed, every, jobs, batch=1)
    return {case.name: made for case, made in zip(every, found, strict=True)}


def hashed(case: Case) -> str:
    """The hash of all takes of a result; what is said instead where it cannot be made."""
    band = arranger(None, threads=1)
    plain = TransferOptions(to=case.style, seed=1, candidates=1)
    try:
        made = WAYS[case.way](band, sheet(case.song), plain, case.other)
    except RestyleError as error:
        return str(error)
    takes = b"".join(midi_bytes(take.song) for take in made.takes)
    return hashlib.sha256(takes).hexdigest()[:16]


def sheet(song: str) -> LeadSheet:
    """The lead sheet of an example, or the one that is composed by a seed."""
    if not song.isdigit():
        return open_lead(EXAMPLES / song)[0]
    seed = int(song)
    composers = load_model().card.styles
    bars = 8 if seed % 2 else 12
    return compose_lead(LeadOptions(composers[seed % len(composers)], bars, seed=seed)).lead


if __name__ == "__main__":
    main()
