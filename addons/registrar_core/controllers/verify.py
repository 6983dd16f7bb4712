import time
from collections import OrderedDict, deque

from odoo import http
from odoo.http import request

from ..models.registrar_register_entry import CODE_ALPHABET, CODE_LENGTH

# How many unknown codes one address may try within the window (seconds).
ATTEMPTS = 20
WINDOW = 600
# Addresses remembered per worker; the oldest are forgotten first.
MEMORY = 10_000


class AttemptCounter:
    """Counts failed attempts by address in a sliding window.

    It lives in the memory of one worker: enough to make guessing hopeless (31^12
    codes), without a table that an attacker could fill.
    """

    def __init__(self):
        self._failures = OrderedDict()

    def is_blocked(self, address, limit=ATTEMPTS):
        failures = self._failures.get(address, ())
        recent = sum(1 for moment in failures if moment > time.monotonic() - WINDOW)
        return recent >= limit

    def fail(self, address):
        failures = self._failures.setdefault(address, deque(maxlen=ATTEMPTS))
        failures.append(time.monotonic())
        self._failures.move_to_end(address)
        while len(self._failures) > MEMORY:
            self._failures.popitem(last=False)


ATTEMPT_COUNTER = AttemptCounter()


class VerifyController(http.Controller):
    """The public page where anybody can check a document by its code."""

    @http.route(
        ["/verify", "/verify/<string:code>"],
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        readonly=True,
        sitemap=False,
    )
    def verify(self, code=None, **parameters):
        """Show type, number, date, recipient and validity of one document.

        An unknown code is answered with status 404, too many of them with 429.
        """
        code = self._normalise(code or parameters.get("code") or "")
        values = {"code": code, "entry": None, "state": "form", "page_name": "verify"}
        status = 200
        address = request.httprequest.remote_addr
        if code and ATTEMPT_COUNTER.is_blocked(address):
            values["state"] = "blocked"
            status = 429
        elif code:
            entry = self._find(code)
            if entry:
                values.update(
                    state=entry.state,
                    entry=entry,
                    cancelled_by=entry.cancelled_by_id,
                )
            else:
                ATTEMPT_COUNTER.fail(address)
                values["state"] = "unknown"
                status = 404
        response = request.render("registrar_core.verify_page", values)
        response.status_code = status
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    def _normalise(self, code):
        """Accept codes as people type them: small letters, spaces, hyphens."""
        return "".join(letter for letter in code.upper() if letter in CODE_ALPHABET)

    def _find(self, code):
        if len(code) != CODE_LENGTH:
            return None
        # The page is public: only what the template names leaves the sudo record.
        return (
            request.env["registrar.register.entry"]
            .sudo()
            .search(
                [("verification_code", "=", code), ("digest", "!=", False)], limit=1
            )
        )
