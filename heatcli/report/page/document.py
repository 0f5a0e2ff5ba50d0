"""What any page of heatcli is made of: scripts that no text can end, and a policy by which only they run."""

import base64
import hashlib
import json

# Characters that a parser of HTML, or of JavaScript before 2019, would not take for text in a string.
_ESCAPES = {ord(mark): f"\\u{ord(mark):04x}" for mark in "<>&\u2028\u2029"}


def script(text: str, **attributes: str) -> str:
    """Return a script element."""
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<script{said}>{text}</script>"


def safe_json(value: object) -> str:
    """Return JSON in which no text can end the element around it."""
    return json.dumps(value).translate(_ESCAPES)


def policy_of(*scripts: str) -> str:
    """Return the page's Content-Security-Policy: only these scripts may run, and nothing may be loaded.

    Modules are `data:` URLs. Bokeh puts its style sheets into the page as text.
    """
    hashes = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts)
    allowed = " ".join(f"'sha256-{one}'" for one in hashes)
    return (
        f"default-src 'none'; script-src data: {allowed}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )
