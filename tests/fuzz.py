"""`manage.py fuzz [CALLS]`: asks a real registry all that its own description allows, and more."""

import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from zlib import crc32

import schemathesis
import yaml
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.engine import events, from_schema
from schemathesis.engine.recorder import CheckNode, Interaction, ScenarioRecorder
from schemathesis.generation.case import Case
from schemathesis.schemas import BaseSchema

from config.bootstrap import PROJECT
from registry.vocabulary import IdentifierKind, Usage
from tests.journeys.conftest import Registry, eventually

DESCRIPTION = PROJECT / "consent" / "api" / "v1" / "openapi.yaml"
CALLS = 3_000
SEED = 20_261_127
ANONYMOUS_SHARE = 20  # every twentieth call shows no key
CHECKS: dict[str, dict[str, Any]] = {
    "not_a_server_error": {"enabled": True},
    "status_code_conformance": {"enabled": True},
    "content_type_conformance": {"enabled": True},
    "response_headers_conformance": {"enabled": True},
    "response_schema_conformance": {"enabled": True},
    "negative_data_rejection": {"enabled": True, "expected-statuses": ["4xx", "5xx"]},
    "ignored_auth": {"enabled": True},
}
#: How many of a hundred calls go to an operation; those not named share what is left.
WEIGHTS = {"ask": 40, "ask_many": 35, "query_urls": 15}
SINGLE = "GET /api/v1/consent"
LABEL = "label@example.org"
CHOICES = ("allow", "license", "refuse")
KNOWN = {
    IdentifierKind.SHA256: [sha256(choice.encode()).hexdigest() for choice in CHOICES],
    IdentifierKind.URL: [f"https://label.example/{choice}.jpg" for choice in CHOICES],
    IdentifierKind.ISBN: ["9780306406157"],
    IdentifierKind.ISRC: ["USRC17607839"],
    IdentifierKind.ISWC: ["T0345246801"],
    IdentifierKind.DOI: ["10.1000/182"],
}
REGISTERED = {
    (kind, value): choice
    for kind, values in KNOWN.items()
    for value, choice in zip(values, CHOICES, strict=False)
}
#: A question for each status that a caller's mistake is answered with.
MISTAKES: dict[int, tuple[str, dict[str, Any]]] = {
    400: ("GET", {"query": {"colour": "blue"}}),
    401: ("GET", {"query": {"doi": "10.1000/182"}, "headers": {"Authorization": "Bearer x"}}),
    404: ("GET", {"query": {"doi": "10.1000/182", "tree_size": 10**12}}),
    415: ("POST", {"body": "doi", "media_type": "text/plain"}),
    422: ("GET", {"query": {"sha256": "beef"}}),
}


@dataclass
class Report:
    """What came of the calls; `failures` maps each kind of failure to its first request.

    `registered` is the basis answered for each registered identifier and usage, `mistakes` the
    status for each of MISTAKES.
    """

    calls: int = 0
    seconds: float = 0.0
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    bases: Counter[str] = field(default_factory=Counter)
    registered: dict[tuple[str, str], str] = field(default_factory=dict)
    mistakes: dict[int, int] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """The summary for a terminal."""
        lines = [f"{self.calls:,} calls in {self.seconds:.0f} s"]
        for label in sorted({label for label, _ in self.statuses}):
            counts = {code: n for (each, code), n in self.statuses.items() if each == label}
            shown = "  ".join(f"{code}: {n:,}" for code, n in sorted(counts.items()))
            lines.append(f"  {label:<44} {shown}")
        shown = "  ".join(f"{basis}: {n:,}" for basis, n in sorted(self.bases.items()))
        lines.append(f"  Single answers by basis: {shown}")
        for what, request in self.failures.items():
            lines += [f"FAILED {what}", f"  {request}"]
        lines.append(f"{len(self.failures)} kinds of failure")
        return "\n".join(lines)


