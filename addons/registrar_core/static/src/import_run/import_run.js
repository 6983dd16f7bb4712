import { Component, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { user } from "@web/core/user";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const POLL_EVERY = 700;

/**
 * Button that runs the import and shows how far it is.
 *
 * The import is one request and one transaction; the progress is asked for by
 * other requests until the first one has answered.
 */
export class ImportRun extends Component {
    static template = "registrar_core.ImportRun";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ running: false, phase: "", done: 0, total: 0 });
        this.timer = null;
        onWillUnmount(() => clearTimeout(this.timer));
    }

    get percent() {
        const { done, total } = this.state;
        return total ? Math.round((100 * done) / total) : 0;
    }

    get label() {
        const { done, phase, total } = this.state;
        if (phase === "storing" && total > 4) {
            return _t("Storing %(done)s of %(total)s…", { done, total });
        }
        return phase === "checking" ? _t("Checking the rows…") : _t("Reading the file…");
    }

    async onClick() {
        const { resModel, resId } = this.props.record;
        const token = crypto.randomUUID
            ? crypto.randomUUID()
            : `${Date.now()}-${Math.random()}`;
        Object.assign(this.state, { running: true, phase: "reading", done: 0, total: 0 });
        this.poll(token);
        try {
            await this.orm.call(resModel, "action_import", [[resId]], {
                context: { ...user.context, registrar_import_token: token },
            });
            await this.props.record.load();
        } finally {
            this.state.running = false;
            clearTimeout(this.timer);
        }
    }

    poll(token) {
        this.timer = setTimeout(async () => {
            const progress = await this.orm.silent
                .call("registrar.import.progress", "get_progress", [token])
                .catch(() => ({}));
            if (!this.state.running) {
                return;
            }
            Object.assign(this.state, progress);
            this.poll(token);
        }, POLL_EVERY);
    }
}

registry.category("view_widgets").add("registrar_import_run", {
    component: ImportRun,
});
