"""The command line: each command parses, calls one library function and turns a known error into one line."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from bukti.claims.errors import BuktiError, UsageError, printable
from bukti.config import Setting, read_config

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

Embedder = Annotated[
    str | None, typer.Option(help="embedded, a model's name or path, or module:Class.", show_default="embedded")
]
IndexFolder = Annotated[Path, typer.Option("--index", help="Folder of the index.")]
Paths = Annotated[list[str], typer.Argument(help="Files and folders: txt, md, html, pdf.", show_default=False)]
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
AllowPrivate = Annotated[
    bool | None,
    typer.Option("--allow-private", help="Fetch an article from one's own network too.", show_default=False),
]
Published = Annotated[
    str | None,
    typer.Option(help="The article's day of publication, YYYY-MM-DD; read from it if not given.", show_default=False),
]
FAIL_ON = ("refuted", "conflicting", "not_enough_evidence", "error")


@app.command("verify")
def verify_command(
    article: Annotated[
        str,
        typer.Argument(
            help="A txt, md, html or pdf file, an https:// address, or - for standard input.", show_default=False
        ),
    ],
    more: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
    sources: Annotated[
        list[str] | None, typer.Option("--sources", "-s", help="Files and folders of sources; may be given again.")
    ] = None,
    index: Annotated[Path | None, typer.Option("--index", help="Folder of an index; sources are added to it.")] = None,
    output: Annotated[
        list[Path] | None,
        typer.Option(
            "--output", "-o", help="File to write, .html or .json, or - for the terminal; may be given again."
        ),
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
        typer.Option(help="What the page speaks, id or en; the article's language if not given.", show_default=False),
    ] = None,
    fail_on: Annotated[
        list[str] | None, typer.Option(help="Exit with 1 if a claim has this verdict: " + ", ".join(FAIL_ON))
    ] = None,
    k: Annotated[int | None, typer.Option("-k", help="Passages judged for each claim.", show_default="8")] = None,
    embedder: Embedder = None,
    verifier: Verifier = None,
    splitter: Splitter = None,
    allow_private: AllowPrivate = None,
) -> None:
    """Verify an article; without -o the report goes to the terminal."""
    if more and not sources:
        raise UsageError(f"unexpected {more[0]}; give one article, and sources with --sources")
    # `--sources a.txt b.txt`, as a shell's `sources/*.txt` makes it: what follows the first path is a source too.
    given = [*(sources or []), *(more or [])]
    config, _ = read_config(
        {
            "k": k,
            "embedder": embedder,
            "verifier": verifier,
            "splitter": splitter,
            "allow_private": allow_private,
            "lang": lang,
        }
    )
    for verdict in fail_on or []:
        if verdict not in FAIL_ON:
            raise UsageError(f"--fail-on {verdict}: no such verdict; known are {', '.join(FAIL_ON)}")
    days = _day("--as-of", as_of), _day("--published", published)
    if language not in (None, "id", "en"):
        raise UsageError(f"--language {language}: not a language bukti reads; give id or en")
    from bukti.claims.language import LANGUAGES
    from bukti.eval.output import check_output, write_report
    from bukti.eval.report import CHECKABLE_VERDICTS

    files = [path for path in output or [] if str(path) != "-"]
    for path in files:
        check_output(path)
    from bukti.api import verify

    with _progress() as tell:
        report = verify(
            article,
            sources=given,
            index=index,
            as_of=days[0],
            published=days[1],
            language=language,
            config=config,
            progress=tell,
        )
    for path in files:
        write_report(report, path, language=config.lang or None)
        _say(f"wrote {path}")
    if not output or Path("-") in output:
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
        _say(f"{counts['error']} of {len(report.assessments)} claims failed: {failed[0]}")
        raise typer.Exit(4)
    if any(counts[verdict] for verdict in fail_on or []):
        raise typer.Exit(1)
    if not any(counts[verdict] for verdict in CHECKABLE_VERDICTS):
        _say("no checkable claim was found: nothing was verified")
        raise typer.Exit(3)


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
    max_flaky: Annotated[
        float | None,
        typer.Option(
            help="Share of cases whose repeats may disagree in a gate.", min=0.0, max=1.0, show_default="0.05"
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 too where the gate is inconclusive.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew, even if a run was cut off.")] = False,
    k: Annotated[int | None, typer.Option("-k", help="Passages judged for each claim.", show_default="8")] = None,
    embedder: Embedder = None,
    verifier: Verifier = None,
    splitter: Splitter = None,
) -> None:
    """Answer the cases of suites, measure the answers and hold them against a baseline."""
    config, _ = read_config({"k": k, "embedder": embedder, "verifier": verifier, "splitter": splitter})
    for name in oracle or []:
        if name not in ("claims", "evidence"):
            raise UsageError(f"--oracle {name}: no such oracle; give claims or evidence")
    if strict and baseline is None:
        raise UsageError("--strict says how a gate decides; give a --baseline too")
    if max_flaky is not None and baseline is None:
        raise UsageError("--max-flaky says how a gate decides; give a --baseline too")
    from bukti.api import evaluate
    from bukti.eval.decision import Rules
    from bukti.eval.formats import read_cases
    from bukti.eval.gate import gate
    from bukti.eval.output import check_output
    from bukti.eval.runs import RUN_FORMATS, exit_code, join_suites, limited, write_run
    from bukti.eval.scores import table

    for path in output or []:
        check_output(path, endings=RUN_FORMATS)
    suite = limited(join_suites([read_cases(path, format=format_name, corpus=corpus) for path in suites]), limit)
    if baseline is not None and not baseline.is_file():
        _say(f"{baseline}: no such baseline, so nothing can be decided; make one: bukti bless RUN --to {baseline}")
    chosen: Any = oracle or ()
    try:
        with _progress() as tell:
            run = evaluate(
                suite,
                runs=runs,
                oracle=chosen,
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
        rules = Rules(strict=strict, max_flaky=Rules().max_flaky if max_flaky is None else max_flaky)
        decision = gate(run.results, baseline, manifest=run.manifest, rules=rules)
    for path in output or []:
        write_run(run, path, decision)
        _say(f"wrote {path}")
    taken = f", {' and '.join(oracle)} as labelled" if oracle else ""
    typer.echo(printable(f"{suite.name}: {run.folder}{taken}"))
    typer.echo(table(run.scores), nl=False)
    if decision is not None:
        typer.echo(decision.to_text(), nl=False)
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
    _say(f"wrote {to}: {len(blessed.results)} claims of {blessed.manifest['suite_name']}")


@app.command("serve")
def serve_command(
    index: Annotated[
        list[Path] | None, typer.Option("--index", help="Folder of an index to verify against; may be given again.")
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
    from bukti.serve.export import write_suite

    made = write_suite(state, output)
    for one in made.left_out:
        _say(f"left out: {one}")
    _say(f"wrote {output}: {made.claims} labelled claims of {made.cases} articles")


@app.command("search")
def search_command(
    text: Annotated[str, typer.Argument(help="A claim.", show_default=False)],
    index: IndexFolder,
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
def index_add_command(paths: Paths, index: IndexFolder, embedder: Embedder = None) -> None:
    """Add sources, or bring them up to date; unchanged files are not embedded again."""
    from bukti.retrieval.embedder import load_embedder
    from bukti.retrieval.index import Index

    config, _ = read_config({"embedder": embedder})
    opened = Index(index, embedder=load_embedder(config.embedder), create=True)
    with _progress() as tell:
        change = opened.add(paths, max_bytes=config.max_bytes, progress=tell)
    _tell_change(change)


@index_app.command("list")
def index_list_command(index: IndexFolder, embedder: Embedder = None) -> None:
    """List the sources of an index."""
    for source in _open(index, embedder).sources:
        typer.echo(f"{source.id}  {source.language}  {source.path}  {printable(source.title)}")


@index_app.command("remove")
def index_remove_command(
    names: Annotated[list[str], typer.Argument(help="Paths or ids.")], index: IndexFolder, embedder: Embedder = None
) -> None:
    """Remove sources from an index."""
    for path in _open(index, embedder).remove(names):
        _say(f"removed {path}")


@index_app.command("status")
def index_status_command(index: IndexFolder, embedder: Embedder = None) -> None:
    """Say what an index holds and which files have changed since."""
    status = _open(index, embedder).status()
    typer.echo(
        f"{status.path}: {status.sources} sources, {status.passages} passages, embedder {status.embedder}, cut as {status.cutting}"
    )
    for path in status.stale:
        typer.echo(f"changed since: {path}")
    for path in status.missing:
        typer.echo(f"file is gone: {path}")


@index_app.command("rebuild")
def index_rebuild_command(
    index: IndexFolder,
    paths: Annotated[
        list[str] | None, typer.Argument(help="Files and folders; those the index knows if none are given.")
    ] = None,
    embedder: Embedder = None,
) -> None:
    """Make an index anew: after damage, or for another embedder."""
    from bukti.retrieval.embedder import load_embedder
    from bukti.retrieval.index import Index

    config, _ = read_config({"embedder": embedder})
    with _progress() as tell:
        change = Index.rebuild(
            index, embedder=load_embedder(config.embedder), max_bytes=config.max_bytes, paths=paths or (), progress=tell
        )
    _tell_change(change)


@app.command("config")
def config_command() -> None:
    """Show every setting and where it came from."""
    settings: list[Setting] = read_config()[1]
    for setting in settings:
        typer.echo(f"{setting.name} = {setting.value!r}  ({setting.origin})")


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


def _open(folder: Path, embedder: str | None) -> Index:
    from bukti.retrieval.embedder import load_embedder
    from bukti.retrieval.index import Index

    config, _ = read_config({"embedder": embedder})
    return Index(folder, embedder=load_embedder(config.embedder))


def _tell_change(change: Change) -> None:
    for word in ("added", "changed", "removed"):
        for path in getattr(change, word):
            _say(f"{word} {path}")
    for path, twin in change.duplicates:
        _say(f"same text as {twin}: {path}")
    for _, cause in change.skipped:
        _say(f"not read: {cause}")
    _say(f"{len(change.unchanged)} unchanged, {change.embedded} passages embedded")


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

    return Console(width=None if sys.stdout.isatty() else 100)


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Shows progress on stderr where that is a terminal, and nowhere else."""
    if not sys.stderr.isatty():
        yield lambda step, done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
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
    except BuktiError as exc:
        _fail(str(exc), exc.exit_code)
    except KeyboardInterrupt:
        _fail("interrupted; nothing was written", 130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as exc:
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
