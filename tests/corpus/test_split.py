"""Titles, splits and near-duplicates."""

import numpy as np
import pytest

from restyle.data.manifest import find_songs, normal_title
from restyle.data.split import bar_prints, duplicates, split_of
from restyle.errors import RestyleError
from restyle.tokens import vocabulary as v


def song(bars: list[list[int]], shift: int = 0) -> np.ndarray:
    """A song of one bass part with those pitches, a bar each."""
    tokens = [v.BOS, v.STYLE[1], v.FEEL[1], v.TEMPO[5], v.KEY[shift], v.INSTRUMENT[4]]
    for pitches in bars:
        tokens += [v.BAR[3], v.POSITION[0], v.NO_CHORD, v.PART[1]]
        for i, pitch in enumerate(pitches):
            tokens += [v.POSITION[12 * i], v.PITCH[pitch + shift], v.DURATION[11]]
    return np.array([*tokens, v.END, v.EOS], dtype=np.uint16)


def walk(seed: int, bars: int = 12) -> list[list[int]]:
    return np.random.default_rng(seed).integers(30, 50, (bars, 4)).tolist()


def test_versions_of_a_title_are_one_title():
    names = ["Misty_v2", "misty (1)", "Misty-jp", "MISTY_live"]
    assert {normal_title(n) for n in names} == {"misty"}


def test_a_title_that_is_only_a_number_keeps_it():
    assert normal_title("001") == "001"


def test_a_song_transposed_is_the_same_music():
    prints = [bar_prints(song(walk(1))), bar_prints(song(walk(2))), bar_prints(song(walk(1), 5))]
    assert duplicates(prints) == {2: 0}


def test_a_song_that_shares_a_few_bars_is_its_own():
    other = walk(1)[:3] + walk(3)[:9]
    assert duplicates([bar_prints(song(walk(1))), bar_prints(song(other))]) == {}


def test_a_bar_that_all_songs_share_makes_none_of_them_a_copy():
    common = walk(9)[:1]
    prints = [bar_prints(song(common + walk(seed))) for seed in range(6)]
    prints.append(bar_prints(song(common + walk(4))))
    assert duplicates(prints) == {6: 4}
    assert duplicates([]) == {}


def test_splits_are_stable_and_small():
    splits = [split_of("jazz", f"title {i}") for i in range(4000)]
    assert splits == [split_of("jazz", f"title {i}") for i in range(4000)]
    assert 0.02 < splits.count("test") / 4000 < 0.06
    assert 0.02 < splits.count("valid") / 4000 < 0.06


def test_a_folder_is_a_style(tmp_path):
    (tmp_path / "Swing" / "deep").mkdir(parents=True)
    (tmp_path / "Swing" / "deep" / "b.mid").write_bytes(b"")
    (tmp_path / "Swing" / "a.MID").write_bytes(b"")
    (tmp_path / "Swing" / "notes.txt").write_bytes(b"")
    found = find_songs([tmp_path / "Swing"])
    assert [(s.path.name, s.style) for s in found] == [("a.MID", "swing"), ("b.mid", "swing")]


def test_a_manifest_says_the_style(tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "a.mid").write_bytes(b"")
    (tmp_path / "MANIFEST.csv").write_text(
        "path,style,source\nx/a.mid,Jazz,me\nx/gone.mid,pop,me\n"
    )
    (found,) = find_songs([tmp_path])
    assert (found.style, found.source) == ("jazz", "me")


@pytest.mark.parametrize("content", ["", "name\nx\n"])
def test_what_holds_no_songs_is_refused_in_one_sentence(tmp_path, content):
    (tmp_path / "MANIFEST.csv").write_text(content)
    with pytest.raises(RestyleError):
        find_songs([tmp_path])
    with pytest.raises(RestyleError, match="no folder"):
        find_songs([tmp_path / "nowhere"])
