{
    "name": "Registrar: core",
    "summary": "Students, curricula, study plans, registers and the enrolment ledger",
    "version": "19.0.1.0.0",
    "category": "Registrar",
    "author": "Registrar Suite contributors",
    "license": "LGPL-3",
    "depends": ["mail", "hr", "portal", "web_hierarchy", "report_plutoprint"],
    "external_dependencies": {"python": ["openpyxl"]},
    "data": [
        "security/registrar_groups.xml",
        "security/ir.model.access.csv",
        "security/registrar_student_rules.xml",
        "security/registrar_structure_rules.xml",
        "data/res_lang_data.xml",
        "data/registrar_register_data.xml",
        "data/registrar_movement_kind_data.xml",
        "data/registrar_social_category_data.xml",
        "data/registrar.nationality.csv",
        "data/registrar.programme.group.csv",
        "data/ir_cron_data.xml",
        "views/verify_templates.xml",
    ],
    "assets": {
        # The Debian build lacks this file; mail lists it all the same, and the
        # console error on every page would break each browser test.
        "web.assets_backend": [
            ("remove", "mail/static/lib/selfie_segmentation/selfie_segmentation.js"),
        ],
    },
    "pre_init_hook": "pre_init_hook",
    "application": True,
    "installable": True,
}
