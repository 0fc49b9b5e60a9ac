"""The desk's pages and what its forms do. Every page works without script; every form that changes something ends in a redirect."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn
from urllib.parse import quote, unquote

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from jinja2 import Environment, FunctionLoader
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from bukti.claims.documents import READABLE
from bukti.claims.errors import BuktiError, InputError
from bukti.config import Config
from bukti.eval.claimreview import render_claimreview
from bukti.eval.markdown import render_markdown
from bukti.eval.page import Desk, Draft, asset, environment, inline_of, render_html
from bukti.eval.reading import read_report
from bukti.eval.report import Report
from bukti.eval.review import REVIEW_VERDICTS, evidence_key, held_of
from bukti.eval.runpage import Place, render_run
from bukti.eval.runwording import tell_figure
from bukti.eval.scores import values_of
from bukti.eval.showing import clean, one_line, plain_name
from bukti.eval.wording import PAGE_LANGUAGES, fill
from bukti.serve.export import GUARD, export_reviews
from bukti.serve.runs import compare, list_runs, run_named
from bukti.serve.safety import BODY_S, Guard, allowed_host, new_session, policy, safe_name, seal, sealed
from bukti.serve.store import Job, NewJob, OutdatedError, Store
from bukti.serve.wording import DESK_WORDS
from bukti.serve.worker import Ground, Worker

__all__ = ["Setup", "make_app"]

SESSION, LANGUAGE, REVIEWER = "bukti_desk", "bukti_lang", "bukti_reviewer"
"""Cookies: what forms are sealed for, what pages speak, and the name that a reviewer gave last."""

YEAR_S = 365 * 24 * 3600
OVERHEAD = 20_000
"""What a form may add to the article in it, in bytes."""

MAX_REVIEWER, MAX_NOTE, MAX_TITLE = 100, 2000, 140
MAX_FILES = 50
"""So many articles are uploaded at once."""

JOBS_SHOWN = 100
"""So many articles stand on one page of their list."""

_STEPS = ("read", "embed", "split", "retrieve", "verify")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a desk works with."""

    store: Store
    """What it keeps."""

    worker: Worker
    """What runs its jobs."""

    grounds: Mapping[str, Ground]
    """What articles can be checked against, by key."""

    runs: Path | None = None
    """Folder of the runs of `bukti eval`, where one was named."""

    config: Config = field(default_factory=Config)
    """Settings."""

    remote: bool = False
    """Whether other machines may reach it."""

    names: Collection[str] = ()
    """Host names that it answers to, beside this machine's own."""

    body_s: float = BODY_S
    """How long an upload may take."""


def make_app(setup: Setup) -> FastAPI:
    """Gives the desk as an ASGI application."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        setup.worker.start()
        try:
            yield
        finally:
            await run_in_threadpool(setup.worker.stop)

    # No generated pages of documentation: they would load scripts from elsewhere.
    app = FastAPI(lifespan=life, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.add_middleware(
        Guard,
        allowed=lambda host: allowed_host(host, remote=setup.remote, names=setup.names),
        max_upload=setup.config.max_bytes + OVERHEAD,
        body_s=setup.body_s,
    )
    pages = _Pages(setup)
    app.add_exception_handler(HTTPException, pages.fault)
    app.add_exception_handler(BuktiError, pages.fault)
    app.add_exception_handler(sqlite3.Error, pages.fault)
    _add_articles(app, setup, pages)
    _add_reports(app, setup, pages)
    _add_export(app, setup, pages)
    _add_runs(app, setup, pages)
    return app


class _Refused(HTTPException):
    """A form that cannot be done as it was sent.

    Args:
        key: What is said, by its key among the desk's words.
        status: The status.
        back: Where the reader goes on.
        values: What is put into the words.
    """

    def __init__(self, key: str, status: int = 400, *, back: str = "/", **values: str) -> None:
        super().__init__(status)
        self.key, self.back, self.values = key, back, values

    def says(self, words: Mapping[str, str]) -> str:
        """Gives what is said, in a language's words."""
        says = words[self.key]
        for name, value in self.values.items():
            says = says.replace(f"{{{name}}}", value)
        return says


