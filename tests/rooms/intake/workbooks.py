"""Writes small Excel files part by part, so that a test can put in what no well-behaved program would."""

from __future__ import annotations

import io
import zipfile

TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(
    rows: str, *, after: str = "", shared: str = "", styles: str = "", date1904: bool = False, prefix: str = "", head: str = ""
) -> bytes:  # fmt: skip
    """An .xlsx whose only table holds ``rows`` (XML of row elements) and ``after`` (what follows the rows)."""
    mark = f"{prefix}:" if prefix else ""
    space = f'xmlns:{prefix}="{MAIN}"' if prefix else f'xmlns="{MAIN}"'
    parts = {
        "[Content_Types].xml": TYPES,
        "xl/workbook.xml": (
            f'<{mark}workbook {space} xmlns:r="{LINKS}"><{mark}workbookPr date1904="{int(date1904)}"/>'
            f'<{mark}sheets><{mark}sheet name="Rows" sheetId="1" r:id="rId1"/></{mark}sheets></{mark}workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{LINKS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
        ),
        "xl/worksheets/sheet1.xml": (
            f"{head}<{mark}worksheet {space}><{mark}sheetData>{rows}</{mark}sheetData>{after}</{mark}worksheet>"
        ),
    }
    if shared:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{shared}</sst>'
    if styles:
        parts["xl/styles.xml"] = f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return made.getvalue()


def row(number: int, *cells: str, prefix: str = "") -> str:
    """One row of inline texts; a cell that begins with "<" is taken as XML."""
    mark = f"{prefix}:" if prefix else ""
    made = []
    for place, cell in enumerate(cells):
        name = f"{chr(65 + place)}{number}"
        text = f'<{mark}c r="{name}" t="inlineStr"><{mark}is><{mark}t>{cell}</{mark}t></{mark}is></{mark}c>'
        made.append(cell.replace("REF", name) if cell.startswith("<") else text)
    return f'<{mark}row r="{number}">{"".join(made)}</{mark}row>'
