"""Songs on disk to a corpus, small ones made here; real ones where they lie beside the project."""

import csv
import io
import tarfile
from pathlib import Path

import pytest

from restyle.data.build import build_corpus, prepare
from restyle.data.manifest import Listed
from restyle.data.shards import open_corpus
from restyle.errors import RestyleError
from restyle.tokens import Grammar, decode, encode
from songs_on_disk import write_song

DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> list[Path]:
    top = tmp_path_factory.mktemp("songs")
    for style in "ab":
        for number in range(6):
            write_song(top / style / f"tune number{'xyzuvw'[number]}.mid", number, style)
    (top / "b" / "copy of x.mid").write_bytes((top / "b" / "tune numberx.mid").read_bytes())
    (top / "b" / "broken.mid").write_bytes(b"MThd nothing")
    return [top / "a", top / "b"]


def test_a_corpus_counts_what_it_leaves_out(folders, tmp_path):
    seen = []
    summary = build_corpus(folders, tmp_path / "c", 1, lambda done, all_: seen.append((done, all_)))
    assert seen[-1] == (14, 14)
    assert summary.left_out["cannot be read"] == 1
    corpus = open_corpus(tmp_path / "c")
    assert corpus.left_out == summary.left_out
    assert sum(summary.songs.values()) == len(corpus.entries)
    assert len(corpus.entries) + sum(summary.left_out.values()) == 14
    assert set(corpus.styles) == {"a", "b"}
    assert corpus.styles["b"]["parts"]["drums"] == 1.0
    assert corpus.styles["b"]["programs"]["bass"][0][0] == 32
    assert {"songs", "swing", "velocities", "ranges", "sevenths"} <= corpus.styles["a"].keys()


def test_the_copy_is_dropped(folders, tmp_path):
    summary = build_corpus(folders[1:], tmp_path / "c", 1)
    assert summary.left_out["nearly the same as another"] >= 1


def test_every_song_of_a_corpus_is_grammatical(folders, tmp_path):
    build_corpus(folders, tmp_path / "c", 1)
    corpus = open_corpus(tmp_path / "c")
    for entry in corpus.entries:
        grammar = Grammar()
        grammar.feed(corpus.tokens(entry).tolist())
        assert grammar.state == "finished"


def test_two_processes_make_the_same_bytes_as_one(folders, tmp_path):
    build_corpus(folders, tmp_path / "one", 1)
    build_corpus(folders, tmp_path / "two", 2)
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


def test_a_broken_off_build_leaves_no_index(folders, tmp_path, monkeypatch):
    out = tmp_path / "c"
    build_corpus(folders, out, 1)
    (out / "tokens-007.bin").write_bytes(b"of an older, larger corpus")

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("restyle.data.build._entry", killed)
    with pytest.raises(KeyboardInterrupt):
        build_corpus(folders, out, 1)
    with pytest.raises(RestyleError, match="not a corpus"):
        open_corpus(out)
    assert not (out / "tokens-007.bin").exists()


def test_nothing_usable_is_said(tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "a.mid").write_bytes(b"")
    with pytest.raises(RestyleError, match="None of the 1 songs can be used: 1 cannot be read"):
        build_corpus([tmp_path / "x"], tmp_path / "c", 1)


def test_damaged_corpora_are_refused(folders, tmp_path):
    build_corpus(folders[:1], tmp_path / "c", 1)
    (tmp_path / "c" / "tokens-000.bin").unlink()
    with pytest.raises(RestyleError, match="lacks"):
        open_corpus(tmp_path / "c")
    (tmp_path / "c" / "corpus.json").write_text("{")
    with pytest.raises(RestyleError, match="damaged"):
        open_corpus(tmp_path / "c")


def real_songs(folder: Path) -> list[Path]:
    """Four songs of each archive, where the archives lie beside the project."""
    found = []
    with (DATA / "MANIFEST.csv").open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    for archive in sorted(DATA.glob("*.tar.xz")):
        if archive.name.startswith(("film", "game")):
            continue
        style, source = archive.name.removesuffix(".tar.xz").split("-", 1)
        wanted = [r["path"] for r in rows if (r["style"], r["source"]) == (style, source)][
            10:410:100
        ]
        with tarfile.open(archive) as tar:
            for member in tar:
                if member.name in wanted:
                    data = tar.extractfile(member)
                    path = folder / member.name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes((data or io.BytesIO()).read())
                    found.append(path)
    return found


@pytest.mark.skipif(not DATA.is_dir(), reason="the songs do not lie beside the project")
def test_real_songs_come_through_the_tokens_unchanged(tmp_path):
    songs = real_songs(tmp_path)
    assert len(songs) > 10
    usable = 0
    for path in songs:
        prepared = prepare(Listed(path, "x", "y"))
        if prepared.tokens is None:
            assert prepared.reason
            continue
        usable += 1
        tokens = prepared.tokens.tolist()
        grammar = Grammar()
        grammar.feed(tokens)
        assert grammar.state == "finished"
        out = decode(tokens)
        assert encode(out.lead, out.arrangement, out.heading) == tokens
    assert usable > 0.8 * len(songs)