def _refusal(fault: _Refused | sqlite3.Error) -> _Refused:
    """Gives what is told of a fault; of one of the state (a full disk, a file that another program holds) that nothing was saved."""
    return fault if isinstance(fault, _Refused) else _Refused("e_state", 503, cause=one_line(str(fault), 200))


def _missing() -> NoReturn:
    raise _Refused("e_missing", 404)


# Pages -------------------------------------------------------------------------------------------------------------


class _Pages:
    """Makes answers: each in the reader's language, with its policy and its cookies."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup

    def spoken(self, request: Request) -> str:
        """Gives the language to speak: what was chosen here, what is configured, what the browser asks for, English."""
        asked = (part.partition(";")[0].strip()[:2] for part in request.headers.get("accept-language", "").split(","))
        chosen = (
            request.query_params.get("lang"), request.cookies.get(LANGUAGE), self._setup.config.lang, *asked,
        )  # fmt: skip
        return next((one for one in chosen if one in PAGE_LANGUAGES), "en")

    def words(self, request: Request) -> Mapping[str, str]:
        """Gives the words of that language."""
        return DESK_WORDS[self.spoken(request)]

    def session(self, request: Request) -> str:
        """Gives what the browser is known by; a new one for one that is not known."""
        if not hasattr(request.state, "session"):
            request.state.session = request.cookies.get(SESSION) or new_session()
        return str(request.state.session)

    def token(self, request: Request) -> str:
        """Gives what the browser's forms must hold."""
        return seal(self.session(request), self._setup.store.secret)

    def reviewer(self, request: Request) -> str:
        """Gives the name that was given last in this browser."""
        return one_line(unquote(request.cookies.get(REVIEWER, "")), MAX_REVIEWER)

    def show(self, request: Request, name: str, *, status: int = 200, here: str = "", **values: Any) -> Response:
        """Gives a page of the desk."""
        spoken = self.spoken(request)
        style, early, script = _style(), asset("early.js"), asset("theme.js") + _own("desk.js")
        text = (
            _templates()
            .get_template(name)
            .render(
                words=DESK_WORDS[spoken],
                spoken=spoken,
                other=next(one for one in PAGE_LANGUAGES if one != spoken),
                query="" if request.method == "GET" else "/",
                here=here,
                token=self.token(request),
                style=style,
                early=early,
                script=script,
                icons=asset("sprite.svg"),
                **values,
            )
        )
        return self.page(request, text, policy(style, early, script), status=status)

    def page(self, request: Request, text: str, rules: str, *, status: int = 200) -> Response:
        """Gives a page with its policy, and the cookies that a page sets."""
        answer = HTMLResponse(text, status_code=status, headers={"Content-Security-Policy": rules})
        if SESSION not in request.cookies:
            self.keep(answer, SESSION, self.session(request))
        if request.query_params.get("lang") in PAGE_LANGUAGES:
            self.keep(answer, LANGUAGE, request.query_params["lang"])
        return answer

    @staticmethod
    def keep(answer: Response, name: str, value: str) -> None:
        """Sets a cookie that no script reads and no other site's form sends."""
        answer.set_cookie(name, value, max_age=YEAR_S, httponly=True, samesite="lax", path="/")

    def fault(self, request: Request, exc: Exception) -> Response:
        """Gives the page that says what is wrong."""
        words = self.words(request)
        if isinstance(exc, sqlite3.Error):
            exc = _refusal(exc)
        status = exc.status_code if isinstance(exc, HTTPException) else 404 if isinstance(exc, InputError) else 400
        foreign, back = False, getattr(exc, "back", "/")
        if isinstance(exc, _Refused):
            says = exc.says(words)
        elif isinstance(exc, HTTPException):
            says = words[{404: "e_missing", 405: "e_method", 413: "e_large"}.get(status, "e_form")]
            says = says.replace("{mb}", f"{self._setup.config.max_mb:g}")
        else:
            says, foreign = str(exc), True
        return self.show(request, "error.html.j2", status=status, says=says, foreign=foreign, back=back)

    async def form(self, request: Request, *, back: str = "/") -> FormData:
        """Reads a form that changes something. What was typed into it is kept with the request, so that no refusal loses it.

        Raises:
            HTTPException: It cannot be read, is too large, or is not from a page of this desk.
        """
        form = await request.form(
            max_files=MAX_FILES, max_fields=500, max_part_size=self._setup.config.max_bytes + OVERHEAD
        )
        request.state.typed = form
        if not sealed(_field(form, "token"), request.cookies.get(SESSION), self._setup.store.secret):
            raise _Refused("e_token", 403, back=back)
        return form


