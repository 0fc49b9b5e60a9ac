"""The desk: what it takes, what it shows, what it keeps, and what it refuses."""

from __future__ import annotations

import json
import re
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from bukti.cli import main
from bukti.config import Config
from bukti.eval.suites import read_suite
from bukti.eval.verifier import Probabilities
from bukti.serve.app import Setup, make_app
from bukti.serve.safety import safe_name
from bukti.serve.store import MAX_STARTS, NewJob, Store
from bukti.serve.worker import Worker, grounds_of
from tests.eval.pages import PAYLOADS

HOME = "http://127.0.0.1:8765"
ARTICLE = "Telegram didirikan oleh Pavel Durov pada 2013. Menurut catatan, 70 juta orang bergabung dalam satu hari."
SOURCE = (
    "Menurut catatan, Telegram didirikan oleh Pavel Durov pada 2013 di Rusia. Dalam satu hari 70 juta orang bergabung."
)


class Slow:
    """A verifier that waits until it is let go."""

    name = "slow/1"
    go = threading.Event()

    def verify(self, pairs: Sequence[Any]) -> list[Probabilities]:
        Slow.go.wait(120)
        return [Probabilities.of(supported=0.9, refuted=0.0) for _ in pairs]


def until(holds: Callable[[], bool]) -> None:
    """Waits for what must come, as long as a busy machine may need."""
    for _ in range(2400):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never came")


@dataclass
class Tried:
    """A desk and a browser at it."""

    client: TestClient
    app: FastAPI
    store: Store
    setup: Setup

    @property
    def token(self) -> str:
        """What the forms of this browser hold."""
        found = re.search(r'name="token" value="([0-9a-f]{64})"', self.client.get("/").text)
        assert found
        return found[1]

    @property
    def ground(self) -> str:
        return next(iter(self.setup.grounds))

    def give(self, text: str = ARTICLE, *, name: str = "", ending: bytes = b"", **fields: str) -> Any:
        """Sends an article, pasted or as a file."""
        data = {"token": self.token, "ground": self.ground, "text": "" if name else text, **fields}
        files = {"file": (name, text.encode() + ending, "text/plain")} if name else {"file": ("", b"")}
        return self.client.post("/jobs", data=data, files=files, follow_redirects=False)

    def verified(self, text: str = ARTICLE, **how: Any) -> str:
        """Gives the id of an article's job once it has ended."""
        answer = self.give(text, **how)
        assert answer.status_code == 303, answer.text
        name = answer.headers["location"].rpartition("/")[2]
        until(lambda: self.client.get(f"/jobs/{name}/state").json()["state"] in ("done", "failed"))
        return str(name)

    def claims(self, job: str) -> list[dict[str, Any]]:
        return list(self.client.get(f"/reports/{job}/report.json").json()["claims"])

    def decide(self, job: str, claim: str, verdict: str = "refuted", *, seen: int = 0, **fields: Any) -> Any:
        data = {"token": self.token, "seen": str(seen), "verdict": verdict, "reviewer": "Ani", **fields}
        return self.client.post(f"/reports/{job}/claims/{claim}/review", data=data, follow_redirects=False)


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "a.txt").write_text(SOURCE)
    store = Store(tmp_path / "state", create=True)
    grounds = grounds_of([], [sources])
    config = Config(
        embedder="tests.conftest:HashEmbedder", verifier="lexical", max_mb=0.1, cache_dir=str(tmp_path / "state/cache")
    )
    return Setup(store=store, worker=Worker(store, grounds, config), grounds=grounds, config=config)


@pytest.fixture
def desk(setup: Setup) -> Iterator[Tried]:
    app = make_app(setup)
    with TestClient(app, base_url=HOME, raise_server_exceptions=False) as client:
        yield Tried(client=client, app=app, store=setup.store, setup=setup)
    setup.store.close()


# Verify ------------------------------------------------------------------------------------------------------------


