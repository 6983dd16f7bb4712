import io

from pypdf import PdfReader

from ..lib.qr import qr_svg
from .common import ReportPlutoprintCommon, pages, text

ROWS = "".join(f"<tr><td>Row {i}</td></tr>" for i in range(120))
TABLE = (
    f"<table class='rp-table'><thead><tr><th>Head</th></tr></thead>"
    f"<tbody>{ROWS}</tbody></table>"
)


class TestLayout(ReportPlutoprintCommon):
    def _sizes(self, pdf):
        """Return the sizes of the pages in millimetres."""
        return {
            tuple(round(float(side) * 25.4 / 72) for side in page.mediabox[2:])
            for page in PdfReader(io.BytesIO(pdf)).pages
        }

    def test_pages(self):
        pdf = self._render(
            f"""
            <t t-set="title">Құжат</t>
            <t t-set="letterhead">LETTERHEAD</t>
            <t t-set="header">HEADER</t>
            <t t-set="footer">FOOTER</t>
            <t t-set="watermark">DRAFT</t>
            {TABLE}
            """
        )
        texts = pages(pdf)
        self.assertGreater(len(texts), 1)
        for number, page in enumerate(texts, start=1):
            self.assertEqual(page.count("Head"), 1, "the head of the table repeats")
            self.assertIn("FOOTER", page)
            self.assertIn("DRAFT", page)
            self.assertIn(f"Page {number} of {len(texts)}", " ".join(page.split()))
            self.assertEqual("LETTERHEAD" in page, number == 1)
            self.assertEqual("HEADER" in page, number > 1)
        self.assertEqual(PdfReader(io.BytesIO(pdf)).metadata.title, "Құжат")
        rows = [line for line in text(pdf).splitlines() if line.startswith("Row")]
        self.assertEqual(rows, [f"Row {i}" for i in range(120)])

    def test_page_numbers_can_be_left_out(self):
        pdf = self._render("<t t-set='page_numbers' t-value='False'/><p>x</p>")
        self.assertEqual(text(pdf).split(), ["x"])

    def test_default_paper(self):
        self.assertEqual(self._sizes(self._render(TABLE)), {(210, 297)})

    def test_paper_of_the_report(self):
        landscape = self.env.ref("report_plutoprint.paperformat_a4_landscape")
        pdf = self._render(TABLE, paperformat_id=landscape.id)
        self.assertEqual(self._sizes(pdf), {(297, 210)})
        custom = self.env["report.paperformat"].create(
            {
                "name": "Card",
                "format": "custom",
                "page_width": 100,
                "page_height": 70,
                "orientation": "Portrait",
                "margin_top": 5.5,
                "margin_right": 5,
                "margin_bottom": 12,
                "margin_left": 5,
            }
        )
        pdf = self._render("<p>x</p>", paperformat_id=custom.id)
        self.assertEqual(self._sizes(pdf), {(100, 70)})
        report = self.report.copy({"paperformat_id": custom.id})
        self.assertEqual(
            report.plutoprint_page(),
            {"size": "100mm 70mm", "margin": "5.5mm 5mm 12mm 5mm"},
        )

    def test_slots_beat_the_paper(self):
        pdf = self._render(
            """
            <t t-set="page_size">148mm 210mm</t><t t-set="page_margin">10mm</t>
            <p>x</p>
            """
        )
        self.assertEqual(self._sizes(pdf), {(148, 210)})

    def test_missing_default_paper(self):
        self.env.ref("report_plutoprint.paperformat_a4").unlink()
        self.assertEqual(self.report.plutoprint_page()["size"], "210mm 297mm")

    def test_blocks(self):
        pdf = self._render(
            """
            <t t-set="letterhead"><t t-call="report_plutoprint.letterhead">
                <t t-set="letterhead_left">СОЛ ЖАҚ</t>
                <t t-set="letterhead_right">ПРАВАЯ СТОРОНА</t>
                <t t-set="letterhead_contacts">КОНТАКТ</t>
            </t></t>
            <t t-call="report_plutoprint.meta">
                <t t-set="meta_left">01.09.2026</t>
                <t t-set="meta_center">Қостанай</t>
                <t t-set="meta_right">№ 12-С</t>
            </t>
            <t t-call="report_plutoprint.bilingual">
                <t t-set="bilingual_langs" t-value="('kk', 'ru')"/>
                <t t-set="bilingual_rows" t-value="[('Бұйырамын', 'Приказываю')]"/>
            </t>
            <t t-call="report_plutoprint.signatures">
                <t t-set="signatures" t-value="[
                    {'position': 'Ректор', 'name': 'А. Ахметов'},
                    {'position': 'Декан', 'name': 'С. Өмірзақ'}]"/>
                <t t-set="signature_hints" t-value="True"/>
                <t t-set="signature_seal">М. О.</t>
            </t>
            <t t-set="qr">https://example.org/verify/abc</t>
            <t t-set="qr_caption">ТЕКСЕРУ</t>
            """
        )
        words = " ".join(text(pdf).split())
        for part in (
            "СОЛ ЖАҚ",
            "ПРАВАЯ СТОРОНА",
            "КОНТАКТ",
            "01.09.2026",
            "Қостанай",
            "№ 12-С",
            "Бұйырамын",
            "Приказываю",
            "Ректор",
            "А. Ахметов",
            "Декан",
            "С. Өмірзақ",
            "М. О.",
            "ТЕКСЕРУ",
        ):
            self.assertIn(part, words)
        self.assertEqual(words.count("(signature)"), 2)

    def test_values_are_escaped(self):
        self.partners[0].name = "<b>&</b> Ltd"
        pdf = self._render("<p><t t-out='o.name'/></p>")
        self.assertIn("<b>&</b> Ltd", text(pdf))

    def test_qr_in_footer(self):
        body = "<t t-set='qr'>abc</t><t t-set='qr_position'>{}</t>{}"
        several = pages(
            self._render(
                body.format("footer", "<t t-set='qr_caption'>CODE</t>" + TABLE)
            )
        )
        self.assertTrue(all("CODE" in page for page in several))
        once = pages(
            self._render(body.format("end", "<t t-set='qr_caption'>CODE</t>" + TABLE))
        )
        self.assertEqual([("CODE" in page) for page in once][-2:], [False, True])

    def test_qr(self):
        svg = qr_svg("https://example.org/verify/abc", border=4)
        # Version 3 has 29 modules; the finder in the corner begins with 7 dark ones.
        self.assertIn('viewBox="0 0 37 37"', svg)
        self.assertIn("M4 4h7v1h-7z", svg)
        self.assertIn("M26 4h7v1h-7z", svg)
        self.assertEqual(svg, qr_svg("https://example.org/verify/abc"))
        self.assertNotEqual(svg, qr_svg("https://example.org/verify/abd"))
        for wrong in ("", "ә" * 501):
            with self.assertRaises(ValueError):
                qr_svg(wrong)

    def test_language(self):
        """The language is told to readers, and the layout speaks it."""
        Lang = self.env["res.lang"].with_context(active_test=False)
        if not Lang.search([("code", "=", "kk_KZ")]):
            Lang.create({"name": "Kazakh", "code": "kk_KZ", "iso_code": "kk"})
        expected = {
            "en_US": "Page 1 of 1",
            "ru_RU": "Страница 1 из 1",
            "kk_KZ": "1 беттің 1-беті",
        }
        for lang in expected:
            Lang._activate_lang(lang)
        self.env["ir.module.module"]._load_module_terms(
            ["report_plutoprint"], list(expected), overwrite=True
        )
        partner = self.partners[:1]
        for lang, numbers in expected.items():
            report = self.env["ir.actions.report"].with_context(lang=lang)
            html = report._render_qweb_html(self.report.report_name, partner.ids)[0]
            self.assertTrue(html.startswith(b"<!DOCTYPE html>"))
            self.assertIn(f'lang="{lang.replace("_", "-")}"'.encode(), html)
            pdf = report._render_plutoprint_records(self.report, partner, lang=lang)
            self.assertIn(numbers, " ".join(text(pdf[partner.id]).split()))
