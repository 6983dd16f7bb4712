import { registry } from "@web/core/registry";

const LIST = ".o_field_widget[name=line_ids]";
const cell = (row, name) =>
    `${LIST} tr.o_data_row:nth-child(${row}) td[name=${name}]`;

/** Type a column from top to bottom; Enter leads to the next student. */
function column(name, marks) {
    const steps = [{ trigger: cell(1, name), run: "click" }];
    for (const [index, mark] of marks.entries()) {
        steps.push({
            trigger: `${cell(index + 1, name)} input`,
            run: `edit ${mark}`,
        });
        steps.push({
            trigger: `${cell(index + 1, name)} input`,
            run: "press Enter",
        });
    }
    return steps;
}

registry.category("web_tour.tours").add("registrar_exams_teacher", {
    steps: () => [
        {
            content: "open the sheet",
            trigger: ".o_kanban_record:contains('Test discipline 1')",
            run: "click",
        },
        { trigger: `${LIST} tr.o_data_row:contains('Ахметов')` },
        ...column("rating_1", [90, 80, 70, 40]),
        ...column("rating_2", [90, 80, 70, 40]),
        {
            content: "the last student is not admitted",
            trigger: `${LIST} tr.o_data_row:nth-child(4) td[name=letter]:contains('F')`,
        },
        ...column("exam_score", [90, 0, 75]),
        {
            content: "the letter is shown before saving",
            trigger: `${LIST} tr.o_data_row:nth-child(1) td[name=letter]:contains('A-')`,
        },
        {
            trigger: `${LIST} tr.o_data_row:nth-child(2) td[name=letter]:contains('F')`,
        },
        {
            content: "save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        { trigger: ".o_form_saved" },
        { trigger: ".o_field_widget[name=progress_text]:contains('4 of 4')" },
        {
            content: "submit",
            trigger: "button[name=action_submit]",
            run: "click",
        },
        { trigger: ".modal-footer .btn-primary", run: "click" },
        {
            trigger:
                ".o_statusbar_status .o_arrow_button_current:contains('Submitted')",
        },
    ],
});
