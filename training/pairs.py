"""Gives the pairs that the verifier learns from: human ones, automatic ones, and those made here.

A pair's `allowed` says which answers are right: bit 0 entailment, bit 1 contradiction, bit 2 neutral. Data that only says
"not entailment" allows two.
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from training.corpora import Seen, numbers_in, plain, read_abstracts, read_parallel, read_rows, shuffled
from training.edits import EDITS, names_of, other_name, shortened, word_in_class, word_of_same_meaning

ALLOWED = {
    "entailment": 1,
    "contradiction": 2,
    "neutral": 4,
    "not_entailment": 6,
    "not_contradiction": 5,
    "paraphrase": 1,
    "not_paraphrase": 6,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPair:
    """One question with its answer."""

    premise: str
    hypothesis: str
    languages: tuple[str, str]
    """Of premise and hypothesis."""
    allowed: int
    source: str


HUMAN = {
    "indonli_train": "id",
    "mnli_id_mt_train": "id",
    "mnli_id_mt_dev": "id",
    "vitaminc_real_train": "en",
    "fever_dev_symmetric_safe": "en",
    "cad_nli_train": "en",
    "mnli_dev": "en",
    "snli_dev": "en",
    "scone_train": "en",
    "conjnli_auto": "en",
    "clcd_sample": "en",
    "factcg_doc": "en",
    "paws_id_dev": "id",
}

ALONE = ("vitaminc_real_train", "fever_dev_symmetric_safe", "indonli_train")
"""Sets whose premises are also given among other sentences."""


def detokenized(text: str) -> str:
    """Undoes the Penn Treebank's spacing, which no article has."""
    text = text.replace("-LRB-", "(").replace("-RRB-", ")").replace("``", '"').replace("''", '"')
    text = re.sub(r" ([.,;:!?%)\]])(?=\s|$|[\"')])", r"\1", text)
    text = re.sub(r"([(\[$]) ", r"\1", text)
    text = re.sub(r" ('s|n't|'re|'ve|'ll|'d|'m)\b", r"\1", text)
    return re.sub(r" {2,}", " ", text).strip()


def human_pairs(data: Path) -> list[TrainingPair]:
    """Gives the labelled sets, without rows whose pair stands in an evaluation set, and without premises of CAD-NLI's."""
    seen_pairs: set[tuple[str, str]] = set()
    seen_premises: set[str] = set()
    for path in sorted((data / "dev").glob("*.jsonl.gz")):
        for row in read_rows(path):
            if isinstance(row.get("premise"), str):
                seen_pairs.add((plain(row["premise"]), plain(row["hypothesis"])))
                if path.name.startswith("cad_nli"):
                    seen_premises.add(plain(row["premise"]))
    pairs = []
    for name, language in HUMAN.items():
        for row in read_rows(data / f"nli/{name}.jsonl.gz"):
            premise, hypothesis = row["premise"], row["hypothesis"]
            if (plain(premise), plain(hypothesis)) in seen_pairs:
                continue
            if name in ("snli_dev", "cad_nli_train") and plain(premise) in seen_premises:
                continue
            page = row.get("page", "")
            pairs.append(
                TrainingPair(
                    premise=detokenized(premise) if language == "en" else premise,
                    hypothesis=detokenized(hypothesis) if language == "en" else hypothesis,
                    languages=(language, language),
                    allowed=ALLOWED[row["label"]],
                    source=name if not page else f"{name}|{page}",
                )
            )
    return pairs


def among_others(pairs: Sequence[TrainingPair], chance: random.Random) -> list[TrainingPair]:
    """Gives pairs whose premise stands among other sentences, under a title or a date line: what evidence looks like."""
    by_set: dict[str, list[TrainingPair]] = defaultdict(list)
    for pair in pairs:
        if pair.source.split("|")[0] in ALONE:
            by_set[pair.source].append(pair)
    pools = {name: [p.premise for p in members] for name, members in by_set.items()}
    everyone = {
        lang: [p.premise for p in pairs if p.source.split("|")[0] in ALONE and p.languages[0] == lang]
        for lang in ("id", "en")
    }
    months = {
        "id": "Januari Maret Mei Juli Agustus Oktober Desember".split(),
        "en": "January March May July August October December".split(),
    }
    made = []
    for pair in chance.sample(list(pairs), len(pairs)):
        if pair.source not in by_set:
            continue
        page = pair.source.partition("|")[2]
        language = pair.languages[0]
        # Another sentence of the same page may say what the first does not: none of them beside a neutral one.
        pool = [p for p in pools[pair.source] if p != pair.premise] if page and pair.allowed != 4 else []
        others = chance.sample(pool, min(len(pool), chance.choice((0, 1)))) if pool else []
        others += chance.sample(everyone[language], chance.choice((0, 1, 1, 2, 3)))
        sentences = [pair.premise, *others]
        chance.shuffle(sentences)
        text = " ".join(dict.fromkeys(sentences))
        if chance.random() < 0.25:
            text = f"{chance.randint(1, 28)} {chance.choice(months[language])} {chance.randint(1995, 2025)}. {text}"
        if page and chance.random() < 0.5:
            text = f"{page}. {text}"
        made.append(replace(pair, premise=text, source="among_others"))
    return made


