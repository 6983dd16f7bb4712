# Under another name the package serves its arithmetic without Odoo, as in
# `from registrar_exams.grading import final_grade` with the addons on the path.
if __name__.startswith("odoo.addons."):
    from . import controllers, models, report, wizards
