from odoo import api, models
from odoo.tools import format_date

from ..models.calendar_selections import concerns
from ..tools import process_graph, process_graph_xlsx
from ..tools import vocabulary as words
from ..tools.languages import LANGUAGES, short_language

LABELS = {
    "kk": {
        "title": "Оқу үдерісінің кестесі",
        "sheet": "Оқу үдерісінің кестесі",
        "for_year": "%s оқу жылы",
        "all": "барлық білім алушылар",
        "course": "Курс",
        "course_row": "%s-курс",
        "summer_row": "Жазғы семестр",
        "week": "Апта",
        "legend": "Шартты белгілер",
        "totals": "Уақыт бюджеті (апталар)",
        "total": "Барлығы",
        "items": "Кезеңдер мен мерзімдер",
        "deadline": "мерзімі",
        "all_year": "Оқу жылы бойы",
        "holidays": "Мереке күндері",
        "moved": "ауыстырылған демалыс күні",
        "amended": "Өзгерістер",
        "draft": "ЖОБА",
        "approved": "Бекітілді",
        "vice_rector": "Академиялық мәселелер жөніндегі проректор",
        "registrar": "Тіркеу офисінің басшысы",
        "page": ("", " / ", " бет"),
        "courses": {
            "not_final": "бітіруші курстан басқа",
            "final": "бітіруші курс",
            "year": "%s-курс",
        },
    },
    "ru": {
        "title": "График учебного процесса",
        "sheet": "График учебного процесса",
        "for_year": "%s учебный год",
        "all": "все обучающиеся",
        "course": "Курс",
        "course_row": "%s курс",
        "summer_row": "Летний семестр",
        "week": "Неделя",
        "legend": "Условные обозначения",
        "totals": "Бюджет времени (в неделях)",
        "total": "Всего",
        "items": "Периоды и сроки",
        "deadline": "срок",
        "all_year": "В течение учебного года",
        "holidays": "Праздничные дни",
        "moved": "перенесённый выходной",
        "amended": "Изменения",
        "draft": "ПРОЕКТ",
        "approved": "Утверждён",
        "vice_rector": "Проректор по академическим вопросам",
        "registrar": "Руководитель офиса регистратора",
        "page": ("Страница ", " из ", ""),
        "courses": {
            "not_final": "кроме выпускного курса",
            "final": "выпускной курс",
            "year": "%s курс",
        },
    },
    "en": {
        "title": "Process graph of studies",
        "sheet": "Process graph",
        "for_year": "academic year %s",
        "all": "all students",
        "course": "Year",
        "course_row": "Year %s",
        "summer_row": "Summer semester",
        "week": "Week",
        "legend": "Symbols",
        "totals": "Budget of time (weeks)",
        "total": "Total",
        "items": "Periods and deadlines",
        "deadline": "deadline",
        "all_year": "During the year",
        "holidays": "Public holidays",
        "moved": "moved day off",
        "amended": "Amendments",
        "draft": "DRAFT",
        "approved": "Approved",
        "vice_rector": "Vice-Rector for Academic Affairs",
        "registrar": "Head of the registrar's office",
        "page": ("Page ", " of ", ""),
        "courses": {
            "not_final": "all but the final year",
            "final": "the final year",
            "year": "year %s",
        },
    },
}