def atomic_facts(data: Path, chance: random.Random, edit: Callable[..., Any]) -> list[TrainingPair]:
    """Gives atomic facts against the sentence they are of, another sentence about the same person, and edited."""
    rows = read_rows(data / "claims/factscore_sentences.jsonl.gz")
    topics: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        topics[row["topic"]].append(row)
    made = []
    for row in rows:
        others = [other for other in topics[row["topic"]] if other is not row]
        for fact in row["facts"]:
            premise, allowed, hypothesis = row["sentence"], 1, fact
            draw = chance.random()
            if draw < 0.35:
                found = edit(fact, "en", chance)
                if found is None:
                    continue
                hypothesis, allowed = found[0], ALLOWED[found[1]]
            elif draw < 0.55 and others:
                premise, allowed = chance.choice(others)["sentence"], 5
                if plain(fact).split()[-1] not in plain(premise):
                    allowed = 4
            elif draw < 0.7 and others:
                premise = f"{premise} {chance.choice(others)['sentence']}"
            made.append(
                TrainingPair(
                    premise=premise,
                    hypothesis=hypothesis,
                    languages=("en", "en"),
                    allowed=allowed,
                    source="atomic_facts",
                )
            )
    return made


WH = re.compile(
    r"(?i)\b(siapakah|siapa|kapankah|kapan|di ?manakah|di ?mana|berapakah|berapa|apakah nama|apa nama|apakah|apa|dari ?manakah|dari ?mana)\b"
)


def statement(question: str, answer: str) -> str | None:
    """Puts the answer in the place of an Indonesian question's question word, where that gives a sentence."""
    body = re.sub(r"\s+", " ", question.strip().rstrip("?").strip())
    found = WH.search(body)
    if found is None or len(answer) > 60 or len(answer) < 2:
        return None
    word = found.group().lower().replace(" ", "").removesuffix("kah")
    head, tail = body[: found.start()].strip(), body[found.end() :].strip()
    tail = re.sub(r"^(?:yang )?(?:nama )?", "", tail) if word in ("apanama", "apakahnama") else tail
    if not tail and not head:
        return None
    if word == "siapa":
        text = (
            f"{answer} adalah {tail}"
            if tail and not head and not tail.startswith("yang")
            else f"{head} {answer} {tail}"
        )
        text = text.replace(f"{answer} yang ", f"{answer} yang ") if head else text
    elif word == "kapan":
        text = (
            f"{head} {tail} pada {answer}"
            if not re.match(r"(?i)pada|tahun|sejak", answer)
            else f"{head} {tail} {answer}"
        )
    elif word in ("dimana", "darimana"):
        text = f"{head} {tail} {'di' if word == 'dimana' else 'dari'} {re.sub(r'(?i)^(di|dari) ', '', answer)}"
    elif word == "berapa" and head.lower() in ("tahun", "pada tahun", "tanggal"):
        text = f"{tail} pada {head.lower().removeprefix('pada ')} {answer}"
    elif word in ("berapa", "apanama", "apa") and not head:
        tail = tail.removeprefix("yang dimaksud dengan ").removeprefix("itu ")
        text = f"{tail} adalah {answer}"
    else:
        return None
    text = re.sub(r"\s+", " ", text).strip()
    return text[0].upper() + text[1:] + "."


def answered_questions(data: Path, chance: random.Random) -> list[TrainingPair]:
    """Gives questions with their answers as statements: the right one, another's of the same kind, and unanswerable ones."""
    seen = Seen(
        row["context"] for name in ("idk_mrc_valid", "idk_mrc_test") for row in read_rows(data / f"dev/{name}.jsonl.gz")
    )
    rows = [row for row in read_rows(data / "qa/idk_mrc_train.jsonl.gz") if not seen.has(row["context"])]
    kind = lambda row: m.group().lower().replace(" ", "")[:4] if (m := WH.search(row["question"])) else ""  # noqa: E731
    answers: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row["answers"]:
            answers[kind(row)].append(row["answers"][0])
    made = []
    for row in rows:
        pool = answers[kind(row)]
        if len(pool) < 20 or len(row["context"].split()) > 150:
            continue
        wrong = chance.choice(pool)
        right = row["answers"][0] if row["answers"] else None
        options = [(right, 1)] if right else [(wrong, 6)]
        if right and plain(wrong) != plain(right) and plain(wrong) not in plain(row["context"]):
            options.append((wrong, 6))
        for answer, allowed in options:
            text = statement(row["question"], answer)
            if text:
                made.append(
                    TrainingPair(
                        premise=row["context"],
                        hypothesis=text,
                        languages=("id", "id"),
                        allowed=allowed,
                        source="answered",
                    )
                )
    return made


