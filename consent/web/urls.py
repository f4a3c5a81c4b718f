"""The addresses of the pages of the answer."""

from django.urls import path

from consent.web.check import check
from consent.web.docs import docs, reference
from consent.web.firms import firm, found_firm, issue_key, revoke_key
from consent.web.problems import problem, problems

app_name = "consent"

urlpatterns = [
    path("check/", check, name="check"),
    path("firm/", firm, name="firm"),
    path("firm/found/", found_firm, name="found_firm"),
    path("firm/keys/", issue_key, name="issue_key"),
    path("firm/keys/<slug:public_id>/revoke/", revoke_key, name="revoke_key"),
    path("problems/", problems, name="problems"),
    path("problems/<slug:code>", problem, name="problem"),
    path("api/docs/", docs, name="docs"),
    path("api/docs/reference/", reference, name="reference"),
]
