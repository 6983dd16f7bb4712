"""The web client as a person uses it: menus, forms, lists, dialogs."""

import re

ROOT = "registrar_core.menu_registrar_root"
MENUS = """async () => (await fetch("/web/webclient/load_menus")).json()"""
OPEN_ACTION = """async (id) => {
    const env = odoo.__WOWL_DEBUG__.root.env;
    await env.services.action.doAction(id, { clearBreadcrumbs: true });
}"""
# What the page shows when something has gone wrong.
TROUBLE = ".o_error_dialog, .o_notification .text-bg-danger, .o_view_nocontent_error"
ROW = ".o_list_renderer .o_data_row .o_data_cell.cursor-pointer"
CARD = ".o_kanban_renderer .o_kanban_record:not(.o_kanban_ghost)"


def actions_of(page):
    """Return the actions behind the menu of the suite: [(path, action id)]."""
    menus = page.evaluate(MENUS)
    by_xml_id = {menu.get("xmlid"): menu for menu in menus.values()}
    found = []

    def walk(menu, path):
        path = [*path, menu["name"]]
        if menu.get("actionID"):
            found.append((" / ".join(path), menu["actionID"]))
        for child in menu["children"]:
            walk(menus[str(child)], path)

    walk(by_xml_id[ROOT], [])
    # an application opens the action of its first menu
    return list({action: (path, action) for path, action in found}.values())


