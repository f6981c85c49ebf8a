"""Make the pictures of the how-to pages anew: three songs under each control.

    python docs/make_controls.py [CONTROL ...]

Writes docs/pictures/controls-SONG-CONTROL.png. The own style is shown where a model is named by
`--own EXPORTED:STYLE` (see own-model.md).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from restyle.io.pianoroll.picture import draw
from restyle.music.lead import LeadSheet, lead_song
from restyle.music.song import Song
from restyle.options import TransferOptions, again
from restyle.pipeline import Arranger
from restyle.reading import open_example, open_kept, open_lead
from restyle.style.frame import Frame

HERE = Path(__file__).parent
EXAMPLES = HERE.parent / "examples"
SONGS = {
    "auld": ("auld-lang-syne.mid", "jazz"),
    "greensleeves": ("greensleeves.abc", "pop"),
    "saints": ("when-the-saints.musicxml", "jazz"),
}
PLAYED = {
    "auld": EXAMPLES / "auld-lang-syne.mid",
    "composed-jazz": HERE / "pictures" / "composed-jazz.mid",
    "composed-pop": HERE / "pictures" / "composed-pop.mid",
}
"""Songs with a band, whose bass is kept; two of them restyle composed."""
BARS = (1, 8)
WIDTH = 1000
SEED = 1
Rolls = Iterator[tuple[str, Song]]


def main() -> None:
    words = sys.argv[1:]
    own = [w.split("=", 1)[1] for w in words if w.startswith("--own=")]
    wanted = [w for w in words if not w.startswith("--")] or [*CONTROLS, "keep"]
    band = Arranger()
    for name, (file, style) in SONGS.items():
        lead = open_lead(EXAMPLES / file)[0]
        for control in (c for c in CONTROLS if c in wanted):
            rolls = [("the melody", lead_song(lead)), *CONTROLS[control](band, lead, style)]
            write(name, control, rolls)
        if own:
            folder, style_name = own[0].rsplit(":", 1)
            mine = Arranger(Path(folder))
            rolls = [(f"--to {s}", made(mine, lead, to=s)) for s in ("classical", style_name)]
            write(name, "own", rolls)
    for name, path in PLAYED.items() if "keep" in wanted else ():
        write(name, "keep", list(keep(band, path)))


def write(song: str, control: str, rolls: list[tuple[str, Song]]) -> None:
    path = HERE / "pictures" / f"controls-{song}-{control}.png"
    draw(rolls, path, bars=BARS, width=WIDTH)
    print(f"{path.stat().st_size / 1000:5.0f} kB  {path.name}", flush=True)


def made(band: Arranger, lead: LeadSheet, **wishes: object) -> Song:
    options = TransferOptions(**{"seed": SEED, **wishes})  # type: ignore[arg-type]
    return band.transfer(lead, options).song


def strength(band: Arranger, lead: LeadSheet, style: str) -> Rolls:
    for value in (0.0, 1.0, 2.0):
        yield f"{style}, strength {value:g}", made(band, lead, to=style, strength=value)


def blend(band: Arranger, lead: LeadSheet, style: str) -> Rolls:
    half = f"{style}:0.5,classical:0.5"
    for label, to in ((style, style), ("half and half", half), ("classical", "classical")):
        yield label, made(band, lead, to=to)


def like(band: Arranger, lead: LeadSheet, style: str) -> Rolls:
    """Auld Lang Syne as it lies in the folder is the example; for itself its own pop version."""
    file = EXAMPLES / "auld-lang-syne.mid"
    if lead.title == open_lead(file)[0].title:
        file = HERE / "pictures" / "auld-lang-syne.pop.mid"
    example = open_example(file)
    yield "the example", open_song(file)
    yield "like the example", made(band, lead, like=example)


def open_song(file: Path) -> Song:
    from restyle.io import read

    return read(file)


def parts(band: Arranger, lead: LeadSheet, style: str) -> Rolls:
    for chosen in (("bass", "piano"), ("drums", "guitar", "strings")):
        yield ", ".join(chosen), made(band, lead, to=style, parts=chosen)


def takes(band: Arranger, lead: LeadSheet, style: str) -> Rolls:
    result = band.transfer(lead, TransferOptions(style, seed=SEED, takes=3))
    for number, take in enumerate(result.takes, 1):
        yield f"take {number}, score {take.measures.score:.3f}", take.song


def redo(band: Arranger, lead: LeadSheet, style: str) -> Rolls:
    first = made(band, lead, to=style)
    yield style, first
    wish = again(TransferOptions(seed=SEED + 1), "5-6", first)
    yield "bars 5-6 anew", band.transfer(lead, wish).song


def keep(band: Arranger, file: Path) -> Rolls:
    lead, heard = open_lead(file)
    kept = open_kept(file, heard, ("bass",))
    yield "the song", open_song(file)
    for to in ("jazz", "latin"):
        wish = TransferOptions(to, seed=SEED, keep=("bass",), kept=kept)
        yield f"--to {to} --keep bass", band.transfer(lead, wish).song


def sections(band: Arranger, lead: LeadSheet, style: str) -> Rolls:
    said, energy = "1-4:classical,5-:rock", "1-4:0.1,5-:1"
    yield f"--to {said}", made(band, lead, to=said)
    yield f"--to {style} --energy {energy}", made(band, lead, to=style, energy=energy)


def intro(band: Arranger, lead: LeadSheet, style: str) -> Rolls:
    yield "as it comes", made(band, lead, to=style)
    yield "--intro 4", made(band, lead, to=style, frame=Frame(intro=4))


def level(band: Arranger, lead: LeadSheet, style: str) -> Rolls:
    """A piano alone, in the song's key all three times."""
    plain = {"to": "pop", "parts": ("piano",), "key": lead.key.name}
    yield "--parts piano", made(band, lead, **plain)
    yield "--level easy", made(band, lead, **plain, level="easy")
    hands = made(band, lead, **plain, level="easy", instruments={"melody": 0})
    yield "--level easy --instrument melody=piano", hands


def figure(band: Arranger, lead: LeadSheet, style: str) -> Rolls:
    plain = {"to": "jazz", "parts": ("bass", "piano")}
    yield "--parts bass,piano", made(band, lead, **plain)
    walking = made(band, lead, **plain, figure={"bass": "walking"}, density={"piano": "sparse"})
    yield "--figure bass=walking --density piano=sparse", walking


CONTROLS = {
    "strength": strength,
    "blend": blend,
    "like": like,
    "parts": parts,
    "takes": takes,
    "redo": redo,
    "sections": sections,
    "intro": intro,
    "level": level,
    "figure": figure,
}

if __name__ == "__main__":
    main()
