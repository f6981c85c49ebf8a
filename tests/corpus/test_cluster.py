"""A corpus built on a Dask cluster: the bytes of a single process, also when a worker dies."""

import os
import signal

import pytest

from restyle.data.build import build_corpus
from restyle.errors import RestyleError
from songs_on_disk import write_song

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def songs(tmp_path_factory):
    top = tmp_path_factory.mktemp("songs")
    for style in "ab":
        for number in range(8):
            write_song(top / style / f"tune number{'opqrstuv'[number]}.mid", number, style)
    (top / "b" / "broken.mid").write_bytes(b"MThd nothing")
    return [top / "a", top / "b"]


@pytest.fixture(scope="module")
def cluster():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as cluster:
        yield cluster


def test_a_worker_that_is_killed_costs_no_byte(songs, cluster, tmp_path, monkeypatch):
    monkeypatch.setattr("restyle.data.build.BATCH", 1)
    with distributed.Client(cluster, set_as_default=False) as client:
        victims = client.run(os.getpid)
    killed = []

    def kill_half_way(done, total):
        if done == total // 2:
            os.kill(next(iter(victims.values())), signal.SIGKILL)
            killed.append(done)

    build_corpus(songs, tmp_path / "one", 1)
    summary = build_corpus(songs, tmp_path / "many", None, kill_half_way, cluster.scheduler_address)
    assert killed == [8] and len(victims) == 2
    assert summary.left_out["cannot be read"] == 1
    files = sorted(file.name for file in (tmp_path / "one").iterdir())
    assert files == ["corpus.json", "tokens-000.bin"]
    assert files == sorted(file.name for file in (tmp_path / "many").iterdir())
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "many" / name).read_bytes()


def test_workers_that_do_not_see_the_songs_are_named(songs, cluster, tmp_path, monkeypatch):
    monkeypatch.setattr("restyle.data.cluster._look", _blind)
    with pytest.raises(RestyleError, match="does not see"):
        build_corpus(songs, tmp_path / "c", address=cluster.scheduler_address)


def _blind(song):
    return False, 1


def test_an_address_where_nobody_answers(songs, tmp_path, monkeypatch):
    monkeypatch.setattr("restyle.data.cluster.PATIENCE", 1)
    for address in ("tcp://127.0.0.1:9", "nonsense://x"):
        with pytest.raises(RestyleError, match="No Dask scheduler answers"):
            build_corpus(songs, tmp_path / "c", address=address)
