"""A run as one self-contained HTML page: the decision, the measures, what changed, and three figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from bukti.eval.decision import Change, Decision, percent
from bukti.eval.page import MARKS, asset, csp_hash, environment
from bukti.eval.results import CaseResult
from bukti.eval.runwording import RUN_WORDS, tell_label
from bukti.eval.sensitivity import Sensitivity, Share, wilson
from bukti.eval.showing import number, suite_of, worst_first, wrong_of
from bukti.eval.wording import PAGE_LANGUAGES, page_language

if TYPE_CHECKING:
    from jinja2 import Template

    from bukti.eval.measures import Value

__all__ = ["Dot", "Place", "Plot", "reliability_plot", "risk_plot", "render_run"]

SIDE = 300
"""Width and height of a plot's area in its own units."""

_MOST = 500
"""So many cases are listed of each kind."""

_POINTS = 600
"""A curve has no more points than about twice this."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {"majority": "most frequent verdict alone", "tag": "tag"},
    "id": {"majority": "putusan tersering saja", "tag": "tanda"},
}
"""Words of the measures' tables."""


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

    Raises:
        UsageError: The page does not speak that language.
    """
    from bukti.eval.measures import confusion

    spoken = page_language(language, "en")
    words, style = {**RUN_WORDS[spoken], **_WORDS[spoken]}, asset("base.css") + asset("run.css")
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
        failed=[row for row in results if row.failed],
        wrong=wrong_of(results),
        values=list(values.values()),
        majority={name: told["value"] for name, told in (scores or {}).get("majority", {}).items()},
        tags={tag: held for tag, held in (scores or {}).get("by_tag", {}).items() if tag},
        decision=decision,
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
        words=words,
        spoken=spoken,
        other=next(one for one in PAGE_LANGUAGES if one != spoken),
        said=partial(tell_label, language=spoken),
        style=style,
        style_hash=csp_hash(style),
    )


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
                low=f"{one.low:.2f}",
                high=f"{one.high:.2f}",
                mean=f"{one.support:.2f}",
                share=percent(one.supported),
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
            says=words["risk_dot"].format(coverage=percent(point.coverage), risk=percent(point.risk)),
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


@cache
def _template() -> Template:
    made = environment(number=number, percent=percent, name_of=_name)
    return made.from_string(asset("run.html.j2"))
