"""What somebody asks who makes a brief: as known on which day, and what changed since when."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from daybreak.publishing.queries.briefs import WEEK

WRONG = {"invalid": "The day must be a date such as 2013-07-15. Correct it.", "required": "Choose a day."}


class BriefDays(forms.Form):
    """Two days, the earlier one before the later (a week before it where it is left blank), none of them in the future."""

    as_of = forms.DateField(
        label="As known on",
        error_messages=WRONG,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    before = forms.DateField(
        label="Changes since (blank: a week earlier)",
        required=False,
        error_messages=WRONG,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *rest: Any, today: date, **options: Any) -> None:
        super().__init__(*rest, **options)
        self.today = today

    def clean(self) -> dict[str, Any]:
        """The days make sense together."""
        given = super().clean() or {}
        as_of, before = given.get("as_of"), given.get("before")
        if as_of and as_of > self.today:
            self.add_error("as_of", "The day must not lie in the future. Choose today or an earlier day.")
        if as_of and before and before >= as_of:
            self.add_error("before", "This day must be before the day of the brief. Choose an earlier one.")
        if as_of and not before and "before" not in self.errors:
            given["before"] = as_of - WEEK
        return given
