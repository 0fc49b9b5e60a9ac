"""A run as one self-contained HTML page: the decision, the measures, what changed, and three figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from bukti.eval.decision import Change, Decision, percent
from bukti.eval.page import MARKS, asset, csp_hash, environment
from bukti.eval.results import CaseResult
from bukti.eval.sensitivity import Sensitivity, Share, wilson
from bukti.eval.showing import number, suite_of, worst_first, wrong_of

if TYPE_CHECKING:
    from jinja2 import Template

    from bukti.eval.measures import Value

__all__ = ["Dot", "Plot", "reliability_plot", "risk_plot", "render_run"]

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


def render_run(
    results: Sequence[CaseResult],
    values: Mapping[str, Value],
    decision: Decision | None,
    manifest: Mapping[str, Any],
    *,
    mutation: Sensitivity | None = None,
    back: tuple[str, str] | None = None,
) -> str:
    """Gives a run as a page that needs no other file, no network and no script.

    Args:
        results: The run's results.
        values: Its measures.
        decision: The gate's; None where nothing was gated.
        manifest: The run's, shown as it is.
        mutation: What became of mutants; None where there were none asked for.
        back: Where the page is one of several: the address of their list, and what this one is called there.
    """
    from bukti.eval.measures import confusion

    style = asset("base.css") + asset("run.css")
    kinds = [
        ("worse", "Worse", worst_first(decision.worse)),
        ("better", "Better", worst_first(decision.better)),
        ("other", "Other verdicts, wrong as before or without a label", worst_first(decision.other)),
    ] if decision else []  # fmt: skip
    lists = [
        ("Flaky: repeats disagree", decision.flaky),
        ("Not answered", decision.missing),
        ("Vanished: in the baseline only", decision.vanished),
        ("New: in the run only", decision.new),
    ] if decision else [("Flaky: repeats disagree", [row.case for row in results if row.flaky])]  # fmt: skip
    return _template().render(
        suite=suite_of(manifest),
        results=results,
        failed=[row for row in results if row.failed],
        wrong=wrong_of(results),
        values=list(values.values()),
        decision=decision,
        changes=[(key, title, found) for key, title, found in kinds if found],
        lists=[(title, names) for title, names in lists if names],
        matrix=confusion(results),
        mutation=mutation,
        mutants=_shares(mutation) if mutation else [],
        plots=[one for one in (reliability_plot(results), risk_plot(results)) if one],
        manifest=[(str(key), _told(value)) for key, value in sorted(manifest.items())],
        marks=MARKS,
        most=_MOST,
        side=SIDE,
        back=back,
        style=style,
        style_hash=csp_hash(style),
    )


def _shares(mutation: Sensitivity) -> list[tuple[str, int, list[tuple[float | None, float | None, float | None]]]]:
    """Gives by what was changed, in all and by language: how many mutants, then the shares caught and refuted with their bounds."""
    rows: list[tuple[str, Share]] = [*mutation.operators.items()]
    rows += [("all", mutation.all), *((f"in {name}", share) for name, share in mutation.languages.items())]
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


def reliability_plot(results: Sequence[CaseResult]) -> Plot | None:
    """Gives the reliability diagram; None where nothing was scored."""
    from bukti.eval.calibration import reliability

    bins = reliability(results)
    if not bins:
        return None
    dots = tuple(
        Dot(
            x=_across(one.support),
            y=_down(one.supported),
            says=f"support {one.low:.2f} to {one.high:.2f}, mean {one.support:.2f}: {percent(one.supported)} of {one.n} are supported",
        )
        for one in bins
    )
    return Plot(
        name="reliability",
        title="Reliability of support",
        description="On the diagonal support means what it says; below it support is too high. " + _sentences(dots),
        x="mean support of the bin",
        y="share whose gold verdict is supported",
        line=_line((dot.x, dot.y) for dot in dots),
        dots=dots,
        diagonal=True,
    )


def risk_plot(results: Sequence[CaseResult]) -> Plot | None:
    """Gives the risk-coverage curve; None where no result has a gold verdict."""
    from bukti.eval.calibration import risk_coverage

    points = risk_coverage(results)
    if not points:
        return None
    step = max(1, len(points) // _POINTS)
    drawn = [*points[:-1:step], points[-1]]
    told = [next(point for point in points if point.coverage >= share) for share in (0.25, 0.5, 0.75, 1.0)]
    dots = tuple(
        Dot(
            x=_across(point.coverage),
            y=_down(point.risk),
            says=f"the surest {percent(point.coverage)}: {percent(point.risk)} wrong",
        )
        for point in dict.fromkeys(told)
    )
    return Plot(
        name="risk-coverage",
        title="Risk against coverage",
        description="How many verdicts are wrong where only the surest are given. " + _sentences(dots),
        x="share of results answered, the surest first",
        y="share of those that is wrong",
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
    made = environment(number=number, percent=percent, words=lambda label: label.replace("_", " "), name_of=_name)
    return made.from_string(asset("run.html.j2"))
