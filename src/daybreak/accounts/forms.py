"""What people type at the pages of this room, checked once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from daybreak.accounts.models import Agency
from daybreak.accounts.rules.agencies import AGENCY_KINDS, SHARED_FIELDS
from daybreak.accounts.rules.roles import ROLES
from daybreak.vocabulary.kinds import KINDS
from daybreak.vocabulary.precision import PLACES, TIMES

PLACE_WORDS = {
    "block": "block (100 house numbers)",
    "zip": "ZIP code",
    "county": "county",
    "state": "state",
    "not-stated": "no place",
}
TIME_WORDS = {
    "minute": "minute", "hour": "hour", "day": "day", "week": "week", "month": "month", "quarter": "quarter",
    "year": "year",
}  # fmt: skip


if TYPE_CHECKING:
    ChoiceOfAgency = forms.ModelChoiceField[Agency]
else:
    ChoiceOfAgency = forms.ModelChoiceField


class AgencyField(ChoiceOfAgency):
    """An active agency, by its name."""

    def __init__(self, **named: Any) -> None:
        super().__init__(
            Agency.objects.filter(active=True), to_field_name="slug", empty_label="Choose …",
            error_messages={"required": "Choose an agency.", "invalid_choice": "Choose an agency of the list."}, **named,
        )  # fmt: skip

    def label_from_instance(self, obj: Agency) -> str:
        """The name, not the short name."""
        return obj.name


def role_field(givable: tuple[str, ...]) -> forms.ChoiceField:
    """One of the roles that the giver may give."""
    return forms.ChoiceField(
        choices=[("", "Choose …"), *((slug, ROLES[slug].name) for slug in givable)],
        error_messages={"required": "Choose a role.", "invalid_choice": "Choose a role of the list."},
    )


class InvitationForm(forms.Form):
    """Whom to invite, where, as what."""

    email = forms.EmailField(
        max_length=254,
        error_messages={
            "required": "Type an e-mail address.",
            "invalid": "Type an address like name@example.gov.",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(
        max_length=200,
        error_messages={"required": "Type the person's name."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    agency = AgencyField()

    def __init__(self, *given: Any, givable: tuple[str, ...], **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["role"] = role_field(givable)


class RoleForm(forms.Form):
    """A further role."""

    agency = AgencyField()

    def __init__(self, *given: Any, givable: tuple[str, ...], **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["role"] = role_field(givable)


class ArrivalForm(forms.Form):
    """Name and password of somebody who comes in with an invitation."""

    name = forms.CharField(
        max_length=200, error_messages={"required": "Type your name."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    password = forms.CharField(
        strip=False, max_length=1000, error_messages={"required": "Choose a password."},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip


class AgencyForm(forms.Form):
    """A member agency."""

    name = forms.CharField(max_length=200, error_messages={"required": "Type the agency's name."})
    slug = forms.SlugField(
        max_length=60,
        error_messages={
            "required": "Type a short name.",
            "invalid": "Use lower-case letters, digits and hyphens, like fire-ems.",
        },
    )
    kind = forms.ChoiceField(
        choices=[("", "Choose …"), *AGENCY_KINDS.items()],
        error_messages={"required": "Choose a kind of agency."},
    )
    jurisdiction = forms.CharField(max_length=200, required=False)


class ContactForm(forms.Form):
    """An office to reach."""

    label = forms.CharField(max_length=200, error_messages={"required": "Type which office it is."})
    phone = forms.CharField(max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"}))
    email = forms.EmailField(
        max_length=254, required=False, error_messages={"invalid": "Type an address like name@example.gov."}
    )


class AgreementForm(forms.Form):
    """What one agency lets another see."""

    receiver = AgencyField()
    kinds = forms.MultipleChoiceField(
        choices=[(slug, kind.name) for slug, kind in KINDS.items()], widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one kind of data."},
    )  # fmt: skip
    fields_shared = forms.MultipleChoiceField(
        choices=list(SHARED_FIELDS.items()), widget=forms.CheckboxSelectMultiple, required=False
    )
    place = forms.ChoiceField(choices=[(word, PLACE_WORDS[word]) for word in PLACES], initial="zip")
    time = forms.ChoiceField(choices=[(word, TIME_WORDS[word]) for word in TIMES], initial="day")
    starts_on = forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choose the first day.", "invalid": "Type a day like 2026-11-23."},
    )
    ends_on = forms.DateField(
        required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Type a day like 2026-11-23."},
    )  # fmt: skip
    document = forms.CharField(
        max_length=300, error_messages={"required": "Name the signed document and where it lies."}
    )
