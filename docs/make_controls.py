"""Make the pictures of controls.md anew: three songs under each control.

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
from restyle.reading import open_example, open_lead

HERE = Path(__file__).parent
EXAMPLES = HERE.parent / "examples"
SONGS = {
    "auld": ("auld-lang-syne.mid", "jazz"),
    "greensleeves": ("greensleeves.abc", "pop"),
    "saints": ("when-the-saints.musicxml", "jazz"),
}
BARS = (1, 8)
WIDTH = 1000
SEED = 1
Rolls = Iterator[tuple[str, Song]]


def main() -> None:
    words = sys.argv[1:]
    own = [w.split("=", 1)[1] for w in words if w.startswith("--own=")]
    wanted = [w for w in words if not w.startswith("--")] or list(CONTROLS)
    band = Arranger()
    for name, (file, style) in SONGS.items():
        lead = open_lead(EXAMPLES / file)[0]
        for control in wanted:
            write(
                name,
                control,
                [("the melody", lead_song(lead)), *CONTROLS[control](band, lead, style)],
            )
        if own:
            folder, style_name = own[0].rsplit(":", 1)
            mine = Arranger(Path(folder))
            rolls = [(f"--to {s}", made(mine, lead, to=s)) for s in ("classical", style_name)]
            write(name, "own", rolls)


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


CONTROLS = {
    "strength": strength,
    "blend": blend,
    "like": like,
    "parts": parts,
    "takes": takes,
    "redo": redo,
}

if __name__ == "__main__":
    main()
