from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestAdviserListDownload(HttpCase):
    def test_workbook(self):
        new_test_user(
            self.env, login="list_dean", groups="registrar_core.group_registrar_dean"
        )
        new_test_user(
            self.env,
            login="list_teacher",
            groups="registrar_core.group_registrar_teacher",
        )
        wizard = self.env["registrar.adviser.list"].create({"language": "kk"})
        url = f"/registrar/adviser_list/{wizard.id}.xlsx"
        self.authenticate("list_dean", "list_dean")
        own = (
            self.env["registrar.adviser.list"]
            .with_user(self.env["res.users"].search([("login", "=", "list_dean")]))
            .create({"language": "kk"})
        )
        response = self.url_open(f"/registrar/adviser_list/{own.id}.xlsx")
        self.assertEqual(response.status_code, 200)
        self.assertTrue(response.content.startswith(b"PK"))
        self.assertEqual(
            self.url_open("/registrar/adviser_list/999999.xlsx").status_code, 404
        )
        self.authenticate("list_teacher", "list_teacher")
        self.assertEqual(self.url_open(url).status_code, 403)
        self.authenticate(None, None)
        response = self.url_open(url, allow_redirects=False)
        self.assertIn("/web/login", response.headers.get("Location", ""))