class Screen:
    """A page that knows whether it still waits for the server."""

    def __init__(self, page):
        self.page = page
        self.waiting = set()
        page.on("request", self._asked)
        page.on("requestfinished", self._answered)
        page.on("requestfailed", self._answered)

    def _asked(self, request):
        if request.resource_type in ("xhr", "fetch"):
            self.waiting.add(request)

    def _answered(self, request):
        self.waiting.discard(request)

    def settle(self):
        """Wait until the screen is drawn and check that it shows no error."""
        quiet = 0
        for _attempt in range(1500):
            self.page.wait_for_timeout(20)
            quiet = 0 if self.waiting else quiet + 1
            if quiet >= 3 and not self.count(".o_blockUI"):
                break
        else:
            raise AssertionError(f"the page waits for {self.waiting}")
        self.page.locator(".o_action_manager > *").first.wait_for(state="attached")
        trouble = self.page.locator(TROUBLE)
        assert not trouble.count(), trouble.first.inner_text()

    def count(self, selector):
        return self.page.locator(selector).count()

    def click(self, selector, index=0):
        """Click on something if it is there; return whether it was."""
        target = self.page.locator(selector).nth(index)
        if not target.count() or not target.is_visible():
            return False
        target.click(timeout=10_000)
        self.settle()
        return True

    def run(self, action):
        self.page.evaluate(OPEN_ACTION, action)
        self.settle()

    def open_every_view(self):
        """Switch through all views of the action, open a record; return the number."""
        if self.count(".modal .o_form_view"):
            self.open_tabs(".modal")
            self.page.keyboard.press("Escape")
            self.settle()
            assert not self.count(".modal"), "the dialog does not close"
            return 1
        kinds = self.count(".o_switch_view")
        for index in range(1, kinds):
            self.click(".o_switch_view", index)
        if kinds > 1:
            self.click(".o_switch_view")
        if self.open_first_record():
            self.open_tabs(".o_action_manager")
            if not self.count(".modal"):
                self.click(".o_form_button_cancel")
        return max(kinds, 1)

    def open_first_record(self):
        """Open the first record of a list or of cards; return whether there was one."""
        if self.count(".modal"):
            self.page.keyboard.press("Escape")
            self.settle()
        return self.click(f"{ROW}, {CARD}")

    def open_tabs(self, part):
        tabs = f"{part} .o_notebook_headers .nav-link"
        for index in range(self.count(tabs)):
            self.click(tabs, index)

    # What people do

    def open(self, action):
        """Open an action by its XML id, as a favourite of the browser does."""
        self.run(action)
        return self

    def menu(self, section, item):
        """Choose an item of a section of the menu, both by their XML ids."""
        if not self.click(f".o_menu_sections [data-menu-xmlid='{section}']"):
            raise AssertionError(f"there is no menu {section}")
        if not self.click(f".o-dropdown--menu [data-menu-xmlid='{item}']"):
            raise AssertionError(f"there is no menu {item}")
        return self

    def press(self, name, scope="", confirm=None):
        """Press a button of a form by the name of its method.

        :param confirm: whether the question that follows is answered with yes
        """
        button = self.page.locator(f"{scope} button[name={name}]:visible").first
        button.click(timeout=10_000)
        self.settle()
        if confirm:
            self.page.locator(".modal-footer .btn-primary:visible").click()
            self.settle()
        return self

    def fill(self, field, text, scope=".o_form_view"):
        """Type into a field of a form."""
        box = self.page.locator(f"{scope} .o_field_widget[name={field}]:visible").first
        if not box.locator("input, textarea").count():
            box.locator("button").first.click()  # a date shows itself as text
        box.locator("input, textarea").first.fill(text)
        self.page.keyboard.press("Tab")
        self.settle()
        return self

    def choose(self, field, text, scope=".o_form_view"):
        """Choose a record in a field of a form by a part of its name."""
        box = self.page.locator(f"{scope} .o_field_widget[name={field}]:visible").first
        box.locator("input").first.fill(text)
        item = self.page.locator(".o-autocomplete--dropdown-item").filter(has_text=text)
        item.first.click(timeout=10_000)
        self.settle()
        return self

    def choose_selection(self, field, value, scope=".o_form_view"):
        """Choose a value of a closed list."""
        box = self.page.locator(f"{scope} .o_field_widget[name={field}]:visible").first
        box.locator("input").first.click()
        item = self.page.locator(".o_select_menu_item:visible").filter(
            has_text=re.compile(value, re.I)
        )
        item.first.click(timeout=10_000)
        self.settle()
        return self

    def search(self, text):
        """Search in the list on the screen."""
        box = self.page.locator(".o_searchview_input")
        box.fill(text)
        box.press("Enter")
        self.settle()
        return self

    def show(self, model, record):
        """Open the form of a record, as a link in a message does."""
        self.run(
            {
                "type": "ir.actions.act_window",
                "res_model": model,
                "res_id": record,
                "views": [[False, "form"]],
            }
        )
        return self

    def value(self, field, scope=".o_form_view"):
        """Return what a field of a form shows."""
        box = self.page.locator(f"{scope} .o_field_widget[name={field}]").first
        entry = box.locator("input, textarea")
        if entry.count():
            return entry.first.input_value()
        return box.inner_text().strip()

    def tab(self, name):
        """Open a page of the notebook of a form."""
        self.page.locator(f".o_notebook [name={name}].nav-link").first.click()
        self.settle()
        return self

    def save(self):
        self.click(".o_form_button_save")
        return self

    def state(self):
        """Return the state in the status bar of a form."""
        current = ".o_statusbar_status .o_arrow_button_current:visible"
        return self.page.locator(current).first.inner_text().strip()

    def rows(self):
        """Return the texts of the rows of the list on the screen."""
        texts = self.page.locator(".o_list_renderer .o_data_row").all_inner_texts()
        return [re.sub(r"\s+", " ", text).strip() for text in texts]

    def open_row(self, text):
        """Open the record whose row shows a text."""
        row = self.page.locator(".o_list_renderer .o_data_row").filter(has_text=text)
        row.first.locator(".o_data_cell.cursor-pointer").first.click()
        self.settle()
        return self

    def download(self, press):
        """Return the content of the file that an action of the page brings."""
        with self.page.expect_download(timeout=60_000) as waiting:
            press()
        with open(waiting.value.path(), "rb") as file:
            return file.read()
