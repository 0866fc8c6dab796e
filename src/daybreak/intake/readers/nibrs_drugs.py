"""The 15 characters in which NIBRS writes a drug: type, quantity in thousandths, measure; and what may stand in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

LETTERS = "ABCDEFGHIJKLMNOPUX"
CATEGORIES = {
    "GM": "weight", "KG": "weight", "OZ": "weight", "LB": "weight",
    "ML": "capacity", "LT": "capacity", "FO": "capacity", "GL": "capacity",
    "DU": "units", "NP": "units", "XX": "not reported",
}  # fmt: skip
NOT_REPORTED = "XX"
_OVER_THREE = "X"
_UNKNOWN = "U"
_NONE_AT_LABORATORY = "000000001000"
_PLANTS_OF = "EGK"
_SEIZED = "6"


@dataclass(frozen=True, slots=True)
class Drug:
    """One drug group. ``quantity`` is None where there is none – also for measure XX, whose 1.000 means none.

    ``error`` is the NIBRS error number of this group by itself, "" = none.
    """

    letter: str = ""
    quantity: Decimal | None = None
    measure: str = ""
    error: str = ""

    @property
    def at_laboratory(self) -> bool:
        """Sent to the laboratory, quantity not reported: never to be valued."""
        return self.measure == NOT_REPORTED

    @property
    def has_value(self) -> bool:
        """Whether a street value may be computed: a faultless quantity in a unit."""
        return not self.error and self.quantity is not None and not self.at_laboratory

    def written(self) -> str:
        """The 15 characters; raises ValueError where the quantity has more than 9 whole digits or more than 3 decimals."""
        if self.at_laboratory:
            return f"{self.letter}{_NONE_AT_LABORATORY}{NOT_REPORTED}"
        if self.quantity is None:
            return f"{self.letter:<15}"
        thousandths = self.quantity * 1000
        if thousandths != int(thousandths) or not 0 <= thousandths < 10**12:
            raise ValueError(
                f"A NIBRS quantity must be 0 to 999999999.999 in thousandths; got {self.quantity}."
            )
        return f"{self.letter}{int(thousandths):012}{self.measure:<2}"


def read_drug(group: str, loss: str) -> Drug:
    """One drug group of a segment with this type of property loss; a blank group is a Drug without a letter."""
    letter, whole, part, measure = group[0].strip(), group[1:10], group[10:13], group[13:15].strip()
    stated = bool((whole + part).strip())
    quantity, numeric = _quantity(whole, part) if stated else (None, True)
    error = _error(letter, whole + part, quantity, numeric, measure, loss)
    none_meant = measure == NOT_REPORTED or letter == _OVER_THREE
    return Drug(letter, None if error or none_meant else quantity, measure, error)


def _quantity(whole: str, part: str) -> tuple[Decimal | None, bool]:
    """(quantity, whether it was numeric). A part that is blank as a whole is zero; a blank inside a part is no number."""
    digits = [text if text.strip() else "0" * len(text) for text in (whole, part)]
    if not all(text.isascii() and text.isdigit() for text in digits):
        return None, False
    return Decimal(f"{digits[0]}.{digits[1]}").normalize().quantize(Decimal("0.001")), True


def _error(
    letter: str, written: str, quantity: Decimal | None, numeric: bool, measure: str, loss: str
) -> str:
    stated = bool(written.strip())
    if not letter:
        return "" if not stated and not measure else "366" if stated else "368"
    if letter not in LETTERS or (measure and measure not in CATEGORIES):
        return "304"
    if letter == _OVER_THREE:
        return "363" if stated or measure else ""
    if stated and not numeric:
        return "302"
    if stated and not measure:
        return "366"
    if measure and not stated:
        return "368"
    if not stated:
        return "364" if loss == _SEIZED else ""
    if measure == NOT_REPORTED and written != _NONE_AT_LABORATORY:
        return "384"
    if measure == "NP" and letter not in _PLANTS_OF:
        return "367"
    return ""


def faults_of(drugs: Sequence[Drug]) -> Iterator[tuple[int, str]]:
    """(place from 1, error number) of everything wrong with the three groups of one segment."""
    for place, drug in enumerate(drugs, 1):
        if drug.error:
            yield place, drug.error
    present = [drug for drug in drugs if drug.letter]
    for place, drug in enumerate(drugs, 1):
        # Beside two other types and, the standard adds, in the third place.
        if drug.letter == _OVER_THREE and (len(present) < 3 or place != 3):
            yield place, "362"
    seen: set[tuple[str, str]] = set()
    for place, drug in enumerate(drugs, 1):
        if not drug.letter:
            continue
        category = "" if drug.letter == _UNKNOWN else CATEGORIES.get(drug.measure, "")
        if (drug.letter, category) in seen:
            yield place, "306"
        seen.add((drug.letter, category))
