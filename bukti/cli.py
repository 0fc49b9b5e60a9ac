"""The command line: each command parses, calls one library function and turns a known error into one line."""

from __future__ import annotations

import errno
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand

from bukti.claims.errors import BuktiError, SuiteError, UsageError, printable
from bukti.claims.files import location_of
from bukti.config import Setting, read_config
from bukti.eval.wording import fill

if TYPE_CHECKING:
    from rich.console import Console

    from bukti.retrieval.index import Change, Index

__all__ = ["app", "main"]

app = typer.Typer(
    name="bukti",
    help="Verify an article's claims against reference sources: offline, in Indonesian and English.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
index_app = typer.Typer(help="Keep an index of reference sources.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(index_app, name="index")

LOG_LEVELS = ("debug", "info", "warning", "error")


def _tell_version(asked: bool) -> None:
    if asked:
        version_command()
        raise typer.Exit


@app.callback()
def root_command(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Show bukti's version and exit.",
            callback=_tell_version,
            is_eager=True,
            show_default=False,
        ),
    ] = False,
    log_level: Annotated[
        str | None,
        typer.Option(
            "--log-level",
            envvar="BUKTI_LOG_LEVEL",
            help=f"Write a log to stderr, from this level up: {', '.join(LOG_LEVELS)}.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Says what goes for every command."""
    from bukti.tracing import start_tracing

    if log_level is not None:
        _start_log(log_level)
    start_tracing(os.environ)


def _start_log(level: str) -> None:
    if level.lower() not in LOG_LEVELS:
        raise UsageError(f"--log-level {level}: no such level; known are {', '.join(LOG_LEVELS)}")
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    log = logging.getLogger("bukti")  # its own alone: libraries say much that tells a user nothing
    log.addHandler(handler)
    log.setLevel(level.upper())


Embedder = Annotated[
    str | None, typer.Option(help="embedded, a model's name or path, or module:Class.", show_default="embedded")
]
IndexName = Annotated[
    str,
    typer.Option("--index", help="The index: a folder, chroma://HOST:PORT/NAME, or a LangChain store's module:Class."),
]
Paths = Annotated[
    list[str],
    typer.Argument(help="Files and folders (txt, md, html, pdf), and https:// addresses.", show_default=False),
]
Verifier = Annotated[
    str | None,
    typer.Option(
        help="embedded, lexical, a cross-encoder's name or path, a chat model as provider:model, or module:Class.",
        show_default="embedded",
    ),
]
Splitter = Annotated[
    str | None, typer.Option(help="rules, a chat model as provider:model, or module:Class.", show_default="rules")
]
EngineName = Annotated[
    str | None,
    typer.Option("--engine", help="local, or ray: spread over a Ray cluster; needs bukti[ray].", show_default="local"),
]
AllowPrivate = Annotated[
    bool | None,
    typer.Option("--allow-private", help="Fetch pages from one's own network too.", show_default=False),
]
Published = Annotated[
    str | None,
    typer.Option(help="The article's day of publication, YYYY-MM-DD; read from it if not given.", show_default=False),
]

FAIL_ON = ("refuted", "conflicting", "not_enough_evidence", "error")


class _Verify(TyperCommand):
    """Reads `ARTICLE --sources sources/*.txt` as it is meant: a shell unfolds it, and what follows the first source is a source too."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parses the words after the command's name."""
        valued = {name for param in self.params if not getattr(param, "is_flag", False) for name in param.opts}
        return super().parse_args(ctx, _spread_sources(args, valued))


def _spread_sources(words: list[str], valued: set[str]) -> list[str]:
    """Puts ``--sources`` before each word that follows a source without an option between, once an article was named.

    >>> _spread_sources(["a.txt", "-s", "b.txt", "c.txt", "-o", "out/"], {"-s", "-o"})
    ['a.txt', '-s', 'b.txt', '--sources', 'c.txt', '-o', 'out/']
    """
    spread: list[str] = []
    named = within = False
    rest = iter(words)
    for word in rest:
        if word == "--":
            return [*spread, word, *rest]
        if word.startswith("-") and word != "-":
            spread.append(word)
            within = named and (word.partition("=")[0] == "--sources" or (word[:2] == "-s" and word[:2] in valued))
            if word in valued:
                spread += [value for value in [next(rest, None)] if value is not None]
            continue
        named = named or not within
        spread += ["--sources", word] if within else [word]
    return spread


@app.command("verify", cls=_Verify)
def verify_command(
    articles: Annotated[
        list[str],
        typer.Argument(
            metavar="ARTICLE...",
            help="Files (txt, md, html, pdf), folders of them, https:// addresses, or - alone for standard input.",
            show_default=False,
        ),
    ],
    sources: Annotated[
        list[str] | None,
        typer.Option("--sources", "-s", help="Files, folders and https:// addresses of sources; may be given again."),
    ] = None,
    index: Annotated[
        str | None,
        typer.Option(
            "--index",
            help="An index: a folder, chroma://HOST:PORT/NAME, or a LangChain store's module:Class; sources are added to it.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        list[str] | None,
        typer.Option(
            "--output",
            "-o",
            help="File to write: .html, .json, .md, .jsonld, .sarif; - for the terminal; a folder for many articles; may be given again.",
        ),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Verify all articles of a folder's reports anew.", show_default=False)
    ] = False,
    review_url: Annotated[
        str | None, typer.Option(help="Where the page will stand, for .jsonld.", show_default=False)
    ] = None,
    review_day: Annotated[
        str | None, typer.Option(help="The day it is published, YYYY-MM-DD, for .jsonld.", show_default=False)
    ] = None,
    publisher: Annotated[
        str | None, typer.Option(help="The organisation that publishes it, for .jsonld.", show_default=False)
    ] = None,
    publisher_url: Annotated[
        str | None, typer.Option(help="That organisation's address, for .jsonld.", show_default=False)
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(help="Use no source published after this day, YYYY-MM-DD.", show_default=False)
    ] = None,
    published: Published = None,
    language: Annotated[
        str | None, typer.Option(help="The article's language, id or en; recognised if not given.")
    ] = None,
    lang: Annotated[
        str | None,
        typer.Option(help="What reports speak, id or en; the article's language if not given.", show_default=False),
    ] = None,
    fail_on: Annotated[
        list[str] | None, typer.Option(help="Exit with 1 if a claim has this verdict: " + ", ".join(FAIL_ON))
    ] = None,
    k: Annotated[int | None, typer.Option("-k", help="Passages judged for each claim.", show_default="8")] = None,
    embedder: Embedder = None,
    verifier: Verifier = None,
    splitter: Splitter = None,
    engine: EngineName = None,
    allow_private: AllowPrivate = None,
) -> None:
    """Verify articles; without -o the report of one goes to the terminal, and a line of each of several."""
    given = sources or []
    config, _ = read_config(
        {
            "k": k,
            "embedder": embedder,
            "verifier": verifier,
            "splitter": splitter,
            "engine": engine,
            "allow_private": allow_private,
            "lang": lang,
            "publisher": publisher,
            "publisher_url": publisher_url,
        }
    )
    for verdict in fail_on or []:
        if verdict not in FAIL_ON:
            raise UsageError(f"--fail-on {verdict}: no such verdict; known are {', '.join(FAIL_ON)}")
    days = _day("--as-of", as_of), _day("--published", published)
    if language not in (None, "id", "en"):
        raise UsageError(f"--language {language}: not a language bukti reads; give id or en")
    folders = [path for path in output or [] if path.endswith(("/", os.sep)) or Path(path).is_dir()]
    review = review_url is not None or review_day is not None
    if len(articles) > 1 or folders or Path(articles[0]).is_dir():
        if review:
            raise UsageError("--review-url and --review-day are for one article with -o FILE.jsonld")
        _verify_many(
            articles, given, index, output or [], folders,
            {"as_of": days[0], "published": days[1], "language": language, "config": config, "fresh": fresh}, fail_on or [],
        )  # fmt: skip
    if fresh:
        raise UsageError("--fresh verifies a folder's articles anew; give -o FOLDER/ too")
    from bukti.claims.language import LANGUAGES
    from bukti.claims.pages import is_address
    from bukti.eval.claimreview import check_review_url
    from bukti.eval.output import check_apart, check_output, write_report
    from bukti.eval.report import CHECKABLE_VERDICTS

    files = list(dict.fromkeys(Path(path) for path in output or [] if path != "-"))
    for path in files:
        check_output(path)
        check_apart(path, [one for one in (articles[0], *given) if one != "-" and not is_address(one)])
    if review and not any(path.suffix.lower() == ".jsonld" for path in files):
        raise UsageError("--review-url and --review-day are for ClaimReview; give -o FILE.jsonld too")
    address = check_review_url(review_url) if review_url is not None else None
    day = _day("--review-day", review_day)
    from bukti.api import verify

    with _progress() as tell:
        report = verify(
            articles[0],
            sources=given,
            index=index,
            as_of=days[0],
            published=days[1],
            language=language,
            config=config,
            progress=tell,
        )
    for path in files:
        write_report(
            report,
            path,
            language=config.lang or None,
            review_url=address,
            review_day=day,
            publisher=(config.publisher, config.publisher_url),
        )
        _say(f"wrote {path}")
    if not output or "-" in output:
        from bukti.eval.terminal import render_terminal

        render_terminal(report, _console())
    else:
        for _, cause in report.skipped:
            _say(f"not read: {cause}")
    if report.article.language not in LANGUAGES:
        _say(
            f"the article seems to be in {report.article.language!r}; bukti reads {' and '.join(LANGUAGES)}: expect little of this report"
        )
    counts: dict[str, int] = {str(verdict): number for verdict, number in report.counts.items()}
    if counts["error"]:
        failed = [item.error.cause for item in report.assessments if item.error]
        _say(fill("{n} of {all} claim[/s] failed: ", n=counts["error"], all=len(report.assessments)) + failed[0])
        raise typer.Exit(4)
    if any(counts[verdict] for verdict in fail_on or []):
        raise typer.Exit(1)
    if not any(counts[verdict] for verdict in CHECKABLE_VERDICTS):
        _say("no checkable claim was found: nothing was verified")
        raise typer.Exit(3)


def _verify_many(
    articles: list[str],
    sources: list[str],
    index: str | None,
    output: list[str],
    folders: list[str],
    settings: dict[str, Any],
    fail_on: list[str],
) -> NoReturn:
    """Verifies several articles, tells of each, and exits by all of them."""
    others = [path for path in output if path not in folders and path != "-"]
    if others:
        raise UsageError(f"-o {others[0]}: several articles, or a folder of them, need a folder; give -o FOLDER/")
    if len(folders) > 1:
        raise UsageError(f"-o {folders[1]}: reports go to one folder; {folders[0]} was given before")
    if settings["fresh"] and not folders:
        raise UsageError("--fresh verifies a folder's articles anew; give -o FOLDER/ too")
    into = Path(folders[0]) if folders else None
    for path in sources if into else ():
        # Reports would be read as sources the next time, and each article found in its own.
        if (
            into
            and Path(path).is_dir()
            and location_of(path) in map(str, (Path(location_of(into)), *Path(location_of(into)).parents))
        ):
            raise UsageError(f"-o {folders[0]}: lies within the sources of {path}; choose a folder outside")
    from bukti.api import check_sources
    from bukti.batch import find_articles, verify_articles
    from bukti.eval.terminal import summary_line

    check_sources(sources, index)
    found = find_articles(articles, into=into)
    failed = kept = bare = met = 0
    causes = []
    try:
        with _progress() as tell:
            for done in verify_articles(found, sources=sources, index=index, into=into, progress=tell, **settings):
                row, counts = done.row, {str(verdict): number for verdict, number in done.row.counts.items()}
                kept += done.how == "kept"
                bare += row.error is None and not row.verified and not row.counts["error"]
                met += any(counts[verdict] for verdict in fail_on)
                said = summary_line(row.counts) if row.error is None else f"FAILED at {row.error.stage}"
                if row.error is not None:
                    causes.append(f"{row.path}: {row.error.stage} failed: {row.error.cause}")
                elif row.counts["error"]:
                    causes.append(
                        f"{row.path}: " + fill("{n} of {all} claim[/s] failed", n=row.counts["error"], all=row.claims)
                    )
                failed += row.error is not None
                if into is None or "-" in output:
                    typer.echo(printable(f"{row.path}: {said}"))
    except KeyboardInterrupt:
        _fail("interrupted; the same command goes on from here" if into else "interrupted; nothing was written", 130)
    for cause in causes:
        _say(cause)
    if into:
        _say(
            f"wrote {into / 'index.html'}: "
            + fill(
                "{n} of {all} article[/s] verified, {kept} of them before",
                n=len(found) - failed,
                all=len(found),
                kept=kept,
            )
        )
    if causes:
        raise typer.Exit(4)
    if met:
        raise typer.Exit(1)
    if bare:
        says = "{n} of {all} article[/s] [has/have] no checkable claim: nothing was verified of [it/them]"
        _say(fill(says, n=bare, all=len(found)))
        raise typer.Exit(3)
    raise typer.Exit(0)


@app.command("claims")
def claims_command(
    article: Annotated[
        str,
        typer.Argument(
            help="A txt, md, html or pdf file, an https:// address, or - for standard input.", show_default=False
        ),
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write: .jsonl, a claim a line.")
    ] = None,
    published: Published = None,
    splitter: Splitter = None,
    allow_private: AllowPrivate = None,
) -> None:
    """Show what the splitter makes of an article, and what became of each sentence."""
    from bukti.api import load_splitter, read_article
    from bukti.eval.output import check_output, write_text
    from bukti.eval.pipeline import build_ledger, remarks_of

    config, _ = read_config({"splitter": splitter, "allow_private": allow_private})
    if output:
        check_output(output, endings=(".jsonl",))
    read = read_article(article, published=_day("--published", published), config=config)
    chosen = load_splitter(config.splitter)
    claims = chosen.split([read])[0]
    if output:
        rows = [
            {"id": claim.id, "text": claim.text, "span": list(claim.span), "sentence_span": list(claim.sentence_span),
             "spans": [list(span) for span in claim.pieces], "kind": claim.kind, "unresolved": list(claim.unresolved),
             "language": claim.language, "check_worthy": round(claim.check_worthy, 4), "checkable": claim.checkable,
             "speaker": claim.attribution.speaker if claim.attribution else None, "note": claim.note}
            for claim in claims
        ]  # fmt: skip
        write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), output)
        _say(f"wrote {output}")
        return
    console = _console()
    by_id = {claim.id: claim for claim in claims}
    for row in build_ledger(read, claims, remarks_of(chosen, read)):
        kind = f"{row.role}: {row.outcome}".replace("role", "gives none").replace("no_claim", "states nothing")
        console.print(f"[{kind}] {printable(row.span.of(read.text))}", markup=False, highlight=False, soft_wrap=True)
        if row.note:
            console.print(printable(f"  ({row.note})"), markup=False, highlight=False, soft_wrap=True)
        for name in row.claims:
            claim = by_id[name]
            stated = claim.attribution if claim.kind == "statement" else None
            said = f"  (said by {stated.speaker})" if stated else ""
            note = f"  (not checkable: {claim.note})" if claim.note else ""
            note += f"  (left open: {', '.join(claim.unresolved)})" if claim.unresolved else ""
            console.print(printable(f"  - {claim.text}{said}{note}"), markup=False, highlight=False, soft_wrap=True)


@app.command("eval")
def eval_command(
    suites: Annotated[list[Path], typer.Argument(help="Files of cases; see docs/suites.md.", show_default=False)],
    format_name: Annotated[
        str | None, typer.Option("--format", help="suite, or a set's format; recognised if not given.")
    ] = None,
    corpus: Annotated[
        Path | None, typer.Option(help="The texts that the claims cite, for the formats that have them apart.")
    ] = None,
    baseline: Annotated[Path | None, typer.Option(help="The blessed run that this one must not be worse than.")] = None,
    runs: Annotated[Path, typer.Option(help="Folder of the numbered runs.")] = Path("bukti-runs"),
    oracle: Annotated[
        list[str] | None,
        typer.Option(help="Give claims or evidence as labelled, in place of what is found; may be given again."),
    ] = None,
    mutate: Annotated[
        bool,
        typer.Option("--mutate", help="Make false claims of the supported ones, and measure how many are noticed."),
    ] = False,
    min_caught: Annotated[
        float | None,
        typer.Option(
            help="Exit with 1 if a smaller share of the mutants is no longer supported, such as 0.9.",
            show_default=False,
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option(help="Only the first cases.", min=1)] = None,
    output: Annotated[
        list[Path] | None,
        typer.Option(
            "--output",
            "-o",
            help="File to write: .json (the whole run), .xml (JUnit), .md (summary), .html (page), .sarif; may be given again.",
        ),
    ] = None,
    repeat: Annotated[
        int, typer.Option(help="Verify each claim so often, by a verifier that may answer differently.", min=1, max=100)
    ] = 1,
    strict: Annotated[
        bool | None,
        typer.Option("--strict", help="Exit with 1 too where the gate is inconclusive.", show_default=False),
    ] = None,
    measure: Annotated[
        list[str] | None,
        typer.Option(
            help="What the gate holds: right, false_support or brier_support; may be given again.", show_default="all"
        ),
    ] = None,
    margin: Annotated[
        list[str] | None,
        typer.Option(
            help="The loss that nobody minds: a number, or one measure's as NAME=NUMBER; may be given again.",
            show_default="0.02",
        ),
    ] = None,
    alpha: Annotated[
        float | None,
        typer.Option(
            help="How often the gate may call a run worse that is not; one minus the confidence of its limits.",
            show_default="0.05",
        ),
    ] = None,
    max_errors: Annotated[
        float | None, typer.Option(help="Share of the cases that may end in an error.", show_default="0")
    ] = None,
    min_coverage: Annotated[
        float | None,
        typer.Option(help="Share of what the baseline answered that must be answered.", show_default="0.95"),
    ] = None,
    min_cases: Annotated[
        int | None, typer.Option(help="Fewer cases in common with the baseline decide nothing.", show_default="20")
    ] = None,
    max_unmatched: Annotated[
        float | None,
        typer.Option(help="Share of the cases and claims without a counterpart in the baseline.", show_default="0.02"),
    ] = None,
    max_flaky: Annotated[
        float | None,
        typer.Option(help="Share of the cases whose repeats may disagree.", show_default="0.05"),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew, even if a run was cut off.")] = False,
    lang: Annotated[
        str | None, typer.Option(help="What the run's page speaks, id or en; en if not given.", show_default=False)
    ] = None,
    k: Annotated[int | None, typer.Option("-k", help="Passages judged for each claim.", show_default="8")] = None,
    embedder: Embedder = None,
    verifier: Verifier = None,
    splitter: Splitter = None,
    engine: EngineName = None,
) -> None:
    """Answer the cases of suites, measure the answers and hold them against a baseline."""
    rules: dict[str, Any] = {
        "strict": strict, "measures": ",".join(measure) if measure else None, "margins": ",".join(margin) if margin else None,
        "alpha": alpha, "max_errors": max_errors, "min_coverage": min_coverage, "min_cases": min_cases, "max_unmatched": max_unmatched,
        "max_flaky": max_flaky,
    }  # fmt: skip
    config, _ = read_config(
        {
            "k": k,
            "embedder": embedder,
            "verifier": verifier,
            "splitter": splitter,
            "min_caught": min_caught,
            "lang": lang,
            "engine": engine,
        }
        | {f"gate_{name}": value for name, value in rules.items()}
    )
    for name in oracle or []:
        if name not in ("claims", "evidence"):
            raise UsageError(f"--oracle {name}: no such oracle; give claims or evidence")
    if min_caught is not None and not mutate:
        raise UsageError("--min-caught says how many mutants must be caught; give --mutate too")
    if baseline is None:
        for name, value in rules.items():
            if value is not None:
                option = f"--{name.removesuffix('s') if name in ('measures', 'margins') else name.replace('_', '-')}"
                raise UsageError(f"{option} says how a gate decides; give a --baseline too")
    from bukti.api import evaluate, gate_settings
    from bukti.eval.cases import files_of
    from bukti.eval.formats import read_cases
    from bukti.eval.gate import gate
    from bukti.eval.output import check_apart, check_output
    from bukti.eval.runs import RUN_FORMATS, exit_code, join_suites, limited, write_run
    from bukti.eval.scores import table

    for path in output or []:
        check_output(path, endings=RUN_FORMATS)
    measures, chosen_rules = gate_settings(config)
    suite = limited(join_suites([read_cases(path, format=format_name, corpus=corpus) for path in suites]), limit)
    for path in output or []:
        check_apart(path, [*suites, *(one for one in (corpus, baseline) if one), *files_of(suite)])
    if baseline is not None and not baseline.is_file():
        _say(f"{baseline}: no such baseline, so nothing can be decided; make one: bukti bless RUN --to {baseline}")
    chosen: Any = oracle or ()
    try:
        with _progress() as tell:
            run = evaluate(
                suite,
                runs=runs,
                oracle=chosen,
                mutate=mutate,
                fresh=fresh,
                command=_command(),
                repeat=repeat,
                config=config,
                progress=tell,
            )
    except KeyboardInterrupt:
        _fail("interrupted; the same command goes on from here", 130)
    decision = None
    if baseline is not None:
        decision = gate(run.results, baseline, manifest=run.manifest, measures=measures, rules=chosen_rules)
    for path in output or []:
        write_run(run, path, decision, language=config.lang or None)
        _say(f"wrote {path}")
    taken = f", {' and '.join(oracle)} as labelled" if oracle else ""
    typer.echo(printable(f"{suite.name}: {run.folder}{taken}"))
    typer.echo(table(run.scores, run.manifest["latency"]), nl=False)
    if decision is not None:
        typer.echo(decision.to_text(), nl=False)
    if run.mutation is not None:
        typer.echo(run.mutation.to_text(), nl=False)
    code, says = exit_code(run, decision)
    if says:
        _say(says)
    raise typer.Exit(code)


def _command() -> list[str]:
    """Gives the words that the process was started with."""
    return [Path(sys.argv[0]).name, *sys.argv[1:]]


@app.command("bless")
def bless_command(
    run: Annotated[Path, typer.Argument(help="A run's folder, or the file that eval -o wrote.", show_default=False)],
    to: Annotated[Path, typer.Option("--to", help="The baseline's file; an older baseline there is replaced.")],
    force: Annotated[
        bool, typer.Option("--force", help="Take a run with faults too; the baseline names them.")
    ] = False,
) -> None:
    """Make a run the baseline that later runs are held against."""
    from bukti.eval.runs import bless_run

    blessed = bless_run(run, to, force=force)
    _say(f"wrote {to}: " + fill("{n} claim[/s]", n=len(blessed.results)) + f" of {blessed.manifest['suite_name']}")


@app.command("serve")
def serve_command(
    index: Annotated[
        list[str] | None,
        typer.Option("--index", help="An index to verify against, as for verify; may be given again."),
    ] = None,
    sources: Annotated[
        list[Path] | None, typer.Option("--sources", "-s", help="Folder or file of sources; may be given again.")
    ] = None,
    state: Annotated[Path, typer.Option(help="Folder of all that is kept: articles, reports, decisions.")] = Path(
        "bukti-desk"
    ),
    runs: Annotated[Path | None, typer.Option(help="Folder of the runs of bukti eval, to look at.")] = None,
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port; any free one if 0.", min=0, max=65535)] = 8765,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Let other machines in, where --host says so.")
    ] = False,
    name: Annotated[
        list[str] | None, typer.Option("--name", help="A host name to answer to; may be given again.")
    ] = None,
    lang: Annotated[
        str | None, typer.Option(help="What the pages speak first, id or en; the browser's choice if not given.")
    ] = None,
    k: Annotated[int | None, typer.Option("-k", help="Passages judged for each claim.", show_default="8")] = None,
    embedder: Embedder = None,
    verifier: Verifier = None,
    splitter: Splitter = None,
) -> None:
    """Open a desk in the browser: verify articles, review what came of them. Needs bukti[serve]."""
    from bukti.serve.server import serve

    config, _ = read_config({"k": k, "embedder": embedder, "verifier": verifier, "splitter": splitter, "lang": lang})
    serve(
        indexes=index or [],
        sources=sources or [],
        state=state,
        runs=runs,
        host=host,
        port=port,
        remote=allow_remote,
        names=name or [],
        config=config,
        say=_say,
    )


@app.command("export-reviews")
def export_reviews_command(
    state: Annotated[Path, typer.Argument(help="The --state of bukti serve.", show_default=False)],
    output: Annotated[Path, typer.Option("--output", "-o", help="The suite to write: .jsonl.", show_default=False)],
) -> None:
    """Write the claims that were reviewed at a desk as a suite for eval."""
    from bukti.serve.export import GUARD, write_suite

    made = write_suite(state, output)
    for one in made.left_out:
        _say(f"left out: {one}")
    _say(f"wrote {output}: " + fill("{n} labelled claim[/s] of {m} article[/s]", n=made.claims, m=made.cases))
    _say(f"once they come out right: {GUARD.format(suite=output)}")


@app.command("search")
def search_command(
    text: Annotated[str, typer.Argument(help="A claim.", show_default=False)],
    index: IndexName,
    k: Annotated[int, typer.Option("-k", help="How many passages.", min=1, max=200)] = 5,
    embedder: Embedder = None,
) -> None:
    """Show the passages an index has for a claim."""
    from bukti.claims.language import detect_language
    from bukti.retrieval.retriever import Query, reranking_retriever

    if not text.strip():
        raise UsageError("nothing to search for; give a claim in quotes")
    opened = _open(index, embedder)
    query = Query(text=text, language=detect_language(text))
    found = reranking_retriever(opened, opened.embedder).retrieve([query], k=k)[0]
    sources = {source.id: source for source in opened.sources}
    console = _console()
    for rank, item in enumerate(found, start=1):
        source = sources[item.passage.source_id]
        head = f"{rank}. {source.title} ({source.path}, {item.passage.span.start}-{item.passage.span.end}, score {item.score:.4f})"
        console.print(printable(head), markup=False, highlight=False, soft_wrap=True)
        console.print("   " + printable(item.passage.text), markup=False, highlight=False, soft_wrap=True)
    if not found:
        _say("nothing found")


@index_app.command("add")
def index_add_command(
    paths: Paths, index: IndexName, embedder: Embedder = None, allow_private: AllowPrivate = None
) -> None:
    """Add sources, or bring them up to date; unchanged files are not embedded again."""
    from bukti.retrieval.embedder import load_embedder
    from bukti.retrieval.stores import open_index

    config, _ = read_config({"embedder": embedder, "allow_private": allow_private})
    opened = open_index(index, embedder=load_embedder(config.embedder), create=True, options=config.store_options)
    with _progress() as tell:
        change = opened.add(paths, max_bytes=config.max_bytes, allow_private=config.allow_private, progress=tell)
    _tell_change(change)


@index_app.command("list")
def index_list_command(index: IndexName, embedder: Embedder = None) -> None:
    """List the sources of an index."""
    for source in _open(index, embedder).sources:
        typer.echo(f"{source.id}  {source.language}  {source.path}  {printable(source.title)}")


@index_app.command("remove")
def index_remove_command(
    names: Annotated[list[str], typer.Argument(help="Paths or ids.")], index: IndexName, embedder: Embedder = None
) -> None:
    """Remove sources from an index."""
    for path in _open(index, embedder).remove(names):
        _say(f"removed {path}")


@index_app.command("status")
def index_status_command(index: IndexName, embedder: Embedder = None) -> None:
    """Say what an index holds and which files have changed since."""
    status = _open(index, embedder).status()
    typer.echo(
        f"{status.path}: {fill('{n} source[/s], {m} passage[/s]', n=status.sources, m=status.passages)}, embedder {status.embedder}, cut as {status.cutting}"
    )
    for path in status.stale:
        typer.echo(f"changed since: {path}")
    for path in status.missing:
        typer.echo(f"file is gone: {path}")


@index_app.command("rebuild")
def index_rebuild_command(
    index: IndexName,
    paths: Annotated[
        list[str] | None, typer.Argument(help="Files, folders and addresses; those the index knows if none are given.")
    ] = None,
    embedder: Embedder = None,
    allow_private: AllowPrivate = None,
) -> None:
    """Make an index anew: after damage, or for another embedder."""
    from bukti.retrieval.embedder import load_embedder
    from bukti.retrieval.stores import rebuild_index

    config, _ = read_config({"embedder": embedder, "allow_private": allow_private})
    with _progress() as tell:
        change = rebuild_index(
            index,
            embedder=load_embedder(config.embedder),
            max_bytes=config.max_bytes,
            allow_private=config.allow_private,
            paths=paths or (),
            options=config.store_options,
            progress=tell,
        )
    _tell_change(change)


@app.command("config")
def config_command() -> None:
    """Show every setting and where it came from."""
    settings: list[Setting] = read_config()[1]
    for setting in settings:
        # A store's options may hold a password.
        shown = dict.fromkeys(setting.value, "...") if isinstance(setting.value, dict) else setting.value
        typer.echo(f"{setting.name} = {shown!r}  ({setting.origin})")


@app.command("models")
def models_command(
    name: Annotated[
        str | None, typer.Argument(help="encoder or verifier, for its whole card.", show_default=False)
    ] = None,
) -> None:
    """Show the models that are part of the package: what they are, their hashes, what made them, their limits."""
    from bukti.retrieval.embedded import model_cards, read_card

    cards = {card.name: card for card in model_cards()}
    if name is not None:
        if name not in cards:
            raise UsageError(f"no embedded model {name}; there are {', '.join(cards)}")
        typer.echo(read_card(name), nl=False)
        return
    for card in cards.values():
        typer.echo(f"{card.name} {card.version}: {card.summary}")
        typer.echo(f"  {card.file}, {card.size / 1e6:.1f} MB, {card.parameters / 1e6:.1f} million weights")
        typer.echo(f"  sha256 {card.sha256}")
        typer.echo(f"  made by: {card.command}")
        typer.echo(f"  limits: {card.limits}")
    typer.echo("The whole card of one: bukti models NAME")


@app.command("version")
def version_command() -> None:
    """Show bukti's version."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        typer.echo(f"bukti {version('bukti')}")
    except PackageNotFoundError:
        typer.echo("bukti, of unknown version: not installed as a package")


def _open(index: str, embedder: str | None) -> Index:
    from bukti.retrieval.embedder import load_embedder
    from bukti.retrieval.stores import open_index

    config, _ = read_config({"embedder": embedder})
    return open_index(index, embedder=load_embedder(config.embedder), options=config.store_options)


def _tell_change(change: Change) -> None:
    for word in ("added", "changed", "removed"):
        for path in getattr(change, word):
            _say(f"{word} {path}")
    for path, twin in change.duplicates:
        _say(f"same text as {twin}: {path}")
    for _, cause in change.skipped:
        _say(f"not read: {cause}")
    _say(f"{len(change.unchanged)} unchanged, " + fill("{n} passage[/s] embedded", n=change.embedded))


def _day(option: str, given: str | None) -> date | None:
    if given is None:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError as exc:
        raise UsageError(f"{option} {given}: not a day; write it as 2021-10-06") from exc


def _say(text: str) -> None:
    typer.echo(printable(text), err=True)


def _console() -> Console:
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 80)


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Shows progress on stderr where that is a terminal, and nowhere else."""
    if not sys.stderr.isatty():
        yield lambda step, done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=sys.stdout.isatty(),  # or what is written to a pipe would go to the terminal
    ) as bar:
        task = bar.add_task("start", total=None)
        yield lambda step, done, of: bar.update(task, description=step, completed=done, total=of)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Runs the command line and exits.

    Args:
        arguments: Words after the program's name; the process's own if None.
    """
    logging.captureWarnings(True)
    try:
        code: Any = app(args=arguments, standalone_mode=False)
    except SuiteError as exc:
        for line in exc.lines[:-1]:
            _say(f"bukti: {line}")
        _fail(exc.lines[-1], exc.exit_code)
    except BuktiError as exc:
        _fail(str(exc), exc.exit_code)
    except KeyboardInterrupt:
        _fail("interrupted; nothing was written", 130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as exc:
        if isinstance(exc, OSError) and exc.errno == errno.ENAMETOOLONG:  # whatever was about to look for it
            _fail(f"{str(exc.filename)[:60]}…: no file has so long a name; check the path", 2)
        shown = getattr(exc, "format_message", None)
        if shown is not None:  # the option parser's own errors
            if "\n" in shown():  # called without any word: the help itself
                typer.echo(shown(), err=True)
                sys.exit(2)
            _fail(f"{shown()} (see --help)", 2)
        logging.getLogger(__name__).debug("unexpected", exc_info=True)
        _fail(
            f"unexpected {type(exc).__name__}: {str(exc).splitlines()[0] if str(exc) else 'no message'}; please report this",
            4,
        )
    sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str, code: int) -> NoReturn:
    typer.echo(f"bukti: {printable(message)}", err=True)
    sys.exit(code)
