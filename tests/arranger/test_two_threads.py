"""Candidates in groups, each in a thread of its own."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from fake import BAND, FakeSession
from one_layer import tokens_of

from corpora import lead_sheet, repeated
from restyle.decoding.generate import arrange
from restyle.decoding.job import DecodeOptions, Job, Redo
from restyle.decoding.session import Session
from restyle.tokens import Grammar


def played(threads: int, candidates: int = 4, context: int = 1200, on_bar=None, **more):
    lead = repeated(lead_sheet(np.random.default_rng(1)), 3)
    job = Job(lead, BAND, ((1, 1.0),), options=DecodeOptions(candidates=candidates), **more)
    session = FakeSession(context, threads=threads)
    return arrange(job, session, np.random.default_rng(5), on_bar), session


def notes_of(made):
    return {part: notes.tolist() for part, notes in made.parts.items()}


@pytest.mark.parametrize("returning", [0.0, 1.0])
@pytest.mark.parametrize(("candidates", "sizes"), [(1, [1]), (3, [2, 1]), (4, [2, 2])])
def test_as_many_threads_as_there_are_the_music_is_the_same(candidates, sizes, returning):
    """Where the context slides and stretches are played again, too."""
    alone, one = played(1, candidates, returning=returning)
    together, two = played(2, candidates, returning=returning)
    assert notes_of(together) == notes_of(alone)
    assert [cache.batch for cache in two.caches] == sizes
    assert two.caches[0].rows[0] == one.caches[0].rows[0]
    Grammar().feed(two.caches[0].rows[0])


def test_bars_anew_are_the_same_in_several_threads():
    there, _ = played(1)
    redo = Redo(there, 5, 10, ("bass", "piano"))
    assert notes_of(played(3, redo=redo)[0]) == notes_of(played(1, redo=redo)[0])


def test_bars_are_told_in_order_by_the_thread_that_asked():
    told = []

    def on_bar(done, bars, _):
        assert threading.current_thread() is threading.main_thread()
        told.append((done, bars))

    played(2, on_bar=on_bar)
    assert told == [(bar + 1, 24) for bar in range(24)]


def test_who_stops_it_stops_all():
    def on_bar(*_):
        raise KeyboardInterrupt

    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        played(2, on_bar=on_bar)
    assert threading.active_count() == before


def test_what_goes_wrong_in_another_thread_is_told():
    session = FakeSession(threads=2)

    def fails(first, tokens):
        raise RuntimeError("no memory")

    lead = lead_sheet(np.random.default_rng(1))
    job = Job(lead, BAND, ((1, 1.0),), options=DecodeOptions(candidates=2))

    def on_bar(*_):
        session.caches[1].feed_rows = fails

    with pytest.raises(RuntimeError, match="no memory"):
        arrange(job, session, np.random.default_rng(5), on_bar)


def test_caches_of_one_session_run_at_once(folder):
    """To the last bit as one after the other."""

    def run(session, first):
        cache = session.cache(2)
        return np.stack([cache.feed([[first + t], [t]]) for t in range(15)])

    session = Session.load(folder)
    alone = [run(session, first) for first in range(4)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda first: run(session, first), range(4)))
    assert np.array_equal(together, alone)


def test_who_follows_goes_on_from_there_in_the_same_memory(folder):
    session = Session.load(folder)
    first, second = session.cache(2), session.cache(1)
    second.feed([3])
    first.read(tokens_of(30))
    first.feed([[1], [2]])
    first.share(1)
    second.follow(first)
    assert second.shared == 31 and second.lengths == (31,)
    assert np.array_equal(second.feed([7])[0], first.feed([7])[0])
    first.share(0)  # leaves the other as it is
    assert second.shared == 31
