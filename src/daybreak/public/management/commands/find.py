"""`daybreak find`: search the published listings from a shell."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from daybreak.directory.published import finder
from daybreak.finder.generations import DamagedGeneration, NotPublished
from daybreak.finder.query import Answer, Condition, Query
from daybreak.finder.search import QuestionError, search
from daybreak.public.queries.asking import by_alternatives, lexicon, name_said, place_said, where
from daybreak.public.queries.printed import as_json, as_text
from daybreak.vocabulary import places
from daybreak.vocabulary.needs import needs as known_needs
from daybreak.vocabulary.samhsa import codes as known_codes
from daybreak.vocabulary.states import STATES

USAGE = 2


class Command(BaseCommand):
    """Exit code 0 also where nothing is found; 2 where the question cannot be understood."""

    help = (
        "Search the published listings. A need is one of our names (detox, medicaid …) or a SAMHSA code (BU). "
        "--need A,B is A or B; repeated, all of them. A result's source row counts data rows from 1, headers not counted."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The question."""
        parser.add_argument(
            "--text", default="", help='plain words, English or Spanish: "suboxone, no insurance"'
        )
        parser.add_argument(
            "--need", action="append", default=[], metavar="A[,B]", help="A or B; repeat for and"
        )
        parser.add_argument("--not", action="append", default=[], dest="excluded", metavar="C", help="not C")
        parser.add_argument("--name", default="", help="words that begin words of the listing's names")
        parser.add_argument("--near", default="", help="ZIP, town, or latitude,longitude")
        parser.add_argument("--radius", type=float, default=None, help="miles around --near (25)")
        parser.add_argument(
            "--county", default="", help='"Fayette", with --state where several states have one'
        )
        parser.add_argument("--state", default="", help="KY")
        parser.add_argument("--ask", action="store_true", help="also listings that do not say (labelled ask)")
        parser.add_argument("--page", type=int, default=1)
        parser.add_argument(
            "--all", action="store_true", dest="everything", help="every result, not one page"
        )
        parser.add_argument("--json", action="store_true", dest="json_wanted")

    def handle(self, **given: Any) -> None:
        """Ask and print."""
        at = timezone.now()
        try:
            index = finder().index()
            query, said, place = _query(given, at, self.stderr.write)
            answer: Answer = search(
                index,
                query,
                page=given["page"],
                page_size=settings.DAYBREAK_PAGE_SIZE,
                everything=given["everything"],
            )
        except QuestionError as error:
            raise CommandError(str(error), returncode=USAGE) from error
        except NotPublished as error:
            raise CommandError("nothing is published yet. Try: daybreak set-up") from error
        except DamagedGeneration as error:
            raise CommandError(f"{error} Try: daybreak publish") from error
        if given["json_wanted"]:
            self.stdout.write(json.dumps(as_json(index, query, answer, said, place), ensure_ascii=False))
        else:
            self.stdout.write(as_text(index, query, answer, said, place))


def _query(
    given: dict[str, Any], at: datetime, print_line: Callable[[str], Any]
) -> tuple[Query, dict[str, str], places.Found]:
    """The finder's question, need → the words it came from, and the place."""
    heard = lexicon().understand(given["text"])
    said = {found.need: found.said for found in (*heard.needs, *heard.excluded)}
    conditions = [
        tuple(canonical(need) for need in group.split(",") if need.strip()) for group in given["need"]
    ]
    conditions += [
        tuple(group) for group in by_alternatives(tuple(found.need for found in heard.needs)).values()
    ]
    excluded = [canonical(need) for group in given["excluded"] for need in group.split(",") if need.strip()]
    excluded += [found.need for found in heard.excluded]
    for need in (*(need for group in conditions for need in group), *excluded):
        if need not in known_needs() and need not in known_codes():
            raise CommandError(
                f"a need must be one of our names or a SAMHSA code; got {need!r}. "
                f"Names: {', '.join(known_needs())}.",
                returncode=USAGE,
            )
        said.setdefault(need, need)
    place = _place(given, place_said(heard, settings.DAYBREAK_STATE), print_line)
    radius = given["radius"] if given["radius"] is not None else float(settings.DAYBREAK_RADIUS_MILES)
    if not 0 < radius <= 500:
        raise CommandError(
            f"--radius must be more than 0 and at most 500 miles; got {radius:g}.", returncode=USAGE
        )
    names = tuple(given["name"].split())
    if not names and not conditions and not excluded:
        names = name_said(given["text"], heard, settings.DAYBREAK_STATE)
    query = Query(
        conditions=tuple(Condition(group, given["ask"]) for group in conditions if group),
        excluded=tuple(dict.fromkeys(excluded)),
        place=where(place, radius),
        name_words=names,
        now_minutes=int(at.timestamp() // 60),
        today_days=int(at.timestamp() // 86400),
    )
    return query, said, place


def canonical(written: str) -> str:
    """A need or code as we write it, whatever its capitals: "bu" is BU, "Detox" is detox."""
    need = written.strip()
    return need.upper() if need.upper() in known_codes() and need not in known_needs() else need.lower()


def _place(given: dict[str, Any], heard: str, print_line: Callable[[str], Any]) -> places.Found:
    if given["near"] and (given["county"] or given["state"]):
        raise CommandError("give --near, or --county and --state, not both.", returncode=USAGE)
    wanted = given["near"] or given["state"] or heard or "anywhere"
    if given["county"]:
        county = given["county"] if "county" in given["county"].casefold() else f"{given['county']} County"
        wanted = f"{county}, {given['state']}" if given["state"] else county
    found = places.resolve(wanted, home_state=settings.DAYBREAK_STATE)
    if isinstance(found, places.Ask):
        found = _choose(found, print_line)
    if isinstance(found, places.Unknown):
        near = f" Did you mean {' or '.join(found.nearest)}?" if found.nearest else ""
        raise CommandError(
            f"a place must be a ZIP in use, a town, a county, a state or latitude,longitude; got {found.text!r}.{near}",
            returncode=USAGE,
        )
    return found


def _choose(asked: places.Ask, print_line: Callable[[str], Any]) -> places.Found:
    """Ask on a terminal; elsewhere take the home state's where it has one and say so, else list the choices."""
    home = asked.choices[0].endswith(STATES[settings.DAYBREAK_STATE])
    if sys.stdin.isatty() and sys.stdout.isatty():
        print_line(f"Several places are called {asked.text!r}:")
        for number, choice in enumerate(asked.choices, 1):
            print_line(f"  {number}  {choice}")
        answer = input("Which one? Number: ").strip()
        if not answer.isdecimal() or not 1 <= int(answer) <= len(asked.choices):
            raise CommandError(f"the number must be from 1 to {len(asked.choices)}.", returncode=USAGE)
        chosen = asked.choices[int(answer) - 1]
    elif home:
        chosen = asked.choices[0]
        print_line(
            f"{len(asked.choices)} places are called {asked.text!r}; taking {chosen}. Others: add --state."
        )
    else:
        raise CommandError(
            f"several places are called {asked.text!r}: {'; '.join(asked.choices)}. Add --state.",
            returncode=USAGE,
        )
    found = places.resolve(chosen, home_state=settings.DAYBREAK_STATE)
    if not isinstance(found, places.Found):
        raise CommandError(f"{chosen!r} could not be resolved.", returncode=USAGE)
    return found
