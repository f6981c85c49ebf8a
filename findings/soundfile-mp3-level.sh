#!/usr/bin/env bash
# soundfile 0.14.0 (libsndfile 1.2.2): a compression_level from 0.0 to 1.0 is documented. 1.0 is
# accepted for OGG and FLAC, and refused for MP3, at every rate and bitrate mode; 0.99 is accepted.
# The message is "(Garbled error message from libsndfile)". Who maps "smallest file" to 1.0 fails.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q soundfile==0.14.0 numpy==2.2.6
"$folder/venv/bin/python" - <<'PYTHON'
from io import BytesIO

import numpy as np
import soundfile

print("soundfile", soundfile.__version__, "with", soundfile.__libsndfile_version__)
sound = np.zeros(24000, dtype="float32")


def outcome(kind, subtype, level):
    try:
        with soundfile.SoundFile(
            BytesIO(), "w", 24000, 1, subtype, format=kind, compression_level=level
        ) as file:
            file.write(sound)
    except soundfile.LibsndfileError as error:
        return f"refused: {error}"
    return "written"


seen = {}
for kind, subtype in (("OGG", "VORBIS"), ("FLAC", "PCM_16"), ("MP3", "MPEG_LAYER_III")):
    for level in (0.0, 0.99, 1.0):
        seen[kind, level] = outcome(kind, subtype, level)
        print(f"{kind:4} level {level:4}: {seen[kind, level]}")
refused = {key for key, what in seen.items() if what != "written"}
raise SystemExit(0 if refused == {("MP3", 1.0)} else 1)
PYTHON
