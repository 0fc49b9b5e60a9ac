"""What the desk keeps: jobs, reports, the texts of their sources and the decisions about their claims, all in one SQLite file.

One file, one connection, one writer: a change is there whole or not at all, whenever the process ends. Decisions are only ever added; the
database itself refuses to change or remove one. An article can be removed: its texts are overwritten then, and what was decided about it
stays as a record without them. No name that came from outside is ever part of a path.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any, Literal, cast, get_args

from bukti.claims.errors import InputError, OutputError, UsageError
from bukti.eval.report import Report
from bukti.eval.review import Review, ReviewVerdict

__all__ = ["MAX_STARTS", "Job", "JobState", "NewJob", "OutdatedError", "Store"]

FILE = "desk.sqlite"
"""The file, in the state's folder."""

VERSION = 2
"""Version of its form (SQLite's ``user_version``)."""

MAX_STARTS = 3
"""A job that was begun so often and never ended is not begun again: it may be what ends the process."""

JobState = Literal["queued", "running", "done", "failed", "cancelled", "removed"]
"""Where a job stands; of one that was removed nothing is left but its number."""

_JOB_FORM = f"""(
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, made TEXT NOT NULL, name TEXT NOT NULL, ending TEXT NOT NULL,
    article BLOB NOT NULL, ground TEXT NOT NULL, language TEXT, published TEXT, as_of TEXT,
    state TEXT NOT NULL CHECK (state IN {get_args(JobState)}), starts INTEGER NOT NULL DEFAULT 0,
    stage TEXT NOT NULL DEFAULT '', cause TEXT NOT NULL DEFAULT '', title TEXT NOT NULL DEFAULT '', summary TEXT, report TEXT
)"""

_FORM = f"""
CREATE TABLE desk (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE job {_JOB_FORM};
CREATE TABLE source (id TEXT PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE review (
    id INTEGER PRIMARY KEY AUTOINCREMENT, job TEXT NOT NULL REFERENCES job (id), claim TEXT NOT NULL, verdict TEXT, wrong TEXT NOT NULL,
    note TEXT NOT NULL, reviewer TEXT NOT NULL, made TEXT NOT NULL
);
CREATE INDEX review_of ON review (job, claim);
CREATE TRIGGER review_stays BEFORE UPDATE ON review BEGIN SELECT RAISE(ABORT, 'a decision is never changed'); END;
CREATE TRIGGER review_kept BEFORE DELETE ON review BEGIN SELECT RAISE(ABORT, 'a decision is never removed'); END;
PRAGMA user_version = {VERSION};
"""

_FROM_1 = f"""
CREATE TABLE job_now {_JOB_FORM};
INSERT INTO job_now SELECT * FROM job;
DROP TABLE job;
ALTER TABLE job_now RENAME TO job;
PRAGMA user_version = {VERSION};
"""  # noqa: S608 (fixed words)
"""What makes the first form this one: a job had four states then."""


class OutdatedError(UsageError):
    """Somebody else decided about the claim in the meantime."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """What is to be verified."""

    name: str
    """What the article is called."""

    ending: str
    """How it is read: a file's ending, ``.txt`` and so on."""

    article: bytes
    """The article as it came."""

    ground: str
    """What it is checked against: a key of `bukti.serve.worker.Ground`."""

    language: str | None = None
    """Its language, where that was said."""

    published: date | None = None
    """Its day, where that was said."""

    as_of: date | None = None
    """Sources published later are no evidence."""

    title: str = ""
    """What tells it from others until it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An article on its way to a report, without its text."""

    id: str
    """Its id."""

    made: str
    """When it was given, as ISO 8601 in UTC."""

    name: str
    """What the article is called."""

    ground: str
    """What it is checked against."""

    state: JobState
    """Where it stands."""

    stage: str
    """The step that failed, where one did."""

    cause: str
    """Why, in one line."""

    title: str
    """The article's title, once it was read."""

    counts: Mapping[str, int]
    """How many claims have each verdict, once they have one."""

    reviewed: int
    """How many claims somebody has decided about."""


