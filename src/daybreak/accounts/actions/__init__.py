"""What people do here: invite, give and end roles, suspend; add agencies, write and end agreements."""

from daybreak.accounts.actions.agencies import (
    add_agency,
    add_contact,
    end_agreement,
    remove_contact,
    retire_agency,
    write_agreement,
)
from daybreak.accounts.actions.invitations import accept_invitation, invite_again, invite_person
from daybreak.accounts.actions.people import (
    end_role,
    give_role,
    remove_second_factor,
    restore_person,
    suspend_person,
)
from daybreak.accounts.actions.refusal import NotPossible

__all__ = [
    "NotPossible",
    "accept_invitation",
    "add_agency",
    "add_contact",
    "end_agreement",
    "end_role",
    "give_role",
    "invite_again",
    "invite_person",
    "remove_contact",
    "remove_second_factor",
    "restore_person",
    "retire_agency",
    "suspend_person",
    "write_agreement",
]