def test_a_pasted_article_becomes_a_report_with_a_form_beside_each_claim(desk: Tried) -> None:
    job = desk.verified()
    answer = desk.client.get(f"/jobs/{job}")
    assert (answer.url.path, answer.status_code) == (f"/reports/{job}", 200)
    claims = desk.claims(job)
    assert len(claims) >= 2
    for claim in claims:
        assert f'action="/reports/{job}/claims/{claim["id"]}/review"' in answer.text
    assert desk.client.get("/").text.count(f"/reports/{job}") == 1


@pytest.mark.parametrize("name", ["", "https://127.0.0.1/a.txt"])
def test_an_address_that_is_pasted_or_a_file_is_called_by_is_text_and_nobody_is_asked(
    desk: Tried, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("a page was fetched")

    monkeypatch.setattr("bukti.claims.documents.fetch_page", never)
    text = "https://169.254.169.254/latest/meta-data\n\n" + ARTICLE
    job = desk.verified(text, name=name)
    assert "169.254.169.254" in desk.client.get(f"/reports/{job}/report.json").json()["article"]["text"]


def test_an_uploaded_page_is_read_by_its_ending_and_called_by_its_name(desk: Tried) -> None:
    job = desk.verified(f"# Judul\n\n{ARTICLE}", name="../../laporan.md")
    kept = desk.client.get(f"/reports/{job}/report.json").json()["article"]
    assert (kept["path"], kept["title"]) == ("laporan.md", "Judul")


def test_what_cannot_be_read_fails_with_its_stage_and_cause_and_can_be_tried_again(desk: Tried) -> None:
    job = desk.verified("%PDF-1.7 broken", name="x.pdf")
    page = desk.client.get(f"/jobs/{job}").text
    assert "Failed at the stage read" in page
    assert "x.pdf" in page
    assert str(desk.store.folder) not in page
    assert desk.client.get(f"/reports/{job}").url.path == f"/jobs/{job}"
    again = desk.client.post(f"/jobs/{job}/again", data={"token": desk.token}, follow_redirects=False)
    assert again.headers["location"] != f"/jobs/{job}"
    assert desk.verified() != job  # the queue goes on


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"text": ""}, 400, "There is no article"),
        ({"text": "a", "ground": "sources:/etc"}, 400, "not named when the desk was started"),
        ({"text": "a", "ground": "/etc/passwd"}, 400, "not named when the desk was started"),
        ({"text": "a", "language": "fr"}, 400, "That language is not read"),
        ({"text": "a", "published": "yesterday"}, 400, "Not a day: yesterday"),
        ({"text": "a" * 100_001}, 413, "at most 0.1 MB"),
        ({"name": "a.exe", "text": "MZ"}, 400, "Files such as a.exe are not read"),
        ({"name": "../..", "text": "x"}, 400, "are not read"),
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_done_says_why(fields: dict[str, str], status: int, says: str, desk: Tried) -> None:
    answer = desk.give(**fields)
    assert (answer.status_code, says in answer.text) == (status, True)
    assert desk.store.jobs() == []


