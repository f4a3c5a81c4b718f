"""Pages of somebody who acts for a firm."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from consent.selectors.firms import membership_of
from consent.vocabulary import Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.models import AbstractBaseUser

    from consent.models import FirmMember

    View = Callable[..., HttpResponse]
    MemberView = Callable[Concatenate[HttpRequest, FirmMember, ...], HttpResponse]


def account_of(request: HttpRequest) -> AbstractBaseUser:
    """Give the account, where it is known to be signed in."""
    return cast("AbstractBaseUser", request.user)


def posted(view: View) -> View:
    """Let the POST of a signed-in account through; any other way leads to the area's first page."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, **arguments: object) -> HttpResponse:
        if request.method != "POST":
            return redirect("consent:firm")
        return view(request, **arguments)

    return guarded


def for_member(needed: Role = Role.VIEWER) -> Callable[[MemberView], View]:
    """Call the view with the account's membership, where its role covers the one needed."""

    def with_role(view: MemberView) -> View:
        @never_cache
        @login_required
        @wraps(view)
        def page(request: HttpRequest, **arguments: object) -> HttpResponse:
            member = membership_of(account_of(request))
            if member is None:
                raise Http404
            if not Role(member.role).covers(needed):
                raise PermissionDenied
            return view(request, member, **arguments)

        return page

    return with_role
