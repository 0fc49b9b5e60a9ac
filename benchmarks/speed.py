"""Measures speed and memory: ``make bench-speed DATA=FOLDER`` writes docs/benchmarks-speed.md.

Whatever is compared runs on this machine in one go, in turns, each pass of a pipeline in a process of its own that has loaded its
models and answered a few claims before the clock runs. Beside the seconds on the wall stands the processor time of all threads,
which other programs disturb less; of several passes the best counts.

    python -m benchmarks.speed --data FOLDER [--only pipeline models startup index claims] [--large] [--small] [--write FILE]
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
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bukti.api import thresholds_for
from bukti.config import Config
from bukti.eval.embedded import EmbeddedVerifier
from bukti.eval.pipeline import assess_claims
from bukti.eval.verifier import Pair
from bukti.retrieval.embedded import EmbeddedModel, batches_of, load_model
from bukti.retrieval.embedder import EmbeddedEmbedder, Embedder
from bukti.retrieval.index import Index
from bukti.retrieval.kept import KeptModel
from bukti.retrieval.retriever import Query, reranking_retriever
from training.thresholds import claim_of

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("pipeline", "models", "startup", "index", "claims")
WARM = 6
"""Claims and sources that a process is warmed up with; they are not among the measured ones."""

Asked = tuple[str, str, str]
"""A claim: its text, its language, and the verdict that the set's own source gives it."""

