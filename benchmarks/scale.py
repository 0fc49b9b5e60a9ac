"""Measures what a passage, a pair and an article cost: ``python -m benchmarks.scale --write docs/scale.md`` puts the figures into the page.

Processor seconds (user and system, of all threads of the process), not the clock's, so that a busy machine measures nearly the same. Sources are made of
the example's sentences, each with a number of its own, twelve a source: passages are as long as those of real sources, and no two are copies.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "telegram"
SENTENCES = 12


def spent() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def size_of(folder: Path) -> int:
    return sum(file.stat().st_blocks * 512 for file in folder.rglob("*") if file.is_file())


def make_sources(folder: Path, number: int) -> None:
    from bukti.claims.documents import find_documents, read_document
    from bukti.claims.segments import sentence_spans

    pool = []
    for file in find_documents([EXAMPLE / "sources"]):
        text = read_document(file, max_bytes=10_000_000).text
        pool += [span.of(text) for span in sentence_spans(text, "id") if span.end - span.start > 60]
    draw = random.Random(7)
    folder.mkdir()
    for at in range(number):
        lines = [f"{sentence[:-1]} ({draw.randrange(10**6)})." for sentence in draw.choices(pool, k=SENTENCES)]
        (folder / f"{at:06}.txt").write_text("\n".join(lines), encoding="utf-8")


def measure_index(work: Path) -> dict[str, float]:
    from bukti.retrieval.embedder import EmbeddedEmbedder
    from bukti.retrieval.index import Index

    embedder = EmbeddedEmbedder()
    embedder.embed(["warm"])
    index = Index(work / "index", embedder=embedder, create=True)
    began = spent()
    change = index.add([work / "sources"], max_bytes=10_000_000)
    seconds = spent() - began
    return {
        "passages": change.embedded,
        "sources": len(change.added),
        "passages_a_second": change.embedded / seconds,
        "disk_bytes_a_passage": size_of(work / "index") / change.embedded,
        "manifest_bytes_a_passage": (work / "index" / "manifest.json").stat().st_size / change.embedded,
    }


def measure_open(work: Path) -> dict[str, float]:
    from bukti.retrieval.embedder import EmbeddedEmbedder
    from bukti.retrieval.index import Index

    embedder = EmbeddedEmbedder()
    embedder.embed(["warm"])
    small = Index(work / "small", embedder=embedder, create=True)  # what the libraries themselves take is no passage's
    small.add(sorted((work / "sources").iterdir())[:3], max_bytes=10_000_000)
    small.rank_dense([("Telegram", "id")], k=50)
    small.rank_lexical([("Telegram", "id")], k=50)
    index = Index(work / "index", embedder=embedder)
    before, began = resident(), spent()
    index.rank_dense([("Telegram", "id")], k=50)
    index.rank_lexical([("Telegram", "id")], k=50)
    opened = spent() - began
    held = resident() - before
    queries = [(f"Telegram punya {number} juta pengguna pada 2021", "id") for number in range(50)]
    began = spent()
    index.rank_dense(queries, k=50)
    index.rank_lexical(queries, k=50)
    return {
        "memory_bytes_a_passage": held / index.status().passages,
        "open_seconds_a_1000_passages": opened / index.status().passages * 1000,
        "search_seconds_a_query": (spent() - began) / len(queries),
    }


def measure_article(work: Path) -> dict[str, float]:
    from bukti.api import open_bench, read_article

    bench = open_bench(index=work / "index")
    article = read_article(EXAMPLE / "article.txt")
    bench.verify(article)  # models loaded, vectors read
    began = spent()
    report = bench.verify(read_article(EXAMPLE / "article.txt"))
    seconds = spent() - began
    checkable = [item for item in report.assessments if item.claim.checkable]
    return {
        "article_seconds": seconds,
        "article_claims": len(report.assessments),
        "article_checkable": len(checkable),
        "article_retrieve_share": report.timing["retrieve"] / report.timing["total"],
        "article_judge_share": report.timing["judge"] / report.timing["total"],
        "report_bytes": len(json.dumps(report.to_dict())),
        "report_bytes_a_source": len(json.dumps(report.to_dict()["sources"])) / len(report.sources),
    }


def measure_pairs(work: Path) -> dict[str, float]:
    from bukti.eval.embedded import EmbeddedVerifier
    from bukti.eval.verifier import Pair
    from bukti.retrieval.embedder import EmbeddedEmbedder
    from bukti.retrieval.index import Index

    index = Index(work / "index", embedder=EmbeddedEmbedder())
    passages = [passage for source in index.sources[:120] for passage in index.passages_of(source.id)][:240]
    pairs = [
        Pair(
            premise=one.text,
            hypothesis="Telegram punya 500 juta pengguna pada 2021",
            premise_language="id",
            hypothesis_language="id",
        )
        for one in passages
    ]
    verifier = EmbeddedVerifier()
    verifier.verify(pairs[:8])
    began = spent()
    for start in range(0, len(pairs), 8):
        verifier.verify(pairs[start : start + 8])
    return {"pairs_a_second": len(pairs) / (spent() - began)}


STEPS = {"index": measure_index, "open": measure_open, "article": measure_article, "pairs": measure_pairs}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=400)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--step", help="(inside)")
    parser.add_argument("--work", type=Path, help="(inside)")
    given = parser.parse_args()
    if given.step:
        sys.stdout.write(json.dumps(STEPS[given.step](given.work)))
        return
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        make_sources(work / "sources", given.sources)
        for step in STEPS:  # each in a process of its own, so that one's memory is not another's
            words = [sys.executable, "-m", "benchmarks.scale", "--step", step, "--work", folder]
            done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT)
            found |= json.loads(done.stdout)
    lines = [
        f"{os.cpu_count()} cores ({platform.machine()}), load average {os.getloadavg()[0]:.1f}, Python {platform.python_version()}.",
        "",
    ]
    lines += ["| what | measured |", "|---|---:|"]
    lines += [f"| {name.replace('_', ' ')} | {value:,.4g} |" for name, value in found.items()]
    table = "\n".join(lines)
    sys.stdout.write(table + "\n")
    if given.write:
        begin, end = "<!-- measured -->\n", "\n<!-- end of measured -->"
        text = given.write.read_text(encoding="utf-8")
        head, _, rest = text.partition(begin)
        given.write.write_text(head + begin + table + end + rest.partition(end)[2], encoding="utf-8")


if __name__ == "__main__":
    main()