def science(data: Path, chance: random.Random) -> list[TrainingPair]:
    """Gives SciFact's training claims against their rationale, their whole abstract, and an abstract that was only cited."""
    abstracts = read_abstracts(data)
    made = []
    for row in read_rows(data / "scifact/claims_train.jsonl.gz"):
        label = {"SUPPORT": 1, "CONTRADICT": 2}.get(row["evidence_label"], 4)
        doc = str(row["evidence_doc_id"] or (numbers_in(row["cited_doc_ids"]) or [""])[0])
        if doc not in abstracts:
            continue
        title, sentences = abstracts[doc]
        picked = numbers_in(row["evidence_sentences"]) or [chance.randrange(len(sentences))]
        first, last = (
            max(0, min(picked) - chance.randint(0, 1)),
            min(len(sentences), max(picked) + 1 + chance.randint(0, 1)),
        )
        texts = (
            " ".join(sentences[at] for at in picked if at < len(sentences)),
            f"{title}. {' '.join(sentences[first:last])}",
        )
        made += [
            TrainingPair(premise=text, hypothesis=row["claim"], languages=("en", "en"), allowed=label, source="science")
            for text in texts
        ]
    return made


def crossings(
    data: Path, chance: random.Random, edit: Callable[..., Any], near: Sequence[float] | None
) -> list[TrainingPair]:
    """Gives pairs made of parallel text: either side against itself or its translation, edited or not, alone or among its neighbours.

    Args:
        data: The data folder.
        chance: Where the choices come from.
        edit: Gives (edited text, label) or None.
        near: Each parallel pair's likeness, by which misaligned lines are left out.
    """
    pairs = read_parallel(data)
    made = []
    for number in range(2, len(pairs) - 2):
        if near is not None and near[number] < 0.55:
            continue
        sides = {"id": pairs[number][0], "en": pairs[number][1]}
        if min(len(side.split()) for side in sides.values()) < 4:
            continue
        if chance.random() < 0.5:
            sides = {language: detokenized(side) for language, side in sides.items()}
        premise_language, hypothesis_language = chance.choices(
            (("id", "id"), ("en", "en"), ("id", "en"), ("en", "id")), weights=(25, 15, 30, 30)
        )[0]
        crossed = premise_language != hypothesis_language
        premise, hypothesis = sides[premise_language], sides[hypothesis_language]
        at = ("id", "en").index(premise_language)
        draw = chance.random()
        if draw < 0.22 and crossed:
            allowed = 1
        elif draw < 0.32:
            other = pairs[number + chance.choice((-2, -1, 1, 2))][("id", "en").index(hypothesis_language)]
            if len(other.split()) < 5:
                continue
            hypothesis, allowed = other, 4
        elif draw < 0.40:
            found = shortened(premise, premise_language, chance)
            if found is None:
                continue
            premise, allowed = found[0], 4
        else:
            found = edit(hypothesis, hypothesis_language, chance)
            if found is None:
                continue
            if found[1] == "contradiction" and chance.random() < 0.3 and not crossed:
                premise = found[0]
            else:
                hypothesis = found[0]
            allowed = ALLOWED[found[1]]
        if chance.random() < 0.35 and allowed != 4:
            before, after = chance.choice(((0, 1), (1, 0), (1, 1), (2, 0), (2, 2)))
            around = (
                [pairs[at_][at] for at_ in range(number - before, number)],
                [pairs[at_][at] for at_ in range(number + 1, number + after + 1)],
            )
            premise = " ".join([*around[0], premise, *around[1]])
        if len(premise.split()) + len(hypothesis.split()) > 170:
            continue
        source = "made" if not crossed else "crossed_true" if allowed == 1 else "crossed"
        made.append(
            TrainingPair(
                premise=premise,
                hypothesis=hypothesis,
                languages=(premise_language, hypothesis_language),
                allowed=allowed,
                source=source,
            )
        )
    return made


FRONTED = re.compile(
    r"^((?:Dalam|Pada|Di|Sejak|Selama|Setelah|Sebelum|In|On|At|Since|During|After|Before) [^,]{4,60}), (\S.{15,}?)\.?$"
)
"""A sentence that begins with an adverbial phrase and a comma."""


