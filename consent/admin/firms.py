"""Firms that ask, and their API keys, of which the secret is nowhere to be seen."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action
from unfold.forms import BaseDialogForm

from consent.labels import sentence
from consent.models import ApiKey, Firm, FirmMember
from consent.services import firms, members
from consent.vocabulary import Role
from registry.errors import DomainError

KEY_FIELDS = (
    "public_id",
    "name",
    "is_test",
    "is_strict",
    "scopes",
    "created_at",
    "last_used_at",
    "expires_at",
    "revoked_at",
)


class RowsOfFirm(TabularInline):
    """Rows shown with their firm, changed elsewhere."""

    extra = 0
    hide_title = True
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Firms make them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Firms change them."""
        return False


class KeysOfFirm(RowsOfFirm):
    """A firm's API keys."""

    model = ApiKey
    fields = readonly_fields = KEY_FIELDS
    ordering = ("-created_at",)
    show_change_link = True


class MembersOfFirm(RowsOfFirm):
    """The accounts that act for a firm."""

    model = FirmMember
    fields = readonly_fields = ("user", "role", "created_at")
    show_change_link = True


@admin.register(Firm)
class FirmAdmin(ModelAdmin):
    """Firms and their quotas."""

    list_display = ("name", "domain", "plan", "accounts", "created_at")
    list_select_related = ("organisation", "plan")
    list_filter = ("plan",)
    search_fields = ("organisation__name", "domain", "members__email", "keys__public_id")
    search_help_text = _("Name, domain, e-mail address of a member, or id of an API key")
    ordering = ("-created_at",)
    fields = ("name", "domain", "plan", "created_at")
    readonly_fields = ("name", "domain", "created_at")
    inlines = (KeysOfFirm, MembersOfFirm)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Firm]:
        """Give firms with their members."""
        found: QuerySet[Firm] = super().get_queryset(request)
        return found.prefetch_related("members")

    @admin.display(description=_("name"), ordering="organisation__name")
    def name(self, firm: Firm) -> str:
        """Give the organisation's name."""
        return firm.organisation.name

    @admin.display(description=_("members"))
    def accounts(self, firm: Firm) -> str:
        """Give the addresses of those who act for it."""
        return ", ".join(str(user) for user in firm.members.all())

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Firms sign up, or come by the command `issue_key`."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Firm | None = None) -> bool:
        """Receipts name firms for years."""
        return False

    def save_model(
        self, request: HttpRequest, obj: Firm, form: "forms.ModelForm[Firm]", change: bool
    ) -> None:
        """Give the firm another quota."""
        firms.change_plan(firm=obj, plan=form.cleaned_data["plan"].name)


@admin.register(FirmMember)
class FirmMemberAdmin(ModelAdmin):
    """Who acts for firms; where no owner can be reached, operators make another one."""

    list_display = ("user", "firm", "role", "created_at")
    list_select_related = ("user", "firm__organisation")
    list_filter = ("role",)
    search_fields = ("user__email", "firm__organisation__name", "firm__domain")
    search_help_text = _("E-mail address, name of the firm, or its domain")
    ordering = ("-id",)
    fields = list_display
    readonly_fields = ("user", "firm", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Members are invited."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: FirmMember | None = None) -> bool:
        """Owners remove members."""
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: FirmMember,
        form: "forms.ModelForm[FirmMember]",
        change: bool,
    ) -> None:
        """Give the member another role."""
        try:
            members.change_role(member=obj, role=Role(form.cleaned_data["role"]))
        except DomainError as refusal:
            messages.error(request, sentence(refusal))


@admin.register(ApiKey)
class ApiKeyAdmin(ModelAdmin):
    """API keys: whose, since when, last used, and the way to end one."""

    list_display = ("public_id", "firm", *KEY_FIELDS[1:])
    list_select_related = ("firm__organisation",)
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    search_fields = ("public_id", "firm__organisation__name")
    search_help_text = _("Id of the key, or name of the firm")
    ordering = ("-id",)
    fields = list_display
    actions_row = ("revoke",)
    actions_detail = ("revoke",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Firms issue their keys themselves: nobody else may see one."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """A key is what it is."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """Receipts name keys for years."""
        return False

    def has_revoke_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        """Say whether the account may end keys."""
        return request.user.has_perm("consent.change_apikey")

    @action(
        description=_("Revoke"),
        permissions=["revoke"],
        icon="block",
        dialog={
            "title": _("Revoke this key"),
            "description": _("Programs that use it are refused at once. It cannot be undone."),
            "form_class": BaseDialogForm,
            "form_submit_text": _("Revoke it"),
        },
    )
    def revoke(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        """End the key at once."""
        key = get_object_or_404(ApiKey, pk=object_id)
        firms.revoke_key(key=key, at=timezone.now())
        self.log_change(request, key, _("Revoked"))
        messages.success(request, _("The key %(key)s is revoked.") % {"key": key})
        address = reverse("admin:consent_apikey_changelist")
        if "HX-Request" in request.headers:
            return HttpResponse(headers={"HX-Redirect": address})
        return HttpResponseRedirect(address)
