"""Measures the gate: how often it cries wolf and how often it catches a loss. ``python -m benchmarks.gate`` prints the tables.

Each draw is a pair of runs on `n` cases: a share of the verdicts changes sides at random (churn), half of it for the better, and on top
of that a share of the cases is lost. Three measures are gated together: right or wrong, false support on the half of the cases that is
not labelled supported (a lost case is one with probability 1/2), and the Brier score of support, which moves by 0.2 to 0.9 where a verdict
changes sides and a little (standard deviation 0.03) everywhere. In clusters, five claims an article share what becomes of them
with an intra-cluster correlation of 0.3. ``--write docs/design/gate.md`` puts the tables between the marks there.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta, binom, norm, t

from bukti.claims.article import Span
from bukti.eval.gate import gate
from bukti.eval.report import Verdict
from bukti.eval.results import CaseResult, FoundEvidence
from bukti.eval.scores import scores_of
from bukti.eval.significance import Weight, cluster_sums, decide, holm, loss_limit, mcnemar_midp, weigh
from bukti.eval.verifier import Probabilities

SIZES = (50, 100, 200, 400, 1000)
ALPHA = 0.05
MARGINS = (0.02, 0.02, 0.02)
BINARY = (True, True, False)
DRAWS = 1000
SEED = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is true in a simulation."""

    n: int
    churn: float = 0.02
    loss: float = 0.0
    claims: int = 1
    correlation: float = 0.3

    @property
    def clusters(self) -> NDArray[np.intp]:
        return np.repeat(np.arange(self.n // self.claims), self.claims)


def draw(world: World, draws: int, generator: np.random.Generator) -> list[NDArray[np.float64]]:
    """Gives the losses of the three measures, each draws x cases."""
    shape = (draws, world.n // world.claims, world.claims)
    lost, gained = world.churn / 2 + world.loss, world.churn / 2

    def mixed(own: NDArray[np.float64], shared: NDArray[np.float64]) -> NDArray[np.float64]:
        """Each case takes its cluster's draw with probability sqrt(r): then any two of a cluster correlate by r."""
        if world.claims == 1:
            return own
        return np.where(generator.random(shape) < np.sqrt(world.correlation), shared, own)

    chance = mixed(generator.random(shape), generator.random((*shape[:2], 1)))
    right = np.where(chance < lost, 1.0, np.where(chance < lost + gained, -1.0, 0.0)).reshape(draws, world.n)
    unsupported = generator.random((draws, world.n)) < 0.5
    false_support = np.where(unsupported, right * (generator.random((draws, world.n)) < 0.5), np.nan)
    brier = right * generator.uniform(0.2, 0.9, (draws, world.n)) + generator.normal(0.0, 0.03, (draws, world.n))
    return [right, false_support, brier]


def weights(world: World, draws: int, generator: np.random.Generator) -> list[Weight]:
    """Gives what the gate weighs of each measure."""
    return [
        weigh(*cluster_sums(losses, world.clusters), binary=binary, reach=1.0, alpha=ALPHA)
        for losses, binary in zip(draw(world, draws, generator), BINARY, strict=True)
    ]


def outcomes(world: World, draws: int = DRAWS, seed: int = SEED) -> dict[str, float]:
    """Gives the share of draws that end as a regression, a pass or inconclusive; ``right`` is the first measure's own pass."""
    weighed = weights(world, draws, np.random.default_rng(seed))
    loss, limit, p = (np.stack([getattr(one, name) for one in weighed], axis=1) for name in ("loss", "limit", "p"))
    verdicts = decide(loss, limit, holm(p), margins=MARGINS, alpha=ALPHA)
    failed = (verdicts == "regression").any(axis=1)
    passed = (verdicts == "pass").all(axis=1)
    return {
        "regression": failed.mean(),
        "pass": passed.mean(),
        "inconclusive": (~failed & ~passed).mean(),
        "right": (verdicts[:, 0] == "pass").mean(),
    }


def interval(share: float, draws: int) -> tuple[float, float]:
    """Gives the exact 95% interval of a share (Clopper and Pearson 1934)."""
    hits = round(share * draws)
    low = beta.ppf(0.025, hits, draws - hits + 1) if hits else 0.0
    high = beta.ppf(0.975, hits + 1, draws - hits) if hits < draws else 1.0
    return float(low), float(high)


def shown(share: float, draws: int) -> str:
    low, high = interval(share, draws)
    return f"{100 * share:.1f} ({100 * low:.1f}-{100 * high:.1f})"


def scenarios() -> Iterator[tuple[str, dict[str, float]]]:
    yield "no change, churn 2%", {"churn": 0.02}
    yield "no change, churn 5%", {"churn": 0.05}
    for points in (2, 3, 5, 8):
        yield f"{points} points lost, churn 2%", {"churn": 0.02, "loss": points / 100}
    yield "5 points lost, churn 5%", {"churn": 0.05, "loss": 0.05}


def main_table(draws: int) -> Iterator[str]:
    yield "| what is true | n | regression | pass | inconclusive | in articles of 5: regression | pass | inconclusive |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    for name, told in scenarios():
        for n in SIZES:
            alone, together = (outcomes(World(n=n, claims=claims, **told), draws) for claims in (1, 5))
            cells = [
                shown(alone["regression"], draws),
                f"{100 * alone['pass']:.1f}",
                f"{100 * alone['inconclusive']:.1f}",
            ]
            cells += [shown(together["regression"], draws), f"{100 * together['pass']:.1f}"]
            cells += [f"{100 * together['inconclusive']:.1f}"]
            yield f"| {name} | {n} | " + " | ".join(cells) + " |"


def rule_table(draws: int) -> Iterator[str]:
    """What other rules for a regression would have done, on the same draws."""
    told = {
        "null 5%, n=50": World(n=50, churn=0.05),
        "null 5%, n=400": World(n=400, churn=0.05),
        "null 5%, n=400, articles": World(n=400, churn=0.05, claims=5),
        "1 point, n=1000": World(n=1000, loss=0.01),
        "5 points, n=100": World(n=100, loss=0.05),
        "5 points, n=200": World(n=200, loss=0.05),
        "5 points, n=400": World(n=400, loss=0.05),
    }
    found = [_rules(world, draws) for world in told.values()]
    rows = {rule: [f"{100 * one[rule]:.1f}" if rule in one else "-" for one in found] for rule in found[0]}
    yield "| rule | " + " | ".join(told) + " |"
    yield "|---|" + "--:|" * len(told)
    yield from (f"| {rule} | " + " | ".join(cells) + " |" for rule, cells in rows.items())


def _rules(world: World, draws: int) -> dict[str, float]:
    drawn = draw(world, draws, np.random.default_rng(SEED))
    summed = [cluster_sums(losses, world.clusters) for losses in drawn]
    weighed = [weigh(*one, binary=binary, reach=1.0, alpha=ALPHA) for one, binary in zip(summed, BINARY, strict=True)]
    loss, p = np.stack([one.loss for one in weighed], axis=1), np.stack([one.p for one in weighed], axis=1)
    margin = np.array(MARGINS)
    spread = np.stack([_spread(*one) for one in summed], axis=1)
    beyond = norm.sf((loss - margin) / np.maximum(spread, 1e-12))
    lost, gained = ((drawn[0] == sign).sum(axis=1) for sign in (1, -1))
    naive, exact = p.copy(), p.copy()
    naive[:, 0] = mcnemar_midp(lost, gained)
    naive[:, 1] = mcnemar_midp((drawn[1] == 1).sum(axis=1), (drawn[1] == -1).sum(axis=1))
    for column in (0, 1):
        bad, good = ((drawn[column] == sign).sum(axis=1) for sign in (1, -1))
        exact[:, column] = binom.sf(bad - 1, bad + good, 0.5)
    large = loss > margin + 1e-12
    found = {
        "**shown (Holm) and larger than the margin**": (holm(p) <= ALPHA) & large,
        "larger than the margin, no test": large,
        "shown (Holm), no margin": holm(p) <= ALPHA,
        "shown (no Holm), no margin": p <= ALPHA,
        "shown to be larger than the margin (Holm)": holm(beyond) <= ALPHA,
        "McNemar's test whatever the clusters, no margin": holm(naive) <= ALPHA,
        "the same with the margin": (holm(naive) <= ALPHA) & large,
    }
    if world.claims == 1:
        found["exact McNemar for mid-p, with the margin"] = (holm(exact) <= ALPHA) & large
    return {rule: hit.any(axis=1).mean() for rule, hit in found.items()}


def _spread(sums: NDArray[np.float64], sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    cases = sizes.sum(axis=1)
    mean = sums.sum(axis=1) / cases
    return np.asarray(np.sqrt(((sums - sizes * mean[:, None]) ** 2).sum(axis=1)) / cases)


def limit_table(draws: int) -> Iterator[str]:
    """How often a loss of exactly the margin would pass, right or wrong alone, and how often no loss does."""
    worlds = {
        "2 points lost, no gains": {"churn": 0.0, "loss": 0.02},
        "2 points lost, churn 2%": {"churn": 0.02, "loss": 0.02},
        "no loss, churn 2%": {"churn": 0.02, "loss": 0.0},
    }
    sizes = (100, 200, 400, 1000)
    ends = [f"{way}n={n}" for way in ("", "in articles of 5: ") for n in sizes]
    yield "| limit | what is true | " + " | ".join(ends) + " |"
    yield "|---|---|" + "--:|" * len(ends)
    rows: dict[tuple[str, str], list[str]] = {}
    for name, told in worlds.items():
        for claims in (1, 5):
            for n in sizes:
                world = World(n=n, claims=claims, **told)
                sums, held = cluster_sums(draw(world, draws, np.random.default_rng(SEED))[0], world.clusters)
                for limit, values in _limits(sums, held).items():
                    rows.setdefault((limit, name), []).append(f"{100 * float((values <= 0.02).mean()):.1f}")
    for limit in dict.fromkeys(limit for limit, _ in rows):
        for name in worlds:
            yield f"| {limit} | {name} | " + " | ".join(rows[limit, name]) + " |"


def _limits(sums: NDArray[np.float64], sizes: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    z = float(norm.isf(ALPHA))
    cases, count = sizes.sum(axis=1), sizes.shape[1]

    def limit(lost: float, gained: float, size: float) -> NDArray[np.float64]:
        weight = cases + (lost + gained) * size
        mean = (sums.sum(axis=1) + (lost - gained) * size) / weight
        squares = ((sums - sizes * mean[:, None]) ** 2).sum(axis=1)
        squares = squares + lost * (size * (1 - mean)) ** 2 + gained * (size * (1 + mean)) ** 2
        groups = count + lost + gained
        return np.asarray(mean + t.isf(ALPHA, groups - 1) * np.sqrt(squares * groups / (groups - 1)) / weight)

    held = float(np.sqrt((sizes[0] ** 2).sum() / cases[0]))
    return {
        "Wald": limit(0, 0, 1),
        "Bonett and Price: one case lost and one gained": limit(1, 1, 1),
        "z²/2 cases lost": limit(z * z / 2, 0, 1),
        "**z²/2 clusters lost, of sqrt(size) cases**": limit(z * z / 2, 0, held),
        "z²/2 whole clusters lost": limit(z * z / 2, 0, float(sizes.max())),
    }


def skew_table(draws: int) -> Iterator[str]:
    """A graded measure whose mean did not change, while 2% of the cases move by 0.8 one way and all others a little the other way."""
    yield "| what is true | n | shown, alone: no margin | with the margin | in articles of 5: no margin | with the margin |"
    yield "|---|--:|--:|--:|--:|--:|"
    for name, sign in (("few large losses, many small gains", 1.0), ("few large gains, many small losses", -1.0)):
        for n in (50, 200, 1000):
            cells = []
            for claims in (1, 5):
                world = World(n=n, churn=0.0, loss=0.02, claims=claims)
                moved = draw(world, draws, np.random.default_rng(SEED))[0]
                losses = sign * (0.8 * moved - 0.016 / 0.98 * (1.0 - moved))
                one = weigh(*cluster_sums(losses, world.clusters), binary=False, reach=1.0, alpha=ALPHA)
                hit = one.p <= ALPHA
                cells += [hit.mean(), (hit & (one.loss > MARGINS[2])).mean()]
            yield f"| {name} | {n} | " + " | ".join(f"{100 * cell:.1f}" for cell in cells) + " |"


def repeat_table(draws: int, n: int = 400, times: int = 3) -> Iterator[str]:
    """A judge that is unsure of some cases: right or wrong alone, with and without what disagrees with itself in three repeats."""
    ways = ("all cases, first repeat", "flaky ones aside", "**aside, and no pass without their shares**")
    yield "| what is true | " + " | ".join(f"{way}: regression | pass | cannot decide" for way in ways) + " |"
    yield "|---|" + "--:|--:|--:|" * len(ways)
    for name, unsure, turned, into in (
        ("no change, 2% unsure", 0.02, 0.0, 0.0),
        ("no change, 4% unsure", 0.04, 0.0, 0.0),
        ("no change, 10% unsure", 0.10, 0.0, 0.0),
        ("5 points lost for certain, 2% unsure", 0.02, 0.05, 0.0),
        ("2 points become unsure, 2% unsure before", 0.02, 0.02, 0.5),
        ("5 points become unsure, 2% unsure before", 0.02, 0.05, 0.5),
        ("10 points become unsure, 2% unsure before", 0.02, 0.10, 0.5),
    ):
        generator = np.random.default_rng(SEED)
        # Four of five cases are right for certain, the unsure ones anywhere between; the turned ones were right.
        kind = generator.random((draws, n))
        chance = np.where(kind < 0.8, 1.0, 0.0)
        chance = np.where(kind > 1 - unsure, generator.random((draws, n)), chance)
        now = np.where(kind < turned, into, chance)
        before, after = (generator.random((times, draws, n)) < one for one in (chance, now))
        first = before[0].astype(np.float64)
        flaky = [one.any(axis=0) & ~one.all(axis=0) for one in (before, after)]
        cells = []
        for aside, shares in (
            (np.zeros((draws, n), dtype=np.bool_), None),
            (flaky[0] | flaky[1], None),
            (flaky[0] | flaky[1], before.mean(axis=0) - after.mean(axis=0)),
        ):
            kept = np.where(aside, np.nan, first - after[0])
            one = weigh(*cluster_sums(kept, np.arange(n)), binary=True, reach=1.0, alpha=ALPHA)
            verdicts = decide(one.loss[:, None], one.limit[:, None], holm(one.p[:, None]), margins=[0.02], alpha=ALPHA)
            told = np.where(aside.mean(axis=1) > 0.05, "cannot_decide", verdicts[:, 0])
            if shares is not None:
                limit = loss_limit(*cluster_sums(shares, np.arange(n)), alpha=ALPHA, reach=1.0)
                told = np.where((told == "pass") & (limit > 0.02), "inconclusive", told)
            cells += [f"{100 * (told == outcome).mean():.1f}" for outcome in ("regression", "pass", "cannot_decide")]
        yield f"| {name} | " + " | ".join(cells) + " |"


def seconds(n: int = 10_000) -> tuple[float, float]:
    """Gives the processor's seconds for measuring `n` cases with eight passages and gold evidence each, and for one whole decision on them."""
    generator = np.random.default_rng(SEED)

    def row(number: int) -> CaseResult:
        verdict: Verdict = "supported" if generator.random() < 0.5 else "refuted"
        texts = [
            f"What village {number} decided in {1990 + rank} about {rank + 3} wells of its own." for rank in range(8)
        ]
        found = [
            FoundEvidence(
                source=f"s{number}",
                span=Span(90 * rank, 90 * rank + len(text)),
                text=text,
                stance="supports",
                score=0.5,
            )
            for rank, text in enumerate(texts)
        ]
        return CaseResult(
            case=str(number),
            text=f"claim {number}",
            gold="supported" if number % 2 else "refuted",
            verdict=verdict,
            probabilities=Probabilities.of(supported=float(generator.random()), refuted=0.0),
            evidence=tuple(found),
            gold_evidence=((f"s{number}", texts[int(generator.integers(8))]),),
            language="en",
            cluster=str(number // 5),
        )

    before, after = ([row(number) for number in range(n)] for _ in range(2))
    started = time.process_time()
    scores_of(after)
    scored = time.process_time()
    gate(after, before).to_text()
    return scored - started, time.process_time() - scored


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--write", type=Path, help="the file whose marked places take the tables")
    options = parser.parse_args()
    started = time.monotonic()
    tables = {
        "outcomes": "\n".join(main_table(options.draws)),
        "rules": "\n".join(rule_table(options.draws)),
        "limits": "\n".join(limit_table(4 * options.draws)),
        "skew": "\n".join(skew_table(options.draws)),
        "repeats": "\n".join(repeat_table(options.draws)),
    }
    if options.write:
        text = options.write.read_text(encoding="utf-8")
        for name, table in tables.items():
            before, _, rest = text.partition(f"<!-- {name} -->\n")
            text = f"{before}<!-- {name} -->\n{table}\n{rest[rest.index(f'<!-- end of {name} -->') :]}"
        options.write.write_text(text, encoding="utf-8")
    print("\n\n".join(tables.values()))
    tables_s = time.monotonic() - started
    scored_s, gated_s = seconds()
    print(f"\n10,000 cases: measured in {scored_s:.1f} s, decided in {gated_s:.1f} s; the tables: {tables_s:.0f} s")


if __name__ == "__main__":
    main()
