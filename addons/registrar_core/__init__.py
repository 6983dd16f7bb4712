# Under another name the package serves its plain tools without Odoo, as in
# `from registrar_core.tools.iin import check_iin` with the addons on the path.
if __name__.startswith("odoo.addons."):
    from . import controllers, models, report, wizards
    from .hooks import pre_init_hook
