"""The desk: what it takes, what it shows, what it keeps, and what it refuses."""

from __future__ import annotations

import ctypes
import json
import re
import shutil
import sqlite3
import subprocess
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
from bukti.eval.cases import InlineText
from bukti.eval.suites import read_suite
from bukti.eval.verifier import Probabilities
from bukti.serve.app import Setup, make_app
from bukti.serve.safety import safe_name
from bukti.serve.store import MAX_STARTS, NewJob, Store
from bukti.serve.worker import Worker, grounds_of
from tests.eval.pages import PAYLOADS, Page

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


class Blind:
    """A verifier that finds nothing."""

    name = "blind/1"

    def verify(self, pairs: Sequence[Any]) -> list[Probabilities]:
        return [Probabilities.of(supported=0.0, refuted=0.0) for _ in pairs]


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
        assert f'action="/reports/{job}/claims/{claim["id"]}/review#{claim["id"]}"' in answer.text
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


def test_several_files_at_once_are_an_article_each_or_none_is_taken(desk: Tried) -> None:
    def give(*files: tuple[str, str]) -> Any:
        data = {"token": desk.token, "ground": desk.ground, "text": "", "language": "id"}
        sent = [("file", (name, text, "text/plain")) for name, text in files]
        return desk.client.post("/jobs", data=data, files=sent, follow_redirects=False)

    for files, status, says in (
        ([("a.txt", ARTICLE), ("b.exe", "MZ")], 400, "Files such as b.exe are not read"),
        ([("a.txt", ARTICLE), ("b.txt", " ")], 400, "The file b.txt is empty; nothing was taken."),
        ([("a.txt", "a" * 55_000), ("b.txt", "b" * 55_000)], 413, "at most 0.1 MB are read at once"),
    ):
        answer = give(*files)
        assert (answer.status_code, says in answer.text) == (status, True), says
        assert desk.store.jobs() == []
    answer = give(("a.txt", ARTICLE), ("b.md", f"# Judul\n\n{ARTICLE}"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    until(lambda: {one.state for one in desk.store.jobs()} == {"done"})
    assert [one.name for one in desk.store.jobs()] == ["b.md", "a.txt"]
    page = desk.client.get("/").text
    named = next(iter(desk.setup.grounds.values())).name
    assert page.count(f"against sources: <bdi>{named}</bdi>") == 2


def test_what_cannot_be_read_fails_with_its_stage_and_cause_and_can_be_tried_again(desk: Tried) -> None:
    job = desk.verified("%PDF-1.7 broken", name="x.pdf")
    page = desk.client.get(f"/jobs/{job}").text
    assert "Failed at the stage read" in page
    assert "x.pdf" in page
    assert "Gagal pada tahap membaca" in desk.client.get(f"/jobs/{job}?lang=id").text
    assert 'membaca: <span lang="en">x.pdf' in desk.client.get("/?lang=id").text
    desk.client.get("/?lang=en")
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
        until(lambda: "judging" in client.get(f"/jobs/{names[0]}/state").json()["step"])
        states = [client.get(f"/jobs/{name}/state").json() for name in names]
        assert [state["state"] for state in states] == ["running", "queued", "queued"]
        assert states[2]["step"] == "waiting: articles before it: 2"
        assert re.fullmatch(r", \d+ of \d+", states[0]["count"])
        # What is read aloud is the step: the count beside it changes all the time.
        assert (
            '<span id="step" role="status">being verified: judging the evidence</span><span id="count">, '
            in client.get(f"/jobs/{names[0]}").text
        )
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
            store.add_jobs([new])
        store.requeue()
        assert store.next_job() == (store.jobs()[0].id, new)
        store.close()
    store = Store(tmp_path)
    store.requeue()
    assert store.next_job() is None
    assert (store.jobs()[0].state, store.jobs()[0].stage) == ("failed", "desk")
    store.close()


def test_an_article_is_cancelled_while_it_waits_and_while_it_is_verified_and_can_be_begun_again(setup: Setup) -> None:
    Slow.go.clear()
    config = replace(setup.config, verifier=f"{__name__}:Slow")
    slow = replace(setup, config=config, worker=Worker(setup.store, setup.grounds, config))
    with TestClient(make_app(slow), base_url=HOME) as client:
        desk = Tried(client=client, app=client.app, store=slow.store, setup=slow)  # type: ignore[arg-type]
        names = [desk.give(f"{ARTICLE} {number} orang.").headers["location"].rpartition("/")[2] for number in range(3)]
        until(lambda: "judging" in client.get(f"/jobs/{names[0]}/state").json()["step"])
        assert set(client.get("/jobs/states").json()) == set(names)
        for name in names[:2]:
            assert 'action="/jobs/' + name + '/cancel"' in client.get(f"/jobs/{name}").text
            assert "This was cancelled" in client.post(f"/jobs/{name}/cancel", data={"token": desk.token}).text
        Slow.go.set()
        until(lambda: client.get(f"/jobs/{names[2]}/state").json()["state"] == "done")
        assert [slow.store.job(name).state for name in names] == ["cancelled", "cancelled", "done"]  # type: ignore[union-attr]
        assert slow.store.report(names[0]) is None
        again = client.post(f"/jobs/{names[0]}/again", data={"token": desk.token}, follow_redirects=False)
        until(lambda: client.get(again.headers["location"] + "/state").json()["state"] == "done")
        # What has ended is not cancelled any more.
        assert client.post(f"/jobs/{names[2]}/cancel", data={"token": desk.token}).url.path == f"/reports/{names[2]}"
    setup.store.close()


def test_a_removed_article_leaves_no_word_in_the_state_and_its_decisions_stay_on_record(
    desk: Tried, tmp_path: Path
) -> None:
    first, second = desk.verified(), desk.verified(f"{ARTICLE} Rahasia besar: 17 kapal tenggelam.")
    claim, source = desk.claims(second)[0]["id"], desk.claims(second)[0]["evidence"][0]["source"]
    desk.decide(second, claim)
    kept = desk.store.reviews(second)
    page = desk.client.get(f"/jobs/{second}/remove").text
    assert "Claims reviewed: 1." in page
    assert desk.client.get(f"/reports/{second}").status_code == 200  # that question removes nothing
    answer = desk.client.post(f"/jobs/{second}/remove", data={"token": desk.token})
    assert (answer.url.path, second in answer.text) == ("/", False)
    for path in (f"/reports/{second}", f"/jobs/{second}", f"/jobs/{second}/remove", f"/reports/{second}/report.json"):
        assert desk.client.get(path).status_code == 404, path
    assert desk.client.post(f"/jobs/{second}/again", data={"token": desk.token}).status_code == 404
    assert desk.decide(second, claim, "supported", seen=kept[claim][-1].id).status_code == 404
    undo = {"token": desk.token, "seen": str(kept[claim][-1].id), "reviewer": "Ani"}
    assert desk.client.post(f"/reports/{second}/claims/{claim}/undo", data=undo).status_code == 404
    assert desk.store.reviews(second) == kept
    assert desk.client.get("/export/reviews.claims.jsonl").status_code == 404
    # The other article's source stays, and goes with it.
    assert desk.store.kept([source]) == {source}
    desk.client.post(f"/jobs/{first}/remove", data={"token": desk.token})
    assert desk.store.kept([source]) == set()
    files = [path for path in (tmp_path / "state").glob("desk.sqlite*") if path.is_file()]
    assert files
    for path in files:
        assert b"kapal" not in path.read_bytes()
        assert SOURCE.encode() not in path.read_bytes()


def test_a_state_of_the_first_form_is_taken_over_with_all_its_decisions(tmp_path: Path) -> None:
    store = Store(tmp_path, create=True)
    job = store.add_jobs([NewJob(name="a", ending=".txt", article=b"a", ground="x")])[0]
    store.add_review(job, "c", seen=0, verdict="refuted", reviewer="Ani")
    kept = store.reviews(job)
    store.close()
    base = sqlite3.connect(tmp_path / "desk.sqlite")
    form = base.execute("SELECT sql FROM sqlite_master WHERE name = 'job'").fetchone()[0]
    columns = "number, id, made, name, ending, article, ground, language, published, as_of, state, starts, stage, cause, title, summary, report"
    base.executescript(
        "PRAGMA foreign_keys = OFF; BEGIN;"
        + form.replace("TABLE job", "TABLE old", 1)
        .replace('TABLE "job"', "TABLE old", 1)
        .replace(", 'cancelled', 'removed'", "")
        + f"; INSERT INTO old SELECT {columns} FROM job; DROP TABLE job; ALTER TABLE old RENAME TO job; PRAGMA user_version = 1; COMMIT;"
    )
    base.close()
    store = Store(tmp_path)
    assert (store.job(job).name, store.reviews(job)) == ("a", kept)  # type: ignore[union-attr]
    store.cancel_job(job)
    assert store.job(job).state == "cancelled"  # type: ignore[union-attr]
    (second,) = store.add_jobs([NewJob(name="b", ending=".txt", article=b"b", ground="x")])
    assert [one.id for one in store.jobs()] == [second, job]
    with pytest.raises(sqlite3.IntegrityError):
        store.add_review("no such job", "c", seen=0, verdict="refuted")
    store.close()


def test_a_form_that_was_refused_comes_back_with_all_that_was_typed(desk: Tried) -> None:
    typed = "Baris satu </textarea> & dua\n\nBaris tiga."
    answer = desk.give(typed, language="id", published="2026-01-31", as_of="kemarin")
    assert answer.status_code == 400
    for sign in (
        'role="alert"', "Not a day: kemarin", "Baris satu &lt;/textarea&gt; &amp; dua\n\nBaris tiga.</textarea>", 'value="id" selected',
        'name="published" value="2026-01-31"',
    ):  # fmt: skip
        assert sign in answer.text
    answer = desk.client.post("/jobs", data={"token": "0" * 64, "text": typed})
    assert (answer.status_code, "Baris tiga." in answer.text) == (403, True)
    assert "Choose the file again" in desk.give("MZ", name="a.exe").text
    assert desk.client.get("/jobs").url.path == "/"


def test_a_decision_that_was_refused_comes_back_beside_the_one_that_was_made_meanwhile(desk: Tried) -> None:
    job = desk.verified()
    claim = next(one for one in desk.claims(job) if one["verdict"] == "supported")
    wrong = f"{claim['evidence'][0]['source']}:{claim['evidence'][0]['span'][0]}-{claim['evidence'][0]['span'][1]}"
    desk.decide(job, claim["id"], "not_checkable", note="yang pertama")
    answer = desk.decide(job, claim["id"], "conflicting", reviewer="Budi", note="catatan panjang", wrong=wrong)
    seen = desk.store.reviews(job)[claim["id"]][-1].id
    card = answer.text.partition(f'id="{claim["id"]}"')[2].partition('<div class="card')[0]
    assert answer.status_code == 409
    for sign in (
        "Somebody else decided about this claim first", "reviewed: not checkable", "yang pertama", "catatan panjang</textarea>",
        '<option value="conflicting" selected>', 'name="reviewer" value="Budi"', f'value="{wrong}" checked', f'name="seen" value="{seen}"',
        '<details class="history" open>',
    ):  # fmt: skip
        assert sign in card, sign
    assert desk.decide(job, claim["id"], "conflicting", reviewer="Budi", seen=seen).status_code == 303
    history = desk.store.reviews(job)[claim["id"]]
    assert [(one.reviewer, one.verdict) for one in history] == [("Ani", "not_checkable"), ("Budi", "conflicting")]
    for form in ("review", "undo"):
        back = desk.client.get(f"/reports/{job}/claims/{claim['id']}/{form}", follow_redirects=False)
        assert back.headers["location"] == f"/reports/{job}#{claim['id']}"


def test_an_address_that_is_pasted_is_not_opened(desk: Tried, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def never(*_: object, **__: object) -> None:
        raise AssertionError("the desk went to the network")

    monkeypatch.setattr(socket, "getaddrinfo", never)
    monkeypatch.setattr(socket.socket, "connect", never)
    for address in ("http://169.254.169.254/latest/meta-data/", " HTTPS://intranet.example/x\n", "file:///etc/passwd"):
        answer = desk.give(address)
        assert (answer.status_code, "the desk opens none" in answer.text) == (400, True)
    job = desk.verified(f"Lihat http://169.254.169.254/ dan file:///etc/passwd. {ARTICLE}")
    assert desk.store.job(job).state == "done"  # type: ignore[union-attr]


def test_texts_that_were_pasted_are_told_apart_by_their_first_line_and_old_ones_stay_within_reach(
    desk: Tried, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bukti.serve.app.JOBS_SHOWN", 2)
    given = [
        NewJob(name="pasted text", ending=".txt", article=b"x", ground="x", title=f"Judul {number}")
        for number in range(5)
    ]
    names = desk.store.add_jobs(given)
    seen, path = [], "/"
    while path:
        page = desk.client.get(path).text
        seen += re.findall(r'href="/jobs/([0-9a-f]+)">', page)
        path = (re.findall(r'href="(/\?after=\d+)">Older', page) or [""])[0]
    assert seen == names[::-1]
    assert '<a href="/?after=0">Newer' in desk.client.get("/?after=2").text
    assert desk.client.get("/?after=-1x").status_code == 200
    desk.give("\n\n  Banjir besar di kota\n\nIsi berita.")
    assert "Banjir besar di kota" in desk.client.get("/").text


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


def test_the_command_that_the_export_names_fails_once_a_decision_is_met_no_more(
    desk: Tried, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    job = desk.verified()
    for claim in desk.claims(job):
        if claim["verdict"] == "supported":
            desk.decide(job, claim["id"], "supported")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BUKTI_EMBEDDER", "tests.conftest:HashEmbedder")
    monkeypatch.setenv("BUKTI_VERIFIER", "lexical")

    def code_of(*words: str) -> object:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        return ended.value.code

    assert code_of("export-reviews", "state", "-o", "reviews.claims.jsonl") == 0
    guard = re.search(r"bukti (eval .+)\n", capsys.readouterr().err)
    assert guard
    assert f"<code>bukti {guard[1]}</code>" in desk.client.get("/export").text
    assert code_of("eval", "reviews.claims.jsonl") == 0
    assert code_of("bless", "bukti-runs/0001", "--to", "reviews.baseline.json") == 0
    assert code_of(*guard[1].split()) == 0
    monkeypatch.setenv("BUKTI_VERIFIER", f"{__name__}:Blind")
    assert code_of(*guard[1].split()) == 1


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "of an earlier version"])
def test_a_review_is_exported_although_a_source_is_a_page_or_has_gone_since(
    kept: bool, setup: Setup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bukti.retrieval.index import Index
    from tests.conftest import HashEmbedder

    page = f"<html><body><article><p>{SOURCE}</p><p>Alinea kedua halaman ini berbicara tentang hal lain.</p></article></body></html>"
    monkeypatch.setattr("bukti.claims.documents.fetch_page", lambda url, **_: (page.encode(), ".html", url))
    gone = tmp_path / "gone.txt"
    gone.write_text(
        "Telegram didirikan oleh Pavel Durov pada 2013, tulis koran itu.\n\nAlinea kedua berkas ini pun lain."
    )
    Index(tmp_path / "index", embedder=HashEmbedder(), create=True).add(
        [gone, "https://example.org/telegram"], max_bytes=100_000
    )
    gone.unlink()
    grounds = grounds_of([tmp_path / "index"], [])
    indexed = replace(setup, grounds=grounds, worker=Worker(setup.store, grounds, setup.config))
    with TestClient(make_app(indexed), base_url=HOME) as client:
        desk = Tried(client=client, app=client.app, store=setup.store, setup=indexed)  # type: ignore[arg-type]
        job = desk.verified()
        claim = next(one for one in desk.claims(job) if one["verdict"] == "supported")
        assert len(desk.store.kept({one["source"] for one in claim["evidence"]})) == 2
        if not kept:
            desk.store._base.execute("DELETE FROM source")
        desk.decide(job, claim["id"], "supported")
        (tmp_path / "r.jsonl").write_text(client.get("/export/reviews.claims.jsonl").text)
    setup.store.close()
    (case,) = read_suite(tmp_path / "r.jsonl").cases
    assert [one.id for one in case.claims] == [claim["id"]]
    assert len(case.sources) == 2
    texts = " ".join(one.text for one in case.sources if isinstance(one, InlineText))
    assert "Telegram didirikan oleh Pavel Durov pada 2013, tulis koran itu." in texts
    assert ("Alinea kedua halaman" in texts) is kept
    assert ("the whole text was not kept" in (tmp_path / "r.jsonl").read_text()) is not kept


def test_what_was_reviewed_and_can_be_no_case_is_told_and_is_not_called_nothing(desk: Tried) -> None:
    job = desk.verified()
    claim = desk.claims(job)[0]["id"]
    desk.decide(job, claim)
    report = desk.client.get(f"/reports/{job}/report.json").json()
    report["claims"] = [{**one, "evidence": []} for one in report["claims"]]
    desk.store._base.execute("UPDATE job SET report = ?", (json.dumps(report),))
    page = desk.client.get("/export").text
    assert "Nothing of what was reviewed can become a case" in page
    assert "no source was read for it" in page
    assert "No claim was reviewed yet" not in page
    assert "Nothing of what was reviewed" in desk.client.get("/export/reviews.claims.jsonl").text


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
    store = Store("torn", create=True)
    job = store.add_jobs([NewJob(name="a", ending=".txt", article=b"a", ground="x")])[0]
    store.add_review(job, "c", seen=0, verdict="refuted", reviewer="Ani")
    store.close()
    torn = Path("torn/desk.sqlite").read_bytes()
    Path("torn/desk.sqlite").write_bytes(torn[:4096] + b"\xff" * (len(torn) - 4096))
    for words, says in (
        (["export-reviews", "torn", "-o", "r.jsonl"], "cannot be read"),
        (["export-reviews", "state", "-o", "r.jsonl"], "nothing was reviewed yet"),
        (["export-reviews", "sources", "-o", "r.jsonl"], "is no desk's state"),
        (["export-reviews", "state", "-o", "r.txt"], "unknown ending '.txt'"),
    ):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 2
        assert says in capsys.readouterr().err
    assert not Path("r.jsonl").exists()


def test_a_report_is_saved_with_what_was_decided_under_its_articles_title(desk: Tried) -> None:
    from bukti.eval.page import render_html
    from bukti.eval.reading import read_report

    job = desk.verified(f"# Pendiri “Telegram” & 70 juta\n\n{ARTICLE}", name="a.md")
    plain = desk.client.get(f"/reports/{job}/report.html").text
    assert plain == render_html(read_report(str(desk.store.report(job))), language="en")
    first, second = [one for one in desk.claims(job) if one["verdict"] == "supported"][:2]
    wrong = f"{first['evidence'][0]['source']}:{first['evidence'][0]['span'][0]}-{first['evidence'][0]['span'][1]}"
    desk.decide(job, first["id"], "refuted", note="tahunnya <keliru>", wrong=wrong)
    desk.decide(job, second["id"], "supported")
    kept = {}
    for ending, kind in (
        (".html", "text/html"),
        (".md", "text/markdown"),
        (".json", "application/json"),
        (".jsonld", "application/ld+json"),
    ):
        answer = desk.client.get(f"/reports/{job}/report{ending}")
        assert answer.headers["content-disposition"] == f'attachment; filename="pendiri-telegram-70-juta{ending}"'
        assert answer.headers["content-type"].startswith(kind)
        assert answer.headers["content-security-policy"].endswith("sandbox")
        assert f'href="/reports/{job}/report{ending}" download' in desk.client.get(f"/reports/{job}").text
        kept[ending] = answer.text
    assert kept[".json"] == desk.store.report(job)
    card = kept[".html"].partition(f'id="{first["id"]}"')[2].partition('<div class="card')[0]
    today = time.strftime("%Y-%m-%d", time.gmtime())
    for sign in (
        "reviewed: refuted",
        "The reviewer's verdict: ",
        "tahunnya &lt;keliru&gt;",
        "Marked as wrong",
        f'datetime="{today}',
    ):
        assert sign in card.replace("&#39;", "'"), sign
    assert "2 of " in kept[".html"]
    # Neither the article nor a source can be reached from where the file will lie.
    assert not [link for link in Page(kept[".html"]).values("href") if not link.startswith(("#", "data:"))]
    assert "](<" not in kept[".md"]
    assert not {"textarea", "select"} & Page(kept[".html"]).tags.keys()
    assert "**The reviewer's verdict: ✘ refuted**" in kept[".md"]
    assert "tahunnya &lt;keliru&gt;" in kept[".md"]
    assert "**Marked as wrong by the reviewer**" in kept[".md"]
    assert re.search(r"^\| \d+ \| ✔ supported \| [\d.]+ \| ✘ refuted \|", kept[".md"], re.MULTILINE)
    ratings = {one["claimReviewed"]: one["reviewRating"] for one in json.loads(kept[".jsonld"])}
    assert (ratings[first["text"]]["ratingValue"], ratings[second["text"]]["ratingValue"]) == (1, 5)
    assert ratings[first["text"]]["ratingExplanation"] == "tahunnya <keliru>"


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
        assert re.search(r'<time datetime="[\d-]+T[\d:]+\+00:00">[\d-]+ [\d:]+ UTC</time>', page)
        assert "0007" in page
        assert "0009" not in page
        assert '<a href="/runs">Runs</a> / 0001' in client.get("/runs/0001").text
        shown = client.get("/runs/compare?before=0001&after=0002").text
        assert 'href="/runs/compare?before=0001&amp;after=0002&amp;lang=id"' in shown
        assert '<a href="/runs">Evaluasi</a> / 0001' in client.get("/runs/0001?lang=id").text
        assert '<a href="/runs">Runs</a> / 0001' in client.get("/runs/0001?lang=en").text
        assert "supported" in shown
        assert 'id="worse"' in shown
        for name in ("0007", "0009", "0003", "%2e%2e", "..%2f..%2fstate", "0001%00", "/etc"):
            assert client.get(f"/runs/{name}").status_code == 404, name
            assert client.get(f"/runs/compare?before=0001&after={name}").status_code == 404, name


def test_a_folder_of_runs_that_is_not_there_yet_has_none(desk: Tried, tmp_path: Path) -> None:
    app = make_app(replace(desk.setup, runs=tmp_path / "later", worker=Worker(desk.store, {}, desk.setup.config)))
    with TestClient(app, base_url=HOME) as client:
        assert "There are no runs in this folder yet." in client.get("/runs").text


def test_cases_and_labelled_claims_are_counted_alike_on_every_page(desk: Tried, tmp_path: Path) -> None:
    from bukti.claims.rules import RuleSplitter
    from bukti.eval.answers import Parts
    from bukti.eval.lexical import LexicalVerifier
    from bukti.eval.runs import run_suite
    from tests.conftest import HashEmbedder

    job = desk.verified()
    for claim, verdict in zip(desk.claims(job), ("refuted", "supported"), strict=False):
        desk.decide(job, claim["id"], verdict)
    (tmp_path / "s.jsonl").write_text(desk.client.get("/export/reviews.claims.jsonl").text)
    parts = Parts(splitter=RuleSplitter(), embedder=HashEmbedder(), verifier=LexicalVerifier())
    run_suite(read_suite(tmp_path / "s.jsonl"), parts, runs=tmp_path / "runs")
    app = make_app(replace(desk.setup, runs=tmp_path / "runs", worker=Worker(desk.store, {}, desk.setup.config)))
    with TestClient(app, base_url=HOME) as client:
        assert "Cases: 1 · labelled claims: 2" in client.get("/export?lang=en").text
        assert "<td>1</td><td>2</td>" in client.get("/runs").text
        assert 'Cases</th><th scope="col">Labelled claims</th>' in client.get("/runs").text
        assert "1 case · 2 labelled claims · " in client.get("/runs/0001").text
        assert re.search(r"<bdi>a\.txt</bdi> \d+–", client.get("/runs/0001").text)
        assert "1 kasus · 2 klaim berlabel · " in client.get("/runs/0001?lang=id").text


def test_a_comparison_says_first_what_changed_and_what_stood_before_is_no_change(desk: Tried, tmp_path: Path) -> None:
    from bukti.claims.rules import RuleSplitter
    from bukti.eval.answers import Parts
    from bukti.eval.lexical import LexicalVerifier
    from bukti.eval.runs import run_suite
    from tests.conftest import HashEmbedder

    parts = Parts(splitter=RuleSplitter(), embedder=HashEmbedder(), verifier=LexicalVerifier())
    claim = "Telegram didirikan oleh Pavel Durov pada 2013."
    case = {
        "id": "c",
        "claim": claim,
        "sources": [{"id": "a", "text": SOURCE}],
        "label": "refuted",
        "must_not_support": True,
    }
    more = {
        "id": "d",
        "claim": "Dalam satu hari 70 juta orang bergabung.",
        "sources": case["sources"],
        "label": "supported",
    }
    for name, cases in (("one", [case]), ("one", [case]), ("two", [case, more]), ("three", [more])):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(one) + "\n" for one in cases))
        run_suite(read_suite(tmp_path / f"{name}.jsonl"), parts, runs=tmp_path / "runs", fresh=True)
    app = make_app(replace(desk.setup, runs=tmp_path / "runs", worker=Worker(desk.store, {}, desk.setup.config)))
    with TestClient(app, base_url=HOME) as client:
        text = " ".join(Page(client.get("/runs/compare?before=0001&after=0002").text).text.split())
        assert (
            "No verdict changed. As before: 1 claim must not be supported and is, in both runs. c The gate says: cannot decide"
            in text
        )
        text = " ".join(Page(client.get("/runs/compare?before=0002&after=0003").text).text.split())
        assert (
            "The suites differ: 0002 is of one (labelled claims: 1), 0003 of two (labelled claims: 2); in both: 1."
            in text
        )
        assert "Only in 0003: 1 d" in text
        assert "bless again" not in text
        text = " ".join(Page(client.get("/runs/compare?before=0002&after=0004").text).text.split())
        assert "Nothing can be compared." in text
        assert "bless again" not in text
        answer = client.get("/runs/compare?before=0001&after=")
        assert (answer.status_code, "Choose two runs: one before, one after." in answer.text) == (400, True)


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
    assert len(posts(desk.app)) == 6
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
    "x%0d%0aSet-Cookie:%20a=b",
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
            assert "a=b" not in answer.headers.get("set-cookie", "")
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


def test_hostile_names_of_indexes_suites_and_sources_stand_there_as_text(desk: Tried, tmp_path: Path) -> None:
    for number, payload in enumerate(PAYLOADS):
        folder = tmp_path / "runs" / f"{number + 1:04}"
        folder.mkdir(parents=True)
        told = {"suite_name": payload, "cases": 1, "started": payload, "ended": False}
        (folder / "manifest.json").write_text(json.dumps(told))
    named = next(iter(desk.setup.grounds.values()))
    grounds = {
        f"sources:{one}": replace(named, key=f"sources:{one}", name=one) for one in PAYLOADS if one.isprintable()
    }
    worker = Worker(desk.store, {}, desk.setup.config)
    app = make_app(replace(desk.setup, runs=tmp_path / "runs", grounds=grounds, worker=worker))
    with TestClient(app, base_url=HOME) as client:
        for path in ("/", "/runs"):
            page = Page(client.get(path).text)
            assert "alert(1)" in page.text
            assert page.tags["script"] == 2
            assert (
                not {"img", "iframe", "object", "embed", "base", "video", "audio", "image", "math"} & page.tags.keys()
            )
            assert not [name for _, name, _ in page.attributes if name.startswith("on") or name in ("style", "srcdoc")]


def test_a_hundred_decisions_at_once_are_one_that_holds_and_99_that_are_told(desk: Tried) -> None:
    import asyncio

    import httpx

    job = desk.verified()
    claim, token, session = desk.claims(job)[0]["id"], desk.token, desk.client.cookies["bukti_desk"]

    async def all_at_once() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=desk.app)
        async with httpx.AsyncClient(transport=transport, base_url=HOME, cookies={"bukti_desk": session}) as client:
            path = f"/reports/{job}/claims/{claim}/review"
            forms = [
                {"token": token, "seen": "0", "verdict": "refuted", "reviewer": f"R{number}"} for number in range(100)
            ]
            return await asyncio.gather(*(client.post(path, data=form) for form in forms))

    answers = asyncio.run(all_at_once())
    assert sorted(answer.status_code for answer in answers) == [303] + [409] * 99
    assert len(desk.store.reviews(job)[claim]) == 1


def test_a_state_that_another_program_holds_is_told_and_nothing_typed_is_lost(desk: Tried, tmp_path: Path) -> None:
    job = desk.verified()
    claim = desk.claims(job)[0]["id"]
    desk.store._base.execute("PRAGMA busy_timeout = 20")
    other = sqlite3.connect(tmp_path / "state" / "desk.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    for answer in (
        desk.decide(job, claim, note="tidak boleh hilang"),
        desk.give("tidak boleh hilang"),
        desk.client.post(f"/jobs/{job}/remove", data={"token": desk.token}),
    ):
        assert answer.status_code == 503
        assert "(database is locked); nothing was saved" in answer.text
        assert "tidak boleh hilang</textarea>" in answer.text or "remove" in answer.url.path
    other.execute("ROLLBACK")
    other.close()
    assert desk.decide(job, claim).status_code == 303
    desk.store._base.execute("PRAGMA query_only = ON")
    assert "readonly" in desk.give("x").text
    desk.store._base.execute("PRAGMA query_only = OFF")


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
        (["--sources", "s", "--runs", "s/a.txt"], "--runs s/a.txt: is no folder"),
        (
            ["--sources", "s", "--runs", "later", "--host", "no.such.host.invalid", "--allow-remote"],
            "cannot listen there",
        ),
        (["--sources", "s", "--state", "s/a.txt"], "s/a.txt: cannot be made"),
        (["--sources", "s", "--state", "old", "--port", "0"], "another version of bukti"),
        (["--sources", "s", "--state", "torn", "--port", "0"], "cannot be read"),
        (["--sources", "s", "--state", "closed", "--port", "0"], "cannot be used"),
        (["--sources", "s", "--state", "locked", "--port", "0"], "cannot be written"),
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
    Path("closed/desk.sqlite").mkdir(parents=True)
    Path("locked/.lock").mkdir(parents=True)
    with pytest.raises(SystemExit) as ended:
        main(["serve", *words])
    err = capsys.readouterr().err
    assert (ended.value.code, err.count("\n"), says in err) == (2, 1, True), err


@pytest.mark.skipif(sys.platform != "linux", reason="takes the superuser's rights away as Linux does")
def test_a_state_that_may_only_be_read_is_exported_and_is_no_place_for_a_desk(
    desk: Tried, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = desk.verified()
    desk.decide(job, desk.claims(job)[0]["id"])
    text = desk.client.get("/export/reviews.claims.jsonl").text
    shutil.copytree(tmp_path / "state", tmp_path / "open")  # with its journal
    desk.store.close()
    for folder in ("state", "open"):
        for path in (tmp_path / folder, *(tmp_path / folder).rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)

    def bounded() -> None:
        """Takes from the superuser what lets it write everywhere (capabilities 1 and 2)."""
        for capability in (1, 2):
            ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)

    def run(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "bukti", *words], preexec_fn=bounded, capture_output=True, text=True, timeout=120, check=False
        )  # fmt: skip
        return done.returncode, done.stderr

    for folder in ("state", "open"):
        out = tmp_path / f"{folder}.jsonl"
        code, err = run("export-reviews", str(tmp_path / folder), "-o", str(out))
        assert (code, err.split("\n")[0]) == (0, f"wrote {out}: 1 labelled claim of 1 article")
        assert out.read_text() == text
        code, err = run(
            "serve", "--sources", str(tmp_path / "sources"), "--state", str(tmp_path / folder), "--port", "0"
        )
        assert (code, err.count("\n"), str(tmp_path / folder) in err) == (2, 1, True), err
    for folder in ("state", "open"):
        for path in (tmp_path / folder, *(tmp_path / folder).rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_port_and_a_state_that_are_in_use_are_one_line_and_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    from filelock import FileLock

    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(SOURCE)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with pytest.raises(SystemExit) as ended:
            main(["serve", "--sources", "a.txt", "--port", port])
    assert ended.value.code == 2
    assert f"--port {port}: cannot listen there" in capsys.readouterr().err
    assert not Path("bukti-desk").exists()
    Store("bukti-desk", create=True).close()
    with FileLock("bukti-desk/.lock"), pytest.raises(SystemExit) as ended:
        main(["serve", "--sources", "a.txt", "--port", "0"])
    assert ended.value.code == 2
    assert "another bukti serve is using it" in capsys.readouterr().err


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
