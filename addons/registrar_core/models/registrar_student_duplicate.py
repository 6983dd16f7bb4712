from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .registrar_student_category import CLERK

# Names written with other letters are the same name: Kazakh letters as Russian
# spelling renders them, Latin letters that look like Cyrillic ones, no signs. Every
# sound gets an ASCII letter or figure, because databases of Odoo have the collation
# C, in which PostgreSQL finds no words (hence no trigrams) in Cyrillic text.
_SOUNDS = {
    "аәa": "a", "б": "b", "вb": "v", "гғ": "g", "д": "d", "еёe": "e", "ж": "j",
    "з": "z", "иіi": "i", "й": "y", "кқk": "k", "л": "l", "мm": "m", "нңh": "n",
    "оөo": "o", "п": "p", "рp": "r", "сc": "s", "тt": "t", "уұүy": "u", "ф": "f",
    "хһx": "h", "ц": "c", "ч": "4", "ш": "6", "щ": "7", "ы": "1", "э": "3",
    "ю": "9", "я": "q",
}  # fmt: skip
_SILENT = "ьъ’'ʼ."


def _letters():
    """Return the two strings that SQL ``translate`` needs."""
    pairs = [
        (variant, sound)
        for letters, sound in _SOUNDS.items()
        for letter in letters
        for variant in (letter, letter.upper())
    ]
    pairs.append(("-", " "))
    source = "".join(letter for letter, _sound in pairs) + _SILENT + _SILENT.upper()[:2]
    return source, "".join(sound for _letter, sound in pairs)


# How alike two names must be (0 to 1, trigrams) when the birth date is the same, and
# when only its year is or one of them is not known.
SAME_DATE_LIKENESS = 0.45
SAME_YEAR_LIKENESS = 0.7
# Below this score a pair is not shown.
LEAST_SCORE = 50


