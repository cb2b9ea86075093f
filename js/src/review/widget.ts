// The widget of a review: a view of its grid in every output.

import { defineViewWidget } from "../page/define";
import type { Traits } from "./traits";
import { ReviewView } from "./view";

export default defineViewWidget<Traits>(ReviewView, ["title", "badge", "counts", "reasons", "version", "planned", "fault", "answered"]);
