"""`daybreak find`: search the published listings from a shell."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from daybreak.directory.published import finder
from daybreak.finder.generations import DamagedGeneration, NotPublished
from daybreak.finder.query import Answer
from daybreak.finder.search import QuestionError, search
from daybreak.public.queries.printed import as_json, as_text
from daybreak.public.queries.requested import ALL, Refused, Search, requested
from daybreak.vocabulary import places
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
            asked = requested(_search(given), at=at, choose=_chooser(self.stderr.write))
            answer: Answer = search(
                index,
                asked.query,
                page=given["page"],
                page_size=settings.DAYBREAK_PAGE_SIZE,
                everything=given["everything"],
            )
        except Refused as wrong:
            raise CommandError(_sentence(wrong), returncode=USAGE) from wrong
        except QuestionError as error:
            raise CommandError(str(error), returncode=USAGE) from error
        except NotPublished as error:
            raise CommandError("nothing is published yet. Try: daybreak set-up") from error
        except DamagedGeneration as error:
            raise CommandError(f"{error} Try: daybreak publish") from error
        if given["json_wanted"]:
            self.stdout.write(json.dumps(as_json(index, asked, answer, at=at), ensure_ascii=False))
        else:
            self.stdout.write(as_text(index, asked.query, answer, asked.said, asked.place))


def _search(given: dict[str, Any]) -> Search:
    """The options as a search."""
    return Search(
        text=given["text"],
        needs=tuple(group for group in given["need"] if group.strip(", ")),
        excluded=tuple(group for group in given["excluded"] if group.strip(", ")),
        name=given["name"],
        near=given["near"],
        county=given["county"],
        state=given["state"],
        radius=given["radius"],
        ask=(ALL,) if given["ask"] else (),
    )


def _sentence(wrong: Refused) -> str:
    """What is wrong, in words of a shell."""
    if wrong.parameter == "near" and not wrong.got:
        return "give --near, or --county and --state, not both."
    if wrong.kind == "places":
        return f"several places are called {wrong.got!r}: {'; '.join(wrong.choices)}. Add --state."
    what = {"need": "a need", "not": "a need", "radius": "--radius"}.get(wrong.parameter, "a place")
    return f"{what} must {wrong.must}; got {wrong.got!r}. {wrong.cure}"


def _chooser(print_line: Callable[[str], Any]) -> Callable[[places.Ask], str]:
    """Ask on a terminal; elsewhere take the home state's where it has one and say so, else choose none."""

    def choose(asked: places.Ask) -> str:
        if sys.stdin.isatty() and sys.stdout.isatty():
            print_line(f"Several places are called {asked.text!r}:")
            for number, choice in enumerate(asked.choices, 1):
                print_line(f"  {number}  {choice}")
            answer = input("Which one? Number: ").strip()
            if not answer.isdecimal() or not 1 <= int(answer) <= len(asked.choices):
                raise CommandError(f"the number must be from 1 to {len(asked.choices)}.", returncode=USAGE)
            return asked.choices[int(answer) - 1]
        if not asked.choices[0].endswith(STATES[settings.DAYBREAK_STATE]):
            return ""
        print_line(
            f"{len(asked.choices)} places are called {asked.text!r}; taking {asked.choices[0]}. "
            "Others: add --state."
        )
        return asked.choices[0]

    return choose
