"""Pages of somebody who acts for a rightsholder."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from registry.selectors.people import acting_rightsholder

if TYPE_CHECKING:
    from registry.models import Rightsholder, User

View = Callable[..., HttpResponse]
OwnerView = Callable[Concatenate[HttpRequest, "Rightsholder", ...], HttpResponse]


def signed_in(request: HttpRequest) -> User:
    """Give the account behind a request that `login_required` let pass."""
    return cast("User", request.user)


def for_rightsholder(view: OwnerView) -> View:
    """Call the view with the rightsholder for whom the signed-in account acts."""

    @login_required
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rightsholder = acting_rightsholder(signed_in(request))
        if rightsholder is None:
            messages.info(request, _("First choose the name that stands beside your works."))
            return redirect("account_settings")
        return view(request, rightsholder, *args, **kwargs)

    return page
