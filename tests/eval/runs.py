"""A run with every kind of outcome and with text that tries to get out of its place."""

from __future__ import annotations

from typing import Any

from bukti.claims.article import Span
from bukti.eval.decision import Broken, Change, Decision, MeasureResult, Rules, Side
from bukti.eval.measures import Value
from bukti.eval.report import Failure, Stance, Verdict
from bukti.eval.results import CaseResult, FoundEvidence
from bukti.eval.verifier import Probabilities

HOSTILE = (
    "<script>alert(1)</script> ]]> \x00\x1b[31m\ud800\ufffe \u202ereversed\u202c \u200f| a | b |\n\n# title\n"
    "@someone owner/x#12 [click](http://evil.example) ![i](http://evil.example/i.png) {0} `code` </td></table> www.evil.example GH-7 &amp; "
    '" onload="x'
)
LONG = "panjang sekali " * 20_000
MANIFEST = {
    "name": f"suite {HOSTILE}",
    "suite": "5" * 64,
    "suite_path": "suites/my suite.yaml",
    "models": {"verifier": HOSTILE},
}


def found(text: str = HOSTILE, stance: Stance = "refutes") -> FoundEvidence:
    return FoundEvidence(source=f"s {HOSTILE}", span=Span(3, 9), text=text, stance=stance, score=0.9)


def row(case: str, gold: Verdict | None, verdict: Verdict, **changes: Any) -> CaseResult:
    scored = verdict not in ("error", "not_checkable")
    made: dict[str, Any] = {
        "case": case,
        "text": f"claim {HOSTILE}",
        "gold": gold,
        "verdict": verdict,
        "probabilities": Probabilities.of(supported=0.8 if verdict == "supported" else 0.1, refuted=0.1)
        if scored
        else None,
        "evidence": (found(),) if scored else (),
        "error": Failure(stage="verify", cause=f"gone {HOSTILE}") if verdict == "error" else None,
        "seconds": 0.25,
    }
    return CaseResult(**made | changes)


RESULTS = [
    row("right", "supported", "supported"),
    row("wrong", "refuted", "supported", gold_evidence=(("s", HOSTILE),)),
    row("missed", "refuted", "not_enough_evidence", text=LONG, evidence=(found(LONG),) * 7),
    row("failed", "supported", "error"),
    row("unlabelled", None, "supported"),
    row("forbidden", None, "supported", must_not_support=True),
    row(f"hostile {HOSTILE}", "refuted", "refuted"),
]
VALUES = {
    "macro_f1": Value(name="macro_f1", value=0.5, low=0.25, high=0.75, n=6),
    "aurc": Value(name="aurc", value=None, low=None, high=None, n=0, why=f"no value {HOSTILE}"),
}


def side(case: str, verdict: Verdict, text: str) -> Side:
    return Side(case=case, verdict=verdict, support=0.5, evidence=(found(text),))


def change(case: str, gold: Verdict | None, before: Verdict, after: Verdict) -> Change:
    return Change(
        text=f"claim of {case} {HOSTILE}",
        gold=gold,
        before=side(case, before, f"evidence before {case}"),
        after=side(case, after, f"evidence now {case}"),
    )


def decision(**changes: Any) -> Decision:
    measure: dict[str, Any] = {
        "cases": 7, "clusters": 7, "baseline": 0.9, "run": 0.6, "difference": -0.3, "limit": -0.5, "p": 0.001, "adjusted_p": 0.002,
        "margin": 0.02, "bounds": None, "unanswered": 0, "dropped": 0, "says": "a loss of 0.3 is shown",
    }  # fmt: skip
    made: dict[str, Any] = {
        "outcome": "regression",
        "exit_code": 1,
        "reasons": (f"right: a loss is shown {HOSTILE}",),
        "rules": Rules(),
        "cases": 7,
        "pairs": 6,
        "errors": 0.1,
        "coverage": 0.9,
        "broken": (Broken(rule="coverage", says="too little", cases=(f"lost {HOSTILE}",)),),
        "measures": (
            MeasureResult(name="support", verdict="pass", **measure),
            MeasureResult(name="right", verdict="regression", **measure),
        ),
        "worse": (
            change("c-missed", "supported", "supported", "not_enough_evidence"),
            change("c-false", "refuted", "refuted", "supported"),
        ),
        "better": (change("c-better", "refuted", "supported", "refuted"),),
        "other": (change("c-other", None, "supported", "refuted"),),
        "missing": ("c-gone",),
        "vanished": ("c-vanished",),
        "new": ("c-new",),
        "notes": ("the baseline was forced",),
    }
    return Decision(**made | changes)


WORDS = """
import numpy as np

class Words:
    name = "words/1"

    def embed(self, texts):
        rows = np.full((len(texts), 64), 1e-3, dtype=np.float32)
        for row, text in zip(rows, texts):
            for word in text.lower().split():
                row[sum(word.encode()) % 64] += 1.0
        return rows / np.linalg.norm(rows, axis=1, keepdims=True) if len(rows) else rows
"""
"""The module of an embedder by words alone, for a process of its own."""
