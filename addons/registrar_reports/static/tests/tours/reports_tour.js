import {registry} from "@web/core/registry";

const number = (row, column) =>
    `.o_registrar_table tbody tr:nth-child(${row}) td:nth-child(${column}) a`;

registry.category("web_tour.tours").add("registrar_reports_contingent", {
    steps: () => [
        {
            content: "the figures are there without any click",
            trigger: `${number(1, 2)}:contains('4')`,
        },
        {
            content: "another dimension, the table follows",
            trigger: "div[name=dimension_2] input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains('Sex'), .dropdown-item:contains('Sex')",
            run: "click",
        },
        {trigger: ".o_registrar_table tbody td:contains('Female')"},
        {
            content: "a figure opens the people behind it",
            trigger: number(1, 3),
            run: "click",
        },
        {trigger: ".o_list_view .o_data_row:contains('Ахметов')"},
        {trigger: ".o_list_view .o_data_row:contains('Қасымов')"},
        {
            content: "and back to the report",
            trigger: ".o_back_button, .breadcrumb-item a",
            run: "click",
        },
        {
            trigger: "button[name=action_open_lines]",
            run: "click",
        },
        {
            content: "a cell of the pivot opens the people, too",
            trigger: ".o_pivot_cell_value:first",
            run: "click",
        },
        {trigger: ".o_list_view .o_data_row:contains('Әлиева')"},
    ],
});

registry.category("web_tour.tours").add("registrar_reports_movement", {
    steps: () => [
        {
            content: "the verdict is green",
            trigger: ".alert-success:contains('all identities hold')",
        },
        {trigger: ".o_registrar_verdicts li.text-success:contains('person by person')"},
        {
            content: "who left by the own wish",
            trigger: ".o_registrar_table tr:contains('034') td:nth-child(3) a",
            run: "click",
        },
        {trigger: ".o_list_view .o_data_row:contains('Қасымов')"},
    ],
});
