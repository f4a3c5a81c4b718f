"""The tree stays as it was decided; import-linter holds who may import whom."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from config.bootstrap import PROJECT
from consent import errors as consent_errors
from consent.labels import ERROR_SENTENCES as CONSENT_SENTENCES
from consent.statuses import STATUSES, http_sentences
from registry import errors as registry_errors
from registry.errors import DomainError
from registry.labels import ERROR_SENTENCES as REGISTRY_SENTENCES

TOP_LEVEL = {
    "manage.py",
    "registry",
    "consent",
    "config",
    "templates",
    "tests",
    "requirements.txt",
    "requirements.in",
    "requirements-dev.in",
    "requirements-dev.txt",
    "requirements-bootstrap.in",
    "requirements-bootstrap.txt",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "LICENSE",
    "pyproject.toml",
    "Makefile",
    ".ci",
    ".gitignore",
}


def tracked() -> list[Path]:
    """Give the files that git knows, or will know."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [path for line in listed.stdout.splitlines() if (path := PROJECT / line).is_file()]


def modules() -> list[Path]:
    """Give our Python files; those among the templates are examples for readers."""
    python = (path for path in tracked() if path.suffix == ".py")
    return [path for path in python if path.relative_to(PROJECT).parts[0] != "templates"]


def test_the_top_level_holds_what_was_decided_and_nothing_else() -> None:
    assert {path.relative_to(PROJECT).parts[0] for path in tracked()} <= TOP_LEVEL


def test_every_module_opens_with_one_sentence() -> None:
    silent = [path for path in modules() if not ast.get_docstring(ast.parse(path.read_text()))]
    generated = [path for path in silent if "migrations" in path.parts]
    assert [path for path in silent if path not in generated] == []


def test_only_config_reads_the_environment() -> None:
    pattern = re.compile(r"os\.environ|os\.getenv|getenv\(")
    readers = [
        path.relative_to(PROJECT)
        for path in modules()
        if path.relative_to(PROJECT).parts[0] in {"registry", "consent"}
        and pattern.search(path.read_text())
    ]
    assert readers == []


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    home = re.compile(r"(?<![a-z.])/(?:home|Users)/[a-z]+/")
    for path in tracked():
        if path.suffix not in {".mo", ".png", ".ico"}:
            assert not home.search(path.read_text(errors="replace")), path


def refusals() -> list[type[DomainError]]:
    """Give every type of refusal of both apps."""
    return [
        value
        for module in (registry_errors, consent_errors)
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, DomainError) and value is not DomainError
    ]


def test_every_refusal_has_one_code_and_one_sentence() -> None:
    codes = {refusal.code for refusal in refusals()}
    sentences = {**REGISTRY_SENTENCES, **CONSENT_SENTENCES}
    assert codes == set(sentences)
    assert not set(REGISTRY_SENTENCES) & set(CONSENT_SENTENCES)


def test_every_status_belongs_to_a_refusal() -> None:
    codes = {refusal.code for refusal in refusals()} | set(http_sentences())
    assert set(STATUSES) <= codes


def test_every_refusal_is_tested() -> None:
    tests = "".join(path.read_text() for path in (PROJECT / "tests").rglob("*.py"))
    untested = [
        refusal.__name__
        for refusal in refusals()
        if not re.search(rf"\b{refusal.__name__}\b", tests) and f'"{refusal.code}"' not in tests
    ]
    assert untested == []
