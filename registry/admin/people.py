"""Accounts, the rightsholders they act for, and who signed the Statement."""

from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from registry.admin.base import KeptAdmin, ReadOnlyAdmin, ReadOnlyInline, after_dialog, links
from registry.errors import DomainError
from registry.identifiers import MAX_URL_LENGTH
from registry.labels import EVIDENCE_LEVELS, PLACES, sentence
from registry.models import Membership, Rightsholder, Signature, Standing, User
from registry.selectors.people import evidence_level
from registry.services import people, signatures, texts
from registry.services.locations import register_location
from registry.tasks import integrate_log
from registry.vocabulary import EvidenceLevel, Scope

LEVEL_LABELS = dict(EVIDENCE_LEVELS)
SETTABLE_LEVELS = [
    (int(level), f"{int(level)} · {LEVEL_LABELS[level]}") for level in EvidenceLevel
][:-1]


class RightsholdersOfAccount(ReadOnlyInline):
    """Whom an account acts for."""

    model = Membership
    fields = ("rightsholder", "created_at")
    readonly_fields = fields
    verbose_name_plural = _("acts for")


class AccountForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """What an operator decides about an account."""

    is_administrator = forms.BooleanField(
        label=_("Operator"),
        required=False,
        help_text=_("May enter these pages and change everything on them."),
    )

    class Meta:
        model = User
        fields = ("is_active",)