def test_jobs_run_one_at_a_time_and_go_on_after_the_desk_was_closed(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bukti.serve.worker.PATIENCE_S", 120.0)
    Slow.go.clear()
    config = replace(setup.config, verifier=f"{__name__}:Slow")
    slow = replace(setup, config=config, worker=Worker(setup.store, setup.grounds, config))
    with TestClient(make_app(slow), base_url=HOME) as client:
        desk = Tried(client=client, app=client.app, store=slow.store, setup=slow)  # type: ignore[arg-type]
        names = [desk.give(f"{ARTICLE} {number} orang.").headers["location"].rpartition("/")[2] for number in range(3)]
        until(lambda: "judging" in client.get(f"/jobs/{names[0]}/state").json()["says"])
        states = [client.get(f"/jobs/{name}/state").json() for name in names]
        assert [state["state"] for state in states] == ["running", "queued", "queued"]
        assert states[2]["says"] == "waiting: 2 other articles come first"
        assert '<noscript><meta http-equiv="refresh"' in client.get(f"/jobs/{names[2]}").text
        threading.Timer(0.3, Slow.go.set).start()
    # The desk was closed while the first was being verified: all three are done at the next start.
    assert {job.state for job in setup.store.jobs()} <= {"queued", "done"}
    with TestClient(
        make_app(replace(slow, worker=Worker(setup.store, setup.grounds, config))), base_url=HOME
    ) as client:
        until(lambda: {job.state for job in setup.store.jobs()} == {"done"})
    assert {job.state for job in setup.store.jobs()} == {"done"}
    setup.store.close()


def test_what_was_running_when_the_process_was_killed_is_queued_again_but_not_forever(tmp_path: Path) -> None:
    new = NewJob(name="a", ending=".txt", article=b"a", ground="x")
    for start in range(MAX_STARTS):
        store = Store(tmp_path, create=True)
        if not start:
            store.add_job(new)
        store.requeue()
        assert store.next_job() == (store.jobs()[0].id, new)
        store.close()
    store = Store(tmp_path)
    store.requeue()
    assert store.next_job() is None
    assert (store.jobs()[0].state, store.jobs()[0].stage) == ("failed", "desk")
    store.close()


def test_nothing_is_kept_outside_the_state(desk: Tried, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    before = {path for path in tmp_path.rglob("*") if "state" not in path.parts}
    desk.verified(name="evil.txt")
    assert {path for path in tmp_path.rglob("*") if "state" not in path.parts} == before
    assert not [path for path in (tmp_path / "state").rglob("*") if "evil" in path.name or "article" in path.name]


# Review ------------------------------------------------------------------------------------------------------------


def test_a_decision_is_shown_with_its_history_and_is_taken_back_by_another(desk: Tried) -> None:
    job = desk.verified()
    claim = next(one for one in desk.claims(job) if one["verdict"] == "supported")
    page = f"/reports/{job}"
    wrong = f"{claim['evidence'][0]['source']}:{claim['evidence'][0]['span'][0]}-{claim['evidence'][0]['span'][1]}"
    answer = desk.decide(job, claim["id"], "not_enough_evidence", wrong=wrong, note="  keliru\r\ntahunnya  ")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{page}#{claim['id']}")
    text = desk.client.get(page).text
    assert "reviewed: not enough evidence" in text
    assert f'value="{wrong}" checked' in text
    assert "keliru\ntahunnya" in text
    assert "1 of " in text
    first = desk.store.reviews(job)[claim["id"]][-1]
    desk.decide(job, claim["id"], "refuted", seen=first.id)
    assert "reviewed: refuted" in desk.client.get(page).text
    data = {"token": desk.token, "seen": str(first.id + 1), "reviewer": "Budi"}
    desk.client.post(f"{page}/claims/{claim['id']}/undo", data=data)
    text = desk.client.get(page).text
    assert "reviewed: not enough evidence" in text
    assert "taken back" in text
    made = desk.store.reviews(job)[claim["id"]]
    assert [(one.verdict, one.reviewer) for one in made] == [
        ("not_enough_evidence", "Ani"), ("refuted", "Ani"), (None, "Budi"),
    ]  # fmt: skip


def test_the_same_form_twice_is_one_decision_and_one_made_without_seeing_the_last_is_refused(desk: Tried) -> None:
    job = desk.verified()
    claim = desk.claims(job)[0]["id"]
    assert [desk.decide(job, claim).status_code for _ in range(2)] == [303, 303]
    assert desk.decide(job, claim, "conflicting").status_code == 409
    assert [one.verdict for one in desk.store.reviews(job)[claim]] == ["refuted"]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"verdict": "error"}, "Choose one of the verdicts"),
        ({"verdict": ""}, "Choose one of the verdicts"),
        ({"reviewer": " \u202e\x00 "}, "Give your name"),
        ({"wrong": "s-1:0-4"}, "none of this claim"),
        ({"note": "x" * 2001}, "The note is too long"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(fields: dict[str, str], says: str, desk: Tried) -> None:
    job = desk.verified()
    answer = desk.decide(job, desk.claims(job)[0]["id"], **fields)
    assert (answer.status_code, says in answer.text) == (400, True)
    assert desk.store.reviews(job) == {}


def test_the_database_itself_refuses_to_change_or_remove_a_decision(desk: Tried, tmp_path: Path) -> None:
    job = desk.verified()
    desk.decide(job, desk.claims(job)[0]["id"])
    base = sqlite3.connect(tmp_path / "state" / "desk.sqlite")
    for change in ("UPDATE review SET verdict = 'supported'", "DELETE FROM review"):
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            base.execute(change)
    assert base.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    base.close()


# Export ------------------------------------------------------------------------------------------------------------


def test_a_review_comes_back_as_a_case_that_eval_runs_and_fails_while_the_mistake_is_made(
    desk: Tried, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = desk.verified()
    supported = [claim for claim in desk.claims(job) if claim["verdict"] == "supported"]
    assert len(supported) >= 2
    evidence = supported[0]["evidence"][0]
    desk.decide(
        job, supported[0]["id"], "refuted", wrong=f"{evidence['source']}:{evidence['span'][0]}-{evidence['span'][1]}"
    )
    desk.decide(job, supported[1]["id"], "supported")
    text = desk.client.get("/export/reviews.claims.jsonl").text
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["export-reviews", "state", "-o", "r.claims.jsonl"])
    assert ended.value.code == 0
    assert Path("r.claims.jsonl").read_text() == text
    golds = {gold.id: gold for gold in read_suite("r.claims.jsonl").cases[0].claims}
    corrected, confirmed = golds[supported[0]["id"]], golds[supported[1]["id"]]
    assert (corrected.label, corrected.must_not_support, corrected.evidence, corrected.tags) == (
        "refuted", True, (), ("corrected",),
    )  # fmt: skip
    assert (confirmed.label, confirmed.must_not_support, confirmed.tags) == ("supported", False, ("confirmed",))
    assert confirmed.evidence[0][1] in SOURCE
    monkeypatch.setenv("BUKTI_EMBEDDER", "tests.conftest:HashEmbedder")
    monkeypatch.setenv("BUKTI_VERIFIER", "lexical")
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(["eval", "r.claims.jsonl", "-o", "run.json"])
    assert ended.value.code == 1
    assert "1 must not be supported and are" in capsys.readouterr().err
    rows = {row["case"].rpartition("/")[2]: row for row in json.loads(Path("run.json").read_text())["results"]}
    assert (rows[supported[0]["id"]]["verdict"], rows[supported[1]["id"]]["verdict"]) == ("supported", "supported")


def test_what_was_taken_back_is_not_exported_and_nothing_is_written_for_nothing(
    desk: Tried, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = desk.verified()
    claim = desk.claims(job)[0]["id"]
    desk.decide(job, claim)
    made = desk.store.reviews(job)[claim][-1]
    data = {"token": desk.token, "seen": str(made.id), "reviewer": "Ani"}
    desk.client.post(f"/reports/{job}/claims/{claim}/undo", data=data)
    assert desk.client.get("/export/reviews.claims.jsonl").status_code == 404
    monkeypatch.chdir(tmp_path)
    for words, says in (
        (["export-reviews", "state", "-o", "r.jsonl"], "nothing was reviewed yet"),
        (["export-reviews", "sources", "-o", "r.jsonl"], "is no desk's state"),
        (["export-reviews", "state", "-o", "r.txt"], "unknown ending '.txt'"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 2
        assert says in capsys.readouterr().err
    assert not Path("r.jsonl").exists()


# Runs --------------------------------------------------------------------------------------------------------------


def test_runs_are_listed_shown_and_compared_and_no_other_folder_is(desk: Tried, tmp_path: Path) -> None:
    from bukti.claims.rules import RuleSplitter
    from bukti.eval.answers import Parts
    from bukti.eval.lexical import LexicalVerifier
    from bukti.eval.runs import run_suite
    from tests.conftest import HashEmbedder

    case = {"id": "c", "claim": "Telegram didirikan oleh Pavel Durov pada 2013.", "label": "supported"}
    for number, text in enumerate((SOURCE, "Telegram didirikan oleh Mark Zuckerberg pada 2013.")):
        (tmp_path / "s.jsonl").write_text(json.dumps({**case, "sources": [{"id": "a", "text": text}]}) + "\n")
        parts = Parts(splitter=RuleSplitter(), embedder=HashEmbedder(), verifier=LexicalVerifier())
        run_suite(read_suite(tmp_path / "s.jsonl"), parts, runs=tmp_path / "runs", fresh=number > 0)
    (tmp_path / "runs" / "0007").mkdir()
    (tmp_path / "runs" / "0009").symlink_to(tmp_path / "runs" / "0001")
    app = make_app(replace(desk.setup, runs=tmp_path / "runs", worker=Worker(desk.store, {}, desk.setup.config)))
    with TestClient(app, base_url=HOME) as client:
        page = client.get("/runs").text
        assert page.count('href="/runs/000') == 2
        assert "0007" in page
        assert "0009" not in page
        assert '<a href="/runs">Runs</a> / 0001' in client.get("/runs/0001").text
        shown = client.get("/runs/compare?before=0001&after=0002").text
        assert "supported" in shown
        assert 'id="worse"' in shown
        for name in ("0007", "0009", "0003", "%2e%2e", "..%2f..%2fstate", "0001%00", "/etc"):
            assert client.get(f"/runs/{name}").status_code == 404, name
            assert client.get(f"/runs/compare?before=0001&after={name}").status_code == 404, name


# Safe --------------------------------------------------------------------------------------------------------------


def posts(app: FastAPI) -> list[str]:
    return [
        route.path.format(name="x", claim="c")
        for route in app.routes
        if isinstance(route, APIRoute) and "POST" in (route.methods or ())
    ]


def test_no_form_is_taken_without_its_token_or_from_another_site(desk: Tried) -> None:
    job = desk.verified()
    token, claim = desk.token, desk.claims(job)[0]["id"]
    assert len(posts(desk.app)) == 4
    bad: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, {}),
        ({"token": "0" * 64}, {}),
        ({"token": token}, {"Cookie": "bukti_desk=other"}),
        ({"token": token}, {"Origin": "http://evil.example"}),
        ({"token": token}, {"Origin": "null"}),
        ({"token": token}, {"Origin": "http://127.0.0.1:9999"}),
        ({"token": token}, {"Sec-Fetch-Site": "cross-site"}),
    ]
    for path in [path.replace("/x", f"/{job}").replace("/c/", f"/{claim}/") for path in posts(desk.app)]:
        for data, headers in bad:
            form = {"verdict": "refuted", "reviewer": "x", "seen": "0", "ground": desk.ground, "text": ARTICLE, **data}
            own = {"Cookie": f"bukti_desk={desk.client.cookies['bukti_desk']}"}
            answer = desk.client.request("POST", path, data=form, headers={**own, **headers})
            assert answer.status_code == 403, (path, data, headers)
    assert desk.store.reviews(job) == {}
    assert len(desk.store.jobs()) == 1


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1", "localhost@evil.example", "", "[::2]"]
)
def test_a_name_that_is_not_the_desks_own_gets_no_answer(host: str, desk: Tried) -> None:
    answer = desk.client.get("/", headers={"Host": host})
    assert (answer.status_code, "token" in answer.text) == (421, False)


def test_a_desk_that_lets_others_in_answers_to_addresses_and_to_names_that_were_given(desk: Tried) -> None:
    app = make_app(
        replace(desk.setup, remote=True, names={"desk.lan"}, worker=Worker(desk.store, {}, desk.setup.config))
    )
    with TestClient(app, base_url=HOME) as client:
        hosts = ("desk.lan:8765", "DESK.LAN", "10.0.0.1:8765", "[fd00::1]:8765", "evil.example")
        assert [client.get("/", headers={"Host": host}).status_code for host in hosts] == [200, 200, 200, 200, 421]


def test_every_answer_says_what_it_may_do_and_nothing_of_ours_needs_more(desk: Tried) -> None:
    job = desk.verified()
    source = desk.client.get(f"/reports/{job}/report.json").json()["sources"][0]["id"]
    for path in (
        "/",
        "/export",
        "/runs",
        f"/reports/{job}",
        f"/reports/{job}/sources/{source}",
        f"/reports/{job}/report.json",
        f"/jobs/{job}/state",
        "/nothing",
        "/docs",
        "/openapi.json",
    ):
        answer = desk.client.get(path)
        rules = answer.headers["content-security-policy"]
        assert "default-src 'none'" in rules
        assert "frame-ancestors 'none'" in rules
        assert "unsafe" not in rules
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"
        assert "access-control-allow-origin" not in answer.headers
    cookie = desk.client.get("/", headers={"Cookie": ""}).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_an_upload_is_bounded_whether_it_says_its_size_or_not(desk: Tried) -> None:
    token = desk.token

    def endless() -> Iterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        for _ in range(1000):
            yield b"x" * 10_000

    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    assert desk.client.post("/jobs", content=endless(), headers=kind).status_code == 413
    assert desk.client.post("/jobs", content=b"x" * 500_000, headers=kind).status_code == 413
    assert desk.client.post("/jobs/x/again", content=b"x" * 300_000).status_code == 413
    many = "&".join(["wrong=1"] * 1000) + f"&token={token}"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert desk.client.post("/reports/x/claims/c/review", content=many, headers=form).status_code in (400, 404)
    assert desk.client.post("/jobs", content=b"no form", headers=kind).status_code in (400, 403)
    assert desk.store.jobs() == []


def test_an_upload_that_never_ends_is_given_up(setup: Setup) -> None:
    import asyncio

    app = make_app(replace(setup, body_s=0.05))
    sent: list[Any] = []

    async def never() -> Any:
        await asyncio.sleep(60)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/jobs", "raw_path": b"/jobs", "query_string": b"", "scheme": "http", "http_version": "1.1",
        "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"multipart/form-data; boundary=b")], "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1), "root_path": "",
    }  # fmt: skip
    asyncio.run(app(scope, never, send))
    assert sent[0]["status"] == 408
    setup.store.close()