class Store:
    """The state of a desk.

    Args:
        folder: Its folder.
        create: Whether it is made where it is missing.
        read_only: Whether it is only read: nothing of it is changed then, and its folder need not be one that can be written.

    Raises:
        InputError: There is none, or it is of another version, or damaged.
        OutputError: It cannot be made.
    """

    def __init__(self, folder: Path | str, *, create: bool = False, read_only: bool = False) -> None:
        self.folder = Path(folder)
        self._lock = threading.RLock()
        file = self.folder / FILE
        if not create and not file.is_file():
            raise InputError(f"{folder}: is no desk's state; give the --state of bukti serve", path=folder)
        try:
            if not read_only:
                self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as exc:
            raise OutputError(f"{folder}: cannot be made ({exc.strerror}); give another --state", path=folder) from exc
        try:
            self._base = _connected(file, read_only=read_only)
            try:
                self._open(file, read_only=read_only)
            except BaseException:
                self._base.close()
                raise
        except sqlite3.OperationalError as exc:  # held by another program, or not to be written
            raise InputError(
                f"{file}: cannot be used ({exc}); end what else uses it, see that it can be written, or give another --state",
                path=file,
            ) from exc
        except sqlite3.DatabaseError as exc:
            raise InputError(
                f"{file}: cannot be read ({exc}); restore it from a copy, or give another --state", path=file
            ) from exc

    def _open(self, file: Path, *, read_only: bool) -> None:
        # What is removed is overwritten, not only forgotten.
        for setting in () if read_only else ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
            self._base.execute(f"PRAGMA {setting}")
        version = self._base.execute("PRAGMA user_version").fetchone()[0]
        if read_only and version in (1, VERSION):  # which differ only in what may be written
            return
        if version == 0 and not read_only:
            self._base.executescript(f"BEGIN IMMEDIATE;{_FORM}")
            self._base.execute("INSERT INTO desk VALUES ('secret', ?)", (secrets.token_hex(32),))
            self._base.execute("COMMIT")
        elif version == 1 and not read_only:
            self._base.executescript(f"BEGIN IMMEDIATE;{_FROM_1}COMMIT")
        elif version != VERSION:
            raise InputError(
                f"{file}: was written by another version of bukti (form {version}, this one reads {VERSION}); give another --state",
                path=file,
            )
        # Not before: a table that others refer to cannot be replaced otherwise.
        self._base.execute("PRAGMA foreign_keys = ON")

    def close(self) -> None:
        """Ends the use of the file."""
        with self._lock:
            self._base.close()

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield self._base
            except BaseException:
                self._base.execute("ROLLBACK")
                raise
            self._base.execute("COMMIT")

    def _rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        with self._lock:
            return self._base.execute(query, values).fetchall()

    @property
    def secret(self) -> bytes:
        """What forms are sealed with; it stays the same as long as the state does."""
        return bytes.fromhex(self._rows("SELECT value FROM desk WHERE name = 'secret'")[0][0])

    # Jobs ----------------------------------------------------------------------------------------------------------

    def add_jobs(self, given: Sequence[NewJob]) -> list[str]:
        """Puts articles into the queue, all of them or none, and gives their ids."""
        names = [secrets.token_hex(8) for _ in given]
        with self._changing() as base:
            base.executemany(
                "INSERT INTO job (id, made, name, ending, article, ground, language, published, as_of, title, state)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued')",
                [
                    (
                        name, _now(), new.name, new.ending, new.article, new.ground, new.language, _iso(new.published), _iso(new.as_of),
                        new.title,
                    )
                    for name, new in zip(names, given, strict=True)
                ],
            )  # fmt: skip
        return names

    def copy_job(self, job: str) -> str | None:
        """Puts the article of a job into the queue once more and gives the new job's id; None where there is no such job."""
        name = secrets.token_hex(8)
        fields = "name, ending, article, ground, language, published, as_of, title"
        with self._changing() as base:
            done = base.execute(
                f"INSERT INTO job (id, made, state, {fields}) SELECT ?, ?, 'queued', {fields} FROM job WHERE id = ? AND state != 'removed'",  # noqa: S608 (fixed words)
                (name, _now(), job),
            )
        return name if done.rowcount else None

    def requeue(self) -> None:
        """Puts what was running when the process ended back into the queue; what ended it too often has failed."""
        with self._changing() as base:
            base.execute(
                "UPDATE job SET state = 'failed', stage = 'desk', cause = ? WHERE state = 'running' AND starts >= ?",
                (
                    f"begun {MAX_STARTS} times and never ended; give it again, or verify it with bukti verify",
                    MAX_STARTS,
                ),
            )
            base.execute("UPDATE job SET state = 'queued' WHERE state = 'running'")

    def next_job(self) -> tuple[str, NewJob] | None:
        """Takes the oldest job out of the queue: it is running then."""
        with self._changing() as base:
            row = base.execute("SELECT * FROM job WHERE state = 'queued' ORDER BY number LIMIT 1").fetchone()
            if row is None:
                return None
            base.execute("UPDATE job SET state = 'running', starts = starts + 1 WHERE id = ?", (row["id"],))
        return row["id"], NewJob(
            name=row["name"],
            ending=row["ending"],
            article=row["article"],
            ground=row["ground"],
            language=row["language"],
            published=_day(row["published"]),
            as_of=_day(row["as_of"]),
            title=row["title"],
        )

    def is_running(self, job: str) -> bool:
        """Says whether a job is still to be done: it may have been cancelled or removed since it was begun."""
        return bool(self._rows("SELECT 1 FROM job WHERE id = ? AND state = 'running'", job))

    def cancel_job(self, job: str) -> None:
        """Cancels a job that has not ended; one that has stays as it is."""
        with self._changing() as base:
            base.execute("UPDATE job SET state = 'cancelled' WHERE id = ? AND state IN ('queued', 'running')", (job,))

    def remove_job(self, job: str) -> None:
        """Removes an article, its report, and the texts of sources that no other report names.

        What was decided about its claims stays, as a record without their text; no suite is made of it any more.
        """
        with self._changing() as base:
            base.execute(
                "UPDATE job SET state = 'removed', name = '', ending = '', article = x'', ground = '', language = NULL, published = NULL,"
                " as_of = NULL, stage = '', cause = '', title = '', summary = NULL, report = NULL WHERE id = ?",
                (job,),
            )
            base.execute(
                "DELETE FROM source WHERE id NOT IN (SELECT json_extract(one.value, '$.id') FROM job, json_each(job.report, '$.sources') AS one"
                " WHERE job.report IS NOT NULL)"
            )
        with self._lock:
            self._base.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # nor does it stay in the journal

    def put_back(self, job: str) -> None:
        """Puts a running job back into the queue, as if it had never been begun."""
        with self._changing() as base:
            base.execute(
                "UPDATE job SET state = 'queued', starts = starts - 1 WHERE id = ? AND state = 'running'", (job,)
            )

    def fail_job(self, job: str, stage: str, cause: str) -> None:
        """Ends a job that failed."""
        with self._changing() as base:
            base.execute(
                "UPDATE job SET state = 'failed', stage = ?, cause = ? WHERE id = ? AND state = 'running'",
                (stage, cause, job),
            )

    def end_job(self, job: str, report: Report, text: str, texts: Mapping[str, str]) -> None:
        """Ends a job with its report; nothing of it is kept where the job was cancelled or removed meanwhile.

        Args:
            job: The job.
            report: The report.
            text: The same as JSON.
            texts: The texts of sources, by id.
        """
        with self._changing() as base:
            ended = base.execute(
                "UPDATE job SET state = 'done', title = coalesce(nullif(?, ''), title), summary = ?, report = ?"
                " WHERE id = ? AND state = 'running'",
                (report.article.title or "", json.dumps(report.counts), text, job),
            )
            if ended.rowcount:
                base.executemany("INSERT OR IGNORE INTO source VALUES (?, ?)", texts.items())

    def jobs(self, *, most: int = 200, after: int = 0) -> list[Job]:
        """Gives the jobs, the latest first, after so many of them."""
        query = f"{_JOBS} AND state != 'removed' ORDER BY number DESC LIMIT ? OFFSET ?"
        return [_job(row) for row in self._rows(query, most, after)]

    def job(self, job: str) -> Job | None:
        """Gives a job; None where there is none of this id."""
        rows = self._rows(f"{_JOBS} AND id = ? AND state != 'removed'", job)
        return _job(rows[0]) if rows else None

    def ahead_of(self, job: str) -> int:
        """Gives how many jobs must end before this one begins."""
        query = "SELECT count(*) FROM job WHERE state IN ('queued', 'running') AND number < (SELECT number FROM job WHERE id = ?)"
        return int(self._rows(query, job)[0][0])

    def report(self, job: str) -> str | None:
        """Gives a job's report as JSON; None where there is none."""
        rows = self._rows("SELECT report FROM job WHERE id = ?", job)
        return rows[0][0] if rows else None

    def texts(self, sources: Collection[str]) -> dict[str, str]:
        """Gives the texts that are kept of these sources, by id."""
        query = "SELECT id, text FROM source WHERE id IN (SELECT value FROM json_each(?))"
        return {row["id"]: row["text"] for row in self._rows(query, json.dumps(list(sources)))}

    def kept(self, sources: Collection[str]) -> set[str]:
        """Gives the ids of those of these sources whose texts are kept."""
        query = "SELECT id FROM source WHERE id IN (SELECT value FROM json_each(?))"
        return {row["id"] for row in self._rows(query, json.dumps(list(sources)))}

    # Decisions -----------------------------------------------------------------------------------------------------

    def add_review(
        self,
        job: str,
        claim: str,
        *,
        seen: int,
        verdict: ReviewVerdict | None,
        wrong: Sequence[str] = (),
        note: str = "",
        reviewer: str = "",
    ) -> None:
        """Adds a decision.

        Args:
            job: The job.
            claim: The claim's id.
            seen: Number of the last decision about the claim that whoever decides has seen; 0 for none.
            verdict: The right verdict; None takes the decision before it back.
            wrong: Evidence that is wrong.
            note: What is said to it.
            reviewer: Who decides.

        Raises:
            OutdatedError: There is a later decision already, and it says something else; or there is nothing to take back; or the article is gone.
        """
        marked = json.dumps(sorted(wrong))
        with self._changing() as base:
            if base.execute("SELECT 1 FROM job WHERE id = ? AND state = 'removed'", (job,)).fetchone():
                raise OutdatedError("the article was removed meanwhile")
            query = "SELECT * FROM review WHERE job = ? AND claim = ? ORDER BY id DESC LIMIT 1"
            last = base.execute(query, (job, claim)).fetchone()
            if (last["id"] if last else 0) != seen:
                said = (verdict, marked, note, reviewer)
                if last and (last["verdict"], last["wrong"], last["note"], last["reviewer"]) == said:
                    return  # the same form, sent twice
                raise OutdatedError(f"{last['reviewer'] if last else 'somebody'} decided about this claim meanwhile")
            query = f"SELECT {_HELD} FROM review WHERE job = ? AND claim = ?"  # noqa: S608 (fixed words)
            if verdict is None and not base.execute(query, (job, claim)).fetchone()[0]:
                raise OutdatedError("there is no decision to take back")
            base.execute(
                "INSERT INTO review (job, claim, verdict, wrong, note, reviewer, made) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (job, claim, verdict, marked, note, reviewer, _now()),
            )

    def reviews(self, job: str) -> dict[str, list[Review]]:
        """Gives all decisions about a job's claims in their order, by the claim's id."""
        found: dict[str, list[Review]] = {}
        for row in self._rows("SELECT * FROM review WHERE job = ? ORDER BY id", job):
            found.setdefault(row["claim"], []).append(
                Review(
                    id=row["id"],
                    claim=row["claim"],
                    verdict=cast("ReviewVerdict | None", row["verdict"]),
                    wrong=tuple(json.loads(row["wrong"])),
                    note=row["note"],
                    reviewer=row["reviewer"],
                    made=row["made"],
                )
            )
        return found

    def reviewed_jobs(self) -> list[Job]:
        """Gives the jobs with decisions, the oldest first."""
        query = f"{_JOBS} AND state != 'removed' AND id IN (SELECT job FROM review) ORDER BY number"  # noqa: S608 (fixed words)
        return [_job(row) for row in self._rows(query)]


