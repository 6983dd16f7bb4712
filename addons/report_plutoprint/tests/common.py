import io

from pypdf import PdfReader

from odoo.tests import TransactionCase

# The engine needs quadratic time for this nesting: minutes.
HANGING = "<div>" * 200_000
# The grid of cells needs gigabytes.
GREEDY = (
    "<table>" + "<tr><td colspan=60000 rowspan=60000>x</td></tr>" * 3000 + "</table>"
)


def pages(pdf):
    """Return the texts of the pages of a PDF."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def text(pdf):
    return "\n".join(pages(pdf))


class ReportPlutoprintCommon(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"Partner {letter}"} for letter in "ӘҒҚ"]
        )
        cls.report = cls._create_report("document", "<p><t t-out='o.name'/></p>")

    @classmethod
    def _create_report(cls, name, body, **values):
        """Create a report on partners whose document has the given content."""
        key = f"report_plutoprint.test_{name}"
        cls.env["ir.ui.view"].create(
            {
                "name": key,
                "key": key,
                "type": "qweb",
                "arch": f"""
                    <t t-name="{key}"><t t-foreach="docs" t-as="o">
                        <t t-call="report_plutoprint.layout">{body}</t>
                    </t></t>
                """,
            }
        )
        return cls.env["ir.actions.report"].create(
            {
                "name": f"Test {name}",
                "model": "res.partner",
                "report_name": key,
                "pdf_engine": "plutoprint",
                **values,
            }
        )

    @classmethod
    def _render(cls, body, **values):
        """Return the PDF of a document with the given content."""
        cls.counter = getattr(cls, "counter", 0) + 1
        report = cls._create_report(f"one_{cls.counter}", body, **values)
        partner = cls.partners[:1]
        return report._render_plutoprint_records(report, partner)[partner.id]