BAD = (
    "..",
    "../..",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%5c..%5c",
    "x%00",
    "a/b",
    "' OR 1=1 --",
    "/etc/passwd",
    "%ff",
    "x" * 5000,
)


def test_no_parameter_leads_to_a_file(desk: Tried) -> None:
    job = desk.verified()
    pages = (
        "/jobs/{}",
        "/jobs/{}/state",
        "/reports/{}",
        "/reports/{}/report.json",
        f"/reports/{job}/sources/{{}}",
        "/runs/{}",
        "/{}",
    )
    forms = (f"/reports/{job}/claims/{{}}/review", "/reports/{}/claims/c/review", f"/reports/{job}/claims/{{}}/undo")
    data = {"token": desk.token, "verdict": "refuted", "reviewer": "x", "seen": "0"}
    for bad in BAD:
        for page in pages:
            answer = desk.client.get(page.format(bad))
            # A client takes ".." out of an address itself: that leads to another page of the desk, and to nothing else.
            home = answer.url.path in ("/", f"/reports/{job}", "/runs")
            assert answer.status_code == 404 or home or answer.url.path in ("/jobs", "/jobs/"), (page, bad)
            assert "root:x:" not in answer.text
        for form in forms:
            assert desk.client.post(form.format(bad), data=data).status_code in (404, 405), (form, bad)
    assert desk.store.reviews(job) == {}


