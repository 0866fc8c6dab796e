"""Agencies, their contacts, and the agreements between them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from daybreak.accounts.actions.refusal import NotPossible
from daybreak.accounts.models import Agency, AgencyContact, Agreement, Membership
from daybreak.accounts.rules.agencies import AGENCY_KINDS, SHARED_FIELDS
from daybreak.audit.actions import record
from daybreak.vocabulary.kinds import KINDS
from daybreak.vocabulary.precision import PLACES, TIMES


def add_agency(
    *, by: str, at: datetime, slug: str, name: str, kind: str, jurisdiction: str = "", synthetic: bool = False
) -> Agency:
    """Add a member agency. ``slug`` is its short name in addresses and commands. Raises NotPossible."""
    if kind not in AGENCY_KINDS:
        raise NotPossible(f"The kind of agency must be one of {', '.join(AGENCY_KINDS)}; got {kind[:30]!r}.")
    if not name.strip():
        raise NotPossible("An agency must have a name.")
    if not slug or slug.strip("abcdefghijklmnopqrstuvwxyz0123456789-"):
        raise NotPossible("The short name must be of lower-case letters, digits and hyphens, like fire-ems.")
    try:
        with transaction.atomic():
            agency = Agency.objects.create(
                slug=slug,
                name=name.strip(),
                kind=kind,
                jurisdiction=jurisdiction.strip(),
                synthetic=synthetic,
            )
            record(by=by, at=at, action="add-agency", subject=f"agency:{slug}", detail={"kind": kind})
    except IntegrityError:
        raise NotPossible("The short name must be new; an agency has this one already.") from None
    return agency


def retire_agency(*, by: str, at: datetime, agency: Agency) -> None:
    """End an agency's membership: its people see nothing and its agreements give nothing, but its rows stay."""
    with transaction.atomic():
        if not Agency.objects.filter(pk=agency.pk, active=True).update(active=False):
            raise NotPossible("The agency is retired already.")
        ended = Membership.objects.filter(agency=agency, until=None).update(until=at)
        record(
            by=by,
            at=at,
            action="retire-agency",
            subject=f"agency:{agency.slug}",
            detail={"roles_ended": ended},
        )


def add_contact(
    *, by: str, at: datetime, agency: Agency, label: str, phone: str = "", email: str = ""
) -> AgencyContact:
    """Note an office to reach at an agency. Raises NotPossible where there is no way to reach it."""
    if not label.strip() or not (phone.strip() or email.strip()):
        raise NotPossible(
            "A contact must have a name, like “records unit”, and a telephone number or an e-mail address."
        )
    with transaction.atomic():
        contact = AgencyContact.objects.create(
            agency=agency, label=label.strip(), phone=phone.strip(), email=email.strip()
        )
        record(by=by, at=at, action="add-contact", subject=f"agency:{agency.slug}")
    return contact


def remove_contact(*, by: str, at: datetime, contact: AgencyContact) -> None:
    """Take a contact away."""
    with transaction.atomic():
        record(by=by, at=at, action="remove-contact", subject=f"agency:{contact.agency.slug}")
        contact.delete()


def write_agreement(
    *, by: str, at: datetime, giver: Agency, receiver: Agency, kinds: Iterable[str], fields: Iterable[str],
    place: str, time: str, starts_on: date, ends_on: date | None, document: str,
) -> list[Agreement]:  # fmt: skip
    """Write what one agency lets another see: one agreement a kind of data, all or none. Raises NotPossible."""
    chosen, shared = list(dict.fromkeys(kinds)), list(dict.fromkeys(fields))
    wrong = _wrong(giver, receiver, chosen, shared, place, time)
    if not wrong and ends_on is not None and ends_on < starts_on:
        wrong = "The last day must not be before the first day."
    if not wrong and not document.strip():
        wrong = "An agreement must name its document, like “MOU 2013-04, signed copy at the county attorney”."
    if wrong:
        raise NotPossible(wrong)
    with transaction.atomic():
        # Two who write between the same agencies take turns.
        list(Agency.objects.select_for_update().filter(pk__in=[giver.pk, receiver.pk]).order_by("pk"))
        held = _overlapping(giver, receiver, chosen, starts_on, ends_on)
        if held:
            raise NotPossible(
                f"An agreement about {', '.join(sorted(held))} covers some of these days already. End it first, or choose "
                "later days."
            )
        made = [
            Agreement.objects.create(
                giver=giver, receiver=receiver, kind=kind, fields=shared, place=place, time=time, starts_on=starts_on,
                ends_on=ends_on, document=document.strip(),
            )
            for kind in chosen
        ]  # fmt: skip
        for agreement in made:
            record(
                by=by, at=at, action="write-agreement", subject=f"agreement:{agreement.public_id}",
                detail={
                    "giver": giver.slug, "receiver": receiver.slug, "kind": agreement.kind, "fields": shared,
                    "place": place, "time": time, "from": starts_on.isoformat(),
                    "to": ends_on.isoformat() if ends_on else None,
                },
            )  # fmt: skip
    return made


def end_agreement(*, by: str, at: datetime, agreement: Agreement, on: date | None = None) -> None:
    """End an agreement: after the day ``on``, or at once where none is given. Raises NotPossible."""
    if on is not None and on < agreement.starts_on:
        raise NotPossible("The last day must not be before the first day.")
    with transaction.atomic():
        still = Agreement.objects.select_for_update().filter(pk=agreement.pk, withdrawn_at=None)
        changed = still.update(ends_on=on) if on is not None else still.update(withdrawn_at=at)
        if not changed:
            raise NotPossible("The agreement has been ended already.")
        record(
            by=by, at=at, action="end-agreement", subject=f"agreement:{agreement.public_id}",
            detail={"after": on.isoformat() if on else "at once"},
        )  # fmt: skip


def _wrong(
    giver: Agency, receiver: Agency, kinds: list[str], fields: list[str], place: str, time: str
) -> str:
    """What is wrong with an agreement of these terms; "" = nothing."""
    if giver.pk == receiver.pk:
        return "An agreement must be between two agencies; an agency sees its own rows without one."
    if not kinds or set(kinds) - set(KINDS):
        return f"The kinds of data must be some of {', '.join(KINDS)}."
    if set(fields) - set(SHARED_FIELDS):
        return f"The fields must be some of {', '.join(SHARED_FIELDS)}."
    if place not in PLACES:
        return f"The precision of place must be one of {', '.join(PLACES)}; got {place[:30]!r}."
    if time not in TIMES:
        return f"The precision of time must be one of {', '.join(TIMES)}; got {time[:30]!r}."
    return ""


def _overlapping(
    giver: Agency, receiver: Agency, kinds: list[str], starts_on: date, ends_on: date | None
) -> set[str]:
    """Kinds that an agreement between the two covers on some of these days."""
    found = Agreement.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=starts_on),
        giver=giver,
        receiver=receiver,
        kind__in=kinds,
        withdrawn_at=None,
    )
    if ends_on is not None:
        found = found.filter(starts_on__lte=ends_on)
    return set(found.values_list("kind", flat=True))
