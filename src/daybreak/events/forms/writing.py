"""What people write into the ledger by hand, checked once at the door."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from daybreak.events.forms.asking import DayField, county_choices, kind_choices, substance_choices
from daybreak.events.models.figures import LEVELS, STATISTICS
from daybreak.vocabulary.units import units

STATISTIC_NAMES = {
    "events": "Events",
    "doses": "Doses of naloxone",
    "mass_g": "Grams seized",
    "value_usd": "Street value in dollars",
}
LEVEL_NAMES = {"retail": "Retail", "transaction": "Transaction (a whole lot)", "wholesale": "Wholesale"}


class OperationForm(forms.Form):
    """An operation: a name, a focus and days; no subjects."""

    name = forms.CharField(label="Name", max_length=200)
    started_on = DayField(label="First day")
    ended_on = DayField(label="Last day (leave empty while it runs)", required=False)
    substance = forms.ChoiceField(label="Substance in focus", required=False)
    area = forms.CharField(label="Area in words", max_length=200, required=False)

    def __init__(self, *rest: Any, **options: Any) -> None:
        super().__init__(*rest, **options)
        self.fields["substance"].choices = substance_choices("None in particular")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """It ends after it starts."""
        given = super().clean() or {}
        if given.get("started_on") and given.get("ended_on") and given["ended_on"] < given["started_on"]:
            self.add_error("ended_on", "The last day must not be before the first. Change one of them.")
        return given


class PriceForm(forms.Form):
    """A price of the own agency: what one unit is held to be worth, from when on, and who says so."""

    substance = forms.ChoiceField(label="Substance")
    unit = forms.ChoiceField(
        label="Price of one", choices=lambda: [(unit.slug, unit.one) for unit in units().values()]
    )
    level = forms.ChoiceField(label="Level", choices=[(word, LEVEL_NAMES[word]) for word in LEVELS])
    low_usd = forms.DecimalField(label="Low, $", min_value=0, max_digits=14, decimal_places=4, required=False)
    mid_usd = forms.DecimalField(label="Middle, $", max_digits=14, decimal_places=4)
    high_usd = forms.DecimalField(
        label="High, $", min_value=0, max_digits=14, decimal_places=4, required=False
    )
    place = forms.ChoiceField(label="Where it holds", required=False)
    effective_from = DayField(label="From")
    effective_until = DayField(label="Through (leave empty while it holds)", required=False)
    source = forms.CharField(
        label="Source", max_length=400, help_text="Who says so, and when: a later reader must find it again."
    )

    def __init__(self, *rest: Any, **options: Any) -> None:
        super().__init__(*rest, **options)
        self.fields["substance"].choices = substance_choices("Choose")  # type: ignore[attr-defined]
        self.fields["place"].choices = [("", "Everywhere"), *county_choices()[1:]]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Low, middle and high stand in order, and above nothing."""
        given = super().clean() or {}
        low, middle, high = (given.get(name) for name in ("low_usd", "mid_usd", "high_usd"))
        if middle is not None and middle <= 0:
            self.add_error("mid_usd", "The middle price must be above 0.")
        elif middle is not None and (
            (low is not None and low > middle) or (high is not None and high < middle)
        ):
            self.add_error("mid_usd", "The middle price must lie between low and high.")
        first, last = given.get("effective_from"), given.get("effective_until")
        if first and last and last < first:
            self.add_error(
                "effective_until", "The last day must not be before the first. Change one of them."
            )
        return given


class FigureForm(forms.Form):
    """A total that the own agency published."""

    kind = forms.ChoiceField(label="What was counted", choices=kind_choices())
    statistic = forms.ChoiceField(label="In", choices=[(word, STATISTIC_NAMES[word]) for word in STATISTICS])
    substance = forms.ChoiceField(label="Substance", required=False)
    operation = forms.ChoiceField(label="Operation", required=False)
    place = forms.CharField(
        label="Place", max_length=120, help_text="As it was said, such as Fayette County."
    )
    since = DayField(label="First day counted")
    until = DayField(label="Last day counted")
    value = forms.DecimalField(label="Number", min_value=0, max_digits=15, decimal_places=3)
    known_on = DayField(label="Became known on")
    definition = forms.CharField(
        label="Definition",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What counts and what does not.",
    )
    source = forms.CharField(label="Where it was published", max_length=400)
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *rest: Any, operations: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(*rest, **options)
        self.fields["substance"].choices = substance_choices("Any substance")  # type: ignore[attr-defined]
        self.fields["operation"].choices = [("", "No operation in particular"), *operations]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Days in order: counted from, to, and known after the first of them."""
        given = super().clean() or {}
        since, until, known = (given.get(name) for name in ("since", "until", "known_on"))
        if since and until and until < since:
            self.add_error("until", "The last day must not be before the first. Change one of them.")
        if since and known and known < since:
            self.add_error("known_on", "A number cannot be known before the first day that it counts.")
        return given


class PostForm(forms.Form):
    """A position on the roster; never a person."""

    unit = forms.CharField(label="Unit", max_length=120)
    title = forms.CharField(
        label="Position", max_length=120, help_text="Such as “detective 3”. Never a person's name."
    )


class AssignmentForm(forms.Form):
    """What a post is assigned to: one of a substance, an operation and an area."""

    post = forms.ChoiceField(label="Post")
    substance = forms.ChoiceField(label="Substance", required=False)
    operation = forms.ChoiceField(label="Operation", required=False)
    area = forms.CharField(label="Area in words", max_length=200, required=False)
    starts_on = DayField(label="First day")
    ends_on = DayField(label="Last day (leave empty while it runs)", required=False)
    hours_per_week = forms.DecimalField(
        label="Hours a week", min_value=0, max_value=168, max_digits=5, decimal_places=2
    )
    from_unit = forms.CharField(
        label="Unit that gives the hours up",
        max_length=120,
        required=False,
        help_text="Leave empty for a new post.",
    )

    def __init__(
        self,
        *rest: Any,
        posts: Iterable[tuple[str, str]],
        operations: Iterable[tuple[str, str]],
        **options: Any,
    ) -> None:
        super().__init__(*rest, **options)
        self.fields["post"].choices = list(posts)  # type: ignore[attr-defined]
        self.fields["operation"].choices = [("", "None"), *operations]  # type: ignore[attr-defined]
        self.fields["substance"].choices = substance_choices("None")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Exactly one focus; hours above none."""
        given = super().clean() or {}
        if sum(bool(given.get(name)) for name in ("substance", "operation", "area")) != 1:
            self.add_error(
                "substance", "Name one of a substance, an operation and an area: one, and not more."
            )
        if given.get("hours_per_week") == 0:
            self.add_error("hours_per_week", "The hours must be above 0.")
        first, last = given.get("starts_on"), given.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "The last day must not be before the first. Change one of them.")
        return given
