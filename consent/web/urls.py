"""The addresses of the pages of the answer."""

from django.urls import path

from consent.web.check import check
from consent.web.docs import docs, reference
from consent.web.firms import firm, found_firm
from consent.web.keys import issue_key, key, revoke_key, set_strictness
from consent.web.members import (
    accept,
    change_role,
    decline,
    invite,
    members,
    remove_member,
    withdraw_invitation,
)
from consent.web.problems import problem, problems
from consent.web.usage import usage, usage_table

app_name = "consent"

urlpatterns = [
    path("check/", check, name="check"),
    path("firm/", firm, name="firm"),
    path("firm/found/", found_firm, name="found_firm"),
    path("firm/keys/", issue_key, name="issue_key"),
    path("firm/keys/<slug:public_id>/", key, name="key"),
    path("firm/keys/<slug:public_id>/revoke/", revoke_key, name="revoke_key"),
    path("firm/keys/<slug:public_id>/strictness/", set_strictness, name="set_strictness"),
    path("firm/members/", members, name="members"),
    path("firm/members/invite/", invite, name="invite"),
    path("firm/members/<int:number>/role/", change_role, name="change_role"),
    path("firm/members/<int:number>/remove/", remove_member, name="remove_member"),
    path("firm/invitations/<uuid:invitation>/accept/", accept, name="accept"),
    path("firm/invitations/<uuid:invitation>/decline/", decline, name="decline"),
    path(
        "firm/invitations/<uuid:invitation>/withdraw/",
        withdraw_invitation,
        name="withdraw_invitation",
    ),
    path("firm/usage/", usage, name="usage"),
    path("firm/usage.csv", usage_table, name="usage_table"),
    path("problems/", problems, name="problems"),
    path("problems/<slug:code>", problem, name="problem"),
    path("api/docs/", docs, name="docs"),
    path("api/docs/reference/", reference, name="reference"),
]
