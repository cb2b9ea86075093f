// The widget of a sweep: a view of its grid in every output.

import { defineViewWidget } from "../page/define";
import type { Traits } from "./traits";
import { GridView } from "./view";

export default defineViewWidget<Traits>(GridView, ["title", "badge", "axes", "cells", "plan", "fault", "answered"]);
