"""A file that somebody sends is neither kept nor a fault of ours."""

import tempfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/signup/", "/check/", "/admin/"])
def test_a_file_is_refused_before_it_is_kept(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def spool(*args: object, **kwargs: object) -> None:
        raise AssertionError("kept")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", spool)
    file = SimpleUploadedFile("harbour.png", b"\0" * 3_000_000)
    client = Client(enforce_csrf_checks=True)
    assert client.post(address, {"file": file}).status_code == 403  # not even looked at
    client.cookies["csrftoken"] = "a" * 32
    assert client.post(address, {"file": file}).status_code == 400
