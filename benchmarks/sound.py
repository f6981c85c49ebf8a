"""What songs sound like, measured: length, loudness, peak, and the melody above the band.

    python benchmarks/sound.py SONG... [--soundfont FONT.sf2]

Each song is written as MP3 and read back. A song whose melody is no track of its own named
"Melody" (as in every result of restyle) has none here.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile

from restyle.io import read
from restyle.io.audio.audio import write_audio
from restyle.io.audio.loudness import block_loudness, loudness
from restyle.io.audio.synth import find_synth


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("songs", nargs="+", type=Path)
    parser.add_argument("--soundfont", type=Path)
    given = parser.parse_args()
    synth = find_synth(given.soundfont)
    print(f"{synth.font.name}, {'FluidSynth' if synth.fluidsynth else 'rustysynth'}\n")
    print("| song | seconds of sound | LUFS | peak | melody above band, LU | MB | seconds taken |")
    print("|---|---|---|---|---|---|---|")
    for path in given.songs:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "song.mp3"
            begin = time.process_time()
            mix = write_audio(read(path), out, given.soundfont)
            taken = time.process_time() - begin
            sound, rate = soundfile.read(out, dtype="float32", always_2d=True)
            size = out.stat().st_size / 1e6
        margin = "" if mix.melody_above_band is None else f"{mix.melody_above_band:.1f}"
        print(
            f"| {path.stem} | {len(sound) / rate:.1f} | {loudness(block_loudness(sound, rate)):.1f}"
            f" | {np.abs(sound).max():.2f} | {margin} | {size:.1f} | {taken:.1f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
