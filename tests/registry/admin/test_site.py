"""The operators' site: who comes in, and what its first page says."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from registry.models import Rightsholder, User
from registry.services.mails import queue_mail
from registry.services.operations import beat_heart
from registry.statements import TreeHead

pytestmark = pytest.mark.django_db


def test_a_stranger_is_sent_to_the_sign_in_of_everybody(client: Client) -> None:
    answer = client.get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=")
    assert client.post("/admin/login/", {"username": "noor@example.org"}).status_code == 302


def test_a_creator_does_not_come_in(client: Client, account: Callable[[str], User]) -> None:
    client.force_login(account("zed@example.org"))
    assert client.get("/admin/", follow=True).status_code == 403
    assert client.get("/admin/registry/user/", follow=True).status_code == 403


def test_staff_without_rights_see_an_empty_site(
    client: Client, account: Callable[[str], User]
) -> None:
    user = account("zed@example.org")
    User.objects.filter(pk=user.pk).update(is_staff=True)
    client.force_login(user)
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/registry/user/").status_code == 403


def test_the_first_page_says_how_things_stand(
    operator: Client, maya: Rightsholder, now: datetime, publish: Callable[..., TreeHead]
) -> None:
    page = operator.get("/admin/").content.decode()
    assert "nothing published yet" in page
    assert "never seen" in page
    publish()
    beat_heart(name="worker", at=now)
    queue_mail(recipient="maya@example.org", subject="Hello", body="", at=now)
    page = " ".join(operator.get("/admin/").content.decode().split())
    assert "everything is published" in page
    assert "alive" in page
    assert "none is stuck" in page


def test_the_theme_runs_under_its_own_content_policy_and_only_there(operator: Client) -> None:
    policy = operator.get("/admin/")["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval';" in policy
    assert "script-src 'self' 'unsafe-inline'" not in policy
    assert "unsafe" not in operator.get("/")["Content-Security-Policy"]


def test_only_our_own_pages_are_there() -> None:
    apps = {model._meta.app_label for model in admin.site._registry}
    assert apps == {"registry", "consent"}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_list_and_every_row_can_be_opened(
    operator: Client, everything: list[object], language: str
) -> None:
    operator.cookies["django_language"] = language
    for model, pages in admin.site._registry.items():
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert operator.get(address).status_code == 200, address
        assert operator.get(address, {"q": "Harbour"}).status_code == 200, address
        for row in pages.get_queryset(operator.get(address).wsgi_request):
            assert operator.get(f"{address}{row.pk}/change/").status_code == 200, address
    assert {type(row) for row in everything} <= set(admin.site._registry)


def test_nothing_can_be_deleted(operator: Client, everything: list[object]) -> None:
    for row in everything:
        meta = row._meta  # type: ignore[attr-defined]
        address = reverse(f"admin:{meta.app_label}_{meta.model_name}_delete", args=[row.pk])  # type: ignore[attr-defined]
        assert operator.post(address, {"post": "yes"}).status_code == 403, address


def test_only_quotas_can_be_added(operator: Client) -> None:
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        status = operator.get(reverse(f"admin:{name}_add")).status_code
        assert status == (200 if name == "consent_plan" else 403), name