def _typed(request: Request) -> FormData | None:
    """Gives the form that a request brought, where it could be read."""
    return getattr(request.state, "typed", None)


def _field(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _own(name: str) -> str:
    return files("bukti.serve").joinpath(f"templates/{name}").read_text(encoding="utf-8")


@cache
def _style() -> str:
    return asset("base.css") + _own("desk.css")


@cache
def _templates() -> Environment:
    made = environment()
    made.loader = FunctionLoader(_own)
    return made


def _go(address: str) -> RedirectResponse:
    return RedirectResponse(address, status_code=303)


# Articles ----------------------------------------------------------------------------------------------------------


def _add_articles(app: FastAPI, setup: Setup, pages: _Pages) -> None:
    """Adds what takes articles and shows how far they are."""
    store, worker, megabytes = setup.store, setup.worker, f"{setup.config.max_mb:g}"

    def home_page(request: Request, refused: _Refused | None = None) -> Response:
        """Gives the form and the list; a form that was refused with all that was typed into it, and why."""
        words, form = pages.words(request), _typed(request) or FormData()
        after = request.query_params.get("after", "")
        skipped = int(after) if after.isascii() and after.isdecimal() and len(after) < 9 else 0
        jobs = store.jobs(most=JOBS_SHOWN + 1, after=skipped)
        upload = form.get("file")
        return pages.show(
            request,
            "home.html.j2",
            status=refused.status_code if refused else 200,
            here="verify",
            jobs=jobs[:JOBS_SHOWN],
            older=skipped + JOBS_SHOWN if len(jobs) > JOBS_SHOWN else 0,
            newer=max(0, skipped - JOBS_SHOWN) if skipped else None,
            grounds=list(setup.grounds.values()),
            names={one.key: one.name for one in setup.grounds.values()},
            mb=megabytes,
            most=setup.config.max_bytes,
            endings=",".join(READABLE),
            says=refused.says(words) if refused else "",
            file_again=isinstance(upload, UploadFile) and bool(upload.filename),
            typed={name: _field(form, name) for name in ("text", "ground", "language", "published", "as_of")},
        )

    @app.get("/")
    def home(request: Request) -> Response:
        return home_page(request)

    @app.post("/jobs")
    async def give(request: Request) -> Response:
        try:
            jobs = await run_in_threadpool(store.add_jobs, await taken(request))
        except (_Refused, sqlite3.Error) as exc:
            return await run_in_threadpool(home_page, request, _refusal(exc))
        worker.wake()
        return _go(f"/jobs/{jobs[0]}" if len(jobs) == 1 else "/")

    @app.get("/jobs")
    def back_home() -> Response:
        return _go("/")  # where the address of a form that was refused is opened again

    async def taken(request: Request) -> list[NewJob]:
        """Reads what is to be verified."""
        form = await pages.form(request)
        try:
            articles = await _articles(form, pages.words(request), setup.config)
        finally:
            await form.close()
        if _field(form, "ground") not in setup.grounds:
            raise _Refused("e_ground")
        language = _field(form, "language") or None
        if language not in (None, "id", "en"):
            raise _Refused("e_language")
        published, as_of = _read_day(_field(form, "published")), _read_day(_field(form, "as_of"))
        return [
            NewJob(
                name=name,
                ending=ending,
                article=article,
                ground=_field(form, "ground"),
                language=language,
                published=published,
                as_of=as_of,
                title=title,
            )
            for name, ending, article, title in articles
        ]

    @app.get("/jobs/states")
    def states(request: Request) -> Response:
        words = pages.words(request)
        found = [one for one in store.jobs(most=2 * JOBS_SHOWN) if one.state in ("queued", "running")]
        return JSONResponse(
            {one.id: told["step"] + told["count"] for one in found if (told := _told(one, words, setup))}
        )

    @app.get("/jobs/{name}")
    def progress(request: Request, name: str) -> Response:
        job = store.job(name) or _missing()
        if job.state == "done":
            return _go(f"/reports/{job.id}")
        told = _told(job, pages.words(request), setup)
        return pages.show(request, "job.html.j2", here="verify", job=job, **told)

    @app.get("/jobs/{name}/state")
    def state(request: Request, name: str) -> Response:
        job = store.job(name) or _missing()
        return JSONResponse({"state": job.state, **_told(job, pages.words(request), setup)})

    @app.post("/jobs/{name}/cancel")
    async def cancel(request: Request, name: str) -> Response:
        await pages.form(request, back=f"/jobs/{quote(name, safe='')}")
        await run_in_threadpool(store.job, name) or _missing()
        await run_in_threadpool(store.cancel_job, name)
        return _go(f"/jobs/{name}")

    @app.get("/jobs/{name}/remove")
    def ask(request: Request, name: str) -> Response:
        return pages.show(request, "remove.html.j2", here="verify", job=store.job(name) or _missing())

    @app.post("/jobs/{name}/remove")
    async def remove(request: Request, name: str) -> Response:
        await pages.form(request, back=f"/jobs/{quote(name, safe='')}")
        await run_in_threadpool(store.job, name) or _missing()
        await run_in_threadpool(store.remove_job, name)
        return _go("/")

    @app.post("/jobs/{name}/again")
    async def again(request: Request, name: str) -> Response:
        await pages.form(request, back=f"/jobs/{quote(name, safe='')}")
        job = await run_in_threadpool(store.copy_job, name) or _missing()
        worker.wake()
        return _go(f"/jobs/{job}")


async def _articles(form: FormData, words: Mapping[str, str], config: Config) -> list[tuple[str, str, bytes, str]]:
    """Gives each article's name, how it is read, its bytes, and what tells it from other pasted texts."""
    text = _field(form, "text")
    chosen = [one for one in form.getlist("file") if isinstance(one, UploadFile) and one.filename]
    if text.strip() and chosen:
        raise _Refused("e_both")
    found = []
    for upload in chosen:
        name = safe_name(upload.filename or "")
        ending = PurePosixPath(name).suffix.lower()
        if ending not in READABLE:
            raise _Refused("e_ending", name=name or "?")
        found.append((name, ending, await upload.read(config.max_bytes + 1), ""))
    if not chosen:
        if re.fullmatch(r"\s*[a-z][a-z0-9+.-]*://\S+\s*", text, re.IGNORECASE):
            raise _Refused("e_address")
        first = next((line for line in text.splitlines() if line.strip()), "")
        found.append((words["pasted"], ".txt", text.encode("utf-8", "replace"), one_line(first, MAX_TITLE)))
    for name, _, article, _ in found:
        if not article.strip():
            raise _Refused("e_empty", name=name) if chosen else _Refused("e_neither")
    if sum(len(article) for _, _, article, _ in found) > config.max_bytes:
        raise _Refused("e_large", 413, mb=f"{config.max_mb:g}")
    return found


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as exc:
        raise _Refused("e_day", day=one_line(text, 40)) from exc


def _told(job: Job, words: Mapping[str, str], setup: Setup) -> dict[str, Any]:
    """Gives how far a job is, in words and numbers."""
    held = setup.worker.progress(job.id)
    if job.state == "running" and held:
        step = words[f"step_{held.step}" if held.step in _STEPS else "step_other"]
        count = ", " + fill(words["of"], n=held.done, all=held.of) if held.of > 1 else ""
        says = f"{words['running']}: {step}"
        return {"step": says, "count": count, "done": held.done, "of": held.of if held.of > 1 else 0}
    says = words[job.state]
    if job.state == "queued":
        ahead = setup.store.ahead_of(job.id)
        says += ": " + (words["ahead"].replace("{n}", str(ahead)) if ahead else words["ahead_none"])
    return {"step": says, "count": "", "done": 0, "of": 0}


# Reports and reviews -----------------------------------------------------------------------------------------------


def _add_reports(app: FastAPI, setup: Setup, pages: _Pages) -> None:
    """Adds the reports, and what is decided about their claims."""
    store = setup.store

    def read(name: str) -> Report:
        text = store.report(name)
        return read_report(text, path=name) if text is not None else _missing()

    def report_page(request: Request, name: str, draft: Draft | None = None, status: int = 200) -> Response:
        text = store.report(name)
        if text is None:
            job = store.job(name) or _missing()
            return _go(f"/jobs/{job.id}")
        report = read_report(text, path=name)
        desk = Desk(
            base=f"/reports/{name}",
            token=pages.token(request),
            reviewer=pages.reviewer(request),
            reviews=store.reviews(name),
            texts=store.kept([source.id for source in report.sources]),
            draft=draft,
            remove=f"/jobs/{name}/remove",
        )
        page = render_html(report, language=pages.spoken(request), desk=desk)
        return pages.page(request, page, policy(*inline_of(reviewed=True)), status=status)

    @app.get("/reports/{name}")
    def show(request: Request, name: str) -> Response:
        return report_page(request, name)

    @app.get("/reports/{name}/report.json")
    def as_json(name: str) -> Response:
        return saved(name, ".json", "application/json", store.report(name) or _missing())

    @app.get("/reports/{name}/report.html")
    def as_page(request: Request, name: str) -> Response:
        return saved(name, ".html", "text/html", render_html(read(name), **told(request, name)))

    @app.get("/reports/{name}/report.md")
    def as_markdown(request: Request, name: str) -> Response:
        return saved(name, ".md", "text/markdown", render_markdown(read(name), **told(request, name)))

    @app.get("/reports/{name}/report.jsonld")
    def as_claimreview(request: Request, name: str) -> Response:
        return saved(
            name,
            ".jsonld",
            "application/ld+json",
            render_claimreview(read(name), **told(request, name), publisher=publisher),
        )

    publisher = setup.config.publisher, setup.config.publisher_url

    def told(request: Request, name: str) -> dict[str, Any]:
        return {"language": pages.spoken(request), "held": held_of(store.reviews(name))}

    def saved(name: str, ending: str, kind: str, text: str) -> Response:
        job = store.job(name) or _missing()
        return Response(
            text, media_type=kind, headers=_saved(plain_name(job.title or PurePosixPath(job.name).stem) + ending)
        )

    @app.get("/reports/{name}/sources/{source}")
    def source_text(name: str, source: str) -> Response:
        known = {one.id for one in read(name).sources}
        found = store.texts([source]).get(source) if source in known else None
        return PlainTextResponse(clean(found if found is not None else _missing()))

    async def decide(
        request: Request, name: str, claim: str, take: Callable[[FormData, str], dict[str, Any]]
    ) -> Response:
        """Takes a decision, or gives the report's page again with what was typed and why it was refused."""
        try:
            return await decided(request, name, claim, take)
        except (_Refused, sqlite3.Error) as fault:
            exc, form = _refusal(fault), _typed(request)
            if exc.status_code == 404 or form is None:
                raise
            draft = Draft(
                claim=claim,
                says=exc.says(pages.words(request)),
                verdict=_field(form, "verdict"),
                wrong=tuple(one for one in form.getlist("wrong") if isinstance(one, str)),
                note=clean(_field(form, "note"))[: 2 * MAX_NOTE],
                reviewer=one_line(_field(form, "reviewer"), MAX_REVIEWER),
            )
            return await run_in_threadpool(report_page, request, name, draft, exc.status_code)

    async def decided(
        request: Request, name: str, claim: str, take: Callable[[FormData, str], dict[str, Any]]
    ) -> Response:
        place = f"/reports/{quote(name, safe='')}#{quote(claim, safe='')}"
        form = await pages.form(request, back=place)
        reviewer = one_line(_field(form, "reviewer"), MAX_REVIEWER)
        if not reviewer:
            raise _Refused("e_reviewer", back=place)
        seen = _field(form, "seen")
        try:
            await run_in_threadpool(
                store.add_review,
                name,
                claim,
                seen=int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 16 else -1,
                reviewer=reviewer,
                **take(form, place),
            )
        except OutdatedError as exc:
            raise _Refused("e_meanwhile", 409, back=place) from exc
        answer = _go(place)
        pages.keep(answer, REVIEWER, quote(reviewer))
        return answer

    @app.post("/reports/{name}/claims/{claim}/review")
    async def review(request: Request, name: str, claim: str) -> Response:
        report = await run_in_threadpool(read, name)
        item = next((one for one in report.assessments if one.claim.id == claim), None) or _missing()
        known = {evidence_key(one) for one in item.evidence}

        def take(form: FormData, place: str) -> dict[str, Any]:
            verdict, note = _field(form, "verdict"), clean(_field(form, "note").replace("\r\n", "\n")).strip()
            wrong = [one for one in form.getlist("wrong") if isinstance(one, str)]
            if verdict not in REVIEW_VERDICTS:
                raise _Refused("e_verdict", back=place)
            if not known.issuperset(wrong):
                raise _Refused("e_evidence", back=place)
            if len(note) > MAX_NOTE:
                raise _Refused("e_note", back=place)
            return {"verdict": verdict, "wrong": sorted(set(wrong)), "note": note}

        return await decide(request, name, claim, take)

    @app.post("/reports/{name}/claims/{claim}/undo")
    async def undo(request: Request, name: str, claim: str) -> Response:
        def take(form: FormData, place: str) -> dict[str, Any]:
            known = store.job(name) is not None and claim in store.reviews(name)
            return {"verdict": None} if known else _missing()

        return await decide(request, name, claim, take)

    @app.get("/reports/{name}/claims/{claim}/{form}")
    def back(name: str, claim: str, form: str) -> Response:
        """Leads on where the address of a form that was refused is opened again."""
        known = form in ("review", "undo") and store.job(name) is not None
        return _go(f"/reports/{name}#{quote(claim, safe='')}") if known else _missing()


def _saved(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


# What comes of it --------------------------------------------------------------------------------------------------


def _add_export(app: FastAPI, setup: Setup, pages: _Pages) -> None:
    """Adds the suite of what was reviewed."""

    @app.get("/export")
    def export(request: Request) -> Response:
        made = export_reviews(setup.store, scratch=setup.store.folder)
        return pages.show(
            request,
            "export.html.j2",
            here="export",
            made=made,
            state=str(setup.store.folder),
            guard=GUARD.format(suite="reviews.claims.jsonl"),
        )

    @app.get("/export/reviews.claims.jsonl")
    def suite() -> Response:
        made = export_reviews(setup.store, scratch=setup.store.folder)
        if not made.cases:
            raise _Refused("export_nothing" if made.left_out else "export_none", 404, back="/export")
        return Response(made.text, media_type="application/jsonl", headers=_saved("reviews.claims.jsonl"))


def _add_runs(app: FastAPI, setup: Setup, pages: _Pages) -> None:
    """Adds the runs of `bukti eval`."""

    def shown(request: Request, name: str, before: str | None = None) -> Response:
        if setup.runs is None:
            _missing()
        run, decision, compared = run_named(setup.runs, name), None, None
        if before is not None:
            decision, compared = compare(run_named(setup.runs, before), run)
        manifest = {"name": run.manifest.get("suite_name"), **run.manifest}
        title = f"{before} → {name}" if before else name
        spoken = pages.spoken(request)
        here = request.url.include_query_params(lang=next(one for one in PAGE_LANGUAGES if one != spoken))
        place = Place(list="/runs", name=title, other=f"{here.path}?{here.query}")
        page = render_run(
            run.results,
            values_of(run.scores),
            decision,
            manifest,
            scores=run.scores,
            language=spoken,
            place=place,
            compared=compared,
        )
        return pages.page(request, page, policy(asset("base.css") + asset("run.css")))

    @app.get("/runs")
    def runs(request: Request) -> Response:
        found = list_runs(setup.runs) if setup.runs else None
        ended = [run for run in found or [] if run.ended]
        figure = partial(tell_figure, language=pages.spoken(request))
        return pages.show(request, "runs.html.j2", here="runs", runs=found, ended=ended, figure=figure)

    @app.get("/runs/compare")
    def two(request: Request, before: str = "", after: str = "") -> Response:
        if not (before and after):
            raise _Refused("e_two_runs", back="/runs")
        return shown(request, after, before)

    @app.get("/runs/{name}")
    def one(request: Request, name: str) -> Response:
        return shown(request, name)