@admin.register(User)
class AccountAdmin(KeptAdmin):
    """Accounts: who is in, who may come in here."""

    form = AccountForm
    list_display = ("email", "acts_for", "is_confirmed", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email",)
    search_help_text = _("E-mail address")
    ordering = ("-id",)
    fields = ("email", "language", "is_active", "is_administrator", "date_joined", "last_login")
    readonly_fields = ("email", "language", "date_joined", "last_login")
    inlines = (RightsholdersOfAccount,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Give accounts with whether their address is confirmed."""
        confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
        accounts: QuerySet[User] = super().get_queryset(request)
        return accounts.annotate(confirmed=Exists(confirmed)).prefetch_related("rightsholders")

    @admin.display(description=_("acts for"))
    def acts_for(self, user: User) -> str:
        """Give the names of its rightsholders."""
        return ", ".join(rightsholder.name for rightsholder in user.rightsholders.all())

    @admin.display(description=_("address confirmed"), boolean=True)
    def is_confirmed(self, user: Any) -> bool:
        """Say whether the address was confirmed."""
        return bool(user.confirmed)

    def get_form(self, request: HttpRequest, obj: User | None = None, **kwargs: Any) -> Any:
        """Give the form, showing who is an operator now."""
        form = super().get_form(request, obj, **kwargs)
        form.base_fields["is_administrator"].initial = bool(obj and obj.is_superuser)
        return form

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Operators decide about others, never about themselves: nobody gets locked out."""
        is_operator = bool(getattr(request.user, "is_superuser", False))
        return is_operator and (obj is None or obj.pk != request.user.pk)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Set what the account may do."""
        people.set_access(
            user=obj,
            is_active=form.cleaned_data["is_active"],
            is_administrator=form.cleaned_data["is_administrator"],
        )


class NewestLevelFilter(admin.SimpleListFilter):
    """Rightsholders by the evidence level of their newest standing."""

    title = _("evidence level")
    parameter_name = "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Give every level."""
        return [(str(level.value), str(LEVEL_LABELS[level])) for level in EvidenceLevel]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Give those at the chosen level; without any standing it is 0."""
        value = self.value()
        if value == "0":
            return queryset.exclude(newest_level__gt=0)
        return queryset.filter(newest_level=value) if value else queryset


class EvidenceForm(BaseDialogForm):
    """A new evidence level, and why."""

    level = forms.TypedChoiceField(
        label=_("Evidence level"),
        choices=SETTABLE_LEVELS,
        coerce=int,
        widget=UnfoldAdminSelectWidget(),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("What was shown, and how it was checked. It stays in the record."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rightsholder = get_object_or_404(Rightsholder, pk=self.object_id)
        self.fields["level"].initial = int(evidence_level(rightsholder))


class LocationForm(BaseDialogForm):
    """A place on the web, and how its control was shown."""

    scope = forms.TypedChoiceField(
        label=_("Kind"), choices=PLACES, coerce=Scope, widget=UnfoldAdminSelectWidget()
    )
    value = forms.CharField(
        label=_("Place"),
        max_length=MAX_URL_LENGTH,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("https://example.org/photos for an address, otherwise example.org"),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("What was shown, and how it was checked. It stays in the record."),
    )


class StandingsOfRightsholder(ReadOnlyInline):
    """How far a rightsholder was known, and when."""

    model = Standing
    fields = ("set_at", "level", "reason")
    readonly_fields = fields
    ordering = ("-entry_id",)


class AccountsOfRightsholder(ReadOnlyInline):
    """Who acts for a rightsholder."""

    model = Membership
    fields = ("user", "created_at")
    readonly_fields = fields
    verbose_name_plural = _("accounts")


class RightsholderForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """The public name."""

    class Meta:
        model = Rightsholder
        fields = ("name",)

    def clean_name(self) -> str:
        """Give the name as it will be stored, or say what is wrong with it."""
        try:
            return texts.name(self.cleaned_data["name"])
        except DomainError as refusal:
            raise forms.ValidationError(sentence(refusal)) from refusal


@admin.register(Rightsholder)
class RightsholderAdmin(KeptAdmin):
    """Rightsholders, and how far each is known."""

    form = RightsholderForm
    list_display = ("name", "capacity", "level", "accounts", "created_at")
    list_filter = (NewestLevelFilter, "capacity")
    search_fields = ("name", "members__email")
    search_help_text = _("Name, or e-mail address of an account")
    ordering = ("-id",)
    fields = ("name", "capacity", "level", "created_at", "record")
    readonly_fields = ("capacity", "level", "created_at", "record")
    inlines = (StandingsOfRightsholder, AccountsOfRightsholder)
    actions_row = ("set_evidence_level", "register_location")
    actions_detail = ("set_evidence_level", "register_location")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rightsholder]:
        """Give rightsholders with the level of their newest standing."""
        newest = Standing.objects.filter(rightsholder=OuterRef("pk")).order_by("-entry_id")
        rightsholders: QuerySet[Rightsholder] = super().get_queryset(request)
        level = Subquery(newest.values("level")[:1])
        return rightsholders.annotate(newest_level=level).prefetch_related("members")

    @admin.display(description=_("evidence level"))
    def level(self, rightsholder: Any) -> str:
        """Give the level, in words."""
        level = rightsholder.newest_level or 0
        return f"{level} · {LEVEL_LABELS[EvidenceLevel(level)]}"

    @admin.display(description=_("accounts"))
    def accounts(self, rightsholder: Rightsholder) -> str:
        """Give the addresses of those who act for it."""
        return ", ".join(user.email for user in rightsholder.members.all())

    @admin.display(description=_("record"))
    def record(self, rightsholder: Rightsholder) -> SafeString:
        """Link to what it registered and said."""
        chosen = f"?rightsholder__id__exact={rightsholder.pk}"
        return links(
            *(
                (reverse(f"admin:registry_{name}_changelist") + chosen, text)
                for name, text in (
                    ("work", _("Works")),
                    ("declaration", _("Declarations")),
                    ("location", _("Locations")),
                )
            )
        )

    def save_model(self, request: HttpRequest, obj: Rightsholder, form: Any, change: bool) -> None:
        """Rename it."""
        people.rename_rightsholder(rightsholder=obj, name=form.cleaned_data["name"])

    @action(
        description=_("Set evidence level"),
        permissions=["change"],
        icon="verified_user",
        dialog={
            "title": _("Set evidence level"),
            "description": _("The new level is logged, and counts for every answer from then on."),
            "form_class": EvidenceForm,
            "form_submit_text": _("Set the level"),
        },
    )
    def set_evidence_level(
        self, request: HttpRequest, form: EvidenceForm, object_id: str
    ) -> HttpResponse:
        """Log the level and the reason."""
        rightsholder = get_object_or_404(Rightsholder, pk=object_id)
        standing = people.set_evidence_level(
            rightsholder=rightsholder,
            level=form.cleaned_data["level"],
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
        )
        integrate_log.delay_on_commit()
        about = {"level": standing.level, "reason": standing.reason}
        said = _("Evidence level %(level)d: %(reason)s") % about
        self.log_change(request, rightsholder, said)
        messages.success(request, said)
        return after_dialog(
            request, reverse("admin:registry_rightsholder_change", args=[object_id])
        )

    @action(
        description=_("Register location"),
        permissions=["change"],
        icon="add_link",
        dialog={
            "title": _("Register a location"),
            "description": _(
                "The rightsholder can then say what holds for everything there. It is logged."
            ),
            "form_class": LocationForm,
            "form_submit_text": _("Register it"),
        },
    )
    def register_location(
        self, request: HttpRequest, form: LocationForm, object_id: str
    ) -> HttpResponse:
        """Log that control of the place was shown, and how."""
        rightsholder = get_object_or_404(Rightsholder, pk=object_id)
        try:
            location = register_location(
                rightsholder=rightsholder,
                scope=form.cleaned_data["scope"],
                value=form.cleaned_data["value"],
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
        except DomainError as refusal:
            messages.error(request, sentence(refusal))
        else:
            integrate_log.delay_on_commit()
            said = _("Location registered: %(place)s") % {"place": location.value}
            self.log_change(request, rightsholder, said)
            messages.success(request, said)
        return after_dialog(
            request, reverse("admin:registry_rightsholder_change", args=[object_id])
        )


@admin.register(Signature)
class SignatureAdmin(ReadOnlyAdmin):
    """Signatures of the Statement."""

    list_display = (
        "name",
        "organisation_name",
        "discipline",
        "is_listed",
        "signed_at",
        "withdrawn_at",
    )
    list_filter = ("discipline", "is_listed", ("withdrawn_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "organisation_name", "user__email")
    search_help_text = _("Name, organisation, or e-mail address of the account")
    ordering = ("-id",)
    fields = (*list_display, "capacity", "user")
    actions_row = ("withdraw",)
    actions_detail = ("withdraw",)

    def has_withdraw_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        """Say whether the account may end signatures of others."""
        return request.user.has_perm("registry.change_signature")

    @action(
        description=_("Withdraw"),
        permissions=["withdraw"],
        icon="undo",
        dialog={
            "title": _("Withdraw this signature"),
            "description": _("It leaves the list and the count. Whoever signed can sign again."),
            "form_class": BaseDialogForm,
            "form_submit_text": _("Withdraw it"),
        },
    )
    def withdraw(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        """End the signature."""
        signature = get_object_or_404(Signature.objects.select_related("user"), pk=object_id)
        try:
            signatures.withdraw_signature(user=signature.user, at=timezone.now())
        except DomainError as refusal:
            messages.error(request, sentence(refusal))
        else:
            self.log_change(request, signature, _("Withdrawn"))
            messages.success(request, _("Withdrawn"))
        return after_dialog(request, reverse("admin:registry_signature_changelist"))
