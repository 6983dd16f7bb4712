from werkzeug.exceptions import BadRequest, Forbidden, NotFound

from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from ..tools import vocabulary as words
from ..tools.languages import LANGUAGES, short_language
from ..tools.workbook import XLSX
from .curriculum_files import STAFF, CurriculumFiles

REPORT = "registrar_core.action_report_catalogue"
PAGE = 20


class CatalogueFiles(http.Controller):
    """The printed catalogue in the language asked for."""

    @http.route(
        "/registrar/catalogue/<int:catalogue_id>/<string:kind>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def catalogue(self, catalogue_id, kind, lang="", programme="0"):
        if not request.env.user.has_group(STAFF):
            raise Forbidden()
        if kind not in ("pdf", "xlsx") or lang not in LANGUAGES:
            raise BadRequest()
        catalogue = request.env["registrar.catalogue"].browse(catalogue_id).exists()
        if not catalogue or not catalogue.has_access("read"):
            raise NotFound()
        number = int(programme) if programme.isdecimal() else 0
        chosen = request.env["registrar.programme"].browse(number).exists()
        name = " ".join(part for part in (catalogue.display_name, chosen.code) if part)
        if kind == "xlsx":
            content = request.env["report.registrar_core.report_catalogue"]._workbook(
                catalogue, lang, chosen
            )
            return CurriculumFiles._file(content, f"{name}.xlsx", XLSX)
        content, __ = (
            request.env["ir.actions.report"]
            .with_context(
                lang=LANGUAGES[lang],
                catalogue_programme_id=chosen.id,
                force_report_rendering=True,
            )
            ._render_qweb_pdf(REPORT, catalogue.ids)
        )
        return CurriculumFiles._file(content, f"{name}.pdf", "application/pdf")


class CataloguePortal(CustomerPortal):
    """A student reads the published catalogues of the own programme."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "registrar_catalogue_count" in counters:
            domain = self._catalogue_domain() & Domain("state", "=", "published")
            values["registrar_catalogue_count"] = request.env[
                "registrar.catalogue.card"
            ].search_count(domain)
        return values

    @http.route(
        ["/my/catalogue", "/my/catalogue/page/<int:page>"],
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def my_catalogue(
        self, page=1, search="", year="", term="", scope="mine", **parameters
    ):
        """List the electives of a year, by default those of the own plan."""
        Card = request.env["registrar.catalogue.card"]
        domain = self._catalogue_domain()
        years = (
            request.env["registrar.academic.year"]
            .browse(group[0].id for group in Card._read_group(domain, ["year_id"]))
            .sorted("date_from", reverse=True)
        )
        chosen = years.filtered(lambda y: str(y.id) == year) or years[:1]
        domain &= Domain("year_id", "=", chosen.id)
        curriculum = self._catalogue_student().curriculum_id
        scope = scope if scope in ("mine", "all") else "mine"
        own = domain & Domain("curriculum_line_ids.curriculum_id", "=", curriculum.id)
        if scope == "mine" and curriculum:
            domain = own
        terms = chosen.term_ids.sorted("number")
        number = int(term) if term.isdecimal() else 0
        chosen_term = terms.filtered(lambda t: t.id == number)
        if chosen_term:
            domain &= Domain("term_id", "=", chosen_term.id)
        search = search.strip()[:100]
        for word in search.split():
            domain &= Domain.OR(
                Domain(f"discipline_id.{name}", "ilike", word)
                for name in ("code", "name_kk", "name_ru", "name_en")
            )
        total = self._search_cards(domain, count=True)
        arguments = {
            "search": search,
            "year": chosen.id or "",
            "term": chosen_term.id or "",
            "scope": scope,
        }
        pages = pager(
            url="/my/catalogue",
            url_args=arguments,
            total=total,
            page=page,
            step=PAGE,
        )
        cards = self._search_cards(
            domain, offset=pages["offset"], order="term_id, discipline_id, id"
        )
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="registrar_catalogue",
            cards=[self._card_values(card) for card in cards],
            pager=pages,
            total=total,
            years=years,
            year=chosen,
            terms=terms,
            term=chosen_term,
            search=search,
            scope=scope,
            has_curriculum=bool(curriculum),
            arguments=arguments,
            default_url="/my/catalogue",
        )
        return request.render("registrar_core.portal_my_catalogue", values)

    @http.route(
        "/my/catalogue/<int:card_id>",
        type="http",
        auth="user",
        methods=["GET"],
        website=True,
        readonly=True,
    )
    def my_catalogue_card(self, card_id, **parameters):
        """Show one card with its texts; what is not the student's does not exist."""
        card = request.env["registrar.catalogue.card"].search(
            self._catalogue_domain() & Domain("id", "=", card_id)
        )
        if not card:
            raise request.not_found()
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="registrar_catalogue",
            card=self._card_values(card, full=True),
        )
        return request.render("registrar_core.portal_my_catalogue_card", values)

    def _catalogue_student(self):
        return request.env["registrar.student"].search(
            [("partner_id", "=", request.env.user.partner_id.id)], limit=1
        )

    def _catalogue_domain(self):
        """The published cards of the user's programme, whatever other roles."""
        programme = self._catalogue_student().programme_id
        return (
            Domain("state", "in", ("published", "closed"))
            & Domain("in_plan", "=", True)
            & Domain("programme_ids", "in", programme.ids)
        )

    def _search_cards(self, domain, count=False, offset=0, order=None):
        Card = request.env["registrar.catalogue.card"]
        if count:
            return Card.search_count(domain)
        return Card.search(domain, limit=PAGE, offset=offset, order=order)

    def _card_values(self, card, full=False):
        """Return the texts of a card in the language of the reader.

        Teachers and departments are no models of students: only their names are
        taken, after the search has applied the rules to the card itself.
        """
        language = short_language(request.env.lang)
        values = {
            "id": card.id,
            "code": card.discipline_id.code,
            "name": card.discipline_id._text("name", language),
            "term": card.term_id._text("kind", language),
            "credits": f"{card.credits:g}",
            "state": card.state,
            "cycle": card.cycle,
            "languages": [
                words.word(words.LANGUAGE_NAMES, code, language)
                for code in card._languages()
            ],
            "teachers": [
                teacher.short_name or teacher.name
                for teacher in card.sudo().teacher_ids
            ],
        }
        if full:
            values.update(
                record=card,
                year=card.year_id.name,
                courses=card.courses,
                hours=f"{card.hours_total:g}" if card.hours_total else "",
                department=card.sudo().department_id.name,
                capacity_min=card.capacity_min,
                capacity_max=card.capacity_max,
                description=card._text("description", language),
                outcomes=card._text("outcomes", language),
                prerequisites=card.prerequisite_ids,
                postrequisites=card.postrequisite_ids,
                corequisites=card.corequisite_ids,
                other_names=[
                    card.discipline_id[f"name_{code}"]
                    for code in LANGUAGES
                    if code != language and card.discipline_id[f"name_{code}"]
                ],
            )
        return values
