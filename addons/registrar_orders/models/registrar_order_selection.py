from collections import defaultdict
from decimal import Decimal
from math import ceil

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.registrar_core.models.selections import (
    CONTINGENT_STATUSES,
    FUNDINGS,
    LANGUAGES_OF_STUDY,
    STUDY_FORMS,
)

from ..tools.transfer import (
    NOT_CONSIDERED,
    REPEAT,
    TRANSFER,
    TRANSFER_WITH_DEBTS,
    Facts,
    Policy,
    decide,
    find_score,
)

# Which type of order carries out a decision.
ORDER_TYPES = {
    TRANSFER: "course_transfer",
    TRANSFER_WITH_DEBTS: "course_transfer",
    REPEAT: "repeat_year",
    "expel": "expulsion",
    "enrol": "enrolment",
}

# Which movement follows from a reason to expel.
EXPULSION_KINDS = {
    "third_failure": "academic_failure",
    "leave_over": "no_return_from_leave",
}


class RegistrarOrderSelection(models.Model):
    """Who is to be transferred, expelled or enrolled, and why.

    A query whose answer, with the reasons for every student, is seen before an order
    is made and kept with the orders made from it.
    """

    _name = "registrar.order.selection"
    _description = "Selection of students for orders"
    _order = "id desc"

    purpose = fields.Selection(
        [
            ("transfer", "Transfer to the next year"),
            ("expulsion", "Expulsion"),
            ("enrolment", "Enrolment"),
        ],
        required=True,
        default="transfer",
    )
    user_id = fields.Many2one(
        "res.users", "Made by", readonly=True, default=lambda self: self.env.user
    )
    computed_at = fields.Datetime("Selected at", readonly=True)
    effective_date = fields.Date(
        "Effective from", required=True, default=fields.Date.context_today
    )
    # Whom to look at
    faculty_id = fields.Many2one(
        "hr.department", domain="[('registrar_kind', '=', 'faculty')]"
    )
    programme_id = fields.Many2one("registrar.programme")
    course = fields.Integer("Year of study", help="0: all years of study.")
    group_id = fields.Many2one("registrar.group")
    student_ids = fields.Many2many(
        "registrar.student", string="Only these", help="Empty: everybody who fits."
    )
    # Transfer
    year_id = fields.Many2one(
        "registrar.academic.year",
        "Results of",
        default=lambda self: self._default_year(),
    )
    with_debts = fields.Boolean(
        "Transfer with debts",
        default=lambda self: self.env.company.registrar_transfer_with_debts,
        help="Who has reached the transfer score goes on and clears the debts later.",
    )
    after_summer = fields.Boolean(
        "Summer semester is over",
        default=True,
        help="Before it is over, nobody is left for a repeat year.",
    )
    # Enrolment: where to
    target_programme_id = fields.Many2one("registrar.programme", "Into programme")
    target_group_id = fields.Many2one(
        "registrar.group",
        "Into group",
        domain="[('programme_id', '=', target_programme_id)]",
    )
    target_course = fields.Integer("Into year of study", default=1)
    target_study_form = fields.Selection(
        STUDY_FORMS, "Form of study", default="full_time"
    )
    target_language = fields.Selection(LANGUAGES_OF_STUDY, "Language of study")
    target_funding = fields.Selection(FUNDINGS, "Funding", default="grant")
    # Answer
    line_ids = fields.One2many(
        "registrar.order.selection.line", "selection_id", "Students"
    )
    line_count = fields.Integer("Number of students", compute="_compute_line_count")
    included_count = fields.Integer("Chosen", compute="_compute_line_count")
    summary = fields.Char(compute="_compute_summary")
    order_ids = fields.One2many("registrar.order", "selection_id", "Orders")
    order_count = fields.Integer("Number of orders", compute="_compute_order_count")

    @api.model
    def _default_year(self):
        return self.env["registrar.academic.year"]._at(fields.Date.context_today(self))

    @api.depends("purpose", "effective_date", "year_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["purpose"]._description_selection(self.env))
        for selection in self:
            period = selection.year_id.name or selection.effective_date or ""
            selection.display_name = f"{labels.get(selection.purpose, '')}, {period}"

    def _compute_line_count(self):
        counts = defaultdict(lambda: [0, 0])
        for selection, included, count in self.env[
            "registrar.order.selection.line"
        ]._read_group(
            [("selection_id", "in", self.ids)],
            ["selection_id", "included"],
            ["__count"],
        ):
            counts[selection.id][0] += count
            counts[selection.id][1] += count if included else 0
        for selection in self:
            total, included = counts[selection._origin.id]
            selection.line_count = total
            selection.included_count = included

    @api.depends_context("lang")
    def _compute_summary(self):
        Line = self.env["registrar.order.selection.line"]
        labels = dict(Line._fields["decision"]._description_selection(self.env))
        texts = defaultdict(list)
        for selection, decision, count in Line._read_group(
            [("selection_id", "in", self.ids)],
            ["selection_id", "decision"],
            ["__count"],
        ):
            texts[selection.id].append(f"{labels.get(decision, '')}: {count}")
        for selection in self:
            selection.summary = ", ".join(texts[selection._origin.id])

    def _compute_order_count(self):
        counts = dict(
            self.env["registrar.order"]._read_group(
                [("selection_id", "in", self.ids)], ["selection_id"], ["__count"]
            )
        )
        for selection in self:
            selection.order_count = counts.get(selection._origin, 0)

    @api.onchange("target_group_id")
    def _onchange_target_group_id(self):
        if group := self.target_group_id:
            self.target_programme_id = group.programme_id
            self.target_course = group.course
            self.target_study_form = group.study_form
            self.target_language = group.language

    def write(self, vals):
        if not self.env.su and vals.keys() & set(self._query_fields()):
            self._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_open()

    def action_select(self):
        """Ask the records and show the answer; an earlier answer is replaced."""
        self._check_open()
        for selection in self:
            selection.sudo().line_ids.unlink()
            found = selection._candidates()
            states = self.env["registrar.student"].browse(found)._ledger_states()
            self.env["registrar.order.selection.line"].sudo().create(
                [
                    {
                        "selection_id": selection.id,
                        "student_id": student_id,
                        **{
                            name: states.get(student_id, {}).get(name)
                            for name in (
                                "programme_id",
                                "group_id",
                                "course",
                                "funding",
                            )
                        },
                        **values,
                    }
                    for student_id, values in found.items()
                ]
            )
            selection.sudo().computed_at = fields.Datetime.now()
        self.invalidate_recordset()
        return True

    def action_open_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_orders.registrar_order_selection_line_action"
        )
        return dict(action, domain=[("selection_id", "=", self.id)])

    def action_make_orders(self):
        """Draft one order per type of decision from the chosen students."""
        self.ensure_one()
        self._check_open()
        orders = self._make_orders()
        if len(orders) == 1:
            return orders.action_open_document()
        return self.action_open_orders()

    def action_open_orders(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_orders.registrar_order_action"
        )
        return dict(action, domain=[("selection_id", "=", self.id)], context={})

    @api.model
    def _query_fields(self):
        return (
            "purpose",
            "effective_date",
            "faculty_id",
            "programme_id",
            "course",
            "group_id",
            "student_ids",
            "year_id",
            "with_debts",
            "after_summer",
            "target_programme_id",
            "target_group_id",
            "target_course",
            "target_study_form",
            "target_language",
            "target_funding",
            "line_ids",
        )

    def _check_open(self):
        for selection in self:
            if selection.sudo().order_ids:
                raise UserError(
                    self.env._(
                        "Orders were made from “%s”; it is kept with them as it is. "
                        "Make a new selection.",
                        selection.display_name,
                    )
                )

    def _make_orders(self):
        """Return the drafts made from the chosen students."""
        self.ensure_one()
        by_type = defaultdict(self.env["registrar.order.selection.line"].browse)
        for line in self.line_ids.filtered("included"):
            if line.decision not in ORDER_TYPES:
                raise UserError(
                    self.env._(
                        "No order follows from the decision on %(student)s: "
                        "%(decision)s.",
                        student=line.student_id.full_name,
                        decision=line._decision_label(),
                    )
                )
            by_type[ORDER_TYPES[line.decision]] |= line
        if not by_type:
            raise UserError(self.env._("Nobody is chosen."))
        orders = self.env["registrar.order"]
        for code, lines in by_type.items():
            header = {"selection_id": self.id}
            if self.purpose == "transfer":
                header["year_id"] = self.year_id.id
            order = orders._draft(
                code,
                self.effective_date,
                [line._order_line_values() for line in lines],
                document_date=False,
                **header,
            )
            lines.sudo().write({"order_id": order.id})
            orders |= order
        return orders

    def _candidates(self):
        """Return the students in question with decision and reasons.

        :return: ``{student id: values of registrar.order.selection.line}``
        :rtype: dict[int, dict]
        """
        self.ensure_one()
        return getattr(self, f"_candidates_{self.purpose}")()

    def _candidates_transfer(self):
        if not self.year_id:
            raise UserError(self.env._("Say by the results of which year."))
        students = self._contingent_students()
        result = self._transfer_facts(
            students,
            self.year_id,
            self.effective_date,
            with_debts=self.with_debts,
            after_summer=self.after_summer,
        )
        for values in result.values():
            values["included"] = values["decision"] in ORDER_TYPES
        self._mark_drafted(result, ("course_transfer", "repeat_year"))
        return result

    def _candidates_expulsion(self):
        students = self._contingent_students()
        result = {}
        for student_id, failures in self._third_failures(students).items():
            result[student_id] = {"reason_codes": "third_failure", **failures}
        for student_id, day in self._overdue_leaves(students).items():
            values = result.setdefault(student_id, {"reason_codes": "", "note": ""})
            values["reason_codes"] = ",".join(
                code for code in (values["reason_codes"], "leave_over") if code
            )
            values["note"] = values["note"] or self.env._(
                "leave ended on %s", day.strftime("%d.%m.%Y")
            )
        for values in result.values():
            values.update(decision="expel", included=True)
        self._mark_drafted(result, ("departure",))
        return result

    def _candidates_enrolment(self):
        domain = Domain("status", "=", "none") & Domain("enrolment_ids", "=", False)
        if self.student_ids:
            domain &= Domain("id", "in", self.student_ids.ids)
        students = self.env["registrar.student"].search(domain)
        result = {}
        for student in students:
            complete = student.gender and student.birth_date and student.iin
            result[student.id] = {
                "decision": "enrol" if complete else NOT_CONSIDERED,
                "reason_codes": "not_enrolled"
                if complete
                else "not_enrolled,documents_missing",
                "included": bool(complete),
            }
        self._mark_drafted(result, ("admission",))
        return result

    def _contingent_students(self):
        """Return the students of the contingent on the day who fit the filters."""
        Enrolment = self.env["registrar.enrolment"]
        domain = Enrolment._valid_domain(self.effective_date)
        domain &= Domain("status", "in", CONTINGENT_STATUSES)
        if self.faculty_id:
            domain &= Domain("programme_id.faculty_id", "=", self.faculty_id.id)
        for name in ("programme_id", "group_id"):
            if self[name]:
                domain &= Domain(name, "=", self[name].id)
        if self.course:
            domain &= Domain("course", "=", self.course)
        if self.student_ids:
            domain &= Domain("student_id", "in", self.student_ids.ids)
        return Enrolment.search(domain).student_id

    @api.model
    def _transfer_facts(self, students, year, date, with_debts=None, after_summer=True):
        """Return the decision about each student by the results of a year.

        :param date: the day on which debts are looked at
        :param with_debts: policy; by default that of the company
        :return: ``{student id: values of registrar.order.facts}``
        :rtype: dict[int, dict]
        """
        if with_debts is None:
            with_debts = self.env.company.registrar_transfer_with_debts
        policy = Policy(with_debts=with_debts, after_summer=after_summer)
        scores = self.env["registrar.transfer.score"]._rows()
        states = students._ledger_states()
        programmes = self.env["registrar.programme"].sudo()
        programmes = programmes.browse(
            {state["programme_id"] for state in states.values()} - {None}
        )
        programme_of = {programme.id: programme for programme in programmes}
        gpas = self._year_gpas(students, year)
        debts = self._debts_of(students, date)
        result = {}
        for student_id in students.ids:
            state = states.get(student_id)
            if not state or not state["programme_id"]:
                continue
            programme = programme_of[state["programme_id"]]
            score = find_score(
                scores,
                year.date_from,
                programme.level,
                state["course"],
                state["study_form"],
            )
            gpa = gpas.get(student_id, {})
            owed = debts.get(student_id, [])
            decision = decide(
                Facts(
                    gpa=gpa.get("gpa"),
                    score=score,
                    debts=len(owed),
                    course=state["course"],
                    last_course=ceil(programme.duration_years or 1),
                    level=programme.level,
                    on_leave=state["status"] == "leave",
                ),
                policy,
            )
            result[student_id] = {
                "gpa": round(float(gpa["gpa"]), 3) if gpa else False,
                "transfer_score": False if score is None else float(score),
                "credits_planned": gpa.get("planned", 0.0),
                "credits_earned": gpa.get("earned", 0.0),
                "debt_count": len(owed),
                "debts": ", ".join(owed) or False,
                "decision": decision.outcome,
                "reason_codes": ",".join(decision.reasons),
            }
        return result

    @api.model
    def _year_gpas(self, students, year):
        """Return GPA and credits of the year by student.

        :rtype: dict[int, dict]
        """
        rows = self.env["registrar.gpa"].sudo()._values(students, "year", year=year)
        return {
            student_id: {
                "gpa": Decimal(f"{row.gpa:.8f}"),
                "planned": row.credits_planned,
                "earned": row.credits_earned,
            }
            for student_id, row in rows.items()
            if row.credits_gpa
        }

    @api.model
    def _debts_of(self, students, date):
        """Return the codes of the disciplines not passed, by student.

        :rtype: dict[int, list[str]]
        """
        debts = self.env["registrar.result"]._debts(students, date)
        codes = self._discipline_codes({debt["discipline_id"] for debt in debts})
        result = defaultdict(list)
        for debt in debts:
            result[debt["student_id"]].append(codes[debt["discipline_id"]])
        return {student_id: sorted(owed) for student_id, owed in result.items()}

    def _third_failures(self, students):
        """Return disciplines and reasons of third failures, by student.

        :rtype: dict[int, dict]
        """
        proposals = (
            self.env["registrar.result"]
            .sudo()
            ._expulsion_proposals(self.effective_date)
        )
        wanted = set(students.ids)
        proposals = [row for row in proposals if row["student_id"] in wanted]
        codes = self._discipline_codes({row["discipline_id"] for row in proposals})
        result = {}
        for row in proposals:
            values = result.setdefault(
                row["student_id"], {"debts": "", "debt_count": 0, "note": ""}
            )
            parts = (values["debts"], codes[row["discipline_id"]])
            values["debts"] = ", ".join(part for part in parts if part)
            values["debt_count"] += 1
            parts = (values["note"], row["reason"])
            values["note"] = "; ".join(part for part in parts if part)
        return result

    @api.model
    def _discipline_codes(self, ids):
        disciplines = self.env["registrar.discipline"].sudo().browse(ids)
        return {discipline.id: discipline.code for discipline in disciplines}

    def _overdue_leaves(self, students):
        """Return the last day of leaves that are over, of those still on leave.

        :rtype: dict[int, datetime.date]
        """
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT student_id, end_date
              FROM (SELECT DISTINCT ON (r.student_id) r.student_id, l.end_date
                      FROM registrar_enrolment r
                      JOIN registrar_order o ON o.entry_id = r.entry_id
                      JOIN registrar_order_line l
                        ON l.order_id = o.id AND l.student_id = r.student_id
                     WHERE r.student_id = ANY(%(students)s)
                       AND r.reversal_entry_id IS NULL AND l.end_date IS NOT NULL
                     ORDER BY r.student_id, r.date_from DESC, r.id DESC) leaves
             WHERE end_date < %(date)s
               AND EXISTS (SELECT FROM registrar_enrolment e
                            WHERE e.student_id = leaves.student_id
                              AND e.reversal_entry_id IS NULL
                              AND e.date_to IS NULL AND e.status = 'leave')
            """,
            {"students": students.ids, "date": self.effective_date},
        )
        return dict(self.env.cr.fetchall())

    def _mark_drafted(self, result, effects):
        """Leave out who already stands in a draft order of these effects."""
        drafted = (
            self.env["registrar.order.line"]
            .sudo()
            .search(
                [
                    ("student_id", "in", list(result)),
                    ("order_id.state", "in", ("draft", "agreed")),
                    ("order_id.type_id.effect", "in", effects),
                ]
            )
        )
        for student in drafted.student_id:
            values = result[student.id]
            values["included"] = False
            values["reason_codes"] = f"{values['reason_codes']},in_draft"
