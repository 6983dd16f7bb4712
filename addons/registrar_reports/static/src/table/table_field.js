import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

/** Opens the people behind a figure of the record, after saving the question. */
function useDrill(props) {
    const orm = useService("orm");
    const action = useService("action");
    return async (method, argument) => {
        const record = props().record;
        if (!(await record.save())) {
            return;
        }
        const result = await orm.call(
            record.resModel,
            method,
            [[record.resId], argument],
            {context: record.context}
        );
        await action.doAction(result);
    };
}

/** A printed table whose numbers open the people behind them. */
export class RegistrarTableField extends Component {
    static template = "registrar_reports.TableField";
    static props = {...standardFieldProps};

    setup() {
        this.drill = useDrill(() => this.props);
        this.format = new Intl.NumberFormat(document.documentElement.lang || "en");
    }

    get table() {
        return this.props.record.data[this.props.name];
    }

    open(cell) {
        return this.drill("action_open_cell", cell.key);
    }

    number(value) {
        return value ? this.format.format(value) : "–";
    }
}

/** The identities of a report: what holds, what does not, and with whom. */
export class RegistrarVerdictsField extends Component {
    static template = "registrar_reports.VerdictsField";
    static props = {...standardFieldProps};

    setup() {
        this.drill = useDrill(() => this.props);
    }

    get verdicts() {
        return this.props.record.data[this.props.name] || [];
    }

    open(verdict) {
        return this.drill("action_open_verdict", verdict.number);
    }
}

registry.category("fields").add("registrar_table", {
    component: RegistrarTableField,
    supportedTypes: ["json"],
});
registry.category("fields").add("registrar_verdicts", {
    component: RegistrarVerdictsField,
    supportedTypes: ["json"],
});
