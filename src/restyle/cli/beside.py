"""A result, and what is written beside it with its stem: the piano roll and the sound."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from restyle.cli.terminal import progress, watched, working
from restyle.music.lead import LeadSheet, lead_song
from restyle.music.song import Song, Track

if TYPE_CHECKING:
    from restyle.analysis import Heard

Audio = Annotated[bool, typer.Option("--audio", help="The sound beside it, as .mp3.")]
Soundfont = Annotated[
    Path | None, typer.Option(help="A General MIDI soundfont (.sf2 or .sf3) to play it with.")
]
Picture = Annotated[bool, typer.Option("--picture", help="A piano roll beside it, as .png.")]
PictureSvg = Annotated[
    bool, typer.Option("--picture-svg", help="The piano roll as .roll.svg, sharp at every size.")
]
SOUNDS = (".mp3", ".ogg", ".flac", ".wav")


@dataclass(frozen=True)
class Beside:
    """What the user wants beside a file."""

    picture: bool = False
    audio: bool = False
    soundfont: Path | None = None
    picture_svg: bool = False

    def pictures(self, out: Path) -> list[Path]:
        """Where piano rolls go: sheet music has the .svg of the song's own name."""
        wanted = ((".png", self.picture), (".roll.svg", self.picture_svg))
        paths = [out.with_suffix(ending) for ending, yes in wanted if yes]
        return [path for path in paths if path != out]

    def outputs(self, out: Path) -> list[Path]:
        """All files that are written beside `out`."""
        sound = self.audio and out.suffix.lower() != ".mp3"
        return [*self.pictures(out), *([out.with_suffix(".mp3")] if sound else [])]

    def plays(self, out: Path | None = None) -> bool:
        """Whether a sound is written, as `out` or beside it."""
        return self.audio or (out is not None and is_sound(out))

    def check(self, out: Path | None = None) -> None:
        """Raise RestyleError now where there is nothing to play a sound with that is wanted."""
        if self.plays(out):
            from restyle.io.audio.synth import find_synth

            find_synth(self.soundfont)

    def write_song(self, song: Song, out: Path, swing: float = 1.0, quiet: bool = True) -> None:
        """Write the result itself as its ending says, a sound with the soundfont asked for."""
        from restyle.io import write

        if is_sound(out):
            self._play(song, out, quiet)
        else:
            write(song, out, swing=swing)

    def _play(self, song: Song, path: Path, quiet: bool) -> None:
        from restyle.io.audio.audio import write_audio

        with progress("playing, seconds", quiet or not watched()) as on_sound:
            write_audio(song, path, self.soundfont, on_sound=on_sound)

    def write(self, rolls: list[tuple[str, Song]], out: Path, quiet: bool = True) -> list[Path]:
        """Draw the rolls, base above result, and play the last one; the files written.

        How far it is stands on the terminal, where there is one, unless `quiet`.
        """
        written = self.pictures(out)
        if written:
            from restyle.io.pianoroll.picture import draw

            with working("drawing", quiet):
                for path in written:
                    draw(rolls, path)
        if self.audio and out.suffix.lower() != ".mp3":
            written.append(out.with_suffix(".mp3"))
            self._play(rolls[-1][1], written[-1], quiet)
        return written


def is_sound(out: Path) -> bool:
    """Whether a file of this name is a sound."""
    return out.suffix.lower() in SOUNDS


def shown(lead: LeadSheet, heard: Heard | None) -> Song:
    """The base song to look at: as it was heard, its melody a track of its own, with the chords."""
    plain = lead_song(lead)
    if heard is None:
        return plain
    rest = []
    for track, sung in zip(heard.song.tracks, heard.melody, strict=True):
        if not sung.all():
            rest.append(replace(track, notes=track.notes[~sung]))
        if sung.any():
            rest.append(Track("Melody", track.program, track.notes[sung]))
    return replace(heard.song, tracks=tuple(rest), chords=plain.chords, keys=plain.keys)
