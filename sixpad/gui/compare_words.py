"""The networks that are compared, in figures and words: scores, size, training, sources."""

from __future__ import annotations

from textwrap import fill

from sixpad.core.evaluation import Evaluation
from sixpad.core.intervals import average_precision_interval
from sixpad.core.network import Network
from sixpad.core.position_map import NEAR, REACH, PositionMap
from sixpad.core.preparation import Preparation
from sixpad.core.ranking import Estimate
from sixpad.data.provenance import worth
from sixpad.gui.compare_facts import Fact
from sixpad.gui.evaluation_threads import Report
from sixpad.gui.glossary import TERMS, TIP_WIDTH
from sixpad.gui.learned import Learned
from sixpad.gui.numbers import count, duration, fixed, percent, span
from sixpad.gui.position_view import Shift

_KILOBYTE = 1000
_BYTES = 4
# What the lines are, in their order; the third names the digit that is looked at.
_LINES = (
    ("accuracy", "compared accuracy"),
    ("average precision", "compared average precision"),
    ("… of the {digit}", "average precision of a digit"),
    ("parameters", "parameters"),
    ("training time", "training time"),
    ("learned from", "learned from"),
)


def line_names(digit: int) -> list[Fact]:
    """What the lines of `facts` are called, for the digit that is looked at."""
    return [Fact(name.format(digit=digit), "", TERMS[term], False) for name, term in _LINES]


def facts(
    network: Network, learned: Learned, digit: int, report: Report | None, state: str,
    preparation: Preparation | None = None,
) -> list[Fact]:  # fmt: skip
    """A network's lines; `state` stands in the place of what the scores are not, or not any more.

    `preparation` is that of its images, where it is another than the drawing's.
    """
    tips = [fact.tip for fact in line_names(digit)]
    size = Fact(count(network.size), f"{network.size * _BYTES / _KILOBYTE:.1f} KB", tips[3])
    return [
        *_scores(network, digit, report, state, tips),
        size,
        _training(learned, tips[4]),
        _source(learned, tips[5], preparation),
    ]


def map_line_names(digit: int) -> list[Fact]:
    """What the lines of `map_facts` are called."""
    return [
        Fact(f"P({digit}) at this shift", "", TERMS["position map"], False),
        Fact(f"says {digit}, up to {NEAR} pixels away", "", TERMS["near shifts"], False),
    ]


def map_facts(found: PositionMap | None, digit: int, shift: Shift) -> list[Fact]:
    """What a position map says of one shift, and of those that are near."""
    tips = TERMS["position map"], TERMS["near shifts"]
    if found is None:
        return [Fact("–", "", tip, False) for tip in tips]
    near, whole = found.near(digit)
    P = float(found.of(digit)[shift.down + REACH, shift.right + REACH])
    return [Fact(percent(P), "", tips[0]), Fact(str(near), f"of {whole} shifts", tips[1])]


def _scores(
    network: Network, digit: int, report: Report | None, state: str, tips: list[str]
) -> list[Fact]:
    if report is None:
        return [Fact("–", "" if place else state, tips[place], False) for place in range(3)]
    found, subject = report.evaluation, report.subject
    told = fill(worth(report.data.names, subject.learned_from, validation=True), TIP_WIDTH)
    one = network.digit is not None
    rows = [
        (percent(found.accuracy.value), _interval(found.accuracy, percents=True)),
        (fixed(found.average_precision.value), _interval(found.average_precision)),
        _of_digit(found, digit),
    ]
    if one:
        # A mean over ten digits is no score of a neuron that knows one.
        rows[0], rows[1] = (rows[0][0], "of yes and no"), ("–", "")
    # Whose scores are old is told in the first line that has any.
    facts = []
    for place, (value, interval) in enumerate(rows):
        remark = state if state and place == 0 else interval
        strong = not state and value != "–" and not (one and place == 0)
        facts.append(Fact(value, remark, f"{tips[place]}\n{told}", strong))
    return facts


def _of_digit(found: Evaluation, digit: int) -> tuple[str, str]:
    """The average precision of a digit, and its interval."""
    ranking, place = found.ranking, 0 if found.network.digit is not None else digit
    values = ranking.average_precisions[place : place + 1]
    interval = average_precision_interval(values, ranking.positives[place : place + 1])
    return fixed(float(values[0])), span(*interval)


def _interval(estimate: Estimate, *, percents: bool = False) -> str:
    return span(estimate.low, estimate.high, percents=percents)


def _training(learned: Learned, tip: str) -> Fact:
    snapshot = learned.snapshot
    if not snapshot.step:
        return Fact("–", "", tip, False)
    took = duration(learned.seconds) if learned.seconds else "–"
    if snapshot.unfinished:
        return Fact(took, f"epoch {snapshot.epoch} of {snapshot.until}", tip)
    epochs = f"{snapshot.progress:.2g}" if snapshot.progress < 1 else f"{snapshot.epoch}"
    return Fact(took, f"{count(snapshot.examples)} × {epochs}", tip)


def _source(learned: Learned, tip: str, preparation: Preparation | None) -> Fact:
    name = learned.source.name
    if not learned.snapshot.step:
        return Fact("–", "", tip, False)
    words = fill(f"{name or 'not known'}, {learned.source.preparation.words}", TIP_WIDTH)
    shown = name or "not known"
    if preparation is not None:
        shown = f"{preparation.words}: {shown}"
    return Fact(shown, "", f"{tip}\n{words}", False)
