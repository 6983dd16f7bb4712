from collections import defaultdict

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models import seat_rules

CHAIN = ("draft", "submitted", "adviser", "dean", "registered")
FLASH = "registrar_plan_flash"


class PlanPortal(CustomerPortal):
    """A student looks at the own study plan, takes seats and submits the plan.

    Whose plan it is follows from the login alone. Ids from the browser only choose
    among what belongs to that student or is open to everybody.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "registrar_plan_count" in counters:
            student = self._plan_student()
            values["registrar_plan_count"] = (
                request.env["registrar.study.plan"].search_count(
                    [("student_id", "=", student.id)]
                )
                if student
                else 0
            )
        return values

    # Pages

    @http.route(
        ["/my/plan", "/my/plan/<int:year_id>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
    )
    def portal_my_plan(self, year_id=None, **kwargs):
        """Show the plan of one academic year, by default of the nearest open one."""
        values = self._prepare_portal_layout_values()
        student = self._plan_student()
        values.update(
            page_name="registrar_plan",
            student=student,
            flash=request.session.pop(FLASH, None),
        )
        if student:
            years = self._plan_years(student)
            year = years.filtered(lambda y: y.id == year_id) if year_id else years[:1]
            if year_id and not year:
                raise request.not_found()
            values.update(years=years, year=year)
            if year:
                values.update(self._plan_values(student, year))
        return request.render("registrar_core.portal_my_plan", values)

    # Steps

    @http.route(
        "/my/plan/start", type="http", auth="user", methods=["POST"], website=True
    )
    def portal_plan_start(self, year_id=None, **kwargs):
        """Make the own plan of a year and fill it from the curriculum."""
        student = self._own_student()
        year = self._plan_years(student).filtered(lambda y: str(y.id) == year_id)
        if not year:
            raise request.not_found()
        plans = request.env["registrar.study.plan"].sudo()
        return self._step(year, lambda: plans._open_for_seats(student.sudo(), year))

    @http.route(
        "/my/plan/take", type="http", auth="user", methods=["POST"], website=True
    )
    def portal_plan_take(self, offer_id=None, **kwargs):
        """Take a seat, or a place in the waiting list when all are taken."""
        student = self._own_student()
        offer = self._offer(offer_id)
        return self._step(
            offer.year_id, lambda: offer._take_seat(student), f"offer-{offer.id}"
        )

    @http.route(
        "/my/plan/leave", type="http", auth="user", methods=["POST"], website=True
    )
    def portal_plan_leave(self, offer_id=None, **kwargs):
        """Give up a seat or a place in the waiting list."""
        student = self._own_student()
        offer = self._offer(offer_id)
        return self._step(
            offer.year_id, lambda: offer._leave(student), f"offer-{offer.id}"
        )

    @http.route(
        "/my/plan/choose", type="http", auth="user", methods=["POST"], website=True
    )
    def portal_plan_choose(self, option_id=None, year_id=None, **kwargs):
        """Choose an option of an elective block that has no limit of seats."""
        student = self._own_student()
        year = self._plan_years(student).filtered(lambda y: str(y.id) == year_id)
        option = (
            request.env["registrar.curriculum.line"]
            .sudo()
            .search([("id", "=", _number(option_id))])
        )
        if not year or not option:
            raise request.not_found()
        plans = request.env["registrar.study.plan"]
        return self._step(year, lambda: plans._choose(student, year, option))

    @http.route(
        "/my/plan/drop", type="http", auth="user", methods=["POST"], website=True
    )
    def portal_plan_drop(self, line_id=None, **kwargs):
        """Give up a discipline that the student has chosen."""
        student = self._own_student()
        line = request.env["registrar.study.plan.line"].search(
            [
                ("id", "=", _number(line_id)),
                ("student_id", "=", student.id),
                ("is_cancelled", "=", False),
            ]
        )
        if not line or not line._is_choice():
            raise request.not_found()
        return self._step(line.year_id, lambda: line.sudo()._give_up("student"))

    @http.route(
        "/my/plan/submit", type="http", auth="user", methods=["POST"], website=True
    )
    def portal_plan_submit(self, plan_id=None, **kwargs):
        """Hand the plan to the adviser."""
        plan = self._own_plan(plan_id)
        return self._step(plan.year_id, plan.action_submit)

    @http.route(
        "/my/plan/withdraw", type="http", auth="user", methods=["POST"], website=True
    )
    def portal_plan_withdraw(self, plan_id=None, **kwargs):
        """Take a submitted plan back as long as the adviser has not agreed."""
        plan = self._own_plan(plan_id)
        text = request.env._("Taken back by the student.")
        return self._step(plan.year_id, lambda: plan._take_step("return", text))

    def _step(self, year, act, anchor=""):
        """Carry a step out and answer: JSON to scripts, else the page of the year."""
        try:
            with request.env.cr.savepoint():
                answer = act()
        except (UserError, AccessError) as error:
            answer = {"state": "refused", "error": str(error)}
        if "application/json" in request.httprequest.headers.get("Accept", ""):
            if not isinstance(answer, dict):
                answer = {"state": "done"}
            return request.make_json_response(answer)
        request.session[FLASH] = self._flash(answer)
        target = f"/my/plan/{year.id}"
        return request.redirect(f"{target}#{anchor}" if anchor else target, code=303)

    def _flash(self, answer):
        """Return what the page says about the step: level and text."""
        env = request.env
        state = answer.get("state") if isinstance(answer, dict) else None
        if state == "refused":
            return ["danger", answer["error"]]
        texts = {
            "registered": env._("You have the seat."),
            "left": env._("You have given it up."),
            "dropping": env._(
                "Noted: it is dropped as soon as the change of your plan is registered."
            ),
        }
        if state == "waiting":
            text = env._("All seats are taken. Your place in the waiting list: %s.")
            return ["warning", text % answer["position"]]
        return ["success", texts.get(state) or env._("Done.")]

    # Records

    def _plan_student(self):
        """Return the student that the user is, if any."""
        Student = request.env["registrar.student"]
        if not Student.has_access("read"):
            return Student
        return Student.search(
            [("partner_id", "=", request.env.user.partner_id.id)], limit=1
        )

    def _own_student(self):
        student = self._plan_student()
        if not student:
            raise request.not_found()
        return student

    def _own_plan(self, plan_id):
        plan = request.env["registrar.study.plan"].search(
            [
                ("id", "=", _number(plan_id)),
                ("student_id", "=", self._own_student().id),
            ]
        )
        if not plan:
            raise request.not_found()
        return plan

    def _offer(self, offer_id):
        offer = request.env["registrar.offer"].search([("id", "=", _number(offer_id))])
        if not offer:
            raise request.not_found()
        return offer

    def _plan_years(self, student):
        """Return the years that concern a student, the nearest first.

        Those with a plan, the current one, and the next one.
        """
        Year = request.env["registrar.academic.year"]
        plans = request.env["registrar.study.plan"].search(
            [("student_id", "=", student.id)]
        )
        current = Year.search([("is_current", "=", True)], limit=1)
        following = Year.search(
            [("date_from", ">", current.date_to)] if current else [],
            order="date_from",
            limit=1,
        )
        years = plans.year_id | current | following
        order = {current: 0, following: 1}
        drafts = plans.filtered(lambda p: p.state in CHAIN[:-1]).year_id
        return years.sorted(
            lambda y: (
                y not in drafts,
                order.get(y, 2),
                -y.date_from.toordinal(),
            )
        )

    def _plan_values(self, student, year):
        """Return what the page shows about one year."""
        env = request.env
        plans = env["registrar.study.plan"].search(
            [("student_id", "=", student.id), ("year_id", "=", year.id)], order="id"
        )
        valid = plans.filtered(lambda p: p.state != "cancelled")
        main = valid.filtered(lambda p: p.kind == "main")[:1]
        further = valid - main
        lines = valid.line_ids.filtered(lambda li: not li.is_cancelled)
        offers = env["registrar.offer"].search(
            [("year_id", "=", year.id), ("state", "=", "open")]
        )
        entries = env["registrar.waiting.entry"].search(
            [
                ("student_id", "=", student.id),
                ("offer_id.year_id", "=", year.id),
            ],
            order="id desc",
        )
        view = PlanView(env, student, year, main, lines, offers, entries)
        drafts = valid.filtered(lambda p: p.state in CHAIN[:-1])
        return {
            "plan": main,
            "further": further,
            "steps": [self._plan_step(plan) for plan in drafts or main],
            "drops": self._pending_drops(valid),
            "terms": view.terms(),
            "extra": view.extra(),
            "holds": view.holds,
            "entries": entries,
            "history": plans.sorted("id", reverse=True),
            "state_labels": dict(
                env["registrar.study.plan"]._fields["state"]._description_selection(env)
            ),
            "entry_labels": dict(
                env["registrar.waiting.entry"]
                ._fields["state"]
                ._description_selection(env)
            ),
        }

    def _pending_drops(self, plans):
        """Return the disciplines that changes under way will drop."""
        plans = plans.filtered(lambda p: p.state in CHAIN[:-1])
        return plans.drop_ids.line_id

    def _plan_step(self, plan):
        """Return a plan with its reasons and who has it now."""
        reasons = plan.sudo()._reasons().get(plan.id, []) if plan._is_open() else []
        return {
            "plan": plan,
            "reached": CHAIN.index(plan.state),
            "holder": self._holder(plan),
            "errors": [r.text for r in reasons if r.level == "error"],
            "warnings": [r.text for r in reasons if r.level == "warning"],
        }

    def _holder(self, plan):
        """Say who has a plan now."""
        env = request.env
        if plan.state == "draft":
            return env._("It is with you: choose and submit.")
        if plan.state == "submitted":
            adviser = plan.sudo().adviser_id.name
            if adviser:
                return env._("It is with your adviser, %s.", adviser)
            return env._("It is with your adviser.")
        if plan.state == "adviser":
            return env._("It is with the dean's office.")
        if plan.state == "dean":
            return env._("It is with the registrar's office.")
        return ""


class PlanView:
    """Terms, elective blocks and options of one year as the page shows them."""

    def __init__(self, env, student, year, plan, lines, offers, entries):
        self.env = env
        self.student = student
        self.year = year
        self.plan = plan
        self.lines = lines
        self.by_key = defaultdict(env["registrar.offer"].browse)
        self.offers = offers.filtered(
            lambda o: not o.programme_ids or student.programme_id in o.programme_ids
        )
        for offer in self.offers:
            self.by_key[offer.discipline_id.id, offer.term_id.id] |= offer
        self.waiting = {
            entry.offer_id.id: entry for entry in entries if entry.state == "waiting"
        }
        self.terms_of_year = year.term_ids.sorted("number")
        # Names of teachers: students may not read employees.
        self.teachers = {
            offer.id: ", ".join(offer.sudo().teacher_ids.mapped("name"))
            for offer in self.offers
        }
        self.cards = self._cards()
        found = env["registrar.hold"].sudo()._active(student, blocks="registration")
        self.holds = [hold._summary() for hold in found.get(student.id, ())]

    def _cards(self):
        """Return the card of the catalogue by discipline, where there is one."""
        if "registrar.catalogue.card" not in self.env:
            return {}
        Card = self.env["registrar.catalogue.card"]
        if not Card.has_access("read"):
            return {}
        cards = Card.search(
            [
                ("catalogue_id.year_id", "=", self.year.id),
                ("catalogue_id.state", "!=", "draft"),
            ]
        )
        return {card.discipline_id.id: card for card in cards}

    def closed_text(self, term):
        """Return why nothing can be chosen in a term now, or an empty text."""
        closed = seat_rules.closed_windows(
            self.env, self.student.sudo(), term, seat_rules.activities(term), "student"
        )
        return closed.get(self.student.id, "")

    def can_change(self):
        """Whether there is a draft, or a registered plan that may be changed."""
        return not self.plan or self.plan.state in ("draft", "registered")

    def terms(self):
        blocks = self._blocks()
        result = []
        for term in self.terms_of_year:
            lines = self.lines.filtered(lambda li, term=term: li.term_id == term)
            options = self._term_blocks(term, blocks)
            chosen = {
                option["line"].id
                for block in options
                for option in block["options"]
                if option["line"]
            }
            rest = lines.filtered(lambda li, chosen=chosen: li.id not in chosen)
            if not lines and not options:
                continue
            closed = self.closed_text(term)
            result.append(
                {
                    "term": term,
                    "lines": rest,
                    "blocks": options,
                    "credits": sum(lines.mapped("credits")),
                    "closed": closed,
                    "can_change": not closed and self.can_change(),
                }
            )
        return result

    def _blocks(self):
        plan = self.plan.sudo()
        lines = plan.curriculum_id.line_ids.filtered(
            lambda c: c.block_id and c.course == plan.course
        )
        return lines.grouped("block_id")

    def _term_blocks(self, term, blocks):
        result = []
        for block, options in blocks.items():
            here = options.filtered(
                lambda c, term=term: c._number_in_year() == term.number
            )
            if not here or term.kind == "summer":
                continue
            rows = [row for option in here for row in self._options(option, term)]
            result.append(
                {
                    "block": block,
                    "options": rows,
                    "chosen": len({r["line"].id for r in rows if r["line"]}),
                }
            )
        return sorted(result, key=lambda r: (r["block"].sequence, r["block"].code))

    def _options(self, option, term):
        """Return the cards of one option: one per offer, or one without seats."""
        discipline = option.discipline_id
        line = self.lines.filtered(
            lambda li: li.discipline_id == discipline and li.term_id == term
        )[:1]
        offers = self.by_key[discipline.id, term.id]
        if not offers:
            return [self._option(discipline, option.credits, line, option=option)]
        rows = []
        for offer in offers:
            own = line if line.offer_id in (offer, offer.browse()) else line.browse()
            rows.append(
                self._option(discipline, offer.credits or option.credits, own, offer)
            )
        return rows

    def _option(self, discipline, credits, line, offer=None, option=None):
        offer = offer if offer is not None else self.env["registrar.offer"]
        entry = self.waiting.get(offer.id)
        return {
            "discipline": discipline.sudo(False).with_env(self.env),
            "credits": credits,
            "line": line,
            "offer": offer,
            "option": option,
            "seated": bool(line) and (not offer or line.offer_id == offer),
            "position": entry.position if entry else 0,
            "teachers": self.teachers.get(offer.id, ""),
            "language": dict(
                offer._fields["language"]._description_selection(self.env)
            ).get(offer.language, ""),
            "card": self.cards.get(discipline.id),
        }

    def extra(self):
        """Return the disciplines offered in addition to the curriculum."""
        rows = []
        for offer in self.offers.filtered(lambda o: o.kind == "additional"):
            line = self.lines.filtered(lambda li, o=offer: li.offer_id == o)[:1]
            row = self._option(offer.discipline_id, offer.credits, line, offer)
            closed = self.closed_text(offer.term_id)
            row.update(term=offer.term_id, can_change=not closed and self.can_change())
            rows.append(row)
        return rows


def _number(text):
    """Return an id that came from a browser, 0 for anything that is none."""
    return int(text) if str(text or "").isdecimal() and len(str(text)) < 10 else 0
