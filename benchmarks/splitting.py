"""Measures claim splitting on the gold set of ``benchmarks/claims``: ``python -m benchmarks.splitting --part dev --show``.

An atom counts as found where a claim shares with it at least `MATCH` of their words (token F1), each claim serving one atom,
matched so that the sum is greatest.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from scipy.optimize import linear_sum_assignment

from bukti.claims.article import CLAIM_ROLES, Article
from bukti.claims.claim import Claim
from bukti.claims.documents import read_text
from bukti.claims.rules import RuleSplitter
from bukti.claims.segments import MAX_ARTICLE_CHARACTERS, segment

GOLD = Path(__file__).resolve().parent / "claims" / "gold"
MATCH = 0.75


def words_of(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.casefold()))


def token_f1(a: Counter[str], b: Counter[str]) -> float:
    """Gives the harmonic mean of the shares of each side's words that the other has."""
    shared = sum((a & b).values())
    return 2 * shared / (sum(a.values()) + sum(b.values())) if shared else 0.0


def matched(gold: Sequence[str], given: Sequence[str]) -> list[tuple[int, int, float]]:
    """Gives the best one-to-one matching above `MATCH` as (gold, given, F1)."""
    if not gold or not given:
        return []
    left, right = [words_of(text) for text in gold], [words_of(text) for text in given]
    scores = np.array([[token_f1(a, b) for b in right] for a in left])
    rows, columns = linear_sum_assignment(-scores)
    return [(int(r), int(c), float(scores[r, c])) for r, c in zip(rows, columns, strict=True) if scores[r, c] >= MATCH]


def by_sentences(article: Article) -> list[tuple[tuple[int, int], str]]:
    """The simplest splitter: each sentence of the article's own text is a claim."""
    return [
        (tuple(s.span), s.span.of(article.text))
        for s in article.sentences
        if s.role in CLAIM_ROLES and s.repeat_of is None
    ]  # type: ignore[misc]


JOINT = re.compile(r",?\s+(?:dan|serta|sedangkan|sementara|tetapi|namun|and|but|while|which|who|yang)\s+|;\s+")


def by_conjunctions(article: Article) -> list[tuple[tuple[int, int], str]]:
    """The simple baseline: a sentence is cut at every conjunction and relative word, each piece with at least three words."""
    return [
        (span, piece.strip(' ,."“”'))
        for span, text in by_sentences(article)
        for piece in JOINT.split(text)
        if len(piece.split()) >= 3
    ]


def by_rules(article: Article) -> tuple[list[tuple[tuple[int, int], str]], list[Claim]]:
    claims = RuleSplitter().split([article])[0]
    return [((c.sentence_span.start, c.sentence_span.end), c.text) for c in claims if c.checkable], claims