class ReportCalendarGraph(models.AbstractModel):
    """Values of the process graph (academic.md §4.3, §4.7): screen, PDF and XLSX."""

    _name = "report.registrar_core.report_calendar_graph"
    _description = "Process graph"

    @api.model
    def _get_report_values(self, docids, data=None):
        calendars = self.env["registrar.calendar"].browse(docids)
        return {
            "doc_ids": docids,
            "doc_model": calendars._name,
            "docs": calendars,
            "graphs": {calendar.id: self._graph(calendar) for calendar in calendars},
        }

    @api.model
    def _get_plutoprint_values(self, docids, data=None):
        calendars = self.env["registrar.calendar"].browse(docids)
        graphs = {calendar.id: self._graph(calendar) for calendar in calendars}
        return {
            calendar.id: {"docs": calendar, "graphs": graphs} for calendar in calendars
        }

    @api.model
    def _xlsx(self, calendar):
        """Return the graph of one calendar as the bytes of an XLSX file."""
        return process_graph_xlsx.render(self._graph(calendar))

    @api.model
    def _overview_html(self, calendar):
        """Return the graph as HTML for the form of the calendar."""
        return self.env["ir.qweb"]._render(
            "registrar_core.calendar_overview", {"graph": self._graph(calendar)}
        )

    @api.model
    def _graph(self, calendar):
        """Return what the graph of one calendar shows, in the reader's language.

        :rtype: dict
        """
        language = short_language(self.env.lang or self.env.user.lang)
        labels = LABELS[language]
        calendar = calendar.with_context(lang=LANGUAGES[language])
        year = calendar.year_id
        weeks = process_graph.weeks_of_year(year.date_from, year.date_to)
        items = calendar.item_ids.filtered(
            lambda item: item.symbol and item.date_from and item.date_to
        )
        symbols = self._symbols(items, language)
        rows = self._rows(calendar, items, weeks, symbols, labels)
        legend = self._drop_unused(rows, symbols)
        locale = {"lang_code": LANGUAGES[language]}
        return {
            "language": language,
            "labels": labels,
            "university": self.env.company._text("university_name", language) or "",
            "title": f"{labels['title']}, {labels['for_year'] % year.name}",
            "subtitle": calendar.title or self._scope(calendar, language, labels),
            "approval": self._approval(calendar, labels),
            "is_draft": calendar.state == "draft",
            "weeks": [
                {
                    "number": week.number,
                    "days": f"{week.first.day}\n{week.last.day}",
                    "first": week.first.day,
                    "last": week.last.day,
                }
                for week in weeks
            ],
            "months": [
                (
                    format_date(self.env, month, date_format="LLLL", **locale)
                    if span > 2
                    else format_date(self.env, month, date_format="LLL", **locale),
                    span,
                )
                for month, span in process_graph.months(weeks)
            ],
            "rows": rows,
            "legend": legend,
            "terms": self._terms(calendar, labels, language),
            "holidays": self._holidays(year, labels, language),
            "amendments": [
                f"{self._date(amendment.date)}: {amendment.ground}"
                for amendment in calendar.amendment_ids
            ],
            "signature": self._signature(calendar, labels, language),
        }

    def _symbols(self, items, language):
        """Return the legend by symbol; kinds of one symbol share an entry."""
        symbols = {}
        for kind in items.kind_id.sorted(lambda kind: (kind.is_summer, kind.sequence)):
            entry = symbols.setdefault(
                kind.symbol,
                {
                    "symbol": kind.symbol,
                    "colour": process_graph.COLOURS.get(kind.colour, "#FFFFFF"),
                    "names": [],
                },
            )
            entry["names"].append(kind._text("name", language))
        for entry in symbols.values():
            names = entry.pop("names")
            entry["name"] = "; ".join(names)
        order = ("+", "::")
        return dict(
            sorted(
                symbols.items(),
                key=lambda pair: (
                    order.index(pair[0]) if pair[0] in order else len(order),
                ),
            )
        )

    def _rows(self, calendar, items, weeks, symbols, labels):
        regular = items.filtered(lambda item: not item.kind_id.is_summer)
        common = regular.filtered(lambda item: not item.programme_ids)
        rows = []
        for course, is_final in calendar._courses():
            own = common.filtered(
                lambda item, course=course, is_final=is_final: concerns(
                    item.for_course, course, is_final
                )
            )
            rows.append(self._row(labels["course_row"] % course, own, weeks, symbols))
        if summer := items - regular:
            rows.append(
                self._row(labels["summer_row"], summer, weeks, symbols, summer=True)
            )
        return rows

    def _row(self, label, items, weeks, symbols, summer=False):
        filled = process_graph.fill(
            weeks,
            [
                process_graph.Period(
                    item.symbol, item.kind_id.sequence, item.date_from, item.date_to
                )
                for item in items
            ],
        )
        totals = [filled.count(symbol) for symbol in symbols]
        return {
            "label": label,
            "is_summer": summer,
            "cells": [
                {
                    "symbol": symbol or "",
                    "colour": symbols[symbol]["colour"] if symbol else "#FFFFFF",
                }
                for symbol in filled
            ],
            "totals": totals,
            "total": sum(totals),
        }

    def _drop_unused(self, rows, symbols):
        """Take symbols without a week out of the totals; return the others."""
        used = {cell["symbol"] for row in rows for cell in row["cells"]}
        keep = [symbol in used for symbol in symbols]
        for row in rows:
            row["totals"] = [
                number for number, kept in zip(row["totals"], keep, strict=True) if kept
            ]
        return [
            entry for entry, kept in zip(symbols.values(), keep, strict=True) if kept
        ]

    def _scope(self, calendar, language, labels):
        texts = []
        for scope in calendar.scope_ids:
            parts = [
                words.word(words.LEVEL_NAMES, scope.level, language),
                words.word(words.STUDY_FORM_NAMES, scope.study_form, language),
                labels["course_row"] % scope.course if scope.course else "",
            ]
            texts.append(", ".join(part for part in parts if part))
        return "; ".join(text for text in texts if text) or labels["all"]

    def _terms(self, calendar, labels, language):
        """Return all items by term, those without term last."""
        blocks = {}
        for item in calendar.item_ids.sorted(
            lambda item: (item.date_from, item.date_to, item.id)
        ):
            blocks.setdefault(item.term_id, []).append(
                {
                    "name": self._item_name(item, labels, language),
                    "period": self._period(item.date_from, item.date_to),
                    "is_deadline": item.is_deadline,
                    "mark": labels["deadline"] if item.is_deadline else "",
                }
            )
        terms = sorted(
            blocks, key=lambda term: (not term, term.date_from or calendar.create_date)
        )
        return [
            {
                "name": term._text("name", language) if term else labels["all_year"],
                "lines": blocks[term],
            }
            for term in terms
        ]

    def _item_name(self, item, labels, language):
        name = item._text("name", language)
        if item.for_course in ("final", "not_final"):
            name = f"{name} ({labels['courses'][item.for_course]})"
        elif item.for_course != "all":
            name = f"{name} ({labels['courses']['year'] % item.for_course})"
        if item.programme_ids:
            name += ": " + ", ".join(item.programme_ids.mapped("code"))
        return name

    def _holidays(self, year, labels, language):
        days = self.env["registrar.holiday"]._days_off(year.date_from, year.date_to)
        groups = []
        for day in sorted(days):
            name = days[day]._text("name", language)
            if days[day].kind == "moved":
                name = f"{name} ({labels['moved']})"
            if groups and groups[-1][0] == name and (day - groups[-1][2]).days == 1:
                groups[-1][2] = day
            else:
                groups.append([name, day, day])
        return [
            {"name": name, "period": self._period(first, last)}
            for name, first, last in groups
        ]

    def _approval(self, calendar, labels):
        if calendar.state == "draft":
            return ""
        return ", ".join(
            part
            for part in (
                f"{labels['approved']} {self._date(calendar.approved_date)}",
                calendar.approval_basis,
            )
            if part
        )

    def _signature(self, calendar, labels, language):
        Signatory = self.env["registrar.signatory"].sudo()
        day = calendar.approved_date or calendar.year_id.date_from
        rows = []
        for role, label in (
            ("vice_rector", "vice_rector"),
            ("registrar_head", "registrar"),
        ):
            person = Signatory._at(role, day)
            rows.append(
                {
                    "position": person._position(language) if person else labels[label],
                    "name": person.name or "",
                }
            )
        return rows

    def _period(self, first, last):
        if first == last:
            return self._date(first)
        return f"{self._date(first)} – {self._date(last)}"

    def _date(self, day):
        return format_date(self.env, day, date_format="dd.MM.yyyy") if day else ""
