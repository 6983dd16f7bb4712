import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { deserializeDate, deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/**
 * Home screen of an adviser: own students, and what waits for the adviser.
 *
 * The server counts everything with the rights of the reader and sends an action
 * with each figure; the client only shows and opens them.
 */
export class AdviserDesk extends Component {
    static template = "registrar_core.AdviserDesk";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.state = useState({ data: null });
        const kept = this.props.state || {};
        this.choice = { scope: kept.scope, employeeId: kept.employeeId };
        onWillStart(() => this.load());
    }

    async load() {
        this.state.data = await this.orm.call("registrar.adviser.desk", "get_data", [], {
            employee_id: this.choice.employeeId || null,
            scope: this.choice.scope || null,
        });
        this.choice = {
            scope: this.state.data.scope,
            employeeId: this.state.data.employee_id,
        };
        this.props.updateActionState?.(this.choice);
    }

    get data() {
        return this.state.data;
    }

    get planStates() {
        return [
            { key: "draft", label: _t("Draft"), tone: "warning" },
            { key: "submitted", label: _t("To agree"), tone: "danger" },
            { key: "adviser", label: _t("Agreed"), tone: "info" },
            { key: "dean", label: _t("Signed"), tone: "primary" },
            { key: "registered", label: _t("Registered"), tone: "success" },
        ];
    }

    get chosenAdviser() {
        const { advisers, employee_id } = this.data;
        return advisers.find((adviser) => adviser.id === employee_id);
    }

    percent(group, key) {
        const count = key === "without" ? group.without : group.plans[key] || 0;
        return group.students ? Math.min(100, (100 * count) / group.students) : 0;
    }

    date(value) {
        return value ? formatDate(deserializeDate(value)) : "";
    }

    moment(value) {
        return value ? formatDate(deserializeDateTime(value)) : "";
    }

    open(action) {
        return this.action.doAction(action);
    }

    async choose(scope, employeeId = false) {
        this.choice = { scope, employeeId };
        await this.load();
    }

    write() {
        const students = this.data.tiles.find((tile) => tile.key === "students");
        return this.action.doAction(
            "registrar_core.registrar_mass_message_action_write",
            {
                additionalContext: { registrar_desk_domain: students.action.domain },
                onClose: () => this.load(),
            }
        );
    }
}

registry.category("actions").add("registrar_adviser_desk", AdviserDesk);
