"""Check the functions of Python files and modules in the worker, and judge what it sends.

May import `worker`, `verify`'s judge, `reports`. User code never runs in this process.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcli.app.outcome import verdict_exit
from gradcli.app.python_targets import PythonTarget
from gradcli.app.reproducer import python_command
from gradcli.app.smallest_point import counterexample
from gradcli.errors import Diagnostic, GradcliError, InternalError, NoVerdictError
from gradcli.reports import Array, CheckEntry, Status, Verdict
from gradcli.verify.diagnosis.explanation import explained
from gradcli.verify.evidence import Evidence, from_json
from gradcli.verify.judge import judge
from gradcli.verify.testimony import with_witnesses
from gradcli.verify.tolerance import within_tolerance
from gradcli.verify.whole import combine
from gradcli.worker.parent import Message, Worker

_NO_POINT = re.compile(r"no point for `(?P<name>\w+)`")
_CAUSES = {"time": "TIME", "memory": "MEMORY", "died": "DIED"}
_SENTENCES = {
    "time": "user code ran longer than the limit",
    "memory": "user code grew over the memory limit",
    "died": "user code ended the process",
}


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked of one Python target.

    Parameters
    ----------
    target
        The file or module.
    asked
        Fields of `frontend.points.Asked`, JSON-ready.
    pattern, samples, seed, listing
        Only functions whose name contains the pattern; random points beside the given
        ones; their seed; whether to list and not to run.
    strict
        Whether a kink counts as no verdict.
    claims
        Functions elsewhere that claim the target's derivative.
    rtol, atol
        A wrong claim within these is ok; ``None``: not used.
    mutate
        Whether the rules are broken on purpose, to count what the verdict notices.
    only
        Names of the only functions to check; ``None``: all.
    verbose
        Whether every witness's own numbers are wanted.
    hook
        The function that is called before every call of a checked one.
    """

    target: PythonTarget
    asked: Mapping[str, Any]
    pattern: str | None = None
    samples: int = 0
    seed: int = 0
    listing: bool = False
    strict: bool = False
    claims: tuple[Mapping[str, Any], ...] = ()
    rtol: float | None = None
    atol: float | None = None
    mutate: bool = False
    only: tuple[str, ...] | None = None
    verbose: bool = False
    hook: Mapping[str, Any] | None = None

    def message(self, first: int) -> dict[str, Any]:
        """Return the job for the worker, starting at unit number `first`."""
        return {
            "path": self.target.path,
            "module": self.target.module,
            "function": self.target.function,
            "asked": dict(self.asked),
            "pattern": self.pattern,
            "samples": self.samples,
            "seed": self.seed,
            "list": self.listing,
            "claims": [dict(c) for c in self.claims],
            "options": {"mutate": self.mutate},
            "only": None if self.only is None else list(self.only),
            "hook": self.hook,
            "first": first,
        }


def check_python(job: Job, worker: Worker) -> Iterator[CheckEntry]:
    """Yield one entry per function, point and claim of a target, in the order of the file.

    Parameters
    ----------
    job
        What to check.
    worker
        A running worker; a unit that kills its child is skipped and the rest goes on.
    """
    first: int | None = 0
    told = False
    while first is not None:
        first = yield from _run_once(job, worker, first, told)
        told = True


def _run_once(
    job: Job, worker: Worker, first: int, told: bool
) -> Generator[CheckEntry, None, int | None]:
    """Run the job from a unit on; return the unit to go on with, or ``None`` at its end."""
    about: dict[str, Any] = {}
    # What is known of a unit while its explanation is looked for.
    known: dict[str, Any] | None = None
    for message in worker.run(job.message(first)):
        if message.kind == "targets" and not told:
            yield from _not_run(job, message.body)
        elif message.kind == "begin":
            about, known = message.body, None
        elif message.kind == "evidence":
            known = message.body
        elif message.kind == "result":
            yield _judged(job, about, message.body)
        elif message.kind in ("error", "refused"):
            yield _failed(job, about, message.body)
        elif message.kind == "failed":
            yield _broken(job, about, message.body)
            return about["unit"] + 1 if about else None
        elif message.kind in _CAUSES:
            yield _judged(job, about, known) if known else _ended(job, about, message)
            return about["unit"] + 1 if about else None
    return None


