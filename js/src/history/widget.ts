// The widget of the history: a view of its gallery in every output.

import { defineViewWidget } from "../page/define";
import type { Traits } from "./traits";
import { HistoryView } from "./view";

export default defineViewWidget<Traits>(HistoryView, ["choices", "version", "undoable", "said", "planned", "fault", "answered"]);
