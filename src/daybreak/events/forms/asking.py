"""What people ask of the ledger, checked once at the door."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms

from daybreak.events.queries.asked import Asked
from daybreak.events.queries.counting import PERIODS
from daybreak.events.queries.rows import local_zone
from daybreak.vocabulary.gazetteer import county_numbers
from daybreak.vocabulary.kinds import KINDS
from daybreak.vocabulary.precision import start_of
from daybreak.vocabulary.substances import Recognised, recognise, substances

NAMES_LONGEST = 100

Choices = list[tuple[str, str]]


def kind_choices(any_kind: str = "") -> Choices:
    """Kinds of data by name; with a first line for all of them where it has a name."""
    return ([("", any_kind)] if any_kind else []) + [(slug, kind.name) for slug, kind in KINDS.items()]


def county_choices() -> Choices:
    """Kentucky's counties by name, and all of them first."""
    named = sorted((key.partition("/")[2], number) for number, key in county_numbers().items())
    return [("", "Any county"), *((number, name) for name, number in named)]


def substance_choices(nothing: str) -> Choices:
    """Every substance by name, and none of them first."""
    return [
        ("", nothing),
        *sorted(((one.slug, one.name) for one in substances().values()), key=lambda row: row[1]),
    ]


class DayField(forms.DateField):
    """A day, written as 2013-07-15, with the reader's own calendar where the browser has one."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **options: Any) -> None:
        super().__init__(
            input_formats=["%Y-%m-%d", "%m/%d/%Y"],
            error_messages={"invalid": "The day must be a date such as 2013-07-15. Correct it."},
            **options,
        )


class FromThrough(forms.Form):
    """A form whose fields since and until are in order."""

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        given = super().clean() or {}
        if given.get("since") and given.get("until") and given["until"] < given["since"]:
            self.add_error("until", "The last day must not be before the first. Change one of them.")
        return given


class LedgerFilters(FromThrough):
    """The filters of the list, all of them optional, all of them in the address."""

    q = forms.CharField(
        label="Search",
        required=False,
        max_length=NAMES_LONGEST,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "ZIP, substance, street, charge"}),
    )
    kind = forms.ChoiceField(label="Kind", required=False, choices=kind_choices("Every kind"))
    agency = forms.ChoiceField(label="Agency", required=False)
    since = DayField(label="From", required=False)
    until = DayField(label="Through", required=False)
    substance = forms.ChoiceField(label="Substance", required=False)
    county = forms.ChoiceField(label="County", required=False, choices=county_choices)
    zip = forms.RegexField(
        r"^\d{5}$",
        label="ZIP code",
        required=False,
        error_messages={"invalid": "The ZIP code must have five digits."},
    )
    fatal = forms.ChoiceField(
        label="Fatal", required=False, choices=[("", "Fatal or not"), ("yes", "Fatal"), ("no", "Not fatal")]
    )
    operation = forms.SlugField(required=False, widget=forms.HiddenInput)
    as_of = DayField(label="As known on", required=False)

    def __init__(self, *rest: Any, agencies: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(*rest, **options)
        self.fields["agency"].choices = [("", "Every agency"), *agencies]  # type: ignore[attr-defined]
        self.fields["substance"].choices = substance_choices("Any substance")  # type: ignore[attr-defined]

    def asked(self, *, kinds: tuple[str, ...] = ()) -> Asked:
        """What is asked; a search that is a ZIP code, a kind or a substance is understood as that. Only once valid."""
        given = self.cleaned_data
        found = {
            "kinds": kinds or ((given["kind"],) if given["kind"] else ()),
            "agency": given["agency"],
            "since": given["since"],
            "until": given["until"],
            "substance": given["substance"],
            "zip": given["zip"],
            "county": given["county"],
            "operation": given["operation"],
            "fatal": {"yes": True, "no": False}.get(given["fatal"]),
            "as_of": end_of_day(given["as_of"]) if given["as_of"] else None,
        }
        found |= understood(given["q"], found)
        return Asked(**found)


def understood(text: str, found: dict[str, Any]) -> dict[str, Any]:
    """What the words of a search stand for; words that name nothing known are looked for as they are."""
    plain = text.strip()
    if not plain:
        return {}
    if plain.isascii() and plain.isdigit() and len(plain) == 5 and not found["zip"]:
        return {"zip": plain}
    kinds = {word: slug for slug, kind in KINDS.items() for word in (kind.name, kind.one, kind.many, slug)}
    named = {word.casefold(): slug for word, slug in kinds.items()}.get(plain.casefold())
    if named and not found["kinds"]:
        return {"kinds": (named,)}
    known = recognise(plain)
    if isinstance(known, Recognised) and not found["substance"]:
        return {"substance": known.substance}
    return {"words": plain}


def end_of_day(day: date) -> datetime:
    """The last moment of a local day: what became known on the day counts as known."""
    following = datetime.combine(day + timedelta(days=1), time.min, local_zone())
    return following - timedelta(microseconds=1)


class ChartFilters(FromThrough):
    """What a chart shows. Empty fields take the defaults that the view found in the data."""

    kind = forms.ChoiceField(label="What", required=False, choices=kind_choices())
    agency = forms.ChoiceField(label="Agency", required=False)
    period = forms.ChoiceField(
        label="By", required=False, choices=[(word, word.capitalize()) for word in PERIODS]
    )
    since = DayField(label="From", required=False)
    until = DayField(label="Through", required=False)
    substance = forms.ChoiceField(label="Substance", required=False)
    county = forms.ChoiceField(label="County", required=False, choices=county_choices)
    falling = forms.ChoiceField(label="Falling", required=False)
    rising = forms.ChoiceField(label="Rising", required=False)
    by = forms.ChoiceField(label="Area", required=False, choices=[("county", "County"), ("zip", "ZIP code")])

    def __init__(self, *rest: Any, agencies: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(*rest, **options)
        self.fields["agency"].choices = [("", "Every agency"), *agencies]  # type: ignore[attr-defined]
        for name, nothing in (("substance", "Any substance"), ("falling", "Choose"), ("rising", "Choose")):
            self.fields[name].choices = substance_choices(nothing)  # type: ignore[attr-defined]


def days_or(given: dict[str, Any], *, until: date, months: int) -> tuple[date, date]:
    """The days asked for; without them the months up to ``until``."""
    last = given.get("until") or until
    first = given.get("since")
    if first is None:
        back = last.year * 12 + last.month - 1 - (months - 1)
        first = start_of(date(back // 12, back % 12 + 1, 1), "month")
    return min(first, last), last
