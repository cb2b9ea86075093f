// anywidget's door to the sweep.

import { doorTo } from "../page/door";
import type { Traits } from "./traits";
import { GridView } from "./view";

export default doorTo<Traits>(GridView, ["title", "badge", "axes", "cells", "plan", "fault", "answered"]);
