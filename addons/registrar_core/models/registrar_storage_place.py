from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RegistrarStoragePlace(models.Model):
    """Where paper files stand: room, cabinet, shelf.

    Source: administrative.md §10.1 (files of those expelled without a diploma are
    kept apart).
    """

    _name = "registrar.storage.place"
    _description = "Place of storage"
    _parent_store = True
    _order = "complete_name, id"
    _rec_name = "complete_name"
    _rec_names_search = ["complete_name"]

    name = fields.Char(required=True)
    complete_name = fields.Char(
        "Place", compute="_compute_complete_name", store=True, recursive=True
    )
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [
            ("room", "Room"),
            ("cabinet", "Cabinet"),
            ("shelf", "Shelf"),
            ("box", "Box"),
        ],
        required=True,
        default="shelf",
    )
    purpose = fields.Selection(
        [
            ("current", "Files of those who study"),
            ("expelled", "Files of those expelled without a diploma"),
            ("archive", "Archive"),
        ],
        compute="_compute_purpose",
        store=True,
        readonly=False,
        recursive=True,
        required=True,
        precompute=True,
    )
    parent_id = fields.Many2one(
        "registrar.storage.place", "Inside of", index=True, ondelete="restrict"
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("registrar.storage.place", "parent_id", "Places inside")
    faculty_ids = fields.Many2many(
        "hr.department",
        string="Faculties",
        domain="[('registrar_kind', '=', 'faculty')]",
        help="Whose files stand here; empty: of all.",
    )
    capacity = fields.Integer(help="How many files find room; 0: not counted.")
    file_ids = fields.One2many("registrar.personal.file", "place_id", "Files")
    file_count = fields.Integer("Number of files", compute="_compute_file_count")
    is_full = fields.Boolean(compute="_compute_file_count")

    _name_unique = models.UniqueIndex(
        "(COALESCE(parent_id, 0), name) WHERE active IS TRUE",
        "There is already such a place here.",
    )
    _capacity_positive = models.Constraint(
        "CHECK (capacity >= 0)", "The capacity cannot be negative."
    )

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for place in self:
            above = place.parent_id.complete_name
            place.complete_name = f"{above} / {place.name}" if above else place.name

    @api.depends("parent_id.purpose")
    def _compute_purpose(self):
        for place in self:
            place.purpose = place.parent_id.purpose or place.purpose or "current"

    @api.depends("file_ids", "capacity")
    def _compute_file_count(self):
        counts = dict(
            self.env["registrar.personal.file"]
            .sudo()
            ._read_group(
                [("place_id", "child_of", self.ids)], ["place_id"], ["__count"]
            )
        )
        by_path = {place.parent_path: count for place, count in counts.items()}
        for place in self:
            path = place.parent_path or ""
            place.file_count = (
                sum(count for found, count in by_path.items() if found.startswith(path))
                if path
                else 0
            )
            place.is_full = bool(place.capacity) and place.file_count >= place.capacity

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A place cannot be inside of itself."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if any(place.file_count for place in self):
            raise ValidationError(
                self.env._("Files stand here. Move them or archive the place.")
            )

    def action_open_files(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "registrar_core.registrar_personal_file_action"
        )
        return dict(
            action,
            name=self.complete_name,
            domain=[("place_id", "child_of", self.id)],
            context={},
        )

    @api.model
    def _propose(self, purpose, faculties):
        """Return the place for files of ``purpose`` by faculty.

        The first place that keeps the files of the faculty, or of all, and has room;
        the innermost places come first.

        :param faculties: ``hr.department``
        :return: ``{faculty id or False: registrar.storage.place}``
        :rtype: dict
        """
        places = self.sudo().search([("purpose", "=", purpose)], order="complete_name")
        leaves = places.filtered(
            lambda place: not (place.child_ids & places) and not place.is_full
        )
        result = {}
        for faculty in [*faculties, self.env["hr.department"]]:
            own = leaves.filtered(
                lambda place, faculty=faculty: faculty in place._faculties()
            )
            general = leaves.filtered(lambda place: not place._faculties())
            result[faculty.id] = (own or general)[:1].sudo(self.env.su)
        return result

    def _faculties(self):
        """Return the faculties whose files stand here, as said here or above."""
        place = self
        while place and not place.faculty_ids:
            place = place.parent_id
        return place.faculty_ids
