import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useBus } from "@web/core/utils/hooks";
import { formatFloat } from "@web/views/fields/formatters";
import { parseFloat } from "@web/views/fields/parsers";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component, useEffect, useRef } from "@odoo/owl";

/**
 * A mark: a number or nothing, and 0 is a mark. The standard number fields cannot be
 * empty and do not tell 0 from nothing. Enter and the arrows lead to the same column of
 * the next student, so that a column is filled in without the mouse.
 */
export class MarkField extends Component {
    static template = "registrar_exams.MarkField";
    static props = {
        ...standardFieldProps,
        decimals: { type: Number, optional: true },
        placeholder: { type: String, optional: true },
    };
    static defaultProps = { decimals: 2 };

    setup() {
        this.input = useRef("input");
        this.typed = false;
        useEffect(() => {
            const text = this.text;
            const el = this.input.el;
            if (el && !this.typed && !this.isInvalid) {
                el.value = text;
            }
        });
        const { bus } = this.props.record.model;
        useBus(bus, "WILL_SAVE_URGENTLY", () => this.commit());
        useBus(bus, "NEED_LOCAL_CHANGES", (ev) => ev.detail.proms.push(this.commit()));
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get isInvalid() {
        return this.props.record.isFieldInvalid(this.props.name);
    }

    /** Whole marks without decimals, others with as many as they have. */
    get text() {
        if (this.value === false || this.value === undefined || this.value === null) {
            return "";
        }
        return formatFloat(Number(this.value), {
            digits: [16, this.props.decimals],
            trailingZeros: false,
        });
    }

    onInput() {
        this.typed = true;
        const { record, name } = this.props;
        record.model.bus.trigger("FIELD_IS_DIRTY", true);
        if (this.isInvalid) {
            record.resetFieldValidity(name);
        }
    }

    async commit() {
        const el = this.input.el;
        if (!el || !this.typed) {
            return;
        }
        this.typed = false;
        const { record, name } = this.props;
        const text = el.value.trim();
        let value = false;
        if (text) {
            try {
                value = parseFloat(text);
            } catch {
                record.setInvalidField(name);
                return;
            }
        }
        if (value === this.value) {
            el.value = this.text;
        } else {
            await record.update({ [name]: value });
        }
        record.model.bus.trigger("FIELD_IS_DIRTY", false);
    }

    async onKeydown(ev) {
        const steps = { Enter: 1, ArrowDown: 1, ArrowUp: -1 };
        const step = steps[ev.key];
        const row = ev.target.closest("tr.o_data_row");
        if (!step || !row || ev.ctrlKey || ev.altKey || ev.metaKey) {
            if (["Tab", "Enter"].includes(ev.key)) {
                this.commit();
            }
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
        await this.commit();
        this.nextCell(row, step)?.click();
    }

    /** Return the cell of this column in the next row that may be edited. */
    nextCell(row, step) {
        let next = row;
        do {
            next = step > 0 ? next.nextElementSibling : next.previousElementSibling;
            const cell = next?.querySelector?.(`td[name="${this.props.name}"]`);
            if (cell && !cell.classList.contains("o_readonly_modifier")) {
                return cell;
            }
        } while (next);
        return null;
    }
}

export const markField = {
    component: MarkField,
    displayName: _t("Mark"),
    supportedTypes: ["float"],
    isEmpty: (record, fieldName) => record.data[fieldName] === false,
    extractProps: ({ attrs, options }) => ({
        decimals: options.decimals ?? 2,
        placeholder: attrs.placeholder,
    }),
};

registry.category("fields").add("registrar_mark", markField);
