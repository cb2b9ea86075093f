// generated from js/src by `npm run build`; edit there

// src/page/link.ts
var Link = class {
  #model;
  #listeners = /* @__PURE__ */ new Set();
  #messages = /* @__PURE__ */ new Set();
  #gone = !1;
  constructor(model) {
    this.#model = model, model.on("comm_live_update", () => this.#set(!0)), model.on("msg:custom", (content, buffers) => {
      if (this.#set(!1), !(typeof content != "object" || content === null))
        for (let callback of this.#messages) callback(content, buffers);
    });
  }
  get gone() {
    return this.#gone;
  }
  get(name) {
    return this.#model.get(name);
  }
  send(content, buffers = []) {
    try {
      this.#model.send(content, void 0, buffers);
    } catch {
      this.#set(!0);
    }
  }
  /** Call back when a trait changes, which only Python does. */
  change(name, callback) {
    this.#model.on(`change:${name}`, () => {
      this.#set(!1), callback();
    });
  }
  /** Call back with every custom message, until the signal ends when there is one. */
  message(callback, signal) {
    this.#messages.add(callback), signal?.addEventListener("abort", () => this.#messages.delete(callback), { once: !0 });
  }
  watch(listener, signal) {
    this.#listeners.add(listener), signal.addEventListener("abort", () => this.#listeners.delete(listener), { once: !0 });
  }
  #set(gone) {
    if (gone !== this.#gone) {
      this.#gone = gone;
      for (let listener of this.#listeners) listener();
    }
  }
};
function text(texts, key, values = {}) {
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

// src/page/dom.ts
var QUIET = { "data-lm-suppress-shortcuts": "true" };
function h(tag, attributes = {}, ...children) {
  let node = document.createElement(tag), takesFocus = attributes.tabindex !== void 0 || tag === "button" || tag === "input";
  for (let [name, value] of Object.entries(takesFocus ? { ...QUIET, ...attributes } : attributes)) node.setAttribute(name === "label" ? "aria-label" : name, String(value));
  return node.append(...children.filter((child) => child !== null)), node;
}
function on(node, type, listener, signal, options = {}) {
  node.addEventListener(type, listener, { ...options, signal });
}
function button(label, face, click, signal, more = {}) {
  let node = h("button", { type: "button", class: "bn-button", title: label, label, ...more }, face);
  return on(node, "click", click, signal), node;
}
function setText(node, text2) {
  node.textContent !== text2 && (node.textContent = text2);
}
function takesText(target) {
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target instanceof HTMLElement && target.isContentEditable ? !0 : target instanceof HTMLInputElement && !["range", "button", "checkbox", "radio"].includes(target.type);
}
function leave(root) {
  for (let node = root.parentNode; node; node = node instanceof ShadowRoot ? node.host : node.parentNode)
    if (node instanceof HTMLElement && node.tabIndex >= 0) {
      node.focus({ preventScroll: !0 });
      return;
    }
  let active = root.getRootNode().activeElement;
  active instanceof HTMLElement && active.blur();
}
function icon(path) {
  let svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  return svg.setAttribute("viewBox", "0 0 16 16"), svg.setAttribute("class", "bn-icon"), svg.setAttribute("aria-hidden", "true"), path.split("|").forEach((d, k) => {
    let line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    line.setAttribute("d", d), k > 0 && line.setAttribute("class", "bn-solid"), svg.append(line);
  }), svg;
}

// src/page/place.ts
var LOOK = 250, SELDOM = 2e3, PATIENCE = 6e4, UNDER_STILL = "bn-under-still", Seat = class {
  host = h("div", { class: "bn-host" });
  #covered = [];
  get spot() {
    return this.host.parentElement;
  }
  sit(spot) {
    this.leave(), spot.append(this.host);
  }
  /** Hide what is static here; the document keeps it. */
  cover() {
    let { spot } = this;
    if (!spot) return;
    let still = spot.classList.contains(UNDER_STILL) ? spot.closest(".jp-OutputArea-child")?.previousElementSibling : null;
    for (let node of [...spot.children, still])
      !(node instanceof HTMLElement) || node === this.host || node.style.display === "none" || (node.style.display = "none", this.#covered.push(node));
  }
  /** Stand up and show again what was hidden. */
  leave() {
    this.host.remove();
    for (let node of this.#covered) node.style.display = "";
    this.#covered = [];
  }
};
function settle(model, open) {
  let name = model.get("place"), controller = new AbortController();
  if (typeof name != "string" || !/^bn-place-[0-9a-f]+$/.test(name)) return () => controller.abort();
  let seats = [], missed = 0, timer, look = () => {
    let spots = [...document.getElementsByClassName(name)].filter((element) => element instanceof HTMLElement);
    missed = spots.length ? 0 : missed + LOOK, timer = setTimeout(look, missed <= PATIENCE ? LOOK : SELDOM);
    let free = seats.filter(({ spot }) => !spot || !spots.includes(spot));
    for (let spot of spots) {
      let seat = seats.find((each) => each.spot === spot) ?? free.shift(), fresh = !seat;
      seat || seats.push(seat = new Seat()), seat.spot !== spot && seat.sit(spot), fresh && open(seat.host, controller.signal), seat.cover();
    }
    for (let seat of free) seat.leave();
  };
  controller.signal.addEventListener("abort", () => {
    clearTimeout(timer);
    for (let seat of seats) seat.leave();
  });
  try {
    model.send({ kind: "here" });
  } catch {
  }
  return look(), () => controller.abort();
}

// src/page/door.ts
function door(open) {
  return () => {
    let show = null;
    return {
      initialize({ model }) {
        return show = open(model), settle(model, show);
      },
      render({ model, el }) {
        let controller = new AbortController();
        return show ??= open(model), show(el, controller.signal), () => controller.abort();
      }
    };
  };
}
function doorTo(view, traits) {
  return door((model) => {
    let link = new Link(model), views = /* @__PURE__ */ new Set(), refresh = () => {
      for (let each of views) each.refresh();
    };
    for (let name of traits) link.change(name, refresh);
    return (el, signal) => {
      let shown = new view(el, link, signal);
      views.add(shown), signal.addEventListener("abort", () => views.delete(shown), { once: !0 });
    };
  });
}

// src/page/icons.ts
var ICONS = {
  brush: "M14 2 8 8.5|M3 14c0-2.4 1-4.2 3-4.2 1.4 0 2.3 1 2.3 2.1C8.3 13.5 6 14.3 3 14Z",
  eraser: "M6 13.5h8M2.5 10 9 3.5l4 4-6 6H5.5l-3-3Z|M5.8 6.8 9.8 10.7 7 13.5H5.5l-3-3Z",
  lasso: "M5 11.5C2.5 10.7 1.5 9 1.5 7 1.5 4.5 4.5 2.5 8 2.5s6.5 2 6.5 4.5S11.5 11.2 8 11.2c-1.5 0-3 .5-3 1.5s1 1.3 2 1.3",
  polygon: "M8 2 14 6.5 11.5 13.5H4.5L2 6.5Z",
  rect: "M2 4h12v8.5H2Z",
  ellipse: "M8 3.5c3.3 0 6 2 6 4.7s-2.7 4.7-6 4.7-6-2-6-4.7 2.7-4.7 6-4.7Z",
  fill: "M7 2.5 12 7.5 7 12.5 2 7.5ZM7 2.5 5.5 1|M3 8h8.5L7 12.5ZM13.5 10c1 1.4 1.3 2 1.3 2.6a1.3 1.3 0 0 1-2.6 0c0-.6.3-1.2 1.3-2.6Z",
  undo: "M6 3 2.5 6.5 6 10M2.5 6.5H10a3.5 3.5 0 0 1 0 7H7",
  redo: "M10 3l3.5 3.5L10 10M13.5 6.5H6a3.5 3.5 0 0 0 0 7h3",
  clear: "M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.7 9h5.6l.7-9M6.8 7v4M9.2 7v4",
  invert: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2Z|M8 2a6 6 0 0 1 0 12Z",
  fit: "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4",
  star: "M8 1.8l1.9 4 4.3.6-3.1 3 .7 4.3L8 11.6l-3.8 2.1.7-4.3-3.1-3 4.3-.6Z",
  cup: "M4.5 2h7v4.5a3.5 3.5 0 0 1-7 0ZM4.5 3.5H2c0 2.5 1 3.5 2.8 3.8M11.5 3.5H14c0 2.5-1 3.5-2.8 3.8M8 10v3.5M5 13.8h6"
};

// src/page/picture.ts
function bytesOf(data) {
  return data ? data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) : new Uint8Array();
}
function blobOf(data) {
  let bytes = bytesOf(data), type = bytes[0] === 137 ? "image/png" : bytes[0] === 82 ? "image/webp" : "image/jpeg";
  return new Blob([bytes], { type });
}
var Pictures = class {
  #urls = /* @__PURE__ */ new Map();
  constructor(signal) {
    signal.addEventListener("abort", () => this.clear(), { once: !0 });
  }
  get(name) {
    return this.#urls.get(name);
  }
  set(name, data) {
    let old = this.#urls.get(name);
    old && URL.revokeObjectURL(old);
    let url = URL.createObjectURL(blobOf(data));
    return this.#urls.set(name, url), url;
  }
  clear() {
    for (let url of this.#urls.values()) URL.revokeObjectURL(url);
    this.#urls.clear();
  }
};

// src/grid/model.ts
function acrossAxis(axes) {
  let named = axes.findIndex((axis) => axis.name === "strength" && axis.numbers);
  if (named >= 0) return named;
  let numbered = axes.findIndex((axis) => axis.numbers && axis.name !== "seed");
  return Math.max(0, numbered);
}
function layout(axes, cells) {
  let across = acrossAxis(axes), axis = axes[across];
  if (!axis) return { across: "", columns: [], rows: cells.length > 0 ? [{ label: "", cells }] : [] };
  let others = axes.map((_, k) => k).filter((k) => k !== across), rows = /* @__PURE__ */ new Map();
  for (let index of combinations(others.map((k) => axes[k].values.length))) {
    let label = others.map((k, n) => `${axes[k].name} ${axes[k].values[index[n]] ?? ""}`).join(", ");
    rows.set(index.join(), { label, cells: axis.values.map(() => null) });
  }
  for (let cell of cells) {
    let row = rows.get(others.map((k) => cell.at[k] ?? 0).join()), column = cell.at[across] ?? 0;
    row && column < row.cells.length && (row.cells[column] = cell);
  }
  return { across: axis.name, columns: axis.values, rows: [...rows.values()] };
}
function combinations(lengths) {
  return lengths.reduce((all, length) => all.flatMap((one) => Array.from({ length }, (_, k) => [...one, k])), [[]]);
}
function move({ rows }, id, dx, dy) {
  let y = rows.findIndex((row2) => row2.cells.some((cell) => cell?.id === id)), row = rows[y];
  if (!row) return rows.flatMap((each) => each.cells).find((cell) => cell !== null)?.id ?? "";
  let x = row.cells.findIndex((cell) => cell?.id === id);
  for (let k = 1; k < 100; k++) {
    let there = rows[y + k * dy]?.cells;
    if (!there || x + k * dx < 0 || x + k * dx >= there.length) return id;
    let cell = there[x + k * dx];
    if (cell) return cell.id;
  }
  return id;
}
function stops(axes, cells, id, original) {
  let across = acrossAxis(axes), axis = axes[across], here = cells.find((cell) => cell.id === id), first = { label: original, cell: null };
  if (!axis || !here) return [first];
  let row = cells.filter((cell) => cell.at.every((value, k) => k === across || value === here.at[k])), order = (cell) => axis.numbers?.[cell.at[across] ?? 0] ?? cell.at[across] ?? 0, sorted = [...row].sort((a, b) => order(a) - order(b));
  return [first, ...sorted.map((cell) => ({ label: `${axis.name} ${axis.values[cell.at[across] ?? 0] ?? ""}`, cell }))];
}
function count(cells) {
  let having = (state) => cells.filter((cell) => cell.state === state).length;
  return { total: cells.length - having("invalid"), done: having("done"), failed: having("failed") };
}
function wanted(cells, have) {
  return cells.filter((cell) => cell.version > (have.get(cell.id) ?? 0)).map((cell) => cell.id);
}
function gridCommand(press) {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  switch (press.key) {
    case "ArrowLeft":
      return { do: "move", dx: -1, dy: 0 };
    case "ArrowRight":
      return { do: "move", dx: 1, dy: 0 };
    case "ArrowUp":
      return { do: "move", dx: 0, dy: -1 };
    case "ArrowDown":
      return { do: "move", dx: 0, dy: 1 };
    case "Enter":
      return { do: "open" };
    case "Escape":
      return { do: "leave" };
  }
  return press.code === "KeyS" ? { do: "star" } : press.code === "KeyW" ? { do: "winner" } : null;
}

// src/grid/album.ts
var ORIGINAL = "", AT_ONCE = 24, Album = class {
  #pictures;
  #link;
  #changed;
  #small = /* @__PURE__ */ new Map();
  #large = /* @__PURE__ */ new Map();
  #asked = /* @__PURE__ */ new Set();
  constructor(link, changed, signal) {
    this.#pictures = new Pictures(signal), this.#link = link, this.#changed = changed, link.message((content, buffers) => this.#receive(content, buffers), signal);
  }
  small(cell) {
    return this.#pictures.get(`small ${cell.id}`);
  }
  /** The larger picture, or what there is until it has come. */
  large(id, version) {
    return (this.#large.get(id) ?? -1) < version && this.#ask("large", [id], version), this.#pictures.get(`large ${id}`) ?? this.#pictures.get(`small ${id}`);
  }
  /** Ask for the thumbnails that the cells miss, a few in one message. */
  refresh(cells) {
    let versions = new Map(cells.map((cell) => [cell.id, cell.version])), missing = wanted(cells, this.#small).filter((id) => !this.#asked.has(`thumbs ${id} ${versions.get(id) ?? 0}`));
    for (let k = 0; k < missing.length; k += AT_ONCE) {
      let ids = missing.slice(k, k + AT_ONCE);
      for (let id of ids) this.#asked.add(`thumbs ${id} ${versions.get(id) ?? 0}`);
      this.#link.send({ kind: "thumbs", ids });
    }
  }
  #ask(kind, ids, version) {
    let key = `${kind} ${ids.join()} ${version}`;
    this.#asked.has(key) || (this.#asked.add(key), this.#link.send({ kind, ids }));
  }
  #receive(content, buffers) {
    let { kind, ids, versions } = content;
    if (kind !== "thumbs" && kind !== "large" || !Array.isArray(ids) || !Array.isArray(versions)) return;
    let have = kind === "thumbs" ? this.#small : this.#large;
    for (let [k, buffer] of buffers.entries()) {
      let id = String(ids[k]);
      have.set(id, Number(versions[k])), this.#pictures.set(`${kind === "thumbs" ? "small" : "large"} ${id}`, buffer);
    }
    this.#changed();
  }
};

// src/grid/viewer.ts
var Viewer = class {
  element;
  #link;
  #album;
  #select;
  #before = h("img", { class: "bn-before", alt: "" });
  #after = h("img", { class: "bn-after", alt: "" });
  #divider = h("div", { class: "bn-divider", hidden: "" });
  #frame = h("div", { class: "bn-frame" }, this.#before, this.#after, this.#divider);
  #caption = h("div", { class: "bn-caption" });
  #slider;
  #side;
  #id = "";
  #original = !1;
  #split = null;
  constructor(link, album, select, close, signal) {
    this.#link = link, this.#album = album, this.#select = select;
    let texts = link.get("texts");
    this.#slider = h("input", { type: "range", class: "bn-slider bn-scrub", min: "0", max: "1", step: "1", label: text(texts, "scrub") }), on(this.#slider, "input", () => this.#scrub(Number(this.#slider.value)), signal), this.#side = button(text(texts, "before_after"), text(texts, "before_after"), () => this.#toggle(), signal);
    let shut = button(text(texts, "close"), "✕", close, signal);
    this.element = h("div", { class: "bn-viewer", hidden: "" }, h("div", { class: "bn-row" }, this.#slider, this.#side, shut), this.#frame, this.#caption);
    for (let type of ["pointerdown", "pointermove"])
      on(this.#frame, type, (event) => this.#drag(event), signal);
  }
  get opened() {
    return !this.element.hidden;
  }
  open(id) {
    this.element.hidden = !1, this.show(id);
  }
  close() {
    this.element.hidden = !0;
  }
  /** Show a cell's picture; what the slider stands on follows. */
  show(id) {
    id !== this.#id && (this.#original = !1), this.#id = id, this.refresh();
  }
  refresh() {
    if (!this.opened) return;
    let all = this.#stops(), at = this.#original ? 0 : Math.max(0, all.findIndex((stop2) => stop2.cell?.id === this.#id)), stop = all[at], cell = stop?.cell ?? null;
    this.#slider.max = String(all.length - 1), this.#slider.value = String(at), this.#slider.setAttribute("aria-valuetext", stop?.label ?? "");
    let before = this.#album.large(ORIGINAL, 0), after = cell ? cell.version > 0 ? this.#album.large(cell.id, cell.version) : void 0 : before;
    this.#frame.classList.toggle("bn-missing", cell !== null && after === void 0), source(this.#before, before), source(this.#after, after), this.#before.hidden = this.#split === null && after !== void 0, this.#divider.hidden = this.#split === null || !after || !cell;
    let percent = (this.#split ?? 0) * 100;
    this.#after.style.clipPath = this.#divider.hidden ? "" : `inset(0 0 0 ${percent}%)`, this.#divider.style.left = `${percent}%`, this.#side.setAttribute("aria-pressed", String(this.#split !== null)), setText(this.#caption, cell ? [cell.title, cell.line, cell.code, cell.reason, cell.todo].filter(Boolean).join(" · ") : stop?.label ?? "");
  }
  #stops() {
    return stops(this.#link.get("axes"), this.#link.get("cells"), this.#id, text(this.#link.get("texts"), "original"));
  }
  #scrub(at) {
    let id = this.#stops()[at]?.cell?.id;
    this.#original = id === void 0, id === void 0 ? this.refresh() : this.#select(id);
  }
  #toggle() {
    this.#split = this.#split === null ? 0.5 : null, this.refresh();
  }
  #drag(event) {
    if (this.#split === null || (event.buttons & 1) === 0) return;
    event.preventDefault();
    let box = this.#frame.getBoundingClientRect();
    this.#split = Math.min(1, Math.max(0, (event.clientX - box.left) / (box.width || 1))), this.refresh();
  }
};
function source(image, url) {
  url === void 0 ? image.removeAttribute("src") : image.src !== url && (image.src = url);
}

// src/grid/view.ts
var GridView = class {
  #link;
  #signal;
  #album;
  #viewer;
  #title = h("span", { class: "bn-title" });
  #badge = h("span", { class: "bn-badge" });
  #progress = h("span", { class: "bn-count", role: "status" });
  #plan = h("div", { class: "bn-plan" });
  #fault = h("div", { class: "bn-fault", role: "alert" });
  #table = h("div", { class: "bn-table", role: "grid" });
  #run;
  #retry;
  #root;
  #nodes = /* @__PURE__ */ new Map();
  #seen = /* @__PURE__ */ new Map();
  #shape = "";
  #selected = "";
  constructor(el, link, signal) {
    this.#link = link, this.#signal = signal, this.#album = new Album(link, () => this.refresh(), signal), this.#viewer = new Viewer(link, this.#album, (id) => this.#select(id), () => this.#close(), signal);
    let texts = link.get("texts");
    this.#run = button(text(texts, "run"), text(texts, "run"), () => this.#ask(this.#run, { kind: "run" }), signal, { class: "bn-button bn-primary" }), this.#retry = button(text(texts, "retry_failed"), text(texts, "retry_failed"), () => this.#ask(this.#retry, { kind: "retry", ids: this.#failed() }), signal), this.#root = h(
      "div",
      { class: "bn-root bn-grid", ...QUIET },
      h("div", { class: "bn-row" }, this.#title, this.#badge, this.#progress, this.#run, this.#retry),
      this.#plan,
      this.#fault,
      this.#table,
      this.#viewer.element,
      h("div", { class: "bn-hint" }, text(texts, "grid_keys"))
    ), on(this.#root, "keydown", (event) => this.#keydown(event), signal), el.append(this.#root), signal.addEventListener("abort", () => this.#root.remove()), link.watch(() => this.refresh(), signal), this.refresh();
  }
  /** Show what Python says. */
  refresh() {
    let cells = this.#link.get("cells"), plan = this.#link.get("plan"), texts = this.#link.get("texts"), { gone } = this.#link;
    this.#album.refresh(cells), cells.some((cell) => cell.id === this.#selected) || (this.#selected = cells[0]?.id ?? ""), setText(this.#title, this.#link.get("title")), setText(this.#badge, this.#link.get("badge")), this.#badge.hidden = !this.#link.get("badge");
    let counts = count(cells);
    setText(this.#progress, text(texts, "grid_count", { ...counts })), this.#run.hidden = !plan.run, this.#retry.hidden = !cells.some((cell) => cell.retry), this.#run.disabled = this.#retry.disabled = gone, this.#plan.replaceChildren(
      ...plan.lines.map((line) => h("div", {}, line)),
      ...plan.problems.map((line) => h("div", { class: "bn-problem" }, line))
    ), setText(this.#fault, gone ? text(texts, "gone") : this.#link.get("fault")), this.#arrange(cells);
    for (let cell of cells) this.#fill(cell, gone);
    this.#viewer.refresh();
  }
  /** Build rows and columns anew, but only when the sweep has another shape. */
  #arrange(cells) {
    let axes = this.#link.get("axes"), shape = JSON.stringify([axes, cells.map((cell) => [cell.id, cell.at])]);
    if (shape === this.#shape) return;
    this.#shape = shape, this.#nodes.clear(), this.#seen.clear();
    let { across, columns, rows } = layout(axes, cells), named = rows.some((row) => row.label);
    this.#table.style.gridTemplateColumns = `${named ? "max-content " : ""}repeat(${Math.max(1, columns.length)}, minmax(96px, 1fr))`;
    let heads = columns.map((value) => h("div", { class: "bn-head", role: "columnheader" }, `${across} ${value}`)), head = h("div", { class: "bn-cells", role: "row" }, named ? h("div", { class: "bn-head" }) : null, ...heads), lines = rows.map((row) => h(
      "div",
      { class: "bn-cells", role: "row" },
      named ? h("div", { class: "bn-head", role: "rowheader" }, row.label) : null,
      ...row.cells.map((cell) => cell ? this.#make(cell) : h("div", { class: "bn-hole" }))
    ));
    this.#table.replaceChildren(...columns.length > 0 ? [head] : [], ...lines);
  }
  #make(cell) {
    let node = h("div", { class: "bn-cell", role: "gridcell", tabindex: "-1", title: cell.title });
    return on(node, "click", () => this.#select(cell.id, !0), this.#signal), on(node, "dblclick", () => this.#viewer.open(cell.id), this.#signal), on(node, "focus", () => this.#select(cell.id), this.#signal), this.#nodes.set(cell.id, node), node;
  }
  #fill(cell, gone) {
    let node = this.#nodes.get(cell.id);
    if (!node) return;
    let selected = cell.id === this.#selected;
    node.tabIndex = selected ? 0 : -1, node.setAttribute("aria-selected", String(selected));
    let url = this.#album.small(cell), look = JSON.stringify([cell, url, gone, cell.retry ? this.#link.get("answered") : 0]);
    if (this.#seen.get(cell.id) === look) return;
    this.#seen.set(cell.id, look);
    let texts = this.#link.get("texts");
    node.dataset.state = cell.state;
    let image = url ? h("img", { alt: cell.title }) : null;
    image && url && (image.src = url);
    let again = text(texts, "retry"), retry = cell.retry ? button(again, again, () => this.#ask(retry, { kind: "retry", ids: [cell.id] }), this.#signal) : null;
    retry && (retry.disabled = gone);
    let mark = (key, path, pressed) => button(`${text(texts, key)} (${key === "star" ? "S" : "W"})`, icon(path), () => this.#mark(key, cell.id), this.#signal, {
      class: `bn-button bn-mark bn-${key}`,
      "aria-pressed": String(pressed),
      tabindex: "-1"
    }), failed = cell.state === "failed" || cell.state === "invalid", focused = node.getRootNode().activeElement, focusedInside = focused !== node && node.contains(focused);
    node.replaceChildren(
      h("div", { class: "bn-picture" }, image ?? h("span", { class: "bn-state" }, text(texts, `cell ${cell.state}`))),
      ...cell.version > 0 ? [h("div", { class: "bn-marks" }, mark("star", ICONS.star, cell.starred), mark("winner", ICONS.cup, cell.winner))] : [],
      h("div", { class: "bn-caption" }, cell.line),
      ...failed ? [h("div", { class: "bn-reason" }, h("code", {}, cell.code), h("div", {}, cell.reason), h("div", { class: "bn-todo" }, cell.todo), retry)] : []
    ), node.classList.toggle("bn-won", cell.winner), focusedInside && node.focus({ preventScroll: !0 });
  }
  #select(id, focus = !1) {
    let changed = id !== this.#selected;
    this.#selected = id;
    for (let [each, node] of this.#nodes)
      node.tabIndex = each === id ? 0 : -1, node.setAttribute("aria-selected", String(each === id));
    focus && this.#nodes.get(id)?.focus({ preventScroll: !changed }), changed ? this.#viewer.show(id) : this.#viewer.refresh();
  }
  #keydown(event) {
    if (event.stopPropagation(), event.isComposing || takesText(event.target)) return;
    let what = gridCommand(event);
    !what || !(event.target instanceof HTMLElement && this.#nodes.get(this.#selected) === event.target) && (what.do === "move" || what.do === "open") || (event.preventDefault(), what.do === "move" ? this.#select(move(layout(this.#link.get("axes"), this.#link.get("cells")), this.#selected, what.dx, what.dy), !0) : what.do === "open" ? this.#viewer.open(this.#selected) : what.do !== "leave" ? this.#mark(what.do, this.#selected) : this.#viewer.opened ? this.#close() : leave(this.#root));
  }
  #close() {
    this.#viewer.close(), this.#nodes.get(this.#selected)?.focus();
  }
  #mark(kind, id) {
    this.#link.send({ kind, id });
  }
  #failed() {
    return this.#link.get("cells").filter((cell) => cell.retry).map((cell) => cell.id);
  }
  /** Send what costs money once; the button comes back when Python has answered. */
  #ask(pressed, content) {
    pressed && (pressed.disabled = !0), this.#link.send(content);
  }
};

// src/grid/widget.ts
var widget_default = doorTo(GridView, ["title", "badge", "axes", "cells", "plan", "fault", "answered"]);
export {
  widget_default as default
};