def measure(part: str, language: str, *, show: bool = False) -> dict[str, float]:
    """Gives the figures for one part and language of the gold set."""
    count: Counter[str] = Counter()
    for path in sorted((GOLD / part).glob(f"{language}-*.yaml")):
        gold = yaml.safe_load(path.read_text(encoding="utf-8"))
        article = segment(read_text(gold["text"]), language=language, published=gold["published"])
        text = article.text
        given, claims = by_rules(article)
        baselines: dict[str, Callable[[Article], Any]] = {"sentences": by_sentences, "conjunctions": by_conjunctions}
        peers = {name: run(article) for name, run in baselines.items()}
        roles = {tuple(s.span): s.role for s in article.sentences}
        position = 0
        atoms: list[tuple[tuple[int, int], str]] = []
        for row in gold["sentences"]:
            start = text.index(row["text"], position)
            span = (start, start + len(row["text"]))
            position = span[1]
            count["sentences"] += 1
            count["sentence_spans"] += span in roles
            count["roles"] += roles.get(span) == row["role"]
            if show and roles.get(span) != row["role"]:
                print(f"{path.stem} ROLE {roles.get(span)} for {row['role']}: {row['text'][:90]}")
            furniture = row["role"] not in CLAIM_ROLES
            inside = [item for item in given if span[0] <= item[0][0] < span[1]]
            count["leaked"] += len(inside) if furniture else 0
            if furniture:
                continue
            own = row.get("atoms", [])
            atoms += [(span, atom) for atom in own]
            pairs = matched(own, [item[1] for item in inside])
            count["sentence_atoms"] += len(own)
            if show:
                missed = [atom for n, atom in enumerate(own) if n not in {p[0] for p in pairs}]
                extra = [item[1] for n, item in enumerate(inside) if n not in {p[1] for p in pairs}]
                if missed or extra:
                    print(f"{path.stem} >> {row['text']}")
                    for atom in missed:
                        print("      missed:", atom)
                    for atom in extra:
                        print("      extra: ", atom)
            mine = [c for c in claims if span[0] <= c.sentence_span.start < span[1]]
            for kind, shown in (
                ("quantities", lambda q: (q.value, q.bound)),
                ("dates", lambda d: (str(d.start), str(d.end))),
            ):
                wanted = Counter(
                    (float(q["value"]), q.get("bound", "exact"))
                    if kind == "quantities"
                    else (str(q["start"]), str(q["end"]))
                    for q in row.get(kind, [])
                    if kind == "quantities" or q["start"]
                )
                have = Counter({(item.span, shown(item)): 1 for c in mine for item in getattr(c, kind)})
                got = Counter(key for _, key in have)
                count[f"{kind}_gold"] += sum(wanted.values())
                count[f"{kind}_given"] += sum(got.values())
                count[f"{kind}_right"] += sum((wanted & got).values())
                if show and wanted != got:
                    print(
                        f"      {kind}: missed {list((wanted - got).elements())}, extra {list((got - wanted).elements())}: {row['text'][:110]}"
                    )
            spoken = {(s["speaker"].casefold(), s["cue"].casefold()) for s in row.get("said", [])}
            spoke = {
                (c.attribution.speaker.casefold(), c.attribution.cue.casefold())
                for c in mine
                if c.attribution and c.kind == "said"
            }
            count["said_gold"] += len(spoken)
            count["said_given"] += len(spoke)
            # A pronoun that was resolved is as right as the pronoun itself.
            pronouns = {
                (name, cue) for name, cue in spoken if name in ("-nya", "dia", "ia", "he", "she", "the company")
            }
            right = spoken & spoke
            right |= {(name, cue) for name, cue in pronouns - right if any(cue == given_cue for _, given_cue in spoke)}
            count["said_right"] += len(right)
            if show and spoken != spoke:
                print(f"      said: gold {sorted(spoken)}, given {sorted(spoke)}")
        for name, items in (("rules", given), *peers.items()):
            pairs = matched([atom for _, atom in atoms], [item[1] for item in items])
            count[f"{name}_found"] += len(pairs)
            count[f"{name}_given"] += len(items)
        count["atoms"] += len(atoms)
        count["unresolved"] += sum(bool(c.unresolved) for c in claims if c.checkable)
    figures = {
        "sentences": float(count["sentences"]),
        "atoms": float(count["atoms"]),
        "roles": count["roles"] / count["sentences"],
        "leaked": float(count["leaked"]),
        "reads alone": 1 - count["unresolved"] / max(1, count["rules_given"]),
    }
    for name in ("rules", "sentences", "conjunctions"):
        figures[f"{name} recall"] = count[f"{name}_found"] / count["atoms"]
        figures[f"{name} precision"] = count[f"{name}_found"] / max(1, count[f"{name}_given"])
    for kind in ("quantities", "dates", "said"):
        figures[f"{kind} recall"] = count[f"{kind}_right"] / max(1, count[f"{kind}_gold"])
        figures[f"{kind} precision"] = count[f"{kind}_right"] / max(1, count[f"{kind}_given"])
    return figures


