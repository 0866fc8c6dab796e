"""Lighthouse's four scores (mobile) of home, results and a listing, in a real Chromium, as a phone on a slow line sees them.

Run `script/bench lighthouse`. It needs Node's npx, which fetches the `lighthouse` package, and Chromium; --lighthouse names
the program where it is installed already. Prints performance, accessibility, best practices and SEO of each page: the
median of several runs, and every audit that is not passed. Ends with 1 where a score is below --least.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.web import BIN, free_port, served
from tests.browser import FLAGS, program

SCORES = ("performance", "accessibility", "best-practices", "seo")


def audited(command: list[str], url: str) -> dict[str, Any]:
    """One report of Lighthouse as it writes it."""
    browser = program()
    if browser is None:
        raise SystemExit("bench/lighthouse.py: Chromium is missing; on Debian: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        flags = " ".join([*FLAGS, f"--user-data-dir={folder}/profile"])
        done = subprocess.run(
            [*command, url, "--quiet", "--output=json", f"--output-path={report}", f"--chrome-flags={flags}"],
            env=os.environ | {"CHROME_PATH": str(browser)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if not report.exists():
            raise SystemExit(f"bench/lighthouse.py: no report of {url}: {done.stderr[-500:]}")
        found: dict[str, Any] = json.loads(report.read_text())
    return found


def first_listing(site: str, results: str) -> str:
    """The address of the first listing of a page of results."""
    with urllib.request.urlopen(site + results, timeout=10) as reply:
        found = re.search(r"/place/[0-9a-f-]{36}", reply.read().decode())
    if found is None:
        raise SystemExit(
            f"bench/lighthouse.py: {results} lists no place. Is the directory loaded? Try: daybreak set-up"
        )
    return found[0]


def main() -> None:
    """Serve, audit, print."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--runs", type=int, default=3)
    ask.add_argument("--least", type=int, default=95)
    ask.add_argument(
        "--lighthouse", default="", help="the installed program; default: npx --yes lighthouse@13"
    )
    given = ask.parse_args()
    command = [given.lighthouse] if given.lighthouse else ["npx", "--yes", "lighthouse@13"]
    port = free_port()
    site = f"http://localhost:{port}"
    failed = False
    with served([str(BIN / "daybreak"), "serve", "--port", str(port)], port, "/health"):
        results = "/find?near=40507&need=detox&need=medicaid"
        pages = {"home": "/", "results": results, "listing": first_listing(site, results)}
        for name, path in pages.items():
            reports = [audited(command, site + path) for _ in range(given.runs)]
            scores = {
                key: round(100 * statistics.median(r["categories"][key]["score"] or 0 for r in reports))
                for key in SCORES
            }
            failed |= min(scores.values()) < given.least
            print(f"{name:8} " + "  ".join(f"{key} {scores[key]}" for key in SCORES))
            for key, audit in reports[-1]["audits"].items():
                if audit["score"] is not None and audit["score"] < 1:
                    print(
                        f"         {key}: {audit['score']:.2f} {audit.get('displayValue', '')} {audit['title']}"
                    )
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
