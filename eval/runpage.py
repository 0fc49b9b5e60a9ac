"""A run as one self-contained HTML page: the decision, the measures, what changed, and three figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from bukti.eval.decision import Change, Decision, percent
from bukti.eval.page import MARKS, asset, csp_hash, environment
from bukti.eval.results import CaseResult
from bukti.eval.runwording import RUN_WORDS, tell_figure, tell_label
from bukti.eval.sensitivity import Sensitivity, Share, wilson
from bukti.eval.showing import number, suite_of, worst_first, wrong_of
from bukti.eval.wording import PAGE_LANGUAGES, page_language, tell_stage

if TYPE_CHECKING:
    from jinja2 import Template

    from bukti.eval.measures import Value

__all__ = ["Compared", "Dot", "Place", "Plot", "reliability_plot", "risk_plot", "render_run"]

SIDE = 300
"""Width and height of a plot's area in its own units."""

_MOST = 500
"""So many cases are listed of each kind."""

_POINTS = 600
"""A curve has no more points than about twice this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A point of a plot."""

    x: float
    """From the left, in the plot's units."""

    y: float
    """From the top."""

    says: str
    """What it stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """Points between 0 and 1 on both axes, put on a square."""

    name: str
    """Its id in the page."""

    title: str
    """What it is called."""

    description: str
    """What it shows, in words."""

    x: str
    """Label of the axis along the bottom."""

    y: str
    """Label of the axis along the left."""

    line: str
    """The points as an SVG polyline wants them; empty where there are none."""

    dots: tuple[Dot, ...] = ()
    """Points that are shown as such."""

    diagonal: bool = False
    """Whether a line from corner to corner is shown: where both are the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page stands that is one of several, with links to others."""

    list: str
    """The address of their list."""

    name: str
    """What this one is called there."""

    other: str
    """Its address in the other language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two runs of a list that are held against each other, neither of them a baseline."""

    before: str
    """What the one is called."""

    after: str
    """What the other is called."""

    standing: tuple[str, ...]
    """Cases that must not be supported and are, in both."""

    suites: tuple[tuple[str, str, int], tuple[str, str, int]] | None
    """Where they are of two suites, what each is called, the beginning of its hash and how many labelled claims it has."""

    shared: int
    """How many labelled claims are in both."""


def render_run(
    results: Sequence[CaseResult],
    values: Mapping[str, Value],
    decision: Decision | None,
    manifest: Mapping[str, Any],
    *,
    mutation: Sensitivity | None = None,
    scores: Mapping[str, Any] | None = None,
    language: str | None = None,
    place: Place | None = None,
    compared: Compared | None = None,
) -> str:
    """Gives a run as a page that needs no other file, no network and no script.

    Args:
        results: The run's results.
        values: Its measures.
        decision: The gate's; None where nothing was gated.
        manifest: The run's, shown as it is.
        mutation: What became of mutants; None where there were none asked for.
        scores: What the measures were read from: the majority's and those by tag are shown beside them.
        language: Of the page's own words, ``en`` or ``id``; English if None. What the gate and the measures say is English.
        place: Where the page stands, where it is one of several.
        compared: What `decision` compares, where that is no baseline: the page then says first what changed.

    Raises:
        UsageError: The page does not speak that language.
    """
    from bukti.eval.measures import confusion

    spoken = page_language(language, "en")
    words, style = RUN_WORDS[spoken], asset("base.css") + asset("run.css")
    kinds = [
        ("worse", worst_first(decision.worse)),
        ("better", worst_first(decision.better)),
        ("other", worst_first(decision.other)),
    ] if decision else []  # fmt: skip
    lists = [
        ("flaky", decision.flaky),
        ("missing", decision.missing),
        ("vanished", decision.vanished),
        ("new", decision.new),
        ("changed", decision.changed),
    ] if decision else [("flaky", [row.case for row in results if row.flaky])]  # fmt: skip
    return _template().render(
        suite=suite_of(manifest),
        results=results,
        cases=manifest.get("cases"),
        labelled=sum(row.gold is not None for row in results),
        failed=[row for row in results if row.failed],
        wrong=wrong_of(results),
        values=list(values.values()),
        majority={name: told["value"] for name, told in (scores or {}).get("majority", {}).items()},
        tags={tag: held for tag, held in (scores or {}).get("by_tag", {}).items() if tag},
        decision=decision,
        # What the gate says of a comparison stands above it already.
        broken=[one for one in decision.broken if one.cases or not compared] if decision else [],
        changes=[(key, found) for key, found in kinds if found],
        lists=[(key, names) for key, names in lists if names],
        matrix=confusion(results),
        mutation=mutation,
        mutants=_shares(mutation, words) if mutation else [],
        plots=[one for one in (reliability_plot(results, spoken), risk_plot(results, spoken)) if one],
        manifest=[(str(key), _told(value)) for key, value in sorted(manifest.items())],
        marks=MARKS,
        most=_MOST,
        side=SIDE,
        place=place,
        compared=compared,
        label_of=_labels(compared, words),
        told_suites=_suites(compared, words) if compared else "",
        words=words,
        spoken=spoken,
        other=next(one for one in PAGE_LANGUAGES if one != spoken),
        said=partial(tell_label, language=spoken),
        stage=partial(tell_stage, spoken),
        figure=partial(tell_figure, language=spoken),
        number=lambda value, sign="": tell_figure(number(value, sign), spoken),
        percent=lambda share: tell_figure(percent(share), spoken),
        style=style,
        style_hash=csp_hash(style),
    )


def _labels(compared: Compared | None, words: Mapping[str, str]) -> dict[str, str]:
    """Gives what the two sides of a comparison are called."""
    if compared is None:
        return {key: words[key] for key in ("baseline", "this_run", "vanished", "new")}
    return {
        "baseline": compared.before,
        "this_run": compared.after,
        "vanished": words["only_in"].format(run=compared.before),
        "new": words["only_in"].format(run=compared.after),
    }


def _suites(compared: Compared, words: Mapping[str, str]) -> str:
    """Says of which suites two runs are, and what these share; nothing where it is one."""
    if compared.suites is None:
        return ""
    (one, hash_of_one, cases), (other, hash_of_other, others) = compared.suites
    if one == other:
        one, other = f"{one} ({hash_of_one})", f"{other} ({hash_of_other})"
    filled = {"before": compared.before, "suite": one, "n": cases, "after": compared.after, "other": other, "m": others}
    return words["two_suites"].format(**filled, k=compared.shared)


def _shares(
    mutation: Sensitivity, words: Mapping[str, str]
) -> list[tuple[str, int, list[tuple[float | None, float | None, float | None]]]]:
    """Gives by what was changed, in all and by language: how many mutants, then the shares caught and refuted with their bounds."""
    rows: list[tuple[str, Share]] = [*mutation.operators.items()]
    rows += [
        (words["all_mutants"], mutation.all),
        *((words["in_language"].replace("{language}", name), share) for name, share in mutation.languages.items()),
    ]
    return [
        (
            name,
            share.mutants,
            [
                (hits / share.mutants, *bounds) if (bounds := wilson(hits, share.mutants)) else (None, None, None)
                for hits in (share.caught, share.refuted)
            ],
        )
        for name, share in rows
    ]


def reliability_plot(results: Sequence[CaseResult], language: str = "en") -> Plot | None:
    """Gives the reliability diagram; None where nothing was scored."""
    from bukti.eval.calibration import reliability

    words, bins = RUN_WORDS[language], reliability(results)
    if not bins:
        return None
    dots = tuple(
        Dot(
            x=_across(one.support),
            y=_down(one.supported),
            says=words["reliability_dot"].format(
                low=tell_figure(f"{one.low:.2f}", language),
                high=tell_figure(f"{one.high:.2f}", language),
                mean=tell_figure(f"{one.support:.2f}", language),
                share=tell_figure(percent(one.supported), language),
                n=one.n,
            ),
        )
        for one in bins
    )
    return Plot(
        name="reliability",
        title=words["reliability"],
        description=f"{words['reliability_note']} {_sentences(dots)}",
        x=words["reliability_x"],
        y=words["reliability_y"],
        line=_line((dot.x, dot.y) for dot in dots),
        dots=dots,
        diagonal=True,
    )


def risk_plot(results: Sequence[CaseResult], language: str = "en") -> Plot | None:
    """Gives the risk-coverage curve; None where no result has a gold verdict."""
    from bukti.eval.calibration import risk_coverage

    words, points = RUN_WORDS[language], risk_coverage(results)
    if not points:
        return None
    step = max(1, len(points) // _POINTS)
    drawn = [*points[:-1:step], points[-1]]
    told = [next(point for point in points if point.coverage >= share) for share in (0.25, 0.5, 0.75, 1.0)]
    dots = tuple(
        Dot(
            x=_across(point.coverage),
            y=_down(point.risk),
            says=words["risk_dot"].format(
                coverage=tell_figure(percent(point.coverage), language), risk=tell_figure(percent(point.risk), language)
            ),
        )
        for point in dict.fromkeys(told)
    )
    return Plot(
        name="risk-coverage",
        title=words["risk"],
        description=f"{words['risk_note']} {_sentences(dots)}",
        x=words["risk_x"],
        y=words["risk_y"],
        line=_line((_across(point.coverage), _down(point.risk)) for point in drawn),
        dots=dots,
    )


def _across(share: float) -> float:
    return round(SIDE * share, 2)


def _down(share: float) -> float:
    return round(SIDE * (1 - share), 2)


def _line(points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def _sentences(dots: Iterable[Dot]) -> str:
    return "; ".join(dot.says for dot in dots) + "."


def _told(value: object) -> str:
    """Gives a value of the manifest for a reader."""
    import json

    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1, default=str)


def _name(change: Change) -> str:
    before, after = change.before.case, change.after.case
    return before if before == after else f"{before} = {after}"


def _titles(row: CaseResult) -> dict[str, str]:
    return {one.source: one.title for one in row.evidence if one.title}


@cache
def _template() -> Template:
    made = environment(name_of=_name, titles=_titles)
    return made.from_string(asset("run.html.j2"))