def _node(job: Job, about: Mapping[str, Any]) -> str:
    return job.target.node(about["target"]) if about else job.target.name


def _where(job: Job, about: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an entry that say where its target stands."""
    return {
        "node": _node(job, about),
        "file": job.target.path,
        "line": about.get("line"),
        "wrt": tuple(about.get("wrt", ())),
        "claimed_by": about.get("claim") or "",
        "place": about.get("point", ""),
    }


def _not_run(job: Job, described: Sequence[Mapping[str, Any]]) -> Iterator[CheckEntry]:
    """Yield the targets that are skipped, or all where they are only listed."""
    for target in described:
        if target["skipped"] or job.listing:
            reason = (
                _reason(target) if target["skipped"] else ", ".join(["listed", *target["claims"]])
            )
            yield _skipped({"target": target["name"], "line": target["line"]}, job, reason)


def _reason(target: Mapping[str, Any]) -> str:
    """Return why a target is skipped, what gives it a point, and what stays unchecked with it."""
    reason = str(target["skipped"])
    missing = _NO_POINT.fullmatch(reason)
    if missing:
        name = missing["name"]
        reason += f"; write `{name}0 = …` in the file, or pass `--shape {name}=3`"
    claims = ", ".join(f"`{claim}`" for claim in target["claims"])
    return f"{reason}; unchecked: {claims}" if claims else reason


def _skipped(about: Mapping[str, Any], job: Job, reason: str) -> CheckEntry:
    verdict = Verdict(Status.SKIPPED, text=reason)
    return CheckEntry(verdict=verdict, exit_code=0, remark=reason, **_where(job, about))


def _failed(job: Job, about: Mapping[str, Any], said: Mapping[str, Any]) -> CheckEntry:
    """Return the entry of a unit whose code raised."""
    error = Diagnostic(said["code"], said["what"], hint=said["hint"])
    verdict = Verdict(Status.ERROR, text=said["what"])
    return CheckEntry(
        verdict=verdict,
        exit_code=said["exit"],
        error=error,
        remark=said["what"],
        **_where(job, about),
    )


def _broken(job: Job, about: Mapping[str, Any], said: Mapping[str, Any]) -> CheckEntry:
    """Return the entry of a unit in which gradcli itself failed."""
    error = Diagnostic("E070", f"a bug in gradcli: {said['message']}")
    verdict = Verdict(Status.ERROR, text=error.what)
    return CheckEntry(verdict=verdict, exit_code=70, error=error, **_where(job, about))


def _ended(job: Job, about: Mapping[str, Any], message: Message) -> CheckEntry:
    """Return the entry of a unit that the parent had to end, or that ended itself."""
    cause = _CAUSES[message.kind]
    what = _SENTENCES[message.kind]
    if message.kind == "died" and isinstance(message.body, int):
        how = f"signal {-message.body}" if message.body < 0 else f"exit code {message.body}"
        what = f"{what} ({how})"
    verdict = Verdict(Status.INCONCLUSIVE, cause, text=f"{cause}: {what}")
    return CheckEntry(verdict=verdict, exit_code=3, remark=what, **_where(job, about))


def unit_error(job: Job, about: Mapping[str, Any], message: Message) -> GradcliError:
    """Return the error that a message other than a result means for a lone request."""
    if message.kind in ("error", "refused"):
        said = message.body
        kind = NoVerdictError if said["exit"] == NoVerdictError.exit_code else GradcliError
        return kind(said["code"], said["what"], hint=said["hint"])
    if message.kind == "failed":
        return InternalError("E070", f"a bug in gradcli: {message.body['message']}")
    entry = _ended(job, about, message)
    return NoVerdictError("E089", entry.verdict.text)


def _judged(job: Job, about: Mapping[str, Any], result: Mapping[str, Any]) -> CheckEntry:
    """Turn the evidence of one unit into an entry."""
    if result["skipped"]:
        return _skipped(about, job, result["skipped"])
    evidence = [from_json(e) for e in result["evidence"]]
    verdict = combine([_verdict(e, result["who"], job.verbose) for e in evidence])
    verdict = within_tolerance(verdict, evidence, job.rtol, job.atol)
    wrong = verdict.status is Status.WRONG and result["claim"] is not None
    expected = _arrays(result["gradient"]) if wrong else None
    opaque = wrong and not result["gradient"]
    # A function that only mentions a framework is judged like any other, without its claim.
    claim = about["claim"] if result["who"] == "claim" else None
    if opaque:
        expected = _by_differences(evidence, result["point"])
    if expected and result["claim"]:
        expected = {name: array for name, array in expected.items() if name in result["claim"]}
    return CheckEntry(
        verdict=verdict,
        exit_code=verdict_exit(verdict, job.strict),
        # Arrays that are too long to be sent are told of by the findings alone.
        claim=(_arrays(result["claim"]) or None) if wrong else None,
        expected=expected or None,
        referee="fd" if opaque else "gradcli",
        point=_arrays(result["point"]),
        counterexample=counterexample(evidence[0], verdict) if len(evidence) == 1 else None,
        # The table names the kink itself; a warning would say it twice.
        remark=_remark(verdict, evidence, result),
        seed=job.seed if about.get("point", "").startswith("sample") else None,
        command=python_command(job, _node(job, about)) if verdict.status is Status.WRONG else "",
        **_where(job, {**about, "claim": claim, "wrt": result["names"] or about["wrt"]}),
    )


def _by_differences(
    evidence: Sequence[Evidence], point: Mapping[str, Any]
) -> dict[str, Array] | None:
    """Return what differences of a black box with one output give, where they give it all."""
    entries = evidence[0].entries if len(evidence) == 1 else ()
    if not entries or any(point.get(e.variable) is None or e.difference is None for e in entries):
        return None
    names = dict.fromkeys(e.variable for e in entries)
    found = {name: np.full(np.shape(point[name]), np.nan) for name in names}
    for entry in entries:
        found[entry.variable][entry.index] = entry.difference
    return found


def _remark(verdict: Verdict, evidence: Sequence[Evidence], result: Mapping[str, Any]) -> str:
    """Return the last column of the table; empty: made from the verdict."""
    said = _kink_remark(evidence) if verdict.status is Status.KINK else ""
    tally = result.get("mutation")
    if not tally or verdict.status is Status.WRONG:
        return said
    counted = f"{tally['caught']} of {tally['made']} broken rules noticed"
    if tally["missed"]:
        counted += f", missed {tally['missed'][0]}"
    return f"{said or verdict.text}; {counted}"


def _kink_remark(evidence: Sequence[Evidence]) -> str:
    """Return where a gradient sits on kinks, without the intervals."""
    places = [f"{t.op} at {t.place}" for e in evidence for t in e.ties]
    return "; ".join(dict.fromkeys(places))


def _verdict(evidence: Evidence, who: str, verbose: bool) -> Verdict:
    """Judge one piece of evidence, and say why where a claim is wrong."""
    verdict = explained(judge(evidence, who), evidence)
    return with_witnesses(verdict, evidence) if verbose else verdict


def _arrays(shown: Mapping[str, Any] | None) -> dict[str, Array] | None:
    if shown is None:
        return None
    return {k: np.asarray(v, dtype=np.float64) for k, v in shown.items() if v is not None}
