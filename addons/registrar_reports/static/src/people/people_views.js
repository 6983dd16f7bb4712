import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {GraphRenderer} from "@web/views/graph/graph_renderer";
import {graphView} from "@web/views/graph/graph_view";
import {PivotRenderer} from "@web/views/pivot/pivot_renderer";
import {pivotView} from "@web/views/pivot/pivot_view";

/** A cell opens the people behind the counted lines, not the lines. */
const openPeople = (Renderer) =>
    class extends Renderer {
        setup() {
            super.setup();
            this.orm = useService("orm");
        }

        async openView(domain, views, context, newWindow) {
            const action = await this.orm.call(
                this.model.metaData.resModel,
                "action_open_rows",
                [domain]
            );
            await this.actionService.doAction(action, {newWindow});
        }
    };

registry.category("views").add("registrar_people_pivot", {
    ...pivotView,
    Renderer: openPeople(PivotRenderer),
});
registry.category("views").add("registrar_people_graph", {
    ...graphView,
    Renderer: openPeople(GraphRenderer),
});
