"""A plan as one HTML file for paper: the text of the plan document, without scripts, pictures or anything fetched.

Boxes are empty squares to tick with a pen. The data block is left out; its digest stands under every page.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final

from planner.documents.datablock import digest_of, split
from planner.documents.kinds import AnyPlan
from planner.documents.markdown import render
from planner.documents.marks import moment
from planner.documents.readback import without_front_matter

if TYPE_CHECKING:
    from markdown_it.rules_core import StateCore

_DATA: Final = "\n## Data\n"
_BOX: Final = re.compile(r"\[ \] (.*) <!-- item:(\S+) -->")
"""A line with a tick box as it is written; text from outside can hold neither its brackets nor its comment."""
_SHORT: Final = 16
"""Digits of the digest under each page; the whole of it stands at the end."""

_STYLE: Final = """\
@page { size: A4; margin: 16mm 15mm 18mm;
  @bottom-left { content: "arcstep plan, revision REVISION, SHA-256 DIGEST…"; font: 8pt sans-serif; }
  @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; } }
html { color: #000; background: #fff; font: 9.5pt/1.35 sans-serif; }
body { max-width: 180mm; margin: 0 auto; overflow-wrap: anywhere; }
h1 { font-size: 17pt; margin: 0 0 4mm; }
h2 { font-size: 13pt; margin: 7mm 0 2mm; border-bottom: 1pt solid #000; }
h3 { font-size: 11pt; margin: 5mm 0 2mm; }
h1, h2, h3 { line-height: 1.2; }
p, ul, ol { margin: 1.5mm 0; }
h1, h2, h3, p:has(+ pre, + p + pre, + ul, + table) { break-after: avoid; }
h2:has(+ h3.step), h3.step { break-before: page; }
h2 + h3.step { break-before: auto; }
pre, tr, li { break-inside: avoid; }
a { color: inherit; }
blockquote { margin: 3mm 0; padding: 1mm 3mm; border: 1.5pt solid #000; }
table { width: 100%; border-collapse: collapse; margin: 2mm 0; font-size: 8.5pt; }
thead { display: table-header-group; }
th, td { min-width: 13mm; border: .5pt solid #000; padding: .8mm 1.5mm; text-align: left; vertical-align: top; }
th { border-bottom-width: 1.2pt; overflow-wrap: normal; }
td:first-child { min-width: 20mm; }
pre { border: .5pt solid #000; padding: 1.5mm 2mm; margin: 1mm 0 2mm; white-space: pre-wrap; }
pre, code { font: 8pt/1.3 monospace; }
li.tick { list-style: none; position: relative; margin: 1.2mm 0; }
li.tick::before { content: ""; position: absolute; left: -5.5mm; top: .7mm; width: 3mm; height: 3mm;
  border: .8pt solid #000; }
li.sign { padding-bottom: 4mm; border-bottom: .5pt dotted #000; }
footer { break-before: avoid; margin-top: 4mm; border-top: 1pt solid #000; font-size: 8pt; }
"""


def render_page(plan: AnyPlan) -> str:
    """The HTML of a plan. The same plan gives the same text; everything from outside in it is text and never markup."""
    from markdown_it import MarkdownIt

    digest = digest_of(plan)
    maker = MarkdownIt("commonmark", {"html": False}).enable("table")
    maker.core.ruler.after("block", "arcstep", _mark)
    style = _STYLE.replace("REVISION", str(plan.revision)).replace("DIGEST", digest[:_SHORT])
    about = f"arcstep plan, revision {plan.revision}, facts as of {moment(plan.as_of)}, catalog of {plan.catalog_date}."
    return f"""\
<!DOCTYPE html>
<html lang="en" class="arcstep-plan">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{escape(plan.title)}</title>
<style>
{style}</style>
</head>
<body>
{maker.render(_prose(plan))}<footer>
<p>{about} SHA-256 of its data: {digest}</p>
</footer>
</body>
</html>
"""


def _prose(plan: AnyPlan) -> str:
    """What people read of the document: no front matter, no data block, no word about that block."""
    text, _ = split(render(plan))
    _, prose = without_front_matter(text)
    return prose.partition(_DATA)[0].strip() + "\n"


def _mark(state: StateCore) -> None:
    """Names what paper treats in its own way: boxes, lines to sign on, and the steps, which each begin a page."""
    section = ""
    for place, token in enumerate(state.tokens):
        if token.type != "inline":
            continue
        around = state.tokens[place - 1]
        box = _BOX.fullmatch(token.content)
        if around.tag == "h2":
            section = token.content
        elif around.tag == "h3" and section == "Implementation":
            around.attrSet("class", "step")
        elif box is not None:
            token.content = box[1]
            item = state.tokens[place - 2]
            item.attrSet("class", "tick sign" if box[1].endswith(":") else "tick")
            item.attrSet("id", box[2])
