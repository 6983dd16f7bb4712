{
    "name": "PDF Reports with PlutoPrint",
    "summary": "Print QWeb reports to PDF in milliseconds, without wkhtmltopdf",
    "version": "19.0.1.0.0",
    "category": "Technical",
    "author": "Registrar Suite contributors",
    "license": "LGPL-3",
    "depends": ["web"],
    "external_dependencies": {"python": ["plutoprint", "pypdf"]},
    "data": [
        "data/ir_config_parameter.xml",
        "data/report_paperformat.xml",
        "report/report_plutoprint_templates.xml",
        "views/ir_actions_report_views.xml",
    ],
}
