from odoo import api, fields, models


class RegistrarImportProgress(models.TransientModel):
    """How far a running import is.

    The import is one transaction, nobody sees its rows before the end; the progress is
    therefore written by a transaction of its own.
    """

    _name = "registrar.import.progress"
    _description = "Progress of an import"

    token = fields.Char(required=True, index=True)
    phase = fields.Char()
    done = fields.Integer()
    total = fields.Integer()

    @api.model
    def get_progress(self, token):
        """Return {"phase", "done", "total"} of an own import, {} if not begun."""
        row = self.search(
            [("token", "=", token), ("create_uid", "=", self.env.uid)], limit=1
        )
        if not row:
            return {}
        return {"phase": row.phase, "done": row.done, "total": row.total}

    @api.model
    def _tell(self, token, phase, done, total):
        with self.env.registry.cursor() as cr:
            model = self.with_env(self.env(cr=cr))
            row = model.search(
                [("token", "=", token), ("create_uid", "=", self.env.uid)], limit=1
            )
            values = {"phase": phase, "done": done, "total": total}
            if row:
                row.write(values)
            else:
                model.create({"token": token, **values})
