"""How much may be asked."""

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from consent.models import Plan
from consent.services import quotas


@admin.register(Plan)
class PlanAdmin(ModelAdmin):
    """Quotas that firms can have; the one named `anonymous` is everybody's."""

    list_display = ("name", "items", "period_seconds", "burst", "firms")
    ordering = ("name",)
    fields = ("name", "items", "period_seconds", "burst")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        """Give quotas with the number of firms that have them."""
        plans: QuerySet[Plan] = super().get_queryset(request)
        return plans.annotate(firm_count=Count("firms"))

    @admin.display(description=_("firms"))
    def firms(self, plan: Plan) -> int:
        """Give how many firms have it."""
        return int(getattr(plan, "firm_count", 0))

    def get_readonly_fields(self, request: HttpRequest, obj: Plan | None = None) -> tuple[str, ...]:
        """Keep the name, by which commands and code know a quota."""
        return ("name",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Plan | None = None) -> bool:
        """Firms may have it."""
        return False

    def save_model(
        self, request: HttpRequest, obj: Plan, form: "forms.ModelForm[Plan]", change: bool
    ) -> None:
        """Set the quota."""
        obj.pk = quotas.set_plan(
            name=obj.name, items=obj.items, period_seconds=obj.period_seconds, burst=obj.burst
        ).pk
