import { registry } from "@web/core/registry";
import { inputFiles } from "@web/../tests/utils";

const LIST = "ФИО;ИИН;Дата рождения\nТуров Иван;;15.05.2003\nТурова Әсел;030515500007;\n";

function choose(content) {
    return async () => {
        const file = new File([content], "list.csv", { type: "text/csv" });
        await inputFiles(".modal .o_field_widget[name=data_file] input[type=file]", [file]);
    };
}

registry.category("web_tour.tours").add("registrar_import_tour", {
    steps: () => [
        {
            content: "a file with an error is chosen",
            trigger: ".modal .o_field_widget[name=data_file]",
            run: choose(LIST),
        },
        {
            trigger: ".modal .o_field_widget[name=data_file] input:value(list.csv)",
        },
        {
            trigger: ".modal footer button[name=action_read_file]",
            run: "click",
        },
        {
            content: "columns are recognised",
            trigger: ".modal .o_field_widget[name=column_ids] .o_data_row:contains(Туров Иван)",
        },
        {
            trigger: ".modal footer button[name=action_check]",
            run: "click",
        },
        {
            content: "the error is named by row and column",
            trigger: ".modal .o_field_widget[name=issue_ids] .o_data_row:contains(check)",
        },
        {
            content: "nothing can be imported",
            trigger: ".modal footer:not(:has(.o_registrar_import_run))",
        },
        {
            trigger: ".modal footer button[name=action_back]",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=column_ids]",
        },
        {
            trigger: ".modal footer button[name=action_back]",
            run: "click",
        },
        {
            content: "the mended file",
            trigger: ".modal .o_field_widget[name=kind]",
            run: choose(LIST.replace("030515500007", "030515500008")),
        },
        {
            trigger: ".modal footer button[name=action_read_file]",
            run: "click",
        },
        {
            trigger: ".modal footer button[name=action_check]",
            run: "click",
        },
        {
            trigger: ".modal footer .o_registrar_import_run",
            run: "click",
        },
        {
            content: "imported",
            trigger: ".modal footer button[name=action_open_records]",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row:contains(Турова Әсел)",
        },
    ],
});
