"""The page of an audit: one HTML file with all pictures, answered by keys, that needs no network."""

import html
from pathlib import Path
from string import Template

from heatcli.audit.answers import AnswersFile
from heatcli.report.page.document import policy_of, safe_json, script
from heatcli.score.audit import ANSWERS

_FOLDER = Path(__file__).parent / "web"


def audit_page(
    audit: AnswersFile, pictures: list[list[str]], earlier: list[list[str]], *, notes: list[str]
) -> str:
    """Return the page.

    Args:
        audit: the audit without answers; the page gives it back with them.
        pictures: pictures of each question as `data:` URLs, in the order in which they are shown.
        earlier: pictures of those who came before the person of each question.
        notes: what is to be said above the questions.
    """
    content = {
        "audit": audit.model_dump(mode="json"),
        "pictures": pictures,
        "earlier": earlier,
        "notes": notes,
        "answers": ANSWERS,
        "file": f"audit-{audit.camera}-{audit.date}-answers.json",
    }
    program = (_FOLDER / "audit.js").read_text(encoding="utf-8")
    template = Template((_FOLDER / "audit.html").read_text(encoding="utf-8"))
    return template.substitute(
        policy=html.escape(policy_of(program)),
        title=html.escape(f"Audit of {audit.camera}, {audit.date}"),
        style=(_FOLDER / "audit.css").read_text(encoding="utf-8"),
        scripts="\n".join(
            [script(safe_json(content), type="application/json", id="data"), script(program, type="module")]
        ),
    )