def kept_sentences(data: Path, chance: random.Random) -> list[TrainingPair]:
    """Gives sentences that their passage holds: word for word, shortened, with a synonym, or with its parts in another order."""
    pairs = read_parallel(data)
    made = []
    for number in range(2, len(pairs) - 2):
        if chance.random() > 0.22:
            continue
        language = chance.choices(("id", "en"), weights=(65, 35))[0]
        side = ("id", "en").index(language)
        sentence = detokenized(pairs[number][side])
        if not 5 <= len(sentence.split()) <= 45:
            continue
        fronted = FRONTED.match(sentence)
        if fronted and chance.random() < 0.8:
            adverbial, rest = fronted.groups()
            hypothesis = f"{rest[0].upper()}{rest[1:]} {adverbial[0].lower()}{adverbial[1:]}."
        else:
            edit = chance.choice((shortened, shortened, word_of_same_meaning, None))
            found = edit(sentence, language, chance) if edit else None
            hypothesis = found[0] if found else sentence
        before, after = chance.choice(((0, 0), (0, 0), (0, 1), (1, 0), (1, 1)))
        around = [detokenized(pairs[at][side]) for at in range(number - before, number + after + 1)]
        around[before] = sentence
        if fronted and chance.random() < 0.5:
            around[before], hypothesis = hypothesis, sentence
        premise = " ".join(around)
        if len(premise.split()) < 150:
            made.append(
                TrainingPair(
                    premise=premise, hypothesis=hypothesis, languages=(language, language), allowed=1, source="kept"
                )
            )
    return made


def swapped_words(pairs: Sequence[TrainingPair], chance: random.Random, edit: Callable[..., Any]) -> list[TrainingPair]:
    """Gives premises of human pairs against themselves with one word or number swapped, or as they are."""
    made = []
    for pair in pairs:
        if (
            pair.source.split("|")[0]
            not in ("snli_dev", "cad_nli_train", "mnli_dev", "indonli_train", "vitaminc_real_train")
            or chance.random() < 0.5
        ):
            continue
        language = pair.languages[0]
        text = chance.choice((pair.premise, pair.premise, pair.hypothesis))
        draw = chance.random()
        if draw < 0.04:
            found: Any = (text, "entailment")
        elif draw < 0.22:
            found = word_of_same_meaning(text, language, chance)
        elif draw < 0.65:
            found = word_in_class(text, language, chance)
        else:
            found = edit(text, language, chance)
        if found:
            made.append(replace(pair, premise=text, hypothesis=found[0], allowed=ALLOWED[found[1]], source="swapped"))
    return made


def one_of(edits: Sequence[Any]) -> Callable[[str, str, random.Random], Any]:
    """Gives the edit that tries these in a random order until one finds something."""

    def edit(text: str, language: str, chance: random.Random) -> Any:
        for each in chance.sample(list(edits), 8):
            found = each(text, language, chance)
            if found and found[0] != text:
                return found
        return None

    return edit


def all_pairs(data: Path, seed: int, alignment: Path | None = None) -> dict[str, list[TrainingPair]]:
    """Gives all training pairs by source; `alignment` is what `training.alignment` wrote."""
    aligned = json.loads(alignment.read_text(encoding="utf-8")) if alignment else {"near": None, "crossed": []}
    near = aligned["near"]
    chance = random.Random(seed)
    human = human_pairs(data)
    names = sorted({m.group() for pair in human for m in names_of(pair.premise)})
    edit = one_of([*EDITS, word_in_class, word_in_class, other_name(names), other_name(names)])
    made = [
        *among_others(human, chance),
        *atomic_facts(data, chance, edit),
        *answered_questions(data, chance),
        *science(data, chance),
        *crossings(data, chance, edit, near),
        *crossings(data, chance, edit, near),
        *swapped_words(human, chance, edit),
        *kept_sentences(data, chance),
        *(
            TrainingPair(premise=premise, hypothesis=hypothesis, languages=(a, b), allowed=allowed, source="translated")
            for premise, hypothesis, (a, b), allowed in aligned["crossed"]
        ),
    ]
    by_source: dict[str, list[TrainingPair]] = defaultdict(list)
    for pair in shuffled([*human, *made], seed):
        by_source[pair.source.split("|")[0]].append(pair)
    return dict(sorted(by_source.items()))


if __name__ == "__main__":
    import sys

    for name, rows in all_pairs(Path(sys.argv[1]), 7).items():
        print(
            name,
            len(rows),
            {bits: sum(row.allowed == bits for row in rows) for bits in sorted({row.allowed for row in rows})},
        )
        for row in rows[:6]:
            print("   ", row.languages, row.allowed, "|", row.premise[:300], "=>", row.hypothesis)
