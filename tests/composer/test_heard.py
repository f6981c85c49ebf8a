"""Songs are heard once: what is kept is what was heard, and split by title."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tiny

from restyle.composer.heard import _chosen, hear_songs, load_songs, split
from restyle.data.manifest import Listed
from restyle.errors import RestyleError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    songs = tmp_path / "polka"
    songs.mkdir()
    for i, name in enumerate(("red river", "blue moon", "green hill")):
        tiny.song(i).write(str(songs / f"{name}.mid"))
    (songs / "broken.mid").write_bytes(b"MThd")
    return songs


def test_what_was_heard_is_kept(folder: Path, tmp_path: Path) -> None:
    keep = tmp_path / "model" / "songs.npz"
    told: list[int] = []
    first = hear_songs([folder], workers=1, progress=lambda n, _: told.append(n), keep=keep)
    assert told == [1, 2, 3, 4] and first.left_out == 1
    assert len(first.train) + len(first.held_out) == 3
    told.clear()
    again = hear_songs([folder], workers=1, progress=lambda n, _: told.append(n), keep=keep)
    assert told == []  # not heard again
    for a, b in zip(first.train + first.held_out, again.train + again.held_out, strict=True):
        np.testing.assert_array_equal(a.elements, b.elements)
        np.testing.assert_array_equal(a.bars, b.bars)
        assert (a.title, a.style, a.source, a.mode, a.shift) == (
            b.title, b.style, b.source, b.mode, b.shift,
        )  # fmt: skip
    assert len(load_songs(keep).train) == len(first.train)
    tiny.song(7).write(str(folder / "another.mid"))
    assert hear_songs([folder], workers=1, keep=keep).left_out == 1
    assert len(load_songs(keep).train + load_songs(keep).held_out) == 4


def test_damaged_or_missing_songs_are_heard_anew_or_refused(folder: Path, tmp_path: Path) -> None:
    keep = tmp_path / "songs.npz"
    with pytest.raises(RestyleError, match="no heard songs"):
        load_songs(keep)
    keep.write_bytes(b"PK\x03\x04 not a zip")
    assert hear_songs([folder], workers=1, keep=keep).train


def test_all_versions_of_a_title_are_on_one_side() -> None:
    pieces = [replace(tiny.piece(i), title=f"song {i // 2}") for i in range(200)]
    found = split(pieces)
    assert found.held_out and len(found.train) > len(found.held_out)
    assert not {p.title for p in found.train} & {p.title for p in found.held_out}


def test_a_few_songs_come_from_all_sources_alike() -> None:
    listed = [
        Listed(Path(f"{source}{i}.mid"), "jazz", source) for source in "ab" for i in range(20)
    ]
    some = _chosen(listed, 6)
    assert sorted(s.source for s in some) == list("aaabbb")
    assert _chosen(list(reversed(listed)), 6) == some
    assert _chosen(listed, None) == listed
