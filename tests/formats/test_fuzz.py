"""Broken and extreme files of every format: a sentence each, never a traceback.

`benchmarks/fuzz.py` does the same with more and larger ones, in processes with limits.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from mutations import mutated, songs

from restyle.analysis import listen
from restyle.errors import RestyleError
from restyle.io import read, read_lead

SONGS = songs()


@pytest.mark.parametrize("name", sorted(SONGS))
def test_whole_they_are_heard(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(SONGS[name])
    assert read(tmp_path / name).note_count


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", sorted(SONGS))
def test_broken_they_have_a_sentence(name: str, seed: int, tmp_path: Path) -> None:
    for i in range(8):
        data = mutated(SONGS[name], np.random.default_rng([seed, i]), most=40)
        (tmp_path / name).write_bytes(data)
        try:
            if read_lead(tmp_path / name) is None:
                listen(read(tmp_path / name))
        except RestyleError as error:
            assert str(error).endswith((".", "!")) and "\n" not in str(error)