class RegistrarStudentDuplicate(models.Model):
    """Two records that may be of one person, and what the office decided."""

    _name = "registrar.student.duplicate"
    _description = "Possible duplicate"
    _order = "state, score desc, id"
    _rec_name = "first_id"

    first_id = fields.Many2one(
        "registrar.student", "Record", required=True, index=True, ondelete="cascade"
    )
    second_id = fields.Many2one(
        "registrar.student",
        "Other record",
        required=True,
        index=True,
        ondelete="cascade",
    )
    score = fields.Integer(readonly=True, aggregator=None)
    reason_codes = fields.Char(readonly=True)
    reasons = fields.Char(compute="_compute_reasons")
    state = fields.Selection(
        [
            ("open", "To be checked"),
            ("different", "Not a duplicate"),
            ("merged", "Merged"),
        ],
        required=True,
        default="open",
        readonly=True,
        index=True,
    )
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    # Side by side
    first_birth_date = fields.Date(related="first_id.birth_date", string="Born")
    second_birth_date = fields.Date(
        related="second_id.birth_date", string="Born (other)"
    )
    first_iin = fields.Char(related="first_id.iin", string="IIN")
    second_iin = fields.Char(related="second_id.iin", string="IIN (other)")
    first_number = fields.Char(related="first_id.student_number", string="No.")
    second_number = fields.Char(
        related="second_id.student_number", string="No. (other)"
    )
    first_status = fields.Selection(related="first_id.status", string="Status")
    second_status = fields.Selection(
        related="second_id.status", string="Status (other)"
    )
    first_group_id = fields.Many2one(related="first_id.group_id", string="Group")
    second_group_id = fields.Many2one(
        related="second_id.group_id", string="Group (other)"
    )

    _pair_once = models.Constraint(
        "UNIQUE (first_id, second_id)", "The two records are compared already."
    )
    _pair_ordered = models.Constraint(
        "CHECK (first_id < second_id)", "The older record comes first."
    )

    @api.depends("reason_codes")
    def _compute_reasons(self):
        labels = self._reason_labels()
        for pair in self:
            codes = (pair.reason_codes or "").split(",")
            pair.reasons = ", ".join(labels[code] for code in codes if code in labels)

    @api.depends("first_id.full_name", "second_id.full_name")
    def _compute_display_name(self):
        for pair in self:
            pair.display_name = (
                f"{pair.first_id.full_name} – {pair.second_id.full_name}"
            )

    def action_merge(self):
        """Open the wizard that compares and merges the two records."""
        self.ensure_one()
        if self.state == "merged":
            raise UserError(self.env._("The records are merged already."))
        return (self.first_id | self.second_id).action_merge()

    def action_different(self):
        """Mark pairs as two persons; the search does not show them again."""
        return self.filtered(lambda pair: pair.state == "open")._decide("different")

    def action_reopen(self):
        return self.filtered(lambda pair: pair.state == "different")._decide("open")

    def action_search(self):
        """Look for duplicates anew and show them."""
        self._search_duplicates()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_student_duplicate_action"
        )

    def _decide(self, state):
        self.check_access("write")
        self.sudo().write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )
        return True

    @api.model
    def _reason_labels(self):
        return {
            "iin": self.env._("same IIN"),
            "name": self.env._("same name"),
            "words": self.env._("same name in another order"),
            "similar": self.env._("similar name"),
            "date": self.env._("same birth date"),
            "year": self.env._("same year of birth"),
            "no_date": self.env._("a birth date is missing"),
            "iins": self.env._("different IINs"),
        }

    @api.model
    def _cron_search_duplicates(self):
        self._search_duplicates()

    @api.model
    def _search_duplicates(self):
        """Compare all persons and keep the pairs worth a look.

        Set-wise: persons are compared within blocks only (the same birth date, or the
        same surname or given names with birth years that do not differ), so the work
        grows about linearly. Pairs marked as different persons stay so.

        :return: number of pairs to be checked
        :rtype: int
        """
        self.check_access("create")
        student = self.env["registrar.student"]
        student.flush_model()
        self.flush_model()
        pattern, replacement = _letters()
        self.env.cr.execute(
            SQL(
                """
                WITH person AS MATERIALIZED (
                    SELECT id, iin, birth_date, gender,
                           EXTRACT(YEAR FROM birth_date) AS born,
                           %(last)s AS last, %(given)s AS given, %(full)s AS name,
                           (SELECT string_agg(w, ' ' ORDER BY w)
                              FROM regexp_split_to_table(%(full)s, '\\s+') w) AS words
                      FROM registrar_student
                     WHERE merged_into_id IS NULL),
                block AS (
                    SELECT a.id AS a, b.id AS b
                      FROM person a JOIN person b
                        ON a.birth_date = b.birth_date AND a.id < b.id
                     UNION
                    SELECT a.id, b.id
                      FROM person a JOIN person b ON a.last = b.last AND a.id < b.id
                       AND COALESCE(a.born = b.born, TRUE)
                     UNION
                    SELECT a.id, b.id
                      FROM person a JOIN person b ON a.given = b.given AND a.id < b.id
                       AND COALESCE(a.born = b.born, TRUE)
                     UNION
                    SELECT a.id, b.id
                      FROM person a JOIN person b ON a.iin = b.iin AND a.id < b.id
                     WHERE a.iin <> ''),
                compared AS (
                    SELECT a.id AS first_id, b.id AS second_id,
                           a.iin = b.iin AND a.iin <> '' AS same_iin,
                           a.iin <> b.iin AND a.iin <> '' AND b.iin <> ''
                               AS other_iin,
                           a.gender <> b.gender AS other_gender,
                           a.name = b.name AS same_name,
                           a.words = b.words AS same_words,
                           similarity(a.name, b.name) AS likeness,
                           a.birth_date = b.birth_date AS same_date,
                           a.born = b.born AS same_year
                      FROM block
                      JOIN person a ON a.id = block.a
                      JOIN person b ON b.id = block.b),
                judged AS (
                    SELECT first_id, second_id,
                           LEAST(100, CASE WHEN same_iin THEN 100 ELSE
                               CASE WHEN same_words THEN 60
                                    ELSE 60 * likeness END
                               + CASE WHEN same_date THEN 35
                                      WHEN same_year THEN 15
                                      WHEN same_year IS NULL THEN 10 ELSE 0 END
                               - CASE WHEN other_iin THEN 30 ELSE 0 END
                               - CASE WHEN other_gender THEN 20 ELSE 0 END
                           END)::int AS score,
                           array_to_string(ARRAY[
                               CASE WHEN same_iin THEN 'iin' END,
                               CASE WHEN same_name THEN 'name'
                                    WHEN same_words THEN 'words'
                                    ELSE 'similar' END,
                               CASE WHEN same_date THEN 'date'
                                    WHEN same_year THEN 'year'
                                    WHEN same_year IS NULL THEN 'no_date' END,
                               CASE WHEN other_iin THEN 'iins' END], ',') AS reasons
                      FROM compared
                     WHERE same_iin OR same_words
                        OR same_date AND likeness >= %(same_date)s
                        OR likeness >= %(same_year)s)
                INSERT INTO registrar_student_duplicate
                            (first_id, second_id, score, reason_codes, state,
                             create_uid, create_date, write_uid, write_date)
                     SELECT first_id, second_id, score, reasons, 'open', %(uid)s,
                            now() AT TIME ZONE 'UTC', %(uid)s,
                            now() AT TIME ZONE 'UTC'
                       FROM judged WHERE score >= %(least)s
                ON CONFLICT (first_id, second_id) DO UPDATE
                        SET score = EXCLUDED.score,
                            reason_codes = EXCLUDED.reason_codes,
                            write_date = EXCLUDED.write_date
                      WHERE registrar_student_duplicate.state = 'open'
                RETURNING first_id, second_id
                """,
                last=self._normal(SQL("last_name"), pattern, replacement),
                given=self._normal(
                    SQL("concat_ws(' ', first_name, patronymic)"), pattern, replacement
                ),
                full=self._normal(SQL("full_name"), pattern, replacement),
                same_date=SAME_DATE_LIKENESS,
                same_year=SAME_YEAR_LIKENESS,
                least=LEAST_SCORE,
                uid=self.env.uid,
            )
        )
        found = self.env.cr.fetchall()
        # What data no longer supports is forgotten, what people decided is not.
        self.env.cr.execute(
            SQL(
                "DELETE FROM registrar_student_duplicate WHERE state = 'open'"
                " AND (first_id, second_id) NOT IN %s",
                tuple(found) or ((0, 0),),
            )
        )
        self.invalidate_model()
        return self.search_count([("state", "=", "open")])

    @api.model
    def _normal(self, expression, pattern, replacement):
        return SQL(
            "translate(lower(btrim(%s)), %s, %s)", expression, pattern, replacement
        )


class RegistrarStudent(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "registrar.student"

    duplicate_count = fields.Integer(
        "Possible duplicates", compute="_compute_duplicate_count", groups=CLERK
    )

    def _compute_duplicate_count(self):
        Pair = self.env["registrar.student.duplicate"]
        counts = dict.fromkeys(self._origin.ids, 0)
        for name in ("first_id", "second_id"):
            for student, count in Pair._read_group(
                [(name, "in", self._origin.ids), ("state", "=", "open")],
                [name],
                ["__count"],
            ):
                counts[student.id] += count
        for student in self:
            student.duplicate_count = counts.get(student._origin.id, 0)

    def action_open_duplicates(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_student_duplicate_action"
        )
        return dict(
            action,
            domain=["|", ("first_id", "=", self.id), ("second_id", "=", self.id)],
            context={},
        )
