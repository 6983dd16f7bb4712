import base64
import io
import zipfile

from markupsafe import Markup
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# Above this a workbook is not a sheet of marks.
MAX_BYTES = 5_000_000
MAX_ROWS = 2_000


class RegistrarSheetImport(models.TransientModel):
    """Read marks from the workbook that was downloaded from a sheet.

    Everything is checked first; when anything is wrong, nothing is stored and all
    errors are shown by row.
    """

    _name = "registrar.sheet.import"
    _description = "Marks from a workbook"

    sheet_id = fields.Many2one("registrar.sheet", required=True)
    file = fields.Binary("Workbook (XLSX)", attachment=False)
    file_name = fields.Char()
    error_html = fields.Html("Errors", readonly=True)
    mark_count = fields.Integer("Marks read", readonly=True)

    def action_check(self):
        """Read the workbook and show what is wrong with it; store nothing."""
        values, errors = self._read()
        self.error_html = self._format_errors(errors)
        self.mark_count = len(values)
        return self._reopen()

    def action_import(self):
        """Store the marks when all of them are right."""
        values, errors = self._read()
        if not errors:
            errors = self._store(values)
        if errors:
            self.error_html = self._format_errors(errors)
            self.mark_count = len(values)
            return self._reopen()
        return {"type": "ir.actions.act_window_close"}

    def _store(self, values):
        """Write the marks of all lines or none; return the errors by row."""
        errors = []
        lines = self.env["registrar.sheet.line"]
        with self.env.cr.savepoint() as savepoint:
            for row, line_id, vals in values:
                try:
                    lines.browse(line_id).write(vals)
                except (UserError, ValidationError) as error:
                    errors.append((row, str(error)))
            if errors:
                savepoint.rollback()
                self.env.invalidate_all(flush=False)
        return errors

    def _read(self):
        """Return ``([(row, line id, values)], [(row, error)])`` of the workbook."""
        self.ensure_one()
        if not self.file:
            raise UserError(self.env._("Choose the workbook first."))
        rows = self._rows()
        columns = self.sheet_id._mark_columns()
        labels = [label for __, label in columns]
        if not rows:
            return [], [(1, self.env._("The workbook is empty."))]
        header = [_text(cell) for cell in rows[0][1]]
        missing = [label for label in labels if label not in header]
        if missing:
            return [], [
                (
                    rows[0][0],
                    self.env._("These columns are missing: %s.", ", ".join(missing)),
                )
            ]
        position = {name: header.index(label) for name, label in columns}
        by_id = {line.id: line for line in self.sheet_id.line_ids}
        values, errors, seen = [], [], set()
        for number, cells in rows[1:]:
            if not any(_text(cell) for cell in cells):
                continue
            found = self._read_row(cells, position, by_id, seen)
            errors += [(number, text) for text in found["errors"]]
            if found["vals"] and not found["errors"]:
                values.append((number, found["line"].id, found["vals"]))
        return values, errors

    def _read_row(self, cells, position, by_id, seen):
        """Return line, values and errors of one row."""
        found = {"line": None, "vals": {}, "errors": []}

        def cell(name):
            index = position[name]
            return cells[index] if index < len(cells) else None

        key = _text(cell("id"))
        line = by_id.get(int(key)) if key.isdecimal() else None
        if not line:
            found["errors"].append(
                self.env._("The key “%s” is of no student of this sheet.", key)
            )
            return found
        name = line.student_id.full_name
        if _text(cell("name")) != name:
            found["errors"].append(
                self.env._(
                    "The key belongs to %(name)s, the row names “%(other)s”.",
                    name=name,
                    other=_text(cell("name")),
                )
            )
        if line.id in seen:
            found["errors"].append(self.env._("%s stands twice.", name))
        seen.add(line.id)
        found["line"] = line
        absences = {
            label.lower(): value
            for value, label in line._fields["absence"]._description_selection(self.env)
        }
        for field in position:
            if field in ("id", "name", "number"):
                continue
            text = _text(cell(field))
            if field == "absence":
                value = absences.get(text.lower(), False)
                if text and not value:
                    found["errors"].append(
                        self.env._(
                            "%(name)s: “%(text)s” is no kind of absence.",
                            name=name,
                            text=text,
                        )
                    )
            else:
                value = self._read_mark(line, field, text, found["errors"])
            if value != line[field] or (value is False) != (line[field] is False):
                found["vals"][field] = value
        return found

    def _read_mark(self, line, field, text, errors):
        """Return the number in a cell, False for an empty one."""
        if not text:
            return False
        try:
            value = float(text.replace(",", "."))
            line._check_mark(field, value)
        except ValueError:
            errors.append(
                self.env._(
                    "%(name)s: “%(text)s” is not a number.",
                    name=line.student_id.full_name,
                    text=text,
                )
            )
            return False
        except ValidationError as error:
            errors.append(str(error))
            return False
        return value

    def _rows(self):
        """Return the rows of the first worksheet with their numbers.

        :raises UserError: when the file is no workbook
        """
        try:
            content = base64.b64decode(self.file, validate=True)
            if len(content) > MAX_BYTES:
                raise UserError(self.env._("The workbook is too large."))
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            sheet = book.worksheets[0]
            return [
                (number, list(row))
                for number, row in enumerate(
                    sheet.iter_rows(values_only=True, max_row=MAX_ROWS), start=1
                )
            ]
        except (
            InvalidFileException,
            zipfile.BadZipFile,
            KeyError,
            IndexError,
            ValueError,
            OSError,
        ) as error:
            raise UserError(
                self.env._(
                    "“%s” is not a workbook of Excel (XLSX) or is damaged.",
                    self.file_name or "",
                )
            ) from error

    @api.model
    def _format_errors(self, errors):
        if not errors:
            return False
        rows = Markup("").join(
            Markup("<tr><td>%s</td><td>%s</td></tr>") % error for error in errors
        )
        return Markup(
            '<table class="table table-sm"><thead><tr><th>%s</th><th>%s</th></tr>'
            "</thead><tbody>%s</tbody></table>"
        ) % (self.env._("Row"), self.env._("Error"), rows)

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Marks from a workbook"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }


def _text(value):
    """Return the text of a cell; whole numbers without decimals."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()
