"""Accounts, rightsholders and signatures: changed through services, and logged."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from registry.models import Declaration, Rightsholder, Signature, Standing, User
from registry.selectors.people import evidence_level
from registry.selectors.signatures import last_signature
from registry.services.people import set_access
from registry.services.signatures import sign_statement
from registry.vocabulary import Capacity, Discipline

pytestmark = pytest.mark.django_db


def inlines(*names: str) -> dict[str, str]:
    """Give what a browser sends along for tables that are only shown."""
    fields = ("TOTAL_FORMS", "INITIAL_FORMS")
    return {f"{name}-{field}": "0" for name in names for field in fields}


# Evidence levels


def level_page(rightsholder: Rightsholder) -> str:
    return f"/admin/registry/rightsholder/{rightsholder.id}/set_evidence_level/"


def test_raising_the_evidence_level_is_a_logged_act(
    operator: Client, maya: Rightsholder, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    asked = operator.get(level_page(maya)).content.decode()
    assert '<option value="1" selected' in asked
    assert '<option value="5"' not in asked
    form = {"_form_submitted": "on", "level": "3", "reason": "Passport seen by Noor"}
    answer = operator.post(level_page(maya), form)
    assert answer.status_code == 302
    assert evidence_level(maya) == 3
    standing = Standing.objects.latest("entry_id")
    assert (standing.level, standing.reason) == (3, "Passport seen by Noor")
    assert standing.entry.kind == "standing"
    page = operator.get(answer["Location"]).content.decode()
    assert "Passport seen by Noor" in page
    assert "3 · Identity confirmed" in page


def test_the_dialog_closes_by_leaving_for_the_rightsholder(
    operator: Client, maya: Rightsholder
) -> None:
    form = {"_form_submitted": "on", "level": "2", "reason": "DNS record read"}
    answer = operator.post(level_page(maya), form, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == f"/admin/registry/rightsholder/{maya.id}/change/"


@pytest.mark.parametrize("form", [{"level": "3"}, {"level": "5", "reason": "x"}, {"reason": "x"}])
def test_a_level_without_a_reason_or_beyond_four_changes_nothing(
    operator: Client, maya: Rightsholder, form: dict[str, str]
) -> None:
    answer = operator.post(level_page(maya), {"_form_submitted": "on"} | form)
    assert answer.status_code == 200
    assert Standing.objects.count() == 1


def test_opening_the_dialog_changes_nothing(operator: Client, maya: Rightsholder) -> None:
    operator.get(level_page(maya) + "?_form_submitted=on&level=4&reason=x")
    assert evidence_level(maya) == 1


def test_staff_without_the_right_cannot_raise_a_level(
    client: Client, account: Callable[[str], User], maya: Rightsholder
) -> None:
    zed = account("zed@example.org")
    User.objects.filter(pk=zed.pk).update(is_staff=True)
    client.force_login(zed)
    form = {"_form_submitted": "on", "level": "4", "reason": "x"}
    assert client.post(level_page(maya), form).status_code == 403
    assert evidence_level(maya) == 1


def test_rightsholders_are_found_by_name_address_and_level(
    operator: Client, maya: Rightsholder, vouched: Rightsholder
) -> None:
    def shown(**query: str) -> set[str]:
        page = operator.get("/admin/registry/rightsholder/", query).content.decode()
        return {name for name in ("Maya", "Label") if f">{name}</a>" in page}

    assert shown() == {"Maya", "Label"}
    assert shown(q="may") == {"Maya"}
    assert shown(q="label@example.org") == {"Label"}
    assert shown(level="4") == {"Label"}
    assert shown(level="0") == set()


# Rightsholders


def test_a_rightsholder_is_renamed_on_one_line(operator: Client, maya: Rightsholder) -> None:
    page = f"/admin/registry/rightsholder/{maya.id}/change/"
    tables = inlines("standings", "memberships")
    answer = operator.post(page, {"name": " Maya\tof  the Harbour ", **tables})
    assert answer.status_code == 302
    maya.refresh_from_db()
    assert maya.name == "Maya of the Harbour"
    refused = operator.post(page, {"name": "\x01 \x02", **tables})
    assert "A name has between 1 and 200 characters" in refused.content.decode()
    maya.refresh_from_db()
    assert maya.name == "Maya of the Harbour"


# Accounts


def account_page(user: User) -> str:
    return f"/admin/registry/user/{user.pk}/change/"


def test_an_account_can_be_closed_and_made_an_operator(
    operator: Client, maya: Rightsholder
) -> None:
    user = maya.members.get()
    tables = inlines("memberships")
    operator.post(account_page(user), {"is_active": "on", "is_administrator": "on", **tables})
    user.refresh_from_db()
    assert (user.is_active, user.is_staff, user.is_superuser) == (True, True, True)
    operator.post(account_page(user), tables)
    user.refresh_from_db()
    assert (user.is_active, user.is_staff, user.is_superuser) == (False, False, False)


def test_the_address_and_the_password_are_not_an_operators_to_change(
    operator: Client, maya: Rightsholder
) -> None:
    user = maya.members.get()
    form = {"is_active": "on", "email": "zed@example.org", "password": "x", "language": "fr"}
    assert operator.post(account_page(user), form | inlines("memberships")).status_code == 302
    before = user.password
    user.refresh_from_db()
    assert (user.email, user.language, user.password) == ("maya@example.org", "en", before)


def test_operators_do_not_lock_themselves_out(operator: Client, noor: User) -> None:
    assert operator.post(account_page(noor), inlines("memberships")).status_code == 403
    noor.refresh_from_db()
    assert noor.is_active


def test_an_account_that_is_closed_is_out_at_once(client: Client, noor: User) -> None:
    client.force_login(noor)
    assert client.get("/admin/").status_code == 200
    set_access(user=noor, is_active=False, is_administrator=True)
    assert client.get("/admin/").status_code == 302


# Signatures


def test_a_false_signature_is_withdrawn_once(
    operator: Client, maya: Rightsholder, now: datetime
) -> None:
    user = maya.members.get()
    sign_statement(
        user=user,
        name="Somebody famous",
        capacity=Capacity.PERSON,
        discipline=Discipline.MUSIC,
        is_listed=True,
        at=now,
    )
    page = f"/admin/registry/signature/{Signature.objects.get().pk}/withdraw/"
    operator.get(page)
    assert last_signature(user).withdrawn_at is None
    operator.post(page, {"_form_submitted": "on"})
    assert last_signature(user).withdrawn_at
    again = operator.post(page, {"_form_submitted": "on"}, follow=True)
    assert "There is no signature to withdraw." in again.content.decode()


def test_nothing_said_is_changed_from_here(
    operator: Client, everything: list[object], now: datetime
) -> None:
    declaration = Declaration.objects.get()
    page = f"/admin/registry/declaration/{declaration.id}/change/"
    assert operator.post(page, {"search": "refuse"}).status_code == 403
    declaration.refresh_from_db()
    assert declaration.search == "allow"


def test_the_list_of_accounts_names_whom_each_acts_for(
    operator: Client, maya: Rightsholder
) -> None:
    page = operator.get("/admin/registry/user/").content.decode()
    assert "maya@example.org" in page
    assert ">Maya<" in page
    assert "Rightsholder.None" not in page
