"""The working curriculum as a worksheet. No ORM: it takes the prepared plan."""

from xlsxwriter.utility import xl_rowcol_to_cell


class PlanWriter:
    """Writes one prepared plan to one worksheet; sums are formulas with values."""

    def __init__(self, book, sheet, plan):
        self.book, self.sheet, self.plan = book, sheet, plan
        self.labels = plan["labels"]
        self.row = 0
        self.columns = [
            ("number", 5),
            ("code", 17),
            ("name", 48),
            ("cycle", 7),
            ("component", 7),
            ("credits", 8),
        ]
        self.first_hour = len(self.columns)
        self.columns += [(f"hours {kind}", 7.5) for kind in plan["kinds"]]
        self.first_group = len(self.columns)
        self.columns += [(f"control {group}", 8) for group in plan["groups"]]
        self.first_term = len(self.columns)
        self.columns += [(f"term {term}", 5.5) for term in plan["terms"]]
        self.sum_columns = [
            5,
            *range(self.first_hour, self.first_group),
            *range(self.first_term, len(self.columns)),
        ]

    def fill(self):
        plan, labels = self.plan, self.labels
        for column, (__, width) in enumerate(self.columns):
            self.sheet.set_column(column, column, width)
        self._head()
        self._table_head()
        top = self.row
        self.sheet.freeze_panes(top, 3)
        subtotals = []
        for part in plan["parts"]:
            subtotals.append(self._part(part))
        self._sums(labels["total"], plan["total"], subtotals, strong=True)
        for group in plan["groups"]:
            self._controls(group)
        if plan["extra"].rows:
            self._part(plan["extra"], labels["total_dvo"])
        self.row += 1
        self._summary()
        self._foot()

    # -- pieces ---------------------------------------------------------------------

    def _format(self, **properties):
        return self.book.format(font_name="Arial", font_size=9, **properties)

    def _head(self):
        plan = self.plan
        last = len(self.columns) - 1
        title = self._format(bold=True, align="center")
        big = self.book.format(
            font_name="Arial", font_size=13, bold=True, align="center"
        )
        approval = plan["approval"]
        right = self._format(align="right")
        for text in (
            approval["title"],
            f"{approval['position']} ____________ {approval['name']}".rstrip(),
            approval["date"],
            approval["basis"],
        ):
            if text:
                self.sheet.merge_range(self.row, 3, self.row, last, text, right)
                self.row += 1
        self.sheet.merge_range(self.row, 0, self.row, last, plan["university"], title)
        self.sheet.merge_range(
            self.row + 1, 0, self.row + 1, last, self.labels["title"].upper(), big
        )
        self.sheet.merge_range(
            self.row + 2, 0, self.row + 2, last, plan["programme"], title
        )
        self.row += 3
        for label, value in plan["fields"]:
            self.sheet.merge_range(self.row, 0, self.row, 1, label, self._format())
            self.sheet.merge_range(
                self.row, 2, self.row, last, value, self._format(bold=True)
            )
            self.row += 1
        self.row += 1

    def _table_head(self):
        plan, labels = self.plan, self.labels
        cell = self._format(
            bold=True,
            border=1,
            align="center",
            valign="vcenter",
            text_wrap=True,
            bg_color="#DDE3EA",
        )
        top = self.row
        for column, key in enumerate(
            ("number", "code", "name", "cycle", "component", "credits")
        ):
            self.sheet.merge_range(top, column, top + 2, column, labels[key], cell)
        self._merge(top, self.first_hour, self.first_group - 1, labels["hours"], cell)
        for index, kind in enumerate(plan["kinds"]):
            column = self.first_hour + index
            text = labels["kinds"][kind]
            self.sheet.merge_range(top + 1, column, top + 2, column, text, cell)
        self._merge(top, self.first_group, self.first_term - 1, labels["control"], cell)
        for index, group in enumerate(plan["groups"]):
            column = self.first_group + index
            text = labels["groups"][group]
            self.sheet.merge_range(top + 1, column, top + 2, column, text, cell)
        self._merge(top, self.first_term, len(self.columns) - 1, labels["terms"], cell)
        column = self.first_term
        for course, terms in plan["courses"]:
            self._merge(top + 1, column, column + len(terms) - 1, course, cell)
            for term in terms:
                self.sheet.write(top + 2, column, term, cell)
                column += 1
        self.sheet.repeat_rows(top, top + 2)
        self.row += 3

    def _merge(self, row, first, last, text, cell):
        if first == last:
            self.sheet.write(row, first, text, cell)
        else:
            self.sheet.merge_range(row, first, row, last, text, cell)

    def _part(self, part, total_label=None):
        """Write a part and return the number of the row with its sums."""
        head = self._format(bold=True, border=1, bg_color="#EEF1F5", text_wrap=True)
        last = len(self.columns) - 1
        self.sheet.merge_range(self.row, 0, self.row, last, part.title, head)
        self.row += 1
        first = self.row
        for row in part.rows:
            self._line(row)
        label = total_label or self.labels["part_total"]
        self._sums(label, part.total, range(first, self.row))
        return self.row - 1

    def _line(self, row):
        italic = (
            {"italic": True, "font_color": "#444444"} if row.kind == "option" else {}
        )
        text = self._format(border=1, valign="top", text_wrap=True, **italic)
        middle = self._format(border=1, valign="top", align="center", **italic)
        indent = self._format(
            border=1,
            valign="top",
            text_wrap=True,
            indent=1 if row.kind == "option" else 0,
            **italic,
        )
        values = [
            row.number and int(row.number),
            row.code,
            row.name,
            row.cycle,
            row.component,
            row.credits or None,
            *(row.hours[kind] or None for kind in self.plan["kinds"]),
            *(self.control(row, group) for group in self.plan["groups"]),
            *(row.terms[term] or None for term in self.plan["terms"]),
        ]
        formats = [middle, text, indent, *[middle] * (len(values) - 3)]
        for column, (value, cell) in enumerate(zip(values, formats, strict=True)):
            if value in (None, ""):
                self.sheet.write_blank(self.row, column, None, cell)
            else:
                self.sheet.write(self.row, column, value, cell)
        self.row += 1

    def control(self, row, group):
        text = row.control_text(group)
        if text and group == "exam" and row.state_exam:
            text = f"{text} {self.labels['state_exam']}"
        return text

    def _sums(self, label, total, rows, strong=False):
        """Write sums of the rows; options have no figures of their own to add."""
        color = "#D5DCE5" if strong else "#F4F6F9"
        cell = self._format(bold=True, border=1, align="center", bg_color=color)
        left = self._format(bold=True, border=1, bg_color=color)
        self.sheet.merge_range(self.row, 0, self.row, 4, label, left)
        for column in range(5, len(self.columns)):
            if column not in self.sum_columns:
                self.sheet.write_blank(self.row, column, None, cell)
                continue
            value = self._value(total, column)
            if isinstance(rows, range):
                first = xl_rowcol_to_cell(rows.start, column)
                last = xl_rowcol_to_cell(max(rows.start, rows.stop - 1), column)
                formula = self._formula(rows, column, f"{first}:{last}")
            else:
                cells = ",".join(xl_rowcol_to_cell(row, column) for row in rows)
                formula = f"=SUM({cells})" if cells else "=0"
            self.sheet.write_formula(self.row, column, formula, cell, value)
        self.row += 1

    def _formula(self, rows, column, cells):
        """Hours of options may differ from the slot: only numbered rows are added."""
        numbers = (
            f"{xl_rowcol_to_cell(rows.start, 0)}:"
            f"{xl_rowcol_to_cell(max(rows.start, rows.stop - 1), 0)}"
        )
        if self.first_hour <= column < self.first_group:
            return f'=SUMIF({numbers},">0",{cells})'
        return f"=SUM({cells})"

    def _value(self, total, column):
        if column == 5:
            return total.credits
        if column < self.first_group:
            return total.hours[self.plan["kinds"][column - self.first_hour]]
        return total.terms[self.plan["terms"][column - self.first_term]]

    def _controls(self, group):
        counts = self.plan["total"].controls.get(group)
        if not counts:
            return
        cell = self._format(border=1, align="center")
        left = self._format(border=1)
        label = self.labels["controls"][group]
        self.sheet.merge_range(self.row, 0, self.row, 4, label, left)
        self.sheet.write(self.row, 5, sum(counts.values()), cell)
        for column in range(6, self.first_term):
            self.sheet.write_blank(self.row, column, None, cell)
        for index, term in enumerate(self.plan["terms"]):
            value = counts[term] or None
            self.sheet.write(self.row, self.first_term + index, value, cell)
        self.row += 1

    def _summary(self):
        last = len(self.columns) - 1
        head = self._format(bold=True)
        text = self.labels["summary"]
        self.sheet.merge_range(self.row, 0, self.row, last, text, head)
        self.row += 1
        for title, total, is_cycle in self.plan["summary"]:
            left = self._format(border=1, bold=is_cycle, indent=0 if is_cycle else 1)
            cell = self._format(border=1, bold=is_cycle, align="center")
            self.sheet.merge_range(self.row, 0, self.row, 4, title, left)
            for column in range(5, len(self.columns)):
                value = (
                    self._value(total, column) if column in self.sum_columns else None
                )
                self.sheet.write(self.row, column, value or None, cell)
            self.row += 1
        if self.plan["has_options"]:
            note = self._format(italic=True, text_wrap=True)
            text = self.labels["note"]
            self.sheet.merge_range(self.row, 0, self.row, last, text, note)
            self.row += 1

    def _foot(self):
        self.row += 1
        text = self._format()
        self.sheet.write(self.row, 1, self.labels["agreed"], self._format(bold=True))
        self.row += 1
        for signature in self.plan["signatures"]:
            self.sheet.merge_range(
                self.row, 1, self.row, 2, signature["position"], text
            )
            line = f"____________________ {signature['name']}".rstrip()
            self.sheet.merge_range(
                self.row, 3, self.row, len(self.columns) - 1, line, text
            )
            self.row += 1