GOLD = {"SUPPORT": "supported", "CONTRADICT": "refuted", "": "not_enough_evidence"} | {
    "entailment": "supported", "contradiction": "refuted", "neutral": "not_enough_evidence",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Sources and claims, half Indonesian and half English where there are enough of both."""

    sources: list[tuple[str, str]]
    """(title, text) each."""

    claims: list[Asked]
    """The first `WARM` of them are not measured."""

    def write(self, folder: Path) -> Path:
        """Writes the sources as text files, and the claims beside them."""
        for part, rows in (("warm", self.sources[:WARM]), ("sources", self.sources)):
            (folder / part).mkdir(parents=True)
            for number, (title, text) in enumerate(rows):
                head = f"{title}\n\n" if title else ""
                (folder / part / f"{number:06}.txt").write_text(head + text, encoding="utf-8")
        (folder / "claims.json").write_text(json.dumps(self.claims), encoding="utf-8")
        return folder


def read_claims(world: Path) -> list[Asked]:
    rows = json.loads((world / "claims.json").read_text(encoding="utf-8"))
    return [(text, language, label) for text, language, label in rows]


def make_world(data: Path, *, passages: int, claims: int) -> World:
    """Gives sources of about so many passages and so many claims: SciFact's abstracts and claims, IndoNLI's with Indonesian Wikipedia.

    Where the sets are too small for so many passages, sentences of theirs are put together anew.
    """
    from bukti.retrieval.sources import Source, cut_passages
    from training.corpora import numbers_in, read_abstracts, read_rows

    chance = random.Random(5)
    abstracts = read_abstracts(data)
    english = {
        row["claim"]: row
        for name in ("claims_validation", "claims_train")
        for row in read_rows(data / f"scifact/{name}.jsonl.gz")
    }
    indonesian = {row["hypothesis"]: row for row in read_rows(data / "dev/indonli_val.jsonl.gz")}
    half = (claims + WARM) // 2
    chosen = list(english.values())[:half], list(indonesian.values())[: claims + WARM - half]
    mixed = [row for pair in zip(*chosen, strict=False) for row in pair] + chosen[1][len(chosen[0]) :]
    asked = [
        (row["claim"], "en", GOLD[row["evidence_label"]])
        if "claim" in row
        else (row["hypothesis"], "id", GOLD[row["label"]])
        for row in mixed
    ]
    cited = {str(name) for row in chosen[0] for name in numbers_in(row["cited_doc_ids"])}
    order = sorted(abstracts, key=lambda name: (name not in cited, name))
    left = [(abstracts[name][0], " ".join(abstracts[name][1])) for name in order]
    wiki = [row["context"] for name in ("dev/idk_mrc_valid", "dev/idk_mrc_test", "qa/idk_mrc_train") for row in read_rows(data / f"{name}.jsonl.gz")]  # fmt: skip
    right = [("", text) for text in dict.fromkeys([*(row["premise"] for row in chosen[1]), *wiki])]

    def cut(title: str, text: str, language: str) -> int:
        source = Source(id=title, title=title, path=title, location=title, sha256="", language=language)
        return len(cut_passages(source, f"{title}\n\n{text}" if title else text))

    found: list[tuple[str, str]] = []
    counts = {"en": 0, "id": 0}
    rows = {"en": iter(left), "id": iter(right)}
    while sum(counts.values()) < passages and rows:
        language = min(rows, key=lambda each: counts[each])
        row = next(rows[language], None)
        if row is None:
            del rows[language]
            continue
        found.append(row)
        counts[language] += cut(*row, language)
    sentences = [f"{one.strip()}." for _, text in left for one in text.split(". ") if len(one) > 40]
    while sum(counts.values()) < passages:
        text = " ".join(chance.sample(sentences, 12))
        found.append(("", text))
        counts["en"] += cut("", text, "en")
    return World(sources=found, claims=asked)


# Clocks ------------------------------------------------------------------------------------------------------------

Clock = dict[str, float]
"""Seconds: ``wall``, and ``cpu``, the processor time of all threads."""


@contextmanager
def clocked() -> Iterator[Clock]:
    """Fills a clock with what its block takes."""
    clock: Clock = {}
    wall, cpu = time.perf_counter(), time.process_time()
    yield clock
    clock |= {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def best(clocks: Sequence[Clock]) -> Clock:
    return {kind: min(clock[kind] for clock in clocks) for kind in ("wall", "cpu")}


def in_turns(*runs: Callable[[], object], times: int) -> list[Clock]:
    """Runs things in turns, each once before the clock runs, and gives the best clock of each."""
    passes: list[list[Clock]] = [[] for _ in runs]
    for run in runs:
        run()
    for _ in range(times):
        for own, run in zip(passes, runs, strict=True):
            with clocked() as clock:
                run()
            own.append(clock)
    return [best(own) for own in passes]


def megabytes() -> float:
    """Gives the peak of this process's resident memory."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
    # Not `ru_maxrss`, which on Linux counts what the process that started this one held.
    return next(int(line.split()[1]) / 1024 for line in status.read_text().splitlines() if line.startswith("VmHWM"))


def tell(words: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {words}", file=sys.stderr, flush=True)


def child(what: str, *words: object) -> Any:
    """Runs one of `CHILDREN` in a process of its own and gives its answer, with the peak of its memory."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.speed", "--child", what, *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"the part {what} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


# The pipeline ------------------------------------------------------------------------------------------------------


class Ours:
    """bukti with its embedded models, and a file that keeps their answers where one is named, as `bukti verify` does."""

    def __init__(self, kept: Path | None = None) -> None:
        encoder, verifier = load_model("encoder"), load_model("verifier")
        self.embedder: Embedder = EmbeddedEmbedder(KeptModel(encoder, kept) if kept else encoder)
        self.verifier = EmbeddedVerifier(KeptModel(verifier, kept) if kept else verifier)

    def index(self, sources: Path, folder: Path) -> Index:
        index = Index(folder, embedder=self.embedder, create=True)
        index.add([sources], max_bytes=10**7)
        return index

    def verdicts(self, index: Index, claims: Sequence[Asked]) -> list[str]:
        found = assess_claims(
            [claim_of(text, language) for text, language, _ in claims],
            retriever=reranking_retriever(index, self.embedder),
            verifier=self.verifier,
            thresholds=thresholds_for(self.verifier, Config()),
            sources=index.sources,
        )
        return [each.verdict for each in found]


def pipeline_pass(name: str, world: Path, models: Path) -> dict[str, Any]:
    """Warms a pipeline up, then indexes the sources and judges the claims."""
    claims = read_claims(world)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        pipeline: Any
        if name == "ours":
            pipeline, asked = Ours(Path(folder) / "answers.sqlite3"), claims
        else:
            from benchmarks.peers.langchain_pipeline import Peer

            pipeline, asked = Peer(models), [claim[0] for claim in claims]
        pipeline.verdicts(pipeline.index(world / "warm", Path(folder) / "warm"), asked[:WARM])
        with clocked() as indexing:
            index = pipeline.index(world / "sources", Path(folder) / "index")
        with clocked() as judging:
            verdicts = pipeline.verdicts(index, asked[WARM:])
        with clocked() as again:
            pipeline.verdicts(index, asked[WARM:])
    return {
        "indexing": indexing,
        "judging": judging,
        "again": again,
        "both": {kind: indexing[kind] + judging[kind] for kind in indexing},
        "verdicts": verdicts,
        "megabytes": megabytes(),
    }


def pipeline_part(data: Path, models: Path, *, passages: int, claims: int, times: int) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        world = Path(folder) / "world"
        make_world(data, passages=passages, claims=claims).write(world)
        gold = [label for _, _, label in read_claims(world)[WARM:]]
        passes: dict[str, list[dict[str, Any]]] = {"ours": [], "peer": []}
        for turn in range(times):
            for name, own in passes.items():
                tell(f"pipeline: {name}, pass {turn + 1} of {times}")
                own.append(child("pipeline", name, world, models))
    ours, peer = passes["ours"], passes["peer"]
    rows = []
    for name, title in (
        ("indexing", f"sources to an index of {passages:,} passages"),
        ("judging", f"{claims:,} claims to verdicts"),
        ("both", "end to end"),
        ("again", "the same claims once more"),
    ):
        mine, theirs = (best([each[name] for each in own]) for own in (ours, peer))
        rows.append(
            f"| {title} | {shown(mine)} | {shown(theirs)} | {theirs['wall'] / mine['wall']:.1f}x | {theirs['cpu'] / mine['cpu']:.1f}x |"
        )
    rows.append(
        f"| peak memory | {max(each['megabytes'] for each in ours):.0f} MB | {max(each['megabytes'] for each in peer):.0f} MB | | |"
    )
    same = [each["verdicts"] == ours[0]["verdicts"] for each in ours]
    right = [sum(a == b for a, b in zip(own[0]["verdicts"], gold, strict=True)) / len(gold) for own in (ours, peer)]
    decided = [
        sum(a != "not_enough_evidence" and a != b for a, b in zip(own[0]["verdicts"], gold, strict=True)) / len(gold)
        for own in (ours, peer)
    ]
    alike = sum(a == b for a, b in zip(ours[0]["verdicts"], peer[0]["verdicts"], strict=True)) / len(gold)
    rows.append(f"| verdicts as labelled | {right[0]:.3f} | {right[1]:.3f} | | |")
    rows.append(f"| claims with a wrong support, refutation or conflict | {decided[0]:.3f} | {decided[1]:.3f} | | |")
    return [
        *rows,
        "",
        f"The two give the same verdict on {alike:.1%} of the claims; bukti's passes gave {'the same verdicts' if all(same) else 'different verdicts'} each time.",
    ]


def shown(clock: Clock) -> str:
    return f"{clock['wall']:.2f} s ({clock['cpu']:.2f})"


# The models --------------------------------------------------------------------------------------------------------


def int8_peak(*, seconds: float = 2.0) -> float:
    """Gives the most int8 operations a second that onnxruntime's matrix product reaches on all cores, of the verifier's shapes and larger."""
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper

    cores = len(os.sched_getaffinity(0))
    found = 0.0
    for rows, inner, columns in ((1024, 384, 1536), (1024, 1536, 384), (2048, 2048, 2048)):
        graph = helper.make_graph(
            [helper.make_node("MatMulInteger", ["a", "b"], ["c"])],
            "peak",
            [helper.make_tensor_value_info("a", TensorProto.UINT8, [rows, inner])],
            [helper.make_tensor_value_info("c", TensorProto.INT32, [rows, columns])],
            [
                helper.make_tensor(
                    "b", TensorProto.INT8, [inner, columns], np.ones((inner, columns), np.int8).tobytes(), raw=True
                )
            ],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
        onnx.checker.check_model(model)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        feed = {"a": np.ones((rows, inner), np.uint8)}
        session.run(None, feed)
        counts = [0] * cores
        until = time.perf_counter() + seconds

        def work(number: int) -> None:
            while time.perf_counter() < until:  # noqa: B023 (joined below)
                session.run(None, feed)  # noqa: B023
                counts[number] += 1  # noqa: B023

        threads = [threading.Thread(target=work, args=(number,)) for number in range(cores)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = max(found, 2 * rows * inner * columns * sum(counts) / seconds)
    return found


class _Counting(EmbeddedModel):
    """A model that counts the tokens it reads."""

    tokens = 0

    def run(self, ids: Sequence[Sequence[int]], types: Sequence[Sequence[int]] | None = None) -> np.ndarray:
        self.tokens += sum(len(row) for row in ids)
        return super().run(ids, types)


OPERATIONS = 2 * 6 * (4 * 384 * 384 + 2 * 384 * 1536)
"""Of the weights' matrix products, for each token: six layers of width 384 and 1536; attention's own products are not counted."""


def float_answers(models: Path, pairs: Sequence[Pair]) -> np.ndarray:
    """Gives the answers of the same weights in float32 on torch, shown the same pieces and marks as the int8 model."""
    import torch
    from transformers import BertForSequenceClassification

    model = BertForSequenceClassification.from_pretrained(str(models / "verifier"), attn_implementation="sdpa").eval()

    class Floating(EmbeddedModel):
        def run(self, ids: Sequence[Sequence[int]], types: Sequence[Sequence[int]] | None = None) -> np.ndarray:
            assert types is not None
            out = np.zeros((len(ids), 3), dtype=np.float32)
            for rows in batches_of([len(row) for row in ids]):
                longest = max(len(ids[row]) for row in rows)
                feed = np.zeros((3, len(rows), longest), dtype=np.int64)
                for at, row in enumerate(rows):
                    feed[:, at, : len(ids[row])] = ids[row], types[row], [1] * len(ids[row])
                with torch.inference_mode():
                    out[rows] = model(
                        *(torch.from_numpy(feed[at]) for at in (0,)),
                        token_type_ids=torch.from_numpy(feed[1]),
                        attention_mask=torch.from_numpy(feed[2]),
                    ).logits.numpy()
            return out

    return answers(EmbeddedVerifier(Floating(load_model("verifier").card)), pairs)


def answers(verifier: EmbeddedVerifier, pairs: Sequence[Pair]) -> np.ndarray:
    return np.array([2 if row is None else int(row.argmax()) for row in verifier.probabilities(pairs)])


def models_part(data: Path, models: Path, *, pairs: int, texts: int, times: int) -> tuple[list[str], list[str]]:
    """Gives the rows of speed and those of accuracy."""
    import torch
    from sentence_transformers import CrossEncoder, SentenceTransformer

    from training.corpora import read_rows
    from training.devsets import read_dev_set

    torch.set_num_threads(len(os.sched_getaffinity(0)))
    counting = _Counting(load_model("verifier").card)
    verifier, cross = EmbeddedVerifier(counting), CrossEncoder(str(models / "verifier"), device="cpu", max_length=256)
    dev = read_dev_set(data, "vitaminc_real_dev")
    asked = dev.pairs[:pairs]
    given = [(pair.hypothesis, pair.premise) for pair in asked]
    tell(f"models: {pairs:,} pairs, {times} turns")
    ours, theirs = in_turns(
        lambda: verifier.probabilities(asked), lambda: cross.predict(given, show_progress_bar=False), times=times
    )
    counting.tokens = 0
    verifier.probabilities(asked)
    tell("models: the machine's int8 peak")
    peak = int8_peak()
    speed = [
        compared(f"verifier, {pairs:,} pairs of vitaminc_real_dev", len(asked), ours, theirs),
        compared_text(texts, data, models, times, read_rows, SentenceTransformer),
    ]
    reached = counting.tokens * OPERATIONS / ours["wall"]
    speed += [
        "",
        f"A pair has {counting.tokens / len(asked):.0f} pieces on average. The verifier's matrix products come to {reached / 1e9:.0f} billion int8 operations a second, "
        f"{reached / peak:.0%} of the {peak / 1e9:.0f} billion that onnxruntime's int8 product alone reaches on this machine.",
    ]
    rows = []
    for name in ("vitaminc_real_dev", "indonli_val"):
        dev = read_dev_set(data, name)
        some, gold = dev.pairs[:pairs], np.array(dev.gold[:pairs])
        tell(f"models: accuracy on {name}")
        int8, whole = answers(verifier, some), float_answers(models, some)
        plain = cross.predict([(pair.hypothesis, pair.premise) for pair in some], show_progress_bar=False).argmax(
            axis=1
        )
        right, best_of, unmarked = (float((each == gold).mean()) for each in (int8, whole, plain))
        rows.append(
            f"| {name} | {len(some):,} | {right:.3f} | {best_of:.3f} | {100 * (best_of - right):+.2f} | {(int8 == whole).mean():.3f} | {unmarked:.3f} |"
        )
    return speed, rows


def compared(what: str, count: int, ours: Clock, theirs: Clock) -> str:
    return (
        f"| {what} | {count / ours['wall']:.0f} ({count / ours['cpu']:.0f}) | {count / theirs['wall']:.0f} ({count / theirs['cpu']:.0f}) | "
        f"{theirs['wall'] / ours['wall']:.1f}x | {theirs['cpu'] / ours['cpu']:.1f}x |"
    )


def compared_text(texts: int, data: Path, models: Path, times: int, read_rows: Any, sentences: Any) -> str:
    passages = [text for _, text in make_world(data, passages=texts, claims=0).sources][:texts]
    embedder, model = EmbeddedEmbedder(), sentences(str(models / "encoder"), device="cpu")
    model.max_seq_length = 256
    tell(f"models: {len(passages):,} passages, {times} turns")
    ours, theirs = in_turns(
        lambda: embedder.embed(passages), lambda: model.encode(passages, show_progress_bar=False), times=times
    )
    return compared(f"embedder, {len(passages):,} documents", len(passages), ours, theirs)


# Start-up ----------------------------------------------------------------------------------------------------------


LAUNCHER = """
import json, resource, subprocess, sys, time
began = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
wall = time.perf_counter() - began
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
if done.returncode:
    sys.exit(done.stderr.decode()[-2000:] or "no word")
print(json.dumps([wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)]))
"""
"""A small process between this one, which holds much, and the one that is measured: what the starting process holds is counted as the started one's."""


def command(words: Sequence[str], *, cache: Path) -> tuple[Clock, float]:
    """Runs a command and gives its clock and the peak of its memory, in MB."""
    done = subprocess.run(
        [sys.executable, "-c", LAUNCHER, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"BUKTI_CACHE_DIR": str(cache)},
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(words)} failed:\n{done.stderr}")
    wall, cpu, memory = json.loads(done.stdout)
    return {"wall": wall, "cpu": cpu}, memory


def startup_part(*, times: int) -> list[str]:
    demo = ["verify", "examples/telegram/article.txt", "--sources", "examples/telegram/sources"]
    bukti = [sys.executable, "-m", "bukti"]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        wanted: list[tuple[str, list[str], bool]] = [
            ("an empty Python", [sys.executable, "-c", "pass"], False),
            ("`import bukti`", [sys.executable, "-c", "import bukti"], False),
            ("`bukti --help`", [*bukti, "--help"], False),
            ("`bukti version`", [*bukti, "version"], False),
            ("demo, cold: nothing in bukti's cache", [*bukti, *demo, "-o", f"{folder}/report.json"], True),
            ("demo, warm: run before", [*bukti, *demo, "-o", f"{folder}/report.json"], False),
        ]
        for title, words, cold in wanted:
            tell(f"start-up: {title}")
            command(words, cache=Path(folder) / "warm")
            measured = [
                command(words, cache=Path(folder) / (f"cold-{turn}" if cold else "warm")) for turn in range(times)
            ]
            rows.append(
                f"| {title} | {shown(best([clock for clock, _ in measured]))} | {max(size for _, size in measured):.0f} MB |"
            )
    return rows


# Indexes of several sizes ------------------------------------------------------------------------------------------


def index_pass(world: Path, queries: int) -> dict[str, Any]:
    """Indexes sources, again, and asks: what each takes."""
    ours, claims = Ours(), read_claims(world)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        ours.verdicts(ours.index(world / "warm", Path(folder) / "warm"), claims[:WARM])
        with clocked() as first:
            ours.index(world / "sources", Path(folder) / "index")
        with clocked() as second:
            index = ours.index(world / "sources", Path(folder) / "index")
        asked = [Query(text=text, language=language) for text, language, _ in claims[WARM : WARM + queries]]
        openings = []
        for _ in range(2):
            index = Index(Path(folder) / "index", embedder=ours.embedder)
            retriever = reranking_retriever(index, ours.embedder)
            with clocked() as opening:
                retriever.retrieve(asked[:1], k=8)
            openings.append(opening)
        latencies = []
        for query in asked[1:]:
            began = time.perf_counter()
            retriever.retrieve([query], k=8)
            latencies.append(time.perf_counter() - began)
        passages = index.status().passages
    return {
        "passages": passages,
        "first": first,
        "second": second,
        "opening": openings[0],
        "again": openings[1],
        "p50": float(np.quantile(latencies, 0.5)),
        "p95": float(np.quantile(latencies, 0.95)),
        "megabytes": megabytes(),
    }


def index_part(data: Path, sizes: Sequence[int], *, queries: int) -> list[str]:
    rows = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            world = make_world(data, passages=size, claims=queries).write(Path(folder) / "world")
            tell(f"index: {size:,} passages")
            row = child("index", world, queries)
        ratio = row["first"]["wall"] / row["second"]["wall"]
        rows.append(
            f"| {row['passages']:,} | {shown(row['first'])} | {row['passages'] / row['first']['wall']:.0f} | {shown(row['second'])} | {ratio:.0f}x | "
            f"{shown(row['opening'])} | {shown(row['again'])} | {1000 * row['p50']:.0f} ms | {1000 * row['p95']:.0f} ms | {row['megabytes']:.0f} MB |"
        )
    return rows


# Numbers of claims -------------------------------------------------------------------------------------------------


def claims_pass(world: Path, sizes: Sequence[int]) -> list[Clock]:
    """Judges several numbers of claims, none of them twice, each with a retriever that has seen nothing yet."""
    ours, claims = Ours(), read_claims(world)
    clocks, at = [], WARM
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        index = ours.index(world / "sources", Path(folder) / "index")
        ours.verdicts(index, claims[:WARM])
        for size in sizes:
            with clocked() as clock:
                ours.verdicts(index, claims[at : at + size])
            clocks.append(clock | {"megabytes": megabytes()})
            at += size
    return clocks


def claims_part(data: Path, sizes: Sequence[int], *, passages: int) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        world = make_world(data, passages=passages, claims=sum(sizes)).write(Path(folder) / "world")
        tell(f"claims: {', '.join(map(str, sizes))} against {passages:,} passages")
        clocks = child("claims", world, *sizes)
    reference = clocks[len(clocks) // 2]["cpu"] / sizes[len(clocks) // 2]
    return [
        f"| {size:,} | {shown(clock)} | {1000 * clock['wall'] / size:.0f} ms | {1000 * clock['cpu'] / size:.0f} ms | {clock['cpu'] / size / reference:.2f}x | {clock['megabytes']:.0f} MB |"
        for size, clock in zip(sizes, clocks, strict=True)
    ]


# The page ----------------------------------------------------------------------------------------------------------


def machine() -> str:
    """Gives the machine's name, its cores and what of the processor counts here."""
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        told = ""
    fields = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in told.splitlines())}
    flags = set(fields.get("flags", "").split())
    fast = [name for name in ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_int8") if name in flags]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{fields.get('model name', platform.processor() or platform.machine())} ({', '.join(fast) or platform.machine()}), "
        f"{len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


def versions() -> str:
    from importlib.metadata import version

    names = ("onnxruntime", "torch", "sentence-transformers", "langchain-core", "chromadb")
    return ", ".join(f"{name} {version(name)}" for name in names)


def measure(data: Path, only: Sequence[str], *, large: bool, small: bool, times: int) -> dict[str, str]:
    """Gives the tables of the parts."""
    less = 10 if small else 1
    tables: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        models = Path(folder)
        if {"pipeline", "models"} & set(only):
            from benchmarks.peers.langchain_pipeline import write_models

            write_models(models)
        if "startup" in only:
            tables["startup"] = startup_part(times=max(3, times))
        if "models" in only:
            tables["models"], tables["accuracy"] = models_part(
                data, models, pairs=1000 // less, texts=1000 // less, times=times
            )
        if "index" in only:
            tables["index"] = index_part(
                data, (1_000 // less, 10_000 // less, *((100_000,) if large else ())), queries=100
            )
        if "claims" in only:
            tables["claims"] = claims_part(
                data, (10, 100 // (2 if small else 1), 1_000 // less), passages=2_000 // less
            )
        if "pipeline" in only:
            tables["pipeline"] = pipeline_part(data, models, passages=2_000 // less, claims=200 // less, times=times)
    return {name: "\n".join(rows) for name, rows in tables.items()}


CHILDREN: dict[str, Callable[..., object]] = {
    "pipeline": lambda name, world, models: pipeline_pass(name, Path(world), Path(models)),
    "index": lambda world, queries: index_pass(Path(world), int(queries)),
    "claims": lambda world, *sizes: claims_pass(Path(world), [int(size) for size in sizes]),
}


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        print(json.dumps(CHILDREN[sys.argv[2]](*sys.argv[3:])))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--large", action="store_true", help="an index of 100,000 passages too")
    parser.add_argument("--small", action="store_true", help="a tenth of everything, to try it out")
    parser.add_argument("--times", type=int, default=2, help="passes of each, in turns")
    parser.add_argument("--write", type=Path)
    given = parser.parse_args()
    if not (given.data / "dev").is_dir():
        raise SystemExit(
            f"{given.data} holds no dev/; give the folder of the labelled sets: make bench-speed DATA=FOLDER"
        )
    if given.write and set(given.only) != set(PARTS):
        raise SystemExit("--write needs all parts; leave out --only")
    began, load = time.time(), os.getloadavg()[0]
    note = (
        "**This is a trial run with a tenth of the sources and claims; `make bench-speed DATA=FOLDER` makes the whole.**\n\n"
        if given.small
        else ""
    )
    tables = measure(given.data, given.only, large=given.large, small=given.small, times=given.times)
    tell(f"done in {(time.time() - began) / 60:.1f} minutes")
    for name, table in tables.items():
        print(f"\n{name}\n{table}")
    if given.write:
        template = Path(__file__).with_name("speed.md.in").read_text(encoding="utf-8")
        given.write.write_text(
            template.format(
                machine=machine(), versions=versions(), load=f"{load:.1f}", times=given.times, note=note, **tables
            ),
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
