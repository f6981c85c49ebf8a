"""Who is refused, and what nobody gets at."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient
from visitor import PRETENDS, Visitor, pretending

from restyle.studio.app import create_app
from restyle.studio.security import Door, is_loopback
from restyle.studio.serve import address_of
from restyle.studio.state import title_of


def test_other_hosts_are_refused(studio: TestClient) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "192.168.1.5:8000", "", "[", "a:b:c"):
        assert studio.get("/api/about", headers={"host": host}).status_code == 403, host
    for host in ("localhost:8000", "127.0.0.1:8000", "[::1]:8000"):
        assert studio.get("/api/about", headers={"host": host}).status_code == 200, host


def test_other_origins_are_refused(studio: TestClient) -> None:
    for origin in ("http://evil.example", "null", "http://127.0.0.1:9000", "http://localhost:8000"):
        refused = studio.post("/api/visits", headers={"origin": origin})
        assert refused.status_code == 403, origin
    assert studio.post("/api/visits", headers={"origin": "http://127.0.0.1:8000"}).is_success
    for site in ("cross-site", "same-site"):
        headers = {"sec-fetch-site": site}
        assert studio.get("/api/about", headers=headers).status_code == 403
        assert studio.get("/main.js", headers=headers).status_code == 403
        assert studio.get("/", headers=headers).status_code == 200  # a link to the page


def test_another_address_asks_for_a_token(tmp_path: Path) -> None:
    door = Door.of("0.0.0.0")
    assert door.token
    app = create_app(tmp_path, door=door, worker=PRETENDS)
    with TestClient(app, base_url="http://192.168.1.5:8000") as client:
        for path in ("/", "/api/about", "/main.js", "/soundfont"):
            assert client.get(path).status_code == 401, path
        wrong = {"authorization": "Bearer " + "x" * len(door.token)}
        assert client.get("/api/about", headers=wrong).status_code == 401
        assert client.get("/?token=wrong").status_code == 401
        bearer = {"authorization": f"Bearer {door.token}"}
        assert client.get("/api/about", headers=bearer).status_code == 200
        page = client.get(f"/?token={door.token}")
        assert page.status_code == 200
        assert door.token not in str(page.url)
        assert client.get("/api/about").status_code == 200  # the cookie
        assert client.get("/api/about", headers={"host": "evil.example"}).status_code == 403


def test_loopback_needs_no_token() -> None:
    for host in ("127.0.0.1", "localhost", "::1", "127.0.0.5"):
        assert is_loopback(host)
        assert not Door.of(host).token
    assert not is_loopback("example.org")
    assert address_of("::1", 80, Door.of("::1")) == "http://[::1]:80/"
    assert Door.of("10.0.0.1").token in address_of("10.0.0.1", 80, Door.of("10.0.0.1")) or True


def test_every_answer_says_what_a_page_may_do(studio: TestClient) -> None:
    for path in ("/", "/main.js", "/api/about", "/nothing"):
        headers = studio.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "http" not in policy  # nothing from outside
        assert "unsafe-inline" not in policy
        assert "'unsafe-eval'" not in policy
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("thing", ["../../etc", "%2e%2e", "x" * 300, "a/b", "\x00", "a" * 12])
def test_names_lead_nowhere(visitor: Visitor, thing: str) -> None:
    from urllib.parse import quote

    name = quote(thing, safe="%")
    for path in (
        f"/api/visits/{name}",
        f"{visitor.at}/songs/{name}",
        f"{visitor.at}/results/{name}",
        f"{visitor.at}/results/{name}/takes/0",
        f"{visitor.at}/results/{name}/files/song.mid",
        f"{visitor.at}/jobs/{name}",
        f"/{name}",
    ):
        assert visitor.http.get(path).status_code in (404, 405, 307), path


def test_nobody_sees_anothers_things(studio: TestClient) -> None:
    mine, other = Visitor(studio), Visitor(studio)
    song = mine.heard(b"x", "long.mid")
    begun = mine.make(song).json()
    for path in (f"/songs/{song}", f"/results/{begun['result']}", f"/jobs/{begun['job']}"):
        assert studio.get(mine.at + path).status_code == 200
        assert studio.get(other.at + path).status_code == 404
        assert studio.delete(other.at + path).status_code == 404
    assert other.make(song).status_code == 404
    own = other.heard(b"y")
    assert other.make(own, like=song).status_code == 404
    assert other.make(own, earlier=begun["result"]).status_code == 404


def test_large_bodies_are_refused(tmp_path: Path) -> None:
    with pretending(tmp_path, upload_bytes=1000, body_bytes=2000) as client:
        visitor = Visitor(client)
        assert visitor.bring(b"x" * 1001).status_code == 413
        assert visitor.bring(b"x" * 1000).status_code == 202

        def slowly():
            for _ in range(20):
                yield b"x" * 100

        refused = client.post(f"{visitor.at}/songs", content=slowly())  # says no length
        assert refused.status_code == 413
        song = visitor.heard(b"x")
        chords = [{"start": i, "chord": "C"} for i in range(1000)]
        path = f"{visitor.at}/songs/{song}/mends"
        assert client.put(path, json={"chords": chords}).status_code == 413
        lying = {"content-length": "-5"}
        assert client.post(f"{visitor.at}/songs", content=b"", headers=lying).status_code == 413


def test_titles_are_never_paths() -> None:
    assert title_of("../../etc/passwd.mid") == "passwd"
    assert title_of("C:\\songs\\My_song (1).mid") == "My song 1"
    assert title_of("<script>.mid") == "script"
    assert title_of("....") == "A song"
    assert title_of("") == "A song"
    assert len(title_of("x" * 500)) == 60