def _connected(file: Path, *, read_only: bool) -> sqlite3.Connection:
    """Opens the file.

    Raises:
        sqlite3.Error: It cannot be opened.
    """

    def connect(address: str) -> sqlite3.Connection:
        made = sqlite3.connect(address, uri=True, timeout=10, isolation_level=None, check_same_thread=False)
        made.row_factory = sqlite3.Row
        return made

    address = file.absolute().as_uri()
    if not read_only:
        return connect(address)
    made = connect(f"{address}?mode=ro")
    try:
        made.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError:
        made.close()
        # Reading asks for a journal beside the file, where none can be made; where there is none nothing can be missing from the file.
        journal = file.with_name(f"{file.name}-wal")
        if journal.exists() and journal.stat().st_size:
            raise
        return connect(f"{address}?mode=ro&immutable=1")
    except sqlite3.Error:
        made.close()
        raise
    return made


_HELD = "coalesce(sum(CASE WHEN verdict IS NULL THEN -1 ELSE 1 END), 0) > 0"
"""Whether any decision of a claim holds: only one that holds can be taken back."""

_JOBS = (
    "SELECT number, id, made, name, ground, state, stage, cause, title, summary,"  # noqa: S608 (fixed words)
    " (SELECT count(*) FROM (SELECT 1 FROM review WHERE review.job = job.id GROUP BY claim HAVING"
    f" {_HELD})) AS reviewed FROM job WHERE true"
)


def _job(row: Any) -> Job:
    return Job(
        id=row["id"],
        made=row["made"],
        name=row["name"],
        ground=row["ground"],
        state=row["state"],
        stage=row["stage"],
        cause=row["cause"],
        title=row["title"],
        counts=json.loads(row["summary"]) if row["summary"] else {},
        reviewed=row["reviewed"],
    )


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
