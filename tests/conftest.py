"""The fixed cast, a frozen clock, and a log that publishes when it is told to."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import override_settings
from django.utils import timezone, translation
from playwright.sync_api import Browser, sync_playwright

from consent.models import Firm
from consent.services import firms
from consent.vocabulary import Role
from registry.identifiers import Identifier, parse
from registry.log.services import integrate
from registry.models import Rightsholder, User, Work
from registry.selectors.log import DECLARATIONS
from registry.services import people, works
from registry.statements import TreeHead
from registry.vocabulary import Choice, EvidenceLevel, IdentifierKind, Medium, Usage

#: The tables that triggers keep; only their owner can switch these off, as tests must.
KEPT = [
    "registry_claim",
    "registry_identifier",
    "registry_holder",
    "registry_declaration",
    "registry_location",
    "registry_locationevent",
    "registry_standing",
    "registry_entry",
    "registry_checkpoint",
    "registry_tile",
    "registry_log",
]
WORDS = ("DISABLE", "ENABLE")
BESIDE = Path(__file__).resolve().parents[2] / "shared" / "samples"
SAMPLES = Path(os.environ.get("REGISTRY_SAMPLES") or BESIDE)
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "a-long-enough-password"


@pytest.fixture(scope="session", autouse=True)
def _state_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep keys, mails and static files of the tests out of everybody else's state."""
    state = tmp_path_factory.mktemp("state")
    (state / "static").mkdir()
    with override_settings(
        REGISTRY_SIGNING_KEYS=state / "keys",
        STATIC_ROOT=state / "static",
        SNAPSHOT_FOLDER=state / "snapshots",
        WHITENOISE_USE_FINDERS=True,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],  # fast on purpose
        STORAGES={
            **settings.STORAGES,
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
    ):
        yield


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Forget the language of whoever was served before."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="session", autouse=True)
def _flush_despite_the_triggers() -> Iterator[None]:
    """Let Django empty the test database between tests; the record itself refuses to."""
    flush = DatabaseOperations.execute_sql_flush

    def without_triggers(self: DatabaseOperations, sql_list: list[str]) -> None:
        off, on = ([f"ALTER TABLE {table} {word} TRIGGER USER" for table in KEPT] for word in WORDS)
        flush(self, [*off, *sql_list, *on] if sql_list else sql_list)

    DatabaseOperations.execute_sql_flush = without_triggers  # type: ignore[method-assign]
    yield
    DatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium once."""
    path = shutil.which("chromium")
    if path is None:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say("Browser tests need Chromium: apt-get install chromium")
    # Playwright's loop runs in this thread, where Django would otherwise refuse the database.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def now() -> datetime:
    """One reading of the clock."""
    return timezone.now()


@pytest.fixture
def samples() -> Path:
    """Real material, where it lies beside the project."""
    if not SAMPLES.is_dir():
        pytest.skip("the samples are not at hand; set REGISTRY_SAMPLES")
    return SAMPLES


@pytest.fixture
def account() -> Callable[..., User]:
    """Make accounts with a confirmed address."""

    def make(email: str) -> User:
        user = people.create_account(email=email, password=PASSWORD)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        return user

    return make


@pytest.fixture
def rightsholder(account: Callable[..., User], now: datetime) -> Callable[..., Rightsholder]:
    """Make rightsholders with an account of their own, at an evidence level."""

    def make(name: str, level: int = EvidenceLevel.EMAIL) -> Rightsholder:
        user = account(f"{name.lower()}@example.org")
        made = people.add_rightsholder(user=user, name=name)
        people.set_evidence_level(rightsholder=made, level=level, reason="test", at=now)
        return made

    return make


@pytest.fixture
def maya(rightsholder: Callable[..., Rightsholder]) -> Rightsholder:
    """Maya creates; her address is confirmed."""
    return rightsholder("Maya")


@pytest.fixture
def rui(rightsholder: Callable[..., Rightsholder]) -> Rightsholder:
    """Rui disputes; his address is confirmed."""
    return rightsholder("Rui")


@pytest.fixture
def vouched(rightsholder: Callable[..., Rightsholder]) -> Rightsholder:
    """A label for which the operator vouches."""
    return rightsholder("Label", EvidenceLevel.VOUCHED)


@pytest.fixture
def register(now: datetime) -> Callable[..., Work]:
    """Register a work by the hash of its title, or by other identifiers."""

    def make(
        holder: Rightsholder,
        title: str = "Harbour",
        *identifiers: Identifier,
        choices: dict[Usage, Choice] | None = None,
        at: datetime | None = None,
        **fields: Any,
    ) -> Work:
        draft = works.Draft(
            title=title,
            medium=Medium.IMAGE,
            identifiers=identifiers or (hash_of(title),),
            choices=choices or {},
            **fields,
        )
        return register_work(rightsholder=holder, draft=draft, at=at or now)

    return make


@pytest.fixture
def publish(now: datetime) -> Callable[..., TreeHead]:
    """Integrate what is pending and give the published state."""

    def run(at: datetime | None = None) -> TreeHead:
        head = integrate(log=DECLARATIONS, at=at or now + timedelta(milliseconds=1))
        assert head is not None
        return head

    return run


def firm_with(user: User, *, name: str = "Acme", role: Role = Role.OWNER) -> Firm:
    """Give a firm for which the account acts."""
    firm = firms.found_firm(name=name)
    firms.join(firm=firm, user=user, role=role)
    return firm


def register_work(*, rightsholder: Rightsholder, draft: works.Draft, at: datetime) -> Work:
    """Give the new work of a draft that nothing is wrong with."""
    [outcome] = works.register_works(rightsholder=rightsholder, drafts=[draft], at=at)
    assert outcome.work, outcome.refusal
    return outcome.work


def hash_of(text: str) -> Identifier:
    """Give the SHA-256 of a text as an identifier."""
    return parse(IdentifierKind.SHA256, sha256(text.encode()).hexdigest())


def utc(*parts: int) -> datetime:
    """Give a moment in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]
