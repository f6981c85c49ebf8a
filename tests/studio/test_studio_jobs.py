"""Jobs and visits: waiting, limits, cancelling, leaving, ending, being killed. The worker pretends,
so that only the studio's own part is tested."""

import json
import os
import time
from pathlib import Path

from starlette.testclient import TestClient
from visitor import PRETENDS, Visitor, pretending

from restyle.studio.app import create_app
from restyle.studio.limits import Limits
from restyle.studio.visits import Visits


def test_a_cancelled_job_stops_and_says_so(visitor: Visitor) -> None:
    begun = visitor.make(visitor.heard(b"x", "long.mid")).json()
    assert visitor.until(begun["job"], "running") == "running"
    assert visitor.http.delete(f"{visitor.at}/jobs/{begun['job']}").json()["state"] == "cancelled"
    told = visitor.http.get(f"{visitor.at}/results/{begun['result']}").json()
    assert told["state"] == "stopped"


def test_a_worker_that_does_not_hear_is_ended(tmp_path: Path) -> None:
    with pretending(tmp_path, grace_seconds=0.2) as client:
        visitor = Visitor(client)
        song = visitor.heard(b"x", "deaf.mid")
        begun = visitor.make(song).json()
        assert visitor.until(begun["job"], "running") == "running"
        visitor.http.delete(f"{visitor.at}/jobs/{begun['job']}")
        assert visitor.until(begun["job"], "cancelled") == "cancelled"
        after = visitor.make(visitor.heard(b"x", "tune.mid")).json()  # by a new one
        assert visitor.end(after["job"])["state"] == "done"


def test_a_job_may_take_so_long(tmp_path: Path) -> None:
    with pretending(tmp_path, job_seconds=1.0) as client:
        visitor = Visitor(client)
        begun = visitor.make(visitor.heard(b"x", "long.mid")).json()
        end = visitor.end(begun["job"])
        assert end["state"] == "failed"
        assert "minutes" in end["message"]


def test_who_leaves_has_the_job_cancelled(tmp_path: Path) -> None:
    with pretending(tmp_path, reconnect_seconds=0.1) as client:
        visitor = Visitor(client)
        begun = visitor.make(visitor.heard(b"x", "long.mid")).json()
        studio = client.app.state.studio  # type: ignore[attr-defined]
        job = studio.jobs.find(visitor.at.rsplit("/", 1)[1], begun["job"])

        async def listen_for_a_moment() -> None:
            events = studio.jobs.events(job)
            await anext(events)
            await events.aclose()

        assert client.portal is not None
        client.portal.call(listen_for_a_moment)
        assert visitor.until(begun["job"], "cancelled") == "cancelled"


def test_who_never_listened_is_served_all_the_same(visitor: Visitor) -> None:
    begun = visitor.make(visitor.heard(b"x")).json()
    assert visitor.until(begun["job"], "done") == "done"


def test_events_go_on_where_they_were(visitor: Visitor) -> None:
    begun = visitor.make(visitor.heard(b"x")).json()
    every = visitor.events(begun["job"])
    path = f"{visitor.at}/jobs/{begun['job']}/events"
    answer = visitor.http.get(path, headers={"last-event-id": "2"})
    lines = [json.loads(x[6:]) for x in answer.text.splitlines() if x.startswith("data: ")]
    assert lines == every[2:]


def test_too_many_jobs_wait(tmp_path: Path) -> None:
    with pretending(tmp_path, waiting=3, waiting_a_visit=2) as client:
        visitors = [Visitor(client) for _ in range(3)]
        songs = [visitor.heard(b"x", "long.mid") for visitor in visitors]
        first = visitors[0].make(songs[0]).json()
        assert visitors[0].until(first["job"], "running") == "running"
        answers = [visitors[i].make(songs[i]) for i in (0, 0, 0, 1, 1, 2)]
        assert [a.status_code for a in answers] == [202, 202, 429, 202, 429, 429]
        for refused in (answers[2], answers[4], answers[5]):
            assert int(refused.headers["retry-after"]) >= 1
            assert refused.json()["detail"].endswith("seconds.")
        listed = client.get(visitors[0].at).json()
        assert len(listed["results"]) == 3  # nothing is left of what was refused


def test_a_killed_studio_has_what_was_finished(tmp_path: Path) -> None:
    with pretending(tmp_path) as client:
        visitor = Visitor(client)
        song = visitor.heard(b"x")
        done = visitor.make(song).json()
        assert visitor.end(done["job"])["state"] == "done"
        long = visitor.heard(b"x", "long.mid")
        lost = visitor.make(long).json()
        assert visitor.until(lost["job"], "running") == "running"
        path = tmp_path / visitor.at.rsplit("/", 1)[1] / "results" / lost["result"]
        at_work = (path / "result.json").read_text()
    (path / "result.json").write_text(at_work)  # as a kill leaves it
    with pretending(tmp_path) as client:
        listed = client.get(visitor.at).json()
        assert {r["result"]: r["state"] for r in listed["results"]} == {
            done["result"]: "done",
            lost["result"]: "stopped",
        }
        assert client.get(f"{visitor.at}/results/{done['result']}/takes/0").status_code == 200
        visitor.http = client
        assert visitor.end(visitor.make(song).json()["job"])["state"] == "done"


def test_a_visit_ends(visitor: Visitor, tmp_path: Path) -> None:
    begun = visitor.make(visitor.heard(b"x", "long.mid")).json()
    assert visitor.until(begun["job"], "running") == "running"
    assert visitor.http.delete(visitor.at).status_code == 204
    assert not list(tmp_path.iterdir())
    assert visitor.http.get(visitor.at).status_code == 404


def test_files_go_after_a_day(tmp_path: Path) -> None:
    visits = Visits(tmp_path, Limits())
    old, new = visits.open(), visits.open()
    yesterday = time.time() - 25 * 3600
    os.utime(tmp_path / old / "visit.json", (yesterday, yesterday))
    visits.sweep()
    assert [path.name for path in tmp_path.iterdir()] == [new]


def test_too_many_visits_songs_and_results(tmp_path: Path) -> None:
    with pretending(tmp_path, visits=2, songs_a_visit=2, results_a_visit=1) as client:
        visitor, _ = Visitor(client), Visitor(client)
        assert client.post("/api/visits").status_code == 429
        song = visitor.heard(b"x")
        visitor.heard(b"y")
        full = visitor.bring(b"z")
        assert full.status_code == 429
        assert "throw some away" in full.json()["detail"]
        assert visitor.end(visitor.make(song).json()["job"])["state"] == "done"
        assert visitor.make(song).status_code == 429


def test_the_workers_end_with_the_studio(tmp_path: Path) -> None:
    app = create_app(tmp_path, worker=PRETENDS)
    with TestClient(app, base_url="http://localhost:8000") as client:
        Visitor(client).heard(b"x")
        children = _children()
        assert children
    for _ in range(100):
        if not _children() & children:
            break
        time.sleep(0.02)
    assert not _children() & children


def _children() -> set[int]:
    """Processes of ours that run the worker that pretends."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            stat = (path.parent / "stat").read_text().rsplit(")", 1)[1].split()
            if b"studio_worker" in path.read_bytes() and int(stat[1]) == os.getpid():
                found.add(int(path.parent.name))
        except OSError:
            continue
    return found
