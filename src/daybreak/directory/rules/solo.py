"""Is a provider's name a person's? Listings of one practitioner are kept out of every page, feed and bundled file."""

from __future__ import annotations

import re
from collections.abc import Collection

from daybreak.directory.rules.identity import fold

_CREDENTIALS = re.compile(
    r"(?:^|[\s,.])(?:M\.?D|D\.?O|Ph\.?D|Psy\.?D|LCSW|LPCC?|LPCA|LMFT|LCADC|CADC|CSW|MSW|APRN|ARNP|RN|NP|PA-C)\.?(?=$|[\s,.;])"
)
_TITLE = re.compile(r"^(?:offices?\s+of\s+)?(?:dr|doctor)\.?\s+[A-Za-z]", re.IGNORECASE)
_OFFICE_OF = re.compile(r"\boffices?\s+of\s+[A-Z]", re.IGNORECASE)
# Words that an organization's name holds and a person's does not.
_ORGANIZATION = re.compile(
    r"\b(?:inc|incorporated|llc|lcc|pllc|psc|ltd|corp|company|associates?|group|partners|center|centers|centre|ctr|clinic|"
    r"clinics|hospital|healthcare|health|medical|counsel\w*|consu\w*|family|services?|system|systems|program|programs|treatment|"
    r"recovery|rehab\w*|behavioral|behaioral|psychological|house|home|homes|place|manor|shelter|refuge|ministries|ministry|"
    r"mission|church|charities|challenge|care|solutions?|addiction|oasis|passages|crossroads|comprehend|life|living|hope|"
    r"management|bgc|community|communities|foundation|institute|agency|council|department|county|city|state|army|veterans|"
    r"school|university|college|club|society|network|project|restoration|renewal|serenity|steps?|works|choices?|"
    r"alternatives?|resources|outreach|detox|wellness|therapy|village|ranch|lodge|haven|kentucky|louisville|lexington)\b",
    re.IGNORECASE,
)
_SMALL_WORDS = frozenset({"of", "for", "the", "and", "a", "to", "in", "at", "with"})


def is_solo_practitioner(name: str, others: Collection[str] = ()) -> bool:
    """Whether ``name`` names one person who practises alone; when in doubt, yes.

    A person's name is one with a title or credentials ("Dr. …", "…, MD", "Offices of …, LPCC") or a bare "First Last",
    "F. Last" or "First M Last" without any word of an organization. Credentials count unless a legal form follows ("Ward
    Clinic PSC"). ``others`` are the other names of the same list: a spelling in two words of what the list also writes in
    one ("Self Refind", "Selfrefind") is a business.
    """
    text = " ".join(name.split())
    if not text:
        return False
    if _TITLE.search(text) or (_OFFICE_OF.search(text) and _CREDENTIALS.search(text)):
        return True
    if _CREDENTIALS.search(text):
        return not _ORGANIZATION.search(text)
    if _ORGANIZATION.search(text):
        return False
    words = re.findall(r"[^\s,]+", text)
    joined = "".join(fold(text).split())
    if len(words) < 2 or len(words) > 3 or any("".join(fold(other).split()) == joined != fold(text) and
                                               " " not in fold(other) for other in others):  # fmt: skip
        return False
    return all(_is_name_word(word) for word in words)


def _is_name_word(word: str) -> bool:
    bare = word.rstrip(".")
    if word.lower() in _SMALL_WORDS or not re.fullmatch(r"[A-Za-z][A-Za-z'’-]*", bare):
        return False
    return len(bare) == 1 or (bare[0].isupper() and not bare.isupper())
