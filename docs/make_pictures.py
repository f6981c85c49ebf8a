"""Make the README's pictures and sounds anew, by the commands that it shows.

    python docs/make_pictures.py

Writes docs/pictures: of the example as it is, and of it in each style, the piano roll, the MIDI
file and the first twenty seconds as a small MP3; the same of three new pieces. They are played by
what `pip install` brings, whatever else this machine has.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile

from restyle.io.audio.audio import encoded

HERE = Path(__file__).parent
SONG = HERE.parent / "examples" / "auld-lang-syne.mid"
SECONDS, FADE = 20.0, 1.5
STYLES = ("jazz", "pop", "classical")
SEED = "4"
COMPOSED = {"classical": "6", "jazz": "8", "pop": "3"}
"""New pieces, each with its seed."""
BASE = """
import restyle
song = restyle.read("{song}")
song.write("{stem}.png")
song.write("{stem}.mp3")
"""


def main() -> None:
    out = HERE / "pictures"
    out.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(folder, "-c", BASE.format(song=SONG.as_posix(), stem=SONG.stem))
        for style in STYLES:
            run(
                folder, "-m", "restyle.cli", "transfer", str(SONG), "--to", style,
                "--seed", SEED, "--picture", "--audio", "--quiet",
            )  # fmt: skip
        for style, seed in COMPOSED.items():
            run(
                folder, "-m", "restyle.cli", "compose", "--style", style, "--bars", "32",
                "--seed", seed, "--picture", "--audio", "--quiet", "-o", f"composed-{style}.mid",
            )  # fmt: skip
        for old in [*out.glob(f"{SONG.stem}*"), *out.glob("composed-*")]:
            old.unlink()
        for made in sorted(folder.iterdir()):
            content = shortened(made) if made.suffix == ".mp3" else made.read_bytes()
            (out / made.name).write_bytes(content)
            print(f"{len(content) / 1000:6.0f} kB  docs/pictures/{made.name}")


def run(folder: Path, *words: str) -> None:
    """Run Python in `folder`, with nothing on the path but its own programs."""
    place = {**os.environ, "PATH": str(Path(sys.executable).parent)}
    command = [sys.executable, *words]
    subprocess.run(command, cwd=folder, env=place, check=True)


def shortened(path: Path) -> bytes:
    """The first seconds of a sound, in one channel, small."""
    sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    sound = sound[: int(SECONDS * rate)].mean(axis=1, keepdims=True)
    fade = min(int(FADE * rate), len(sound))
    sound[len(sound) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
    return encoded(sound, ".mp3", quality=0.1, rate=rate)


if __name__ == "__main__":
    main()