def test_hostile_texts_names_and_notes_stand_there_as_text(desk: Tried) -> None:
    name = "<img src=x onerror=alert(1)>.txt"
    job = desk.verified("\n\n".join([ARTICLE, *PAYLOADS]).replace("\0", ""), name=name)
    claim, seen = desk.claims(job)[0]["id"], 0
    for payload in PAYLOADS:
        assert desk.decide(job, claim, seen=seen, note=payload, reviewer=payload).status_code == 303, payload
        seen = desk.store.reviews(job)[claim][-1].id
    bad = desk.client.get("/jobs/<script>alert(1)</script>?lang=<script>")
    for text in (bad.text, *(desk.client.get(path).text for path in ("/", f"/reports/{job}", "/export"))):
        shown = re.sub(r"<(script|style)>.*?</\1>", "", text, flags=re.DOTALL).lower()
        for sign in (
            "<script",
            "<img",
            "<iframe",
            "<object",
            "<embed",
            "<base",
            "<audio",
            "<video",
            "<marquee",
            "<template",
        ):
            assert sign not in shown, sign


def test_a_text_that_a_claim_was_judged_by_is_served_as_plain_text_that_does_nothing(desk: Tried) -> None:
    job = desk.verified()
    source = desk.client.get(f"/reports/{job}/report.json").json()["sources"][0]["id"]
    answer = desk.client.get(f"/reports/{job}/sources/{source}")
    assert (answer.headers["content-type"], answer.text) == ("text/plain; charset=utf-8", SOURCE)
    assert answer.headers["content-security-policy"].endswith("sandbox")
    assert f'href="/reports/{job}/sources/{source}' in desk.client.get(f"/reports/{job}").text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a.txt", "a.txt"), ("../../a.txt", "a.txt"), (r"C:\\x\\a.md", "a.md"), ("..", ""), ("a\r\nb.txt", "a b.txt"), ("\u202etxt.exe", "txt.exe"),
        ("x" * 500 + ".html", "x" * 115 + ".html"),
    ],
)  # fmt: skip
def test_a_files_name_keeps_no_folder_and_no_control_character(given: str, kept: str) -> None:
    assert safe_name(given) == kept


