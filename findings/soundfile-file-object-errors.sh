#!/usr/bin/env bash
# soundfile 0.14.0 over a Python file object: libsndfile calls the object's read and write back from C,
# and what they raise does not come through. A write that raises OSError (no space left, a share that
# went away) or KeyboardInterrupt (Ctrl-C) is printed to stderr as "Exception ignored from cffi
# callback", and the caller gets an AssertionError without a word. A read that raises ends the sound
# early: read() returns the frames before it, and raises nothing at all. So a handler for OSError or
# KeyboardInterrupt around soundfile never runs, and a cut recording looks whole. Over a path or a
# number of an open file (file.fileno()) libsndfile reads and writes by itself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q soundfile==0.14.0 numpy==2.3.4
cd "$folder"
"$folder/venv/bin/python" - 2>"$folder/stderr" <<'PYTHON'
import errno
import io

import numpy as np
import soundfile

RATE, SECONDS = 8000, 20
SOUND = np.zeros((RATE, 1), dtype=np.float32)


class Failing(io.BytesIO):
    """A file whose `read` or `write` raises once so many bytes have gone through."""

    def __init__(self, content=b"", error=None, after=0):
        super().__init__(content)
        self.error, self.left = error, after

    def _count(self, size):
        self.left -= size
        if self.error is not None and self.left < 0:
            error, self.error = self.error, None
            raise error

    def write(self, data):
        self._count(len(data))
        return super().write(data)

    def readinto(self, buffer):
        self._count(len(buffer))
        return super().readinto(buffer)

    def read(self, size=-1):
        self._count(max(size, 0))
        return super().read(size)


def written(file):
    try:
        with soundfile.SoundFile(file, "w", RATE, 1, "PCM_16", format="WAV") as out:
            for _ in range(SECONDS):
                out.write(SOUND)
    except BaseException as error:
        return type(error).__name__, str(error)
    return "nothing", ""


errors = (OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt())
for error in errors:
    got = written(Failing(error=error, after=5 * 2 * RATE))
    print(f"a write that raises {type(error).__name__}: the caller gets {got}")
    assert got == ("AssertionError", ""), got

whole = io.BytesIO()
assert written(whole) == ("nothing", "")
for error in errors:
    with soundfile.SoundFile(Failing(whole.getvalue(), error, after=5 * 2 * RATE)) as file:
        told, read = file.frames, len(file.read(dtype="float32"))
    print(f"a read that raises {type(error).__name__}: {told} frames told, {read} read, no error")
    assert told == SECONDS * RATE and read < told, (told, read)
PYTHON
grep -c "Exception ignored from cffi callback" "$folder/stderr" | sed 's/$/ notices on stderr/'
