from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError


class RegistrarPersonalFileMove(models.TransientModel):
    """Put files in a place, hand them to the archive, or send them away."""

    _name = "registrar.personal.file.move"
    _description = "Move personal files"

    file_ids = fields.Many2many(
        "registrar.personal.file",
        "registrar_file_move_file_rel",
        string="Files",
        default=lambda self: self._default_file_ids(),
    )
    operation = fields.Selection(
        [
            ("place", "Put in a place"),
            ("archive", "Hand to the archive"),
            ("send", "Send to another university"),
        ],
        required=True,
        default="place",
    )
    as_proposed = fields.Boolean(
        "Each in the place proposed", help="By state of the file and faculty."
    )
    place_id = fields.Many2one("registrar.storage.place")
    date = fields.Date(
        required=True, default=lambda self: fields.Date.context_today(self)
    )
    act = fields.Char("Act or letter", help="Number of the act of transfer or letter.")
    destination = fields.Char("University")
    obstacle_html = fields.Html("Left out", compute="_compute_obstacle_html")

    @api.model
    def _default_file_ids(self):
        if self.env.context.get("active_model") == "registrar.personal.file":
            return self.env.context.get("active_ids", [])
        return []

    @api.depends("file_ids", "operation")
    def _compute_obstacle_html(self):
        for wizard in self:
            obstacles = wizard._obstacles()
            wizard.obstacle_html = (
                Markup("<ul class='mb-0'>%s</ul>")
                % Markup().join(
                    Markup("<li>%s: %s</li>") % (file.display_name, obstacles[file.id])
                    for file in wizard.file_ids._origin
                    if file.id in obstacles
                )
                if obstacles
                else False
            )

    def _obstacles(self):
        files = self.file_ids._origin
        return files._archive_obstacles() if self.operation != "place" else {}

    def action_move(self):
        """Move those files that can be moved; the others were shown before."""
        self.ensure_one()
        obstacles = self._obstacles()
        files = self.file_ids.filtered(lambda file: file.id not in obstacles)
        if not files:
            raise UserError(self.env._("None of the files can be moved."))
        if self.operation == "place":
            if self.as_proposed:
                files.action_place_as_proposed()
            elif self.place_id:
                files._place(self.place_id)
            else:
                raise UserError(self.env._("Choose the place."))
        elif not self.act:
            raise UserError(self.env._("Give the number of the act or letter."))
        elif self.operation == "archive":
            files._hand_to_archive(self.date, self.act, self.place_id)
            if self.as_proposed:
                files.action_place_as_proposed()
        else:
            if not self.destination:
                raise UserError(self.env._("Name the university."))
            files._send(self.date, self.destination, self.act)
        return {"type": "ir.actions.act_window_close"}