def public_rows(data: Path, most: int = 600) -> list[str]:
    """Gives the rows of the public sets: FActScore's sentences with their facts, by people; English, of biographies."""
    with gzip.open(data / "claims/factscore_sentences.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    rows = random.Random(11).sample(rows, min(most, len(rows)))
    ways: dict[str, Callable[[Article], Any]] = {
        "rules": lambda article: by_rules(article)[0],
        "sentences": by_sentences,
        "conjunctions": by_conjunctions,
    }
    found: Counter[str] = Counter()
    for row in rows:
        article = segment(read_text(row["sentence"]), language="en")
        found["facts"] += len(row["facts"])
        for name, way in ways.items():
            given = [text for _, text in way(article)]
            found[name] += len(matched(row["facts"], given))
            found[f"{name} given"] += len(given)
    cells = [f"{found[name] / found['facts']:.3f} / {found[name] / found[f'{name} given']:.3f}" for name in ways]
    return [f"| FActScore sentences, {len(rows)} | en | {found['facts']} | " + " | ".join(cells) + " |"]


def speed_rows() -> list[str]:
    """Gives seconds for news text of three lengths, made of the gold set's articles with other numbers in them."""
    texts = [
        yaml.safe_load(path.read_text(encoding="utf-8"))["text"] for path in sorted((GOLD / "dev").glob("id-*.yaml"))
    ]
    rows = []
    for size in (10_000, 100_000, MAX_ARTICLE_CHARACTERS):
        made: list[str] = []
        while sum(map(len, made)) < size:
            number = len(made)
            made.append(re.sub(r"\. (?=[A-Z])", f" ke {number}. ", texts[number % len(texts)]))
        document = read_text("\n".join(made)[:size])
        began = time.perf_counter()
        article = segment(document, language="id")
        claims = RuleSplitter().split([article])[0]
        rows.append(f"| {size:,} | {len(claims):,} | {time.perf_counter() - began:.2f} |")
    return rows


NOTE = """# Benchmarks: claim splitting

Made by `make bench-claims DATA=FOLDER`. The gold set ([what it holds](../benchmarks/claims/README.md)) was written for this
repository: news prose with invented people and figures. The rules were written on its dev part; the test part only measures.
An atom counts as found where a claim shares at least {match} of their words with it (token F1), one claim an atom.

Recall / precision of atoms:

| set | language | atoms | bukti's rules | a sentence is a claim | cut at every conjunction |
|---|---|---|---|---|---|
{atoms}

| set | language | roles right | claims from page furniture | claims without an open reference | speakers (recall / precision) | quantities | dates |
|---|---|---|---|---|---|---|---|
{parts}

Seconds on one core, news text of three lengths, segmenting included (the first also loads the word lists and the tagger):

| characters | claims | seconds |
|---|---|---|
{speed}
"""


def write(data: Path, out: Path) -> None:
    """Writes the page of figures."""
    atoms, parts = [], []
    for part in ("dev", "test"):
        for language in ("id", "en"):
            f = measure(part, language)
            cells = [
                f"{f[f'{name} recall']:.3f} / {f[f'{name} precision']:.3f}"
                for name in ("rules", "sentences", "conjunctions")
            ]
            atoms.append(f"| gold, {part} | {language} | {f['atoms']:.0f} | " + " | ".join(cells) + " |")
            shown = [
                f"{f[f'{kind} recall']:.3f} / {f[f'{kind} precision']:.3f}" for kind in ("said", "quantities", "dates")
            ]
            parts.append(
                f"| gold, {part} | {language} | {f['roles']:.3f} | {f['leaked']:.0f} | {f['reads alone']:.3f} | "
                + " | ".join(shown)
                + " |"
            )
    atoms += public_rows(data)
    out.write_text(
        NOTE.format(match=MATCH, atoms="\n".join(atoms), parts="\n".join(parts), speed="\n".join(speed_rows())),
        encoding="utf-8",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", default="dev", choices=("dev", "test"))
    parser.add_argument("--language", choices=("id", "en"))
    parser.add_argument("--show", action="store_true", help="print what differs; never with the test part")
    parser.add_argument(
        "--data", type=Path, help="write docs/benchmarks-claims.md, with the public sets of this folder"
    )
    given = parser.parse_args()
    if given.data:
        write(given.data, Path(__file__).resolve().parent.parent / "docs" / "benchmarks-claims.md")
        return
    for language in [given.language] if given.language else ["id", "en"]:
        figures = measure(given.part, language, show=given.show and given.part == "dev")
        print(language, given.part, {name: round(value, 3) for name, value in figures.items()})


if __name__ == "__main__":
    main()
