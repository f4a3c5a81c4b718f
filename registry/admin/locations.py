"""Places on the web: looked at, and their control ended where it is lost."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextInputWidget

from registry.admin.base import (
    DeclarationsInline,
    ReadOnlyAdmin,
    ReadOnlyInline,
    after_dialog,
    entry_place,
)
from registry.errors import DomainError
from registry.labels import CONTROL_EVENTS, sentence
from registry.models import Location, LocationEvent
from registry.services.locations import end_control
from registry.tasks import integrate_log

EVENT_LABELS = dict(CONTROL_EVENTS)


class EndForm(BaseDialogForm):
    """Why control is over."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("How it was found out. It stays in the record."),
    )


class EventsOfLocation(ReadOnlyInline):
    """What was logged about the control of a location."""

    model = LocationEvent
    fields = ("happened_at", "kind", "reason", "place")
    readonly_fields = fields
    ordering = ("-entry_id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[LocationEvent]:
        """Give them with their log entries."""
        events: QuerySet[LocationEvent] = super().get_queryset(request)
        return events.select_related("entry")

    @admin.display(description=_("log entry"))
    def place(self, event: LocationEvent) -> str:
        """Give where it stands in the log."""
        return entry_place(event)


@admin.register(Location)
class LocationAdmin(ReadOnlyAdmin):
    """Places, and how the control of each stands."""

    list_display = ("value", "scope", "rightsholder", "control")
    list_select_related = ("rightsholder",)
    list_filter = ("scope",)
    search_fields = ("value", "rightsholder__name")
    search_help_text = _("Part of the address, or name of the rightsholder")
    ordering = ("-id",)
    fields = list_display
    readonly_fields = ("control",)
    inlines = (EventsOfLocation, DeclarationsInline)
    actions_row = ("end_control",)
    actions_detail = ("end_control",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Location]:
        """Give locations with the kind of their newest event."""
        newest = LocationEvent.objects.filter(location=OuterRef("pk")).order_by("-entry_id")
        locations: QuerySet[Location] = super().get_queryset(request)
        return locations.annotate(newest_event=Subquery(newest.values("kind")[:1]))

    @admin.display(description=_("control"))
    def control(self, location: Any) -> str:
        """Give what happened to it last, in words."""
        return str(EVENT_LABELS.get(location.newest_event, ""))

    def has_end_control_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        """Say whether the account may end the control of a place."""
        return request.user.has_perm("registry.change_location")

    @action(
        description=_("End control"),
        permissions=["end_control"],
        icon="link_off",
        dialog={
            "title": _("End the control of this place"),
            "description": _(
                "A yes that rests on it ends at once, and a no after 180 days. This cannot be "
                "undone; who shows control again later starts anew."
            ),
            "form_class": EndForm,
            "form_submit_text": _("End it"),
        },
    )
    def end_control(self, request: HttpRequest, form: EndForm, object_id: str) -> HttpResponse:
        """Log the end and the reason."""
        location = get_object_or_404(Location, pk=object_id)
        reason = form.cleaned_data["reason"]
        try:
            end_control(location=location, reason=reason, at=timezone.now())
        except DomainError as refusal:
            messages.error(request, sentence(refusal))
        else:
            integrate_log.delay_on_commit()
            said = _("Control ended: %(reason)s") % {"reason": reason}
            self.log_change(request, location, said)
            messages.success(request, said)
        return after_dialog(request, reverse("admin:registry_location_change", args=[object_id]))