def test_pages_speak_what_was_chosen_or_what_the_browser_asks_for(desk: Tried) -> None:
    assert '<html lang="id">' in desk.client.get("/", headers={"Accept-Language": "fr, id;q=0.9"}).text
    assert '<html lang="id">' in desk.client.get("/?lang=id").text
    assert '<html lang="id">' in desk.client.get("/export").text
    assert '<html lang="id">' in desk.client.get("/?lang=xx").text
    assert '<html lang="en">' in desk.client.get("/?lang=en").text


# The command -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "nothing to verify against"),
        (["--sources", "nowhere"], "nowhere: no such file or folder"),
        (["--index", "nowhere"], "nowhere"),
        (["--sources", "s", "--host", "0.0.0.0"], "--allow-remote"),
        (["--sources", "s", "--host", "no.such.host.invalid", "--allow-remote"], "cannot listen there"),
        (["--sources", "s", "--runs", "nowhere"], "--runs nowhere: no such folder"),
        (["--sources", "s", "--state", "s/a.txt"], "s/a.txt: cannot be made"),
        (["--sources", "s", "--state", "old", "--port", "0"], "another version of bukti"),
        (["--sources", "s", "--state", "torn", "--port", "0"], "cannot be read"),
    ],
)
def test_a_wrong_call_is_one_line_and_2(
    words: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("s", "old", "torn"):
        Path(folder).mkdir()
    Path("s/a.txt").write_text(SOURCE)
    base = sqlite3.connect("old/desk.sqlite")
    base.execute("PRAGMA user_version = 99")
    base.close()
    Path("torn/desk.sqlite").write_bytes(b"no database " * 1000)
    with pytest.raises(SystemExit) as ended:
        main(["serve", *words])
    err = capsys.readouterr().err
    assert (ended.value.code, err.count("\n"), says in err) == (2, 1, True), err


def test_without_the_extra_one_line_says_what_to_install(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "fastapi", None)
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--sources", str(tmp_path)])
    assert (ended.value.code, capsys.readouterr().err) == (
        2,
        "bukti: bukti serve needs fastapi; install it: pip install 'bukti[serve]'\n",
    )