def fuzz(calls: int, seed: int = SEED) -> Report:
    """Start a registry, register a few works, ask what is plain, then what no person would.

    The first of those calls show no key.
    """
    report = Report()
    with running() as registry:
        started = time.monotonic()
        _plain_calls(registry, report, seed)
        _rounds(registry, report, report.calls + calls // ANONYMOUS_SHARE, seed, key="")
        _rounds(registry, report, calls, seed + 1_000, key=registry.key)
        report.seconds = time.monotonic() - started
    return report


@contextmanager
def running() -> Iterator[Registry]:
    """Give a registry of its own: granian with two workers, PostgreSQL, a few published works."""
    state = Path(tempfile.mkdtemp(prefix="registry-fuzz-"))
    state.chmod(0o711)
    registry = Registry(state)
    try:
        registry.start()
        _seed(registry)
        yield registry
    finally:
        if registry.process and registry.process.poll() is None:
            registry.stop()
        shutil.rmtree(state, ignore_errors=True)


def _seed(registry: Registry) -> None:
    columns = "kind,value,title,medium,generative_training,terms_url"
    rows = [
        f"{kind},{value},Work {n},image,{choice},https://label.example/terms"
        for n, ((kind, value), choice) in enumerate(REGISTERED.items())
    ]
    table = registry.state / "works.csv"
    table.write_text("\n".join([columns, *rows]))
    registry.command("create_account", LABEL, "--rightsholder", "Label", "--evidence-level", "4")
    registry.command("register_works", str(table), "--rightsholder", LABEL)
    issued = registry.command("issue_key", "--firm", "Acme", "--plan", "unlimited")
    registry.key = issued.split()[-1]
    last = KNOWN[IdentifierKind.DOI][0]
    eventually(lambda: registry.ask(doi=last).get("basis") == "granted")


def _plain_calls(registry: Registry, report: Report, seed: int) -> None:
    """Ask about all that is registered, for each usage, and make each mistake once."""
    paths = _schema(_config(registry.url, 1, seed, key=registry.key, with_edges=False))
    consent = paths["/api/v1/consent"]
    for kind, value in REGISTERED:
        for usage in Usage:
            case = consent["GET"].Case(query={kind.value: value, "usage": usage.value})
            answer = json.loads(_call(case, report, registry.key).content)
            basis = answer.get("basis", answer.get("code"))
            report.registered[value, usage.value] = basis
            report.bases[basis] += 1
    for expected, (method, question) in MISTAKES.items():
        case = consent[method].Case(**question)
        report.mistakes[expected] = _call(case, report, registry.key).status_code


def _call(case: Case, report: Report, key: str) -> Any:
    """Make one call and note what its checks say."""
    case.headers.setdefault("Authorization", f"Bearer {key}")
    response = case.call()
    report.calls += 1
    report.statuses[case.operation.label, response.status_code] += 1
    try:
        case.validate_response(response)
    except FailureGroup as group:
        for failure in group.exceptions:
            what = f"{case.operation.label}: {failure.title}: {failure.message}"
            report.failures.setdefault(what[:600], case.as_curl_command()[:1_000])
    return response


def _rounds(registry: Registry, report: Report, until: int, seed: int, *, key: str) -> None:
    """Call until so many calls were made; the first round with a key covers the schemas' edges."""
    is_first = bool(key)
    while report.calls < until:
        before = report.calls
        config = _config(registry.url, until - before, seed, key=key, with_edges=is_first)
        for event in from_schema(_schema(config)).execute():
            _note(report, event)
            if report.calls >= until:
                break
        if report.calls == before:
            report.failures["the fuzzer"] = "made no call"
            return
        is_first, seed = False, seed + 1


def _schema(config: SchemathesisConfig) -> BaseSchema:
    schema = schemathesis.openapi.from_dict(_description(), config=config)
    schema.hook("map_query")(_one_identifier)
    return schema


def _description() -> dict[str, Any]:
    """Give the committed description, in which every identifier may be one that is registered."""
    description: dict[str, Any] = yaml.safe_load(DESCRIPTION.read_text())
    question = description["components"]["schemas"]["Question"]["properties"]
    parameters = description["paths"]["/api/v1/consent"]["get"]["parameters"]
    for kind, values in KNOWN.items():
        question[kind] = _known_or(values, question[kind])
        for parameter in parameters:
            if parameter["name"] == kind:
                parameter["schema"] = _known_or(values, parameter["schema"])
    return description


def _one_identifier(context: Any, query: Any) -> Any:
    """Leave one identifier in most questions, for with several there is but one answer.

    In some it is a registered one. What is left follows from the question, so that a run repeats.
    """
    kinds = [kind for kind in IdentifierKind if isinstance(query, dict) and kind in query]
    lot = crc32(repr(query).encode(errors="surrogatepass"))
    if len(kinds) < 2 or lot % 4 == 0:
        return query
    left = {name: value for name, value in query.items() if name not in kinds}
    if lot % 4 == 1:
        kind, value = list(REGISTERED)[lot // 4 % len(REGISTERED)]
        return {**left, kind: value}
    kept = kinds[lot // 4 % len(kinds)]
    return {**left, kept: query[kept]}


def _known_or(values: list[str], schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [{"enum": values}, deepcopy(schema)]}


def _config(url: str, calls: int, seed: int, *, key: str, with_edges: bool) -> SchemathesisConfig:
    rest = (100 - sum(WEIGHTS.values())) // 5
    shares = {
        name: max(1, calls * WEIGHTS.get(name, rest) // 100)
        for path in _description()["paths"].values()
        for name in [operation["operationId"] for operation in path.values()]
    }
    return SchemathesisConfig.from_dict(
        {
            "base-url": url,
            "seed": seed,
            "workers": 2,
            "continue-on-failure": True,
            "request-timeout": 30,
            "headers": {"Authorization": f"Bearer {key}"} if key else {},
            "checks": {"enabled": False, **CHECKS},
            "phases": {
                "examples": {"enabled": with_edges},
                "coverage": {"enabled": with_edges},
                "stateful": {"enabled": False},
            },
            "generation": {"mode": "all", "no-shrink": True, "database": "none"},
            "operations": [
                {"include-operation-id": name, "generation": {"max-examples": share}}
                for name, share in shares.items()
            ],
        }
    )


def _note(report: Report, event: events.EngineEvent) -> None:
    if isinstance(event, events.FatalError):
        raise event.exception
    is_interpreters = isinstance(
        getattr(event, "value", None), SystemError
    )  # python/cpython#106905
    if isinstance(event, events.NonFatalError) and not is_interpreters:
        report.failures.setdefault(f"{event.label}: {event.value!r}"[:300], "the fuzzer's own")
    if isinstance(event, events.ScenarioFinished):
        _note_answers(report, event.recorder)
        _note_failures(report, event.recorder)


def _note_answers(report: Report, recorder: ScenarioRecorder) -> None:
    for interaction in recorder.interactions.values():
        report.calls += 1
        status = interaction.response.status_code if interaction.response else 0
        report.statuses[recorder.label, status] += 1
        if (interaction.request.method, recorder.label, status) == ("GET", SINGLE, 200):
            report.bases[json.loads(interaction.response.content)["basis"]] += 1


def _note_failures(report: Report, recorder: ScenarioRecorder) -> None:
    for case, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info and not _is_marked(check, recorder.interactions[case]):
                failure = check.failure_info.failure
                what = f"{recorder.label}: {check.name}: {failure.title}: {failure.message}"
                report.failures.setdefault(what[:600], check.failure_info.code_sample[:1_000])


def _is_marked(check: CheckNode, interaction: Interaction) -> bool:
    """Whether a batch was answered as it should be where an item is bad: with an error for it."""
    if check.name != "negative_data_rejection" or not interaction.response:
        return False
    answer = json.loads(interaction.response.content)
    return bool(answer.get("summary", {}).get("error"))


if __name__ == "__main__":
    report = fuzz(int(sys.argv[1]) if sys.argv[1:] else CALLS)
    print(report)
    sys.exit(bool(report.failures))
