"""What NIBRS's own error numbers ask for, in plain words: must and cure of each that the reader of drug seizures can find."""

from __future__ import annotations

NIBRS_ERRORS: dict[str, tuple[str, str]] = {
    "105": ("the incident date must be a day of the calendar", "Correct positions 38 to 45 of the level 1 segment."),
    "301": ("a line must be a NIBRS segment: length, level and action", "Export the flat file again from the records system."),
    "302": ("the quantity must be 9 digits and 3 digits for thousandths", "Correct the estimated quantity of this drug."),
    "304": ("drug type and measure must be codes of the standard", "Correct the drug type (A to P, U, X) or the measure."),
    "306": ("a drug may stand twice only in two kinds of measure, and U once", "Add the quantities, or correct the drug type."),
    "362": ("X (over three types) must stand third, beside two other types", "Enter the two largest drugs first."),
    "363": ("X (over three types) must have no quantity and no measure", "Blank both beside X."),
    "364": ("a seized drug must have a type, a quantity and a measure", "Enter all three (XX with 1.000 at a laboratory)."),
    "365": ("a drug type needs offense 35A, loss 6 (seized) and description 10", "Correct offense, loss or description."),
    "366": ("a quantity must have a drug type and a measure", "Enter what is missing."),
    "367": ("plants (NP) must be marijuana, opium or other hallucinogens", "Correct the measure: E, G and K only may have NP."),
    "368": ("a measure must have a drug type and a quantity", "Enter what is missing."),
    "384": ("measure XX must have the quantity 1.000, which means none", "Enter the laboratory's figures, or 1.000 with XX."),
    "392": ("a drug offense without loss must still name the drug type", "Enter the suspected drug type."),
}  # fmt: skip
