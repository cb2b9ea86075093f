// generated from js/src by `npm run build`; edit there

// src/page/comm.ts
var Comm = class {
  #model;
  #goneListeners = /* @__PURE__ */ new Set();
  #messageListeners = /* @__PURE__ */ new Set();
  #gone = !1;
  constructor(model) {
    this.#model = model, model.on("comm_live_update", () => this.#setGone(!0)), model.on("msg:custom", (content, buffers) => {
      if (this.#setGone(!1), !(typeof content != "object" || content === null))
        for (let callback of this.#messageListeners) callback(content, buffers);
    });
  }
  /** True once the kernel has restarted or died; false again when Python speaks. */
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
      this.#setGone(!0);
    }
  }
  /** Set a trait from the page. */
  set(name, value) {
    try {
      this.#model.set(name, value), this.#model.save_changes();
    } catch {
      this.#setGone(!0);
    }
  }
  /** Call back when a trait changes, which only Python does. */
  onChange(name, callback) {
    this.#model.on(`change:${name}`, () => {
      this.#setGone(!1), callback();
    });
  }
  /** Call back with every custom message, until the signal ends when there is one. */
  onMessage(callback, signal) {
    this.#messageListeners.add(callback), signal?.addEventListener("abort", () => this.#messageListeners.delete(callback), { once: !0 });
  }
  /** Call back when `gone` changes, until the signal ends when there is one. */
  onGoneChange(listener, signal) {
    this.#goneListeners.add(listener), signal?.addEventListener("abort", () => this.#goneListeners.delete(listener), { once: !0 });
  }
  #setGone(gone) {
    if (gone !== this.#gone) {
      this.#gone = gone;
      for (let listener of this.#goneListeners) listener();
    }
  }
};
function text(texts, key, values = {}) {
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

// src/page/dom.ts
var NO_SHORTCUTS = { "data-lm-suppress-shortcuts": "true" };
function h(tag, attributes = {}, ...children) {
  let node = document.createElement(tag), takesFocus = attributes.tabindex !== void 0 || tag === "button" || tag === "input" || tag === "select";
  for (let [name, value] of Object.entries(takesFocus ? { ...NO_SHORTCUTS, ...attributes } : attributes)) node.setAttribute(name === "label" ? "aria-label" : name, String(value));
  return node.append(...children.filter((child) => child !== null)), node;
}
function on(node, type, listener, signal, options = {}) {
  node.addEventListener(type, listener, { ...options, signal });
}
function button(label, content, click, signal, more = {}) {
  let node = h("button", { type: "button", class: "bn-button", title: label, label, ...more }, content);
  return on(node, "click", click, signal), node;
}
function setText(node, text2) {
  node.textContent !== text2 && (node.textContent = text2);
}
function isTextField(target) {
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target instanceof HTMLElement && target.isContentEditable ? !0 : target instanceof HTMLInputElement && !["range", "button", "checkbox", "radio"].includes(target.type);
}
function passSave(root, signal) {
  on(root, "keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.code !== "KeyS") return;
    event.stopPropagation();
    let { key, code, keyCode, ctrlKey, metaKey } = event, copy = new KeyboardEvent("keydown", { key, code, keyCode, ctrlKey, metaKey, bubbles: !0, cancelable: !0, composed: !0 });
    root.parentElement?.dispatchEvent(copy) === !1 && event.preventDefault();
  }, signal, { capture: !0 });
}
function returnFocus(root) {
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

// src/page/mount.ts
var POLL_MS = 250, FIRST_POLL_MS = 40, FIRST_MS = 2e3, HELD_POLL_MS = 16, HELD_MS = 1e3, SLOW_POLL_MS = 2e3, SLOW_AFTER_MS = 6e4, UNDER_STATIC = "bn-under-static", Mount = class {
  host = h("div", { class: "bn-host" });
  #hidden = [];
  #focused = null;
  /** `lost` is told when the focus goes nowhere, as it does when the output is removed. */
  constructor(lost) {
    this.host.addEventListener("focusin", ({ target }) => this.#focused = target), this.host.addEventListener("focusout", ({ relatedTarget }) => {
      relatedTarget !== null ? this.#focused = null : lost();
    });
  }
  get anchor() {
    return this.host.parentElement;
  }
  /** Move to an anchor and keep the focus, which moving loses: the notebook would take the next key as a command. */
  attach(anchor) {
    let focused = this.#focused;
    this.detach(), anchor.append(this.host), focused instanceof HTMLElement && document.activeElement === document.body && focused.focus({ preventScroll: !0 });
  }
  /** Hide the static caption in the anchor, and the static picture before it. */
  hideStatic() {
    let { anchor } = this;
    if (!anchor) return;
    let picture = anchor.classList.contains(UNDER_STATIC) ? anchor.closest(".jp-OutputArea-child")?.previousElementSibling : null;
    for (let node of [...anchor.children, picture])
      !(node instanceof HTMLElement) || node === this.host || node.style.display === "none" || (node.style.display = "none", this.#hidden.push(node));
  }
  /** Leave the anchor and show its static nodes again. */
  detach() {
    this.host.remove();
    for (let node of this.#hidden) node.style.display = "";
    this.#hidden = [];
  }
};
function mountOnAnchors(model, render) {
  let name = model.get("anchor"), controller = new AbortController();
  if (typeof name != "string" || !/^bn-anchor-[0-9a-f]+$/.test(name)) return () => controller.abort();
  let mounts = [], [age, absent, delay, hurry] = [0, 0, 0, 0], timer, manager = model.widget_manager, poll = () => {
    if (manager?.isDisposed === !0 || manager?.context?.isDisposed === !0) return controller.abort();
    let anchors = [...document.getElementsByClassName(name)].filter((element) => element instanceof HTMLElement);
    age += delay, absent = anchors.length ? 0 : absent + delay, hurry -= delay, delay = hurry > 0 ? HELD_POLL_MS : absent > SLOW_AFTER_MS ? SLOW_POLL_MS : anchors.length + mounts.length === 0 && age < FIRST_MS ? FIRST_POLL_MS : POLL_MS, timer = setTimeout(poll, delay);
    let free = mounts.filter(({ anchor }) => !anchor || !anchors.includes(anchor));
    for (let anchor of anchors) {
      let mount = mounts.find((each) => each.anchor === anchor) ?? free.shift(), fresh = !mount;
      mount || mounts.push(mount = new Mount(lost)), mount.anchor !== anchor && mount.attach(anchor), fresh && render(mount.host, controller.signal), mount.hideStatic();
    }
    for (let mount of free) mount.detach();
  }, lost = () => {
    controller.signal.aborted || ([hurry, delay] = [HELD_MS, 0], clearTimeout(timer), timer = setTimeout(poll, HELD_POLL_MS));
  };
  controller.signal.addEventListener("abort", () => {
    clearTimeout(timer);
    for (let mount of mounts) mount.detach();
  });
  try {
    model.send({ kind: "opened" });
  } catch {
  }
  return poll(), () => controller.abort();
}

// src/page/define.ts
function defineWidget(open) {
  return () => {
    let renderView = null;
    return {
      initialize({ model }) {
        return renderView = open(model), mountOnAnchors(model, renderView);
      },
      render({ model, el }) {
        let controller = new AbortController();
        return renderView ??= open(model), renderView(el, controller.signal), () => controller.abort();
      }
    };
  };
}
function defineViewWidget(view, traits) {
  return defineWidget((model) => {
    let comm = new Comm(model), views = /* @__PURE__ */ new Set(), refresh = () => {
      for (let each of views) each.refresh();
    };
    for (let name of traits) comm.onChange(name, refresh);
    return (el, signal) => {
      let shown = new view(el, comm, signal);
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
  wand: "M2.5 13.5 9.5 6.5M8.3 5.3l2.4 2.4M12 1.5v2.4M10.8 2.7h2.4M13.8 6v2M12.8 7h2M7 2v1.6M6.2 2.8h1.6",
  edge: "M2 8a6 6 0 0 1 2.3-4.7M6.4 2.2a6 6 0 0 1 4.8.7M13 4.7a6 6 0 0 1 .8 4.6M12.4 12a6 6 0 0 1-4.2 2M5.6 13.5A6 6 0 0 1 2.4 10.2|M8 5.4a2.6 2.6 0 1 1 0 5.2 2.6 2.6 0 0 1 0-5.2Z",
  fill: "M7 2.5 12 7.5 7 12.5 2 7.5ZM7 2.5 5.5 1|M3 8h8.5L7 12.5ZM13.5 10c1 1.4 1.3 2 1.3 2.6a1.3 1.3 0 0 1-2.6 0c0-.6.3-1.2 1.3-2.6Z",
  undo: "M6 3 2.5 6.5 6 10M2.5 6.5H10a3.5 3.5 0 0 1 0 7H7",
  redo: "M10 3l3.5 3.5L10 10M13.5 6.5H6a3.5 3.5 0 0 0 0 7h3",
  clear: "M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.7 9h5.6l.7-9M6.8 7v4M9.2 7v4",
  invert: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2Z|M8 2a6 6 0 0 1 0 12Z",
  more: "|M3.5 6.7a1.3 1.3 0 1 1 0 2.6 1.3 1.3 0 0 1 0-2.6ZM8 6.7a1.3 1.3 0 1 1 0 2.6 1.3 1.3 0 0 1 0-2.6ZM12.5 6.7a1.3 1.3 0 1 1 0 2.6 1.3 1.3 0 0 1 0-2.6Z",
  left: "M10 3 5 8l5 5",
  right: "M6 3l5 5-5 5",
  open: "M9 2.5h4.5V7M13.5 2.5 8 8M11.5 9.5v4h-9v-9h4",
  code: "M5.5 4 2 8l3.5 4M10.5 4 14 8l-3.5 4M9 3 7 13",
  lock: "M3.5 7.5h9v6h-9ZM5.5 7.5v-2a2.5 2.5 0 0 1 5 0v2",
  eye: "M1.5 8C3.5 4.8 5.6 3.5 8 3.5s4.5 1.3 6.5 4.5c-2 3.2-4.1 4.5-6.5 4.5S3.5 11.2 1.5 8Z|M8 6a2 2 0 1 1 0 4 2 2 0 0 1 0-4Z",
  full: "M6 10 2.5 13.5M2.5 10v3.5H6M10 6l3.5-3.5M10 2.5h3.5V6",
  fit: "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4",
  star: "M8 1.8l1.9 4 4.3.6-3.1 3 .7 4.3L8 11.6l-3.8 2.1.7-4.3-3.1-3 4.3-.6Z",
  cup: "M4.5 2h7v4.5a3.5 3.5 0 0 1-7 0ZM4.5 3.5H2c0 2.5 1 3.5 2.8 3.8M11.5 3.5H14c0 2.5-1 3.5-2.8 3.8M8 10v3.5M5 13.8h6"
};

// src/page/tooltips.ts
var REST_MS = 400, GAP = 6, CONTROLS = ".bn-button[title], input[title], select[title]", Tooltip = class {
  /** Shown by the browser above everything, wherever the notebook cuts off or moves what it holds. */
  element = h("div", { class: "bn-tip", role: "tooltip", hidden: "" });
  #of = null;
  #title = "";
  #rest;
  constructor() {
    this.element.popover = "manual";
  }
  soon(control) {
    control !== this.#of && (this.hide(), this.#rest = setTimeout(() => this.show(control), REST_MS));
  }
  show(control) {
    if (this.hide(), !control.isConnected || !control.title || control.innerText.trim() === control.title) return;
    this.#of = control, this.#title = control.title, control.removeAttribute("title");
    let [, words = this.#title, key] = /^(.*) \(([^()]+)\)$/s.exec(this.#title) ?? [];
    this.element.replaceChildren(words, ...key ? [h("span", { class: "bn-key" }, key)] : []), this.element.hidden = !1, this.element.showPopover();
    let [at, own] = [control.getBoundingClientRect(), this.element.getBoundingClientRect()], below = at.bottom + GAP + own.height <= innerHeight;
    this.element.style.left = `${Math.max(GAP, Math.min(innerWidth - own.width - GAP, at.left + (at.width - own.width) / 2))}px`, this.element.style.top = `${below ? at.bottom + GAP : Math.max(0, at.top - GAP - own.height)}px`;
  }
  hide() {
    clearTimeout(this.#rest);
    let control = this.#of;
    control && (this.#of = null, control.title || (control.title = this.#title), this.element.matches(":popover-open") && this.element.hidePopover(), this.element.hidden = !0);
  }
};
function showTooltips(root, signal) {
  if (!("popover" in HTMLElement.prototype)) return;
  let tooltip = new Tooltip();
  root.append(tooltip.element);
  let control = ({ target }) => target instanceof Element ? target.closest(CONTROLS) : null;
  on(root, "pointerover", (event) => {
    let over = control(event);
    over && event.pointerType !== "touch" && tooltip.soon(over);
  }, signal), on(root, "focusin", (event) => {
    let focused = control(event);
    focused?.matches(":focus-visible") && tooltip.show(focused);
  }, signal);
  for (let end of ["pointerout", "pointerdown", "focusout", "wheel"]) on(root, end, () => tooltip.hide(), signal, { passive: !0 });
  on(root, "keydown", () => tooltip.hide(), signal, { capture: !0 }), signal.addEventListener("abort", () => tooltip.hide());
}

// src/page/blobs.ts
function bytesOf(data) {
  return data ? data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) : new Uint8Array();
}
function blobOf(data) {
  let bytes = bytesOf(data), type = bytes[0] === 137 ? "image/png" : bytes[0] === 82 ? "image/webp" : "image/jpeg";
  return new Blob([bytes], { type });
}
var BlobUrls = class {
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

// src/sweep_grid/model.ts
function passes(cell, filter) {
  return filter === null || (filter === "starred" ? cell.starred : cell.state === "failed");
}
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
  let across = acrossAxis(axes), axis = axes[across], here = cells.find((cell) => cell.id === id), first = original === null ? [] : [{ label: original, tick: original, cell: null }];
  if (!here) return first;
  if (!axis) return [...first, { label: here.title, tick: here.title, cell: here }];
  let row = cells.filter((cell) => cell.at.every((value2, k) => k === across || value2 === here.at[k])), order = (cell) => axis.numbers?.[cell.at[across] ?? 0] ?? cell.at[across] ?? 0, sorted = [...row].sort((a, b) => order(a) - order(b)), value = (cell) => axis.values[cell.at[across] ?? 0] ?? "";
  return [...first, ...sorted.map((cell) => ({ label: `${axis.name} ${value(cell)}`, tick: value(cell), cell }))];
}
function count(cells) {
  let having = (state) => cells.filter((cell) => cell.state === state).length;
  return { total: cells.length - having("invalid"), done: having("done"), failed: having("failed") };
}
function missingThumbs(cells, have) {
  return cells.filter((cell) => cell.version > (have.get(cell.id) ?? 0)).map((cell) => cell.id);
}
var LETTERS = { KeyS: "star", KeyW: "winner", KeyC: "compare", KeyM: "mode", KeyD: "difference", Digit0: "fit", Numpad0: "fit" };
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
  let action = LETTERS[press.code];
  return action ? { do: action } : null;
}

// src/sweep_grid/pictures.ts
var MOST_PER_MESSAGE = 24, PictureCache = class {
  #urls;
  #comm;
  #changed;
  #thumbVersions = /* @__PURE__ */ new Map();
  #largeVersions = /* @__PURE__ */ new Map();
  #requested = /* @__PURE__ */ new Set();
  #missing = /* @__PURE__ */ new Set();
  constructor(comm, changed, signal) {
    this.#urls = new BlobUrls(signal), this.#comm = comm, this.#changed = changed, comm.onMessage((content, buffers) => this.#receive(content, buffers), signal);
  }
  thumb(cell) {
    return this.#urls.get(`thumb ${cell.id}`);
  }
  /** The larger picture, or what there is until it has come; it is not asked for in `passing`. */
  large(id, version, passing = !1) {
    return !passing && (this.#largeVersions.get(id) ?? -1) < version && this.#request("large", [id], version), this.#urls.get(`large ${id}`) ?? this.#urls.get(`thumb ${id}`);
  }
  /** Python has said that there is no such picture: text to image has no original. */
  lacks(id) {
    return this.#missing.has(id);
  }
  /** Request the thumbnails that the cells lack, a few in one message. */
  refresh(cells) {
    let versions = new Map(cells.map((cell) => [cell.id, cell.version])), needed = missingThumbs(cells, this.#thumbVersions).filter((id) => !this.#requested.has(`thumbs ${id} ${versions.get(id) ?? 0}`));
    for (let k = 0; k < needed.length; k += MOST_PER_MESSAGE) {
      let ids = needed.slice(k, k + MOST_PER_MESSAGE);
      for (let id of ids) this.#requested.add(`thumbs ${id} ${versions.get(id) ?? 0}`);
      this.#comm.send({ kind: "thumbs", ids });
    }
  }
  #request(kind, ids, version) {
    let key = `${kind} ${ids.join()} ${version}`;
    this.#requested.has(key) || (this.#requested.add(key), this.#comm.send({ kind, ids }));
  }
  #receive(content, buffers) {
    let { kind, ids, versions } = content;
    if (kind === "none" && Array.isArray(ids)) {
      for (let id of ids) this.#missing.add(String(id));
      this.#changed();
    }
    if (kind !== "thumbs" && kind !== "large" || !Array.isArray(ids) || !Array.isArray(versions)) return;
    let known = kind === "thumbs" ? this.#thumbVersions : this.#largeVersions;
    for (let [k, buffer] of buffers.entries()) {
      let id = String(ids[k]);
      known.set(id, Number(versions[k])), this.#missing.delete(id), this.#urls.set(`${kind === "thumbs" ? "thumb" : "large"} ${id}`, buffer);
    }
    this.#changed();
  }
};

// src/page/clipboard.ts
async function copyText(text2) {
  try {
    return await navigator.clipboard.writeText(text2), !0;
  } catch {
    return copyBySelection(text2);
  }
}
function copyBySelection(text2) {
  let field = document.createElement("textarea");
  field.value = text2, field.style.position = "fixed", field.style.opacity = "0";
  let focused = document.activeElement;
  document.body.append(field), field.select();
  let done = document.execCommand("copy");
  return field.remove(), focused instanceof HTMLElement && focused.focus({ preventScroll: !0 }), done;
}

// src/sweep_grid/after_choosing.ts
var AfterChoosing = class {
  element = h("div", { class: "bn-row bn-after-choosing", role: "group" });
  #said = h("span", { class: "bn-said", role: "status" });
  #texts;
  #wish;
  #signal;
  #buttons = /* @__PURE__ */ new Map();
  constructor(texts, wish, signal) {
    this.#texts = texts, this.#wish = wish, this.#signal = signal, this.element.setAttribute("aria-label", text(texts, "after"));
  }
  /** Offer these; all but the whole sweep's files need a picture. */
  show(wishes, ready, gone) {
    if ([...this.#buttons.keys()].join() !== wishes.join()) {
      this.#buttons.clear();
      for (let wish of wishes) {
        let label = text(this.#texts, `after ${wish}`);
        this.#buttons.set(wish, button(label, label, () => this.#wish(wish), this.#signal, { title: text(this.#texts, `after ${wish} title`) }));
      }
      this.element.replaceChildren(...this.#buttons.values(), this.#said);
    }
    for (let [wish, node] of this.#buttons) node.disabled = gone || !ready && wish !== "sheet" && wish !== "page";
  }
  /** Say what came of the last wish. */
  say(line) {
    setText(this.#said, line);
  }
};

// src/sweep_grid/compare.ts
var MODES = ["slider", "side", "blink", "diff", "overlay"], NOT_COMPARING = { on: !1, mode: "slider", previous: "slider", base: "", chosen: "" };
function chooseCell(now, id, available) {
  return now.on ? available.picture(id) ? now.chosen === id ? now.base !== "" && available.original ? { ...now, base: "" } : stopComparing(now) : { ...now, base: now.chosen || now.base, chosen: id } : now : startComparing(now, id, available);
}
function toggleMode(now, mode, id, available) {
  return now.on && now.mode === mode ? stopComparing(now) : { ...now.on ? now : startComparing(now, id, available), mode, previous: now.mode };
}
function nextMode(now, id, available) {
  return now.on ? { ...now, mode: MODES[(MODES.indexOf(now.mode) + 1) % MODES.length] ?? "slider", previous: now.mode } : startComparing(now, id, available);
}
function toggleDifference(now, id, available) {
  return !now.on || now.mode !== "diff" ? toggleMode(now, "diff", id, available) : { ...now, mode: now.previous === "diff" ? "slider" : now.previous };
}
function compareWith(now, base) {
  return { ...now, base, chosen: base === "" ? now.chosen : base };
}
function stopComparing(now) {
  return { ...now, on: !1, base: "", chosen: "" };
}
function withoutMissing(now, available) {
  let chosen = available.picture(now.chosen) ? now.chosen : "", base = now.base !== "" && !available.picture(now.base) ? "" : now.base;
  return { ...now, chosen, base: now.on && base === "" && !available.original ? chosen : base };
}
function startComparing(now, id, available) {
  return { ...now, on: !0, base: "", chosen: available.picture(id) ? id : "" };
}
function matchSizes(a, b) {
  if (a.width === b.width && a.height === b.height) return "same";
  let [small, large] = a.width * a.height < b.width * b.height ? [a, b] : [b, a], scale = Math.max(large.width / small.width, large.height / small.height);
  return Math.max(Math.abs(small.width * scale - large.width), Math.abs(small.height * scale - large.height)) <= Math.max(1, scale) ? "scaled" : "unlike";
}

// src/sweep_grid/compare_bar.ts
var LETTERS2 = { diff: " (D)" }, CompareBar = class {
  element;
  #texts;
  #modes = /* @__PURE__ */ new Map();
  #with = h("select", { ...NO_SHORTCUTS, class: "bn-with" });
  #amount = h("input", { type: "range", class: "bn-slider bn-amount", min: "0", max: "100", step: "1" });
  #amountLabel = h("span", {});
  #withRow;
  #amountRow;
  #swap;
  #shownOptions = "";
  constructor(texts, actions, signal) {
    this.#texts = texts;
    for (let mode of MODES) {
      let label = text(texts, `mode ${mode}`), node = button(label, label, () => actions.toggleMode(mode), signal, { title: text(texts, `mode ${mode} title`) + (LETTERS2[mode] ?? ""), "aria-pressed": "false" });
      this.#modes.set(mode, node);
    }
    on(this.#with, "change", () => actions.compareWith(this.#with.value), signal), on(this.#amount, "input", () => actions.slide(Number(this.#amount.value) / 100), signal), this.#swap = button(text(texts, "swap"), text(texts, "swap"), actions.swap, signal, { title: text(texts, "swap title") }), this.#withRow = h("label", { class: "bn-set" }, text(texts, "compare_with"), this.#with), this.#amountRow = h("label", { class: "bn-set" }, this.#amountLabel, this.#amount);
    let modes = h("div", { class: "bn-modes", role: "group", label: text(texts, "compare") }, ...this.#modes.values());
    this.element = h("div", { class: "bn-row bn-compare" }, modes, this.#withRow, this.#amountRow, this.#swap);
  }
  /** Show the mode, null for none; `amount` is its slider's value, null without one; `both`: there are two pictures to compare. */
  show(mode, base, options, amount, both) {
    for (let [each, node] of this.#modes) node.setAttribute("aria-pressed", String(each === mode));
    this.#withRow.hidden = mode === null;
    let spelled = JSON.stringify(options);
    spelled !== this.#shownOptions && (this.#shownOptions = spelled, this.#with.replaceChildren(...options.map(({ id, name }) => h("option", { value: id }, name)))), this.#with.value = base, this.#amountRow.hidden = amount === null, amount !== null && (this.#amount.value = String(Math.round(amount * 100)), setText(this.#amountLabel, mode === "diff" ? text(this.#texts, "gain", { gain: Math.round(1 + 15 * amount) }) : text(this.#texts, mode === "overlay" ? "opacity" : "divider"))), this.#swap.hidden = mode !== "blink" || !both;
  }
};

// src/sweep_grid/blink.ts
var Blink = class {
  #flip;
  #reducedMotion;
  #on = !1;
  #visible = !1;
  #timer;
  constructor(frame, flip, signal) {
    this.#flip = flip, this.#reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
    let update = () => this.#update(), visibility = new IntersectionObserver((entries) => {
      this.#visible = entries.at(-1)?.isIntersecting ?? !1, update();
    });
    visibility.observe(frame), document.addEventListener("visibilitychange", update, { signal }), this.#reducedMotion.addEventListener("change", update, { signal }), signal.addEventListener("abort", () => {
      visibility.disconnect(), this.turn(!1);
    });
  }
  turn(on2) {
    this.#on = on2, this.#update();
  }
  #update() {
    let runs = this.#on && this.#visible && !this.#reducedMotion.matches && document.visibilityState === "visible";
    runs !== (this.#timer !== void 0) && (clearInterval(this.#timer), this.#timer = runs ? setInterval(this.#flip, 700) : void 0);
  }
};

// src/painter/geometry.ts
function wheelFactor(deltaY, deltaMode) {
  let pixels = deltaY * (deltaMode === 1 ? 16 : deltaMode === 2 ? 400 : 1);
  return Math.exp(-Math.max(-200, Math.min(200, pixels)) * 3e-3);
}

// src/sweep_grid/zoom.ts
var FIT = { scale: 1, x: 0, y: 0 }, MAX_SCALE = 16, ZOOM_STEP = 1.25, PAN_STEP = 0.1;
function zoomAt(view, factor, x, y) {
  let scale = Math.min(MAX_SCALE, Math.max(1, view.scale * factor)), k = scale / view.scale;
  return clamp({ scale, x: x - (x - view.x) * k, y: y - (y - view.y) * k });
}
function pan(view, dx, dy) {
  return clamp({ ...view, x: view.x + dx, y: view.y + dy });
}
function zoomKey(view, key) {
  return key === "+" || key === "=" ? zoomAt(view, ZOOM_STEP, 0.5, 0.5) : key === "-" ? zoomAt(view, 1 / ZOOM_STEP, 0.5, 0.5) : view.scale === 1 ? null : key === "ArrowLeft" ? pan(view, PAN_STEP, 0) : key === "ArrowRight" ? pan(view, -PAN_STEP, 0) : key === "ArrowUp" ? pan(view, 0, PAN_STEP) : key === "ArrowDown" ? pan(view, 0, -PAN_STEP) : null;
}
function transform({ scale, x, y }) {
  return scale === 1 ? "" : `translate(${percent(x)}, ${percent(y)}) scale(${scale})`;
}
function clamp({ scale, x, y }) {
  let kept = (at) => Math.min(0, Math.max(1 - scale, at));
  return { scale, x: kept(x), y: kept(y) };
}
function percent(fraction) {
  return `${Number((fraction * 100).toFixed(4))}%`;
}
var Zoom = class {
  #frame;
  #paneAt;
  #changed;
  #view = FIT;
  #drag = null;
  /** `paneAt` returns the pane under the pointer. */
  constructor(frame, paneAt, changed, signal) {
    this.#frame = frame, this.#paneAt = paneAt, this.#changed = changed, on(frame, "wheel", (event) => this.#wheel(event), signal, { passive: !1 }), on(frame, "pointerdown", (event) => this.#down(event), signal), on(frame, "pointermove", (event) => this.#move(event), signal);
    for (let type of ["pointerup", "pointercancel"]) on(frame, type, () => this.#drag = null, signal);
  }
  get view() {
    return this.#view;
  }
  get zoomed() {
    return this.#view.scale > 1;
  }
  setView(view) {
    this.#view = view.scale === 1 ? FIT : view, this.#changed();
  }
  #wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault(), event.stopPropagation();
    let box = this.#paneAt(event.clientX), [x, y] = [(event.clientX - box.left) / (box.width || 1), (event.clientY - box.top) / (box.height || 1)];
    this.setView(zoomAt(this.#view, wheelFactor(event.deltaY, event.deltaMode), x, y));
  }
  #down(event) {
    event.button !== 0 || event.defaultPrevented || !this.zoomed || (this.#drag = { x: event.clientX, y: event.clientY, view: this.#view }, event.isTrusted && this.#frame.setPointerCapture(event.pointerId));
  }
  #move(event) {
    let drag = this.#drag;
    if (!drag || (event.buttons & 1) === 0) return;
    let box = this.#paneAt(drag.x);
    this.setView(pan(drag.view, (event.clientX - drag.x) / (box.width || 1), (event.clientY - drag.y) / (box.height || 1)));
  }
};

// src/sweep_grid/panes.ts
var GRIP = 14, Panes = class {
  element;
  #before = pane("bn-before");
  #after = pane("bn-after");
  #divider = h("div", { class: "bn-divider", hidden: "" });
  #zoom;
  #blink;
  #changed;
  #mode = null;
  #split = 0.5;
  #opacity = 0.5;
  /** How much brighter the difference is shown: 1 to 16 times, here as 0 to 1. */
  #gain = 0.2;
  #flipped = !1;
  #paused = !1;
  #fitness = null;
  #sliding = !1;
  /** `changed` is called when the user has moved something, or a picture was decoded. */
  constructor(label, changed, signal) {
    this.#changed = changed, this.element = h("div", { class: "bn-frame", tabindex: "0", role: "group", label }, this.#before.pane, this.#after.pane, this.#divider), on(this.element, "pointerdown", (event) => this.#down(event), signal), on(this.element, "pointermove", (event) => this.#move(event), signal);
    for (let type of ["pointerup", "pointercancel"]) on(this.element, type, () => this.#sliding = !1, signal);
    this.#zoom = new Zoom(this.element, (clientX) => this.#paneAt(clientX), () => this.#moved(), signal), this.#blink = new Blink(this.element, () => this.#flip(), signal);
    for (let { image } of [this.#before, this.#after]) on(image, "load", () => this.#changed(), signal);
  }
  get view() {
    return this.#zoom.view;
  }
  get fitness() {
    return this.#fitness;
  }
  /** Position of the divider, opacity of the overlay, gain of the difference: 0 to 1; null in modes without one. */
  get amount() {
    return this.#mode === "diff" ? this.#fitness === "unlike" ? null : this.#gain : this.#mode === "slider" ? this.#split : this.#mode === "overlay" ? this.#opacity : null;
  }
  /** Move the divider, or change opacity or gain. */
  slide(value) {
    let kept = Math.min(1, Math.max(0, value));
    this.#mode === "overlay" ? this.#opacity = kept : this.#mode === "diff" ? this.#gain = kept : this.#split = kept, this.#moved();
  }
  /** Show one picture, or two in a mode; `missing` dims what stands in for a picture that is not there. */
  show(before, after, mode, missing) {
    fill(this.#before, before, mode !== null), fill(this.#after, after, mode !== null), mode !== this.#mode && (this.#flipped = this.#paused = !1), this.#mode = mode, this.element.classList.toggle("bn-missing", missing), this.#draw();
  }
  /** Show the other picture and pause blinking until the mode is chosen again. */
  swap() {
    this.#paused = !0, this.#flip();
  }
  setView(view) {
    this.#zoom.setView(view);
  }
  /** Nothing is shown: nothing moves, and the next picture is shown whole. */
  close() {
    this.#mode = null, this.#blink.turn(!1), this.#zoom.setView(FIT);
  }
  #draw() {
    let [before, after] = [this.#before, this.#after], two = this.#mode !== null, sizes = [natural(before.image), natural(after.image)];
    this.#fitness = two && sizes[0] && sizes[1] ? matchSizes(sizes[0], sizes[1]) : null;
    let mode = this.#mode === "diff" && this.#fitness === "unlike" ? "side" : this.#mode ?? "one", shape = (after.image.hasAttribute("src") ? sizes[1] : null) ?? sizes[0], frame = this.element;
    frame.dataset.mode = mode, frame.classList.toggle("bn-unlike", this.#fitness === "unlike"), frame.style.setProperty("--bn-gain", String(1 + 15 * this.#gain)), shape && frame.style.setProperty("--bn-shape", String(shape.width / shape.height)), after.pane.hidden = !after.image.hasAttribute("src"), before.pane.hidden = !two && !after.pane.hidden, before.tag.hidden = after.tag.hidden = !two || mode === "diff", after.pane.style.clipPath = mode === "slider" ? `inset(0 0 0 ${this.#split * 100}%)` : "", after.image.style.opacity = mode === "overlay" ? String(this.#opacity) : "", after.pane.style.visibility = mode === "blink" && this.#flipped ? "hidden" : "", this.#divider.hidden = mode !== "slider", this.#divider.style.left = `${this.#split * 100}%`, this.#blink.turn(mode === "blink" && !this.#paused);
    let zoomed = transform(this.view);
    for (let { image } of [before, after]) image.style.transform = zoomed;
    frame.classList.toggle("bn-zoomed", this.#zoom.zoomed);
  }
  #moved() {
    this.#draw(), this.#changed();
  }
  #flip() {
    this.#flipped = !this.#flipped, this.#draw();
  }
  #paneAt(clientX) {
    let after = this.#after.pane.getBoundingClientRect();
    return !this.#after.pane.hidden && (this.#before.pane.hidden || clientX >= after.left) ? after : this.#before.pane.getBoundingClientRect();
  }
  #down(event) {
    if (this.#divider.hidden || (event.buttons & 1) === 0) return;
    let box = this.element.getBoundingClientRect(), near = Math.abs(event.clientX - box.left - this.#split * box.width) <= GRIP;
    this.#zoom.zoomed && !near || (this.#sliding = !0, event.preventDefault(), event.isTrusted && this.element.setPointerCapture(event.pointerId), this.#move(event));
  }
  #move(event) {
    if (!this.#sliding || (event.buttons & 1) === 0) return;
    let box = this.element.getBoundingClientRect();
    this.slide((event.clientX - box.left) / (box.width || 1));
  }
};
function pane(name) {
  let image = h("img", { alt: "" });
  image.draggable = !1;
  let tag = h("span", { class: "bn-tag", hidden: "", "aria-hidden": "true" });
  return { pane: h("div", { class: `bn-pane ${name}` }, image, tag), image, tag };
}
function fill({ image, tag }, { url, name }, named) {
  url === void 0 ? image.removeAttribute("src") : image.src !== url && (image.src = url), image.alt = name, setText(tag, named ? name : "");
}
function natural(image) {
  return image.hasAttribute("src") && image.complete && image.naturalWidth > 0 ? { width: image.naturalWidth, height: image.naturalHeight } : null;
}

// src/sweep_grid/ticks.ts
var ROOM = 40, Ticks = class {
  /** The slider says the same to a screen reader. */
  element = h("div", { class: "bn-ticks", "aria-hidden": "true" });
  #shown = "";
  show(stops2, at) {
    let words = stops2.map(({ tick }) => tick), shown = JSON.stringify(words);
    if (shown !== this.#shown) {
      this.#shown = shown;
      let named = words.join("").length <= ROOM;
      this.element.classList.toggle("bn-named", named), this.element.replaceChildren(...words.map((word, k) => {
        let tick = h("span", { class: "bn-tick" }, named ? word : "");
        return tick.style.left = `${100 * k / Math.max(1, words.length - 1)}%`, tick;
      }));
    }
    for (let [k, tick] of [...this.element.children].entries()) tick.classList.toggle("bn-here", k === at);
  }
};

// src/sweep_grid/viewer.ts
var REST_MS2 = 120, Viewer = class {
  element;
  #comm;
  #pictures;
  #events;
  #panes;
  #bar;
  #after;
  #slider;
  #ticks = new Ticks();
  #fit;
  #stop = h("output", { class: "bn-stop" });
  #percent = h("span", { class: "bn-percent" });
  #caption = h("div", { class: "bn-caption" });
  #note = h("div", { class: "bn-note", role: "status" });
  #keys = h("div", { class: "bn-hint" });
  #comparison = NOT_COMPARING;
  #notifiedBase = "";
  #id = "";
  #onOriginal = !1;
  #indexed = [];
  #byId = /* @__PURE__ */ new Map();
  /** An answer to a button here is awaited; other views of the grid hear it, too. */
  #wishing = !1;
  /** The slider is on its way: what it passes is shown as it is here, and nothing is asked of Python. */
  #passing = !1;
  #rest;
  constructor(comm, pictures, events, signal) {
    this.#comm = comm, this.#pictures = pictures, this.#events = events;
    let texts = comm.get("texts");
    this.#slider = h("input", { type: "range", class: "bn-slider bn-scrub", min: "0", max: "1", step: "1", label: text(texts, "scrub") }), on(this.#slider, "input", () => this.#scrub(Number(this.#slider.value)), signal), this.#fit = button(text(texts, "fit"), icon(ICONS.fit), () => this.fit(), signal), this.#fit.append(this.#percent), this.#panes = new Panes(text(texts, "large"), () => this.refresh(), signal), this.#bar = new CompareBar(
      texts,
      {
        toggleMode: (mode) => this.#compare((now) => toggleMode(now, mode, this.#id, this.#available())),
        compareWith: (base) => this.#compare((now) => compareWith(now, base)),
        slide: (value) => this.#panes.slide(value),
        swap: () => this.#panes.swap()
      },
      signal
    ), signal.addEventListener("abort", () => clearTimeout(this.#rest)), this.#after = new AfterChoosing(texts, (wish) => this.#wish(wish), signal), comm.onMessage((content) => {
      this.#hear(content);
    }, signal);
    let close = button(text(texts, "close"), "✕", () => events.closed(), signal);
    this.element = h(
      "div",
      { class: "bn-viewer", hidden: "" },
      h("div", { class: "bn-row" }, h("div", { class: "bn-axis-slider" }, this.#slider, this.#ticks.element), this.#stop, this.#fit, close),
      this.#bar.element,
      this.#panes.element,
      this.#caption,
      this.#after.element,
      this.#note,
      this.#keys
    );
  }
  get opened() {
    return !this.element.hidden;
  }
  /** What the opened cell is compared with: a cell; "" for the original, or while nothing is compared. */
  get base() {
    return this.#notifiedBase;
  }
  open(id) {
    let fresh = !this.opened;
    this.element.hidden = !1, this.#root()?.classList.add("bn-open"), this.show(id), fresh && this.element.scrollIntoView({ block: "nearest" });
  }
  close() {
    this.#comparison = stopComparing(this.#comparison), this.element.hidden = !0, this.#root()?.classList.remove("bn-open"), this.#panes.close(), this.#notify();
  }
  /** Show a cell's picture and move the slider to it. */
  show(id) {
    id !== this.#id && (this.#onOriginal = !1), this.#id = id, this.refresh();
  }
  /** C, M and D on a cell; they open the viewer. */
  compare(how, id) {
    let change = { compare: chooseCell, mode: nextMode, difference: toggleDifference }[how];
    this.#id = id, this.#onOriginal = !1, this.#comparison = change(this.#comparison, id, this.#available()), this.open(id);
  }
  /** The grid makes room for the large picture while that is open. */
  #root() {
    return this.element.closest(".bn-grid");
  }
  fit() {
    this.#panes.setView(FIT);
  }
  /** A key on the large picture that zooms or moves it; false for any other. */
  zoomByKey(event) {
    if (event.target !== this.#panes.element) return !1;
    let view = zoomKey(this.#panes.view, event.key);
    return view && this.#panes.setView(view), view !== null;
  }
  /** True for the large picture, which has arrows of its own only while it is zoomed. */
  isPicture(target) {
    return target === this.#panes.element;
  }
  refresh() {
    if (!this.opened) return;
    let texts = this.#comm.get("texts"), available = this.#available();
    this.#onOriginal &&= available.original, this.#comparison = withoutMissing(this.#comparison, available);
    let { on: comparing, base } = this.#comparison, all = this.#stops(), at = this.#onOriginal ? 0 : Math.max(0, all.findIndex((stop2) => stop2.cell?.id === this.#id)), stop = all[at], cell = stop?.cell ?? null;
    this.#after.show(this.#comm.get("after"), (cell?.version ?? 0) > 0, this.#comm.gone), this.#slider.max = String(Math.max(0, all.length - 1)), this.#slider.value = String(at), this.#slider.setAttribute("aria-valuetext", stop?.label ?? ""), setText(this.#stop, stop?.label ?? ""), this.#ticks.show(all, at);
    let original = this.#url(""), other = { url: base === "" ? original : this.#url(base), name: this.#name(base) }, shown = { url: cell ? this.#url(cell.id) : original, name: cell?.title ?? stop?.label ?? "" }, sameAsBase = (cell?.id ?? "") === base, both = comparing && !sameAsBase && shown.url !== void 0 && other.url !== void 0;
    this.#panes.show(other, shown, both ? this.#comparison.mode : null, cell !== null && shown.url === void 0);
    let words = cell ? [cell.title, cell.line, cell.code, cell.reason, cell.todo].filter(Boolean).join(" · ") : shown.name;
    setText(this.#caption, both ? `${other.name} | ${words}` : words), setText(this.#note, both ? this.#fitNote() : comparing && sameAsBase ? text(texts, "compare_none") : ""), setText(this.#keys, text(texts, available.original ? "compare_keys" : "compare_keys_alone"));
    let { scale } = this.#panes.view;
    setText(this.#percent, scale === 1 ? "" : `${Math.round(scale * 100)} %`);
    let ids = [...available.original ? [""] : [], ...this.#comm.get("cells").filter((each) => each.version > 0).map((each) => each.id)], options = comparing ? ids.map((id) => ({ id, name: this.#name(id) })) : [];
    this.#bar.show(comparing ? this.#comparison.mode : null, base, options, both ? this.#panes.amount : null, both), this.#notify();
  }
  /** Why two pictures cannot be compared pixel by pixel as they are. */
  #fitNote() {
    let texts = this.#comm.get("texts"), { fitness } = this.#panes, { mode } = this.#comparison;
    return fitness === "unlike" && mode !== "side" ? text(texts, mode === "diff" ? "unlike_diff" : "unlike") : fitness === "scaled" && mode === "diff" ? text(texts, "scaled") : "";
  }
  #available() {
    let cells = this.#comm.get("cells");
    return {
      original: !this.#pictures.lacks(""),
      picture: (id) => cells.some((cell) => cell.id === id && cell.version > 0)
    };
  }
  #url(id) {
    if (id === "") return this.#pictures.large("", 0);
    let version = this.#cell(id)?.version ?? 0;
    return version > 0 ? this.#pictures.large(id, version, this.#passing) : void 0;
  }
  #name(id) {
    return id === "" ? text(this.#comm.get("texts"), "original") : this.#cell(id)?.title ?? "";
  }
  #cell(id) {
    let cells = this.#comm.get("cells");
    return cells !== this.#indexed && (this.#indexed = cells, this.#byId = new Map(cells.map((cell) => [cell.id, cell]))), this.#byId.get(id);
  }
  #stops() {
    let original = this.#available().original ? this.#name("") : null;
    return stops(this.#comm.get("axes"), this.#comm.get("cells"), this.#id, original);
  }
  #wish(wish) {
    this.#wishing = !0, this.#after.say(""), this.#comm.send({ kind: "wish", wish, id: this.#id });
  }
  async #hear(content) {
    if (!this.#wishing || content.kind !== "code" && content.kind !== "saved") return;
    this.#wishing = !1;
    let texts = this.#comm.get("texts");
    if (content.kind === "saved") return this.#after.say(text(texts, "saved_as", { path: String(content.path) }));
    let code = String(content.text);
    this.#after.say(await copyText(code) ? text(texts, "copied") : code);
  }
  #scrub(at) {
    let id = this.#stops()[at]?.cell?.id;
    this.#onOriginal = id === void 0, clearTimeout(this.#rest), this.#passing = !0, this.#rest = setTimeout(() => {
      this.#passing = !1, this.refresh();
    }, REST_MS2), id === void 0 ? this.refresh() : this.#events.selected(id);
  }
  #compare(change) {
    this.#comparison = change(this.#comparison), this.refresh();
  }
  #notify() {
    let base = this.#comparison.on ? this.#comparison.base : "";
    base !== this.#notifiedBase && (this.#notifiedBase = base, this.#events.baseChanged(base));
  }
};

// src/sweep_grid/view.ts
var FILL_MS = 10, FILL_LEAST = 12, GridView = class {
  #comm;
  #signal;
  #pictures;
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
  #drawn = /* @__PURE__ */ new Map();
  #lines = [];
  #filters = /* @__PURE__ */ new Map();
  #frame = 0;
  #filter = null;
  #shape = "";
  #selected = "";
  #base = "";
  constructor(el, comm, signal) {
    this.#comm = comm, this.#signal = signal, this.#pictures = new PictureCache(comm, () => this.refresh(), signal);
    let events = { selected: (id) => this.#select(id), closed: () => this.#close(), baseChanged: (base) => this.#markBase(base) };
    this.#viewer = new Viewer(comm, this.#pictures, events, signal);
    let texts = comm.get("texts");
    this.#run = button(text(texts, "run"), text(texts, "run"), () => this.#sendOnce(this.#run, { kind: "run" }), signal, { class: "bn-button bn-primary" }), this.#retry = button(text(texts, "retry_failed"), text(texts, "retry_failed"), () => this.#sendOnce(this.#retry, { kind: "retry", ids: this.#failed() }), signal);
    for (let kind of ["starred", "failed"]) {
      let label = text(texts, `only_${kind}`);
      this.#filters.set(kind, button(label, label, () => this.#filterBy(kind), signal, { "aria-pressed": "false" }));
    }
    this.#root = h(
      "div",
      { class: "bn-root bn-grid", ...NO_SHORTCUTS },
      h("div", { class: "bn-row" }, this.#title, this.#badge, this.#progress, ...this.#filters.values(), this.#size(texts), this.#captions(texts), this.#run, this.#retry),
      this.#plan,
      this.#fault,
      h("div", { class: "bn-body" }, this.#table, this.#viewer.element),
      h("div", { class: "bn-hint" }, text(texts, "grid_keys"))
    ), passSave(this.#root, signal), showTooltips(this.#root, signal), on(this.#root, "keydown", (event) => this.#keydown(event), signal), el.append(this.#root), signal.addEventListener("abort", () => {
      cancelAnimationFrame(this.#frame), this.#root.remove();
    }), comm.onGoneChange(() => this.refresh(), signal), this.#draw();
  }
  /** Show what Python says, with the next frame: one message changes several traits, and many come when a sweep fills. */
  refresh() {
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }
  #draw() {
    this.#frame = 0;
    let cells = this.#comm.get("cells"), plan = this.#comm.get("plan"), texts = this.#comm.get("texts"), { gone } = this.#comm;
    this.#pictures.refresh(cells), cells.some((cell) => cell.id === this.#selected) || (this.#selected = cells[0]?.id ?? ""), setText(this.#title, this.#comm.get("title")), setText(this.#badge, this.#comm.get("badge")), this.#badge.hidden = !this.#comm.get("badge");
    let counts = count(cells);
    setText(this.#progress, text(texts, "grid_count", { ...counts }) + (counts.failed > 0 ? text(texts, "grid_failed", { ...counts }) : "")), this.#run.hidden = !plan.run, this.#retry.hidden = !cells.some((cell) => cell.retry), this.#run.disabled = this.#retry.disabled = gone, this.#plan.replaceChildren(
      ...plan.lines.map((line) => h("div", {}, line)),
      ...plan.problems.map((line) => h("div", { class: "bn-problem" }, line))
    ), setText(this.#fault, gone ? text(texts, "gone") : this.#comm.get("fault")), this.#arrange(cells), this.#fillSome(cells, gone), this.#leaveOut(cells), this.#markBase(this.#viewer.base), this.#viewer.refresh();
  }
  /** Build rows and columns anew, only when the shape of the sweep has changed. */
  #arrange(cells) {
    let axes = this.#comm.get("axes"), shape = JSON.stringify([axes, cells.map((cell) => [cell.id, cell.at])]);
    if (shape === this.#shape) return;
    this.#shape = shape, this.#nodes.clear(), this.#drawn.clear();
    let { across, columns, rows } = layout(axes, cells), named = rows.some((row) => row.label);
    this.#table.style.gridTemplateColumns = `${named ? "max-content " : ""}repeat(${Math.max(1, columns.length)}, minmax(var(--bn-cell), 1fr))`;
    let heads = columns.map((value) => h("div", { class: "bn-head", role: "columnheader", title: `${across} ${value}` }, h("span", { class: "bn-axis" }, `${across} `), value)), head = h("div", { class: "bn-cells", role: "row" }, named ? h("div", { class: "bn-head" }) : null, ...heads), lines = rows.map((row) => h(
      "div",
      { class: "bn-cells", role: "row" },
      named ? h("div", { class: "bn-head", role: "rowheader" }, row.label) : null,
      ...row.cells.map((cell) => cell ? this.#make(cell) : h("div", { class: "bn-hole" }))
    ));
    this.#lines = lines, this.#table.replaceChildren(...columns.length > 0 ? [head] : [], ...lines);
  }
  #make(cell) {
    let node = h("div", { class: "bn-cell", role: "gridcell", tabindex: "-1", title: cell.title });
    return on(node, "click", () => this.#select(cell.id, !0), this.#signal), on(node, "dblclick", () => this.#viewer.open(cell.id), this.#signal), on(node, "focus", () => this.#select(cell.id), this.#signal), this.#nodes.set(cell.id, node), node;
  }
  /** Fill what has changed, and leave to the next frames what takes too long for one. */
  #fillSome(cells, gone) {
    let until = performance.now() + FILL_MS, filled = 0;
    for (let cell of cells)
      if (this.#fill(cell, gone) && ++filled >= FILL_LEAST && performance.now() > until) return this.refresh();
  }
  /** Draw a cell that is not as it should be; true when it was drawn. */
  #fill(cell, gone) {
    let node = this.#nodes.get(cell.id);
    if (!node) return !1;
    this.#setSelected(cell.id, cell.id === this.#selected);
    let url = this.#pictures.thumb(cell), state = JSON.stringify([cell, url, gone, cell.retry ? this.#comm.get("answered") : 0]);
    if (this.#drawn.get(cell.id) === state) return !1;
    this.#drawn.set(cell.id, state);
    let texts = this.#comm.get("texts");
    node.dataset.state = cell.state;
    let image = url ? h("img", { alt: cell.title }) : null;
    image && url && (image.src = url);
    let again = text(texts, "retry"), retry = cell.retry ? button(again, icon(ICONS.redo), () => this.#sendOnce(retry, { kind: "retry", ids: [cell.id] }), this.#signal) : null;
    retry && retry.append(h("span", {}, again)), retry && (retry.disabled = gone);
    let mark = (key, path, pressed) => button(`${text(texts, key)} (${key === "star" ? "S" : "W"})`, icon(path), () => this.#mark(key, cell.id), this.#signal, {
      class: `bn-button bn-mark bn-${key}`,
      "aria-pressed": String(pressed),
      tabindex: "-1"
    }), failed = cell.state === "failed" || cell.state === "invalid", focused = node.getRootNode().activeElement, focusedInside = focused !== node && node.contains(focused);
    return node.replaceChildren(
      h("div", { class: "bn-picture" }, image ?? h("span", { class: "bn-state" }, text(texts, `cell ${cell.state}`))),
      ...cell.version > 0 ? [h("div", { class: "bn-marks" }, mark("star", ICONS.star, cell.starred), mark("winner", ICONS.cup, cell.winner))] : [],
      h("div", { class: "bn-caption" }, cell.line),
      ...failed ? [h("div", { class: "bn-reason", title: [cell.code, cell.reason, cell.todo].filter(Boolean).join(`
`) }, h("code", {}, cell.code), h("div", {}, cell.reason), h("div", { class: "bn-todo" }, cell.todo), retry)] : []
    ), node.classList.toggle("bn-won", cell.winner), node.classList.toggle("bn-marked", cell.starred || cell.winner), focusedInside && node.focus({ preventScroll: !0 }), !0;
  }
  /** Show only what is starred, or only what has failed; pressed again, everything. */
  #filterBy(kind) {
    this.#filter = this.#filter === kind ? null : kind, this.refresh();
  }
  #leaveOut(cells) {
    let counts = { starred: cells.some((cell) => cell.starred), failed: cells.some((cell) => cell.state === "failed") };
    this.#filter && !counts[this.#filter] && (this.#filter = null);
    for (let [kind, node] of this.#filters)
      node.hidden = !counts[kind], node.setAttribute("aria-pressed", String(kind === this.#filter));
    for (let cell of cells) this.#nodes.get(cell.id)?.classList.toggle("bn-out", !passes(cell, this.#filter));
    for (let line of this.#lines) line.hidden = this.#filter !== null && !line.querySelector(".bn-cell:not(.bn-out)");
  }
  /** A slider for the size of the cells. */
  #size(texts) {
    let label = text(texts, "cell_size"), slider = h("input", { type: "range", class: "bn-slider bn-cell-size", min: "40", max: "320", step: "8", value: "96", title: label, label });
    return on(slider, "input", () => this.#root.style.setProperty("--bn-chosen", `${slider.value}px`), this.#signal), slider;
  }
  /** A button that takes the words under the pictures away, and brings them back. */
  #captions(texts) {
    let label = text(texts, "captions"), toggle = button(label, label, () => {
      let bare = this.#root.classList.toggle("bn-bare");
      toggle.setAttribute("aria-pressed", String(!bare));
    }, this.#signal, { class: "bn-button bn-captions", title: text(texts, "captions title"), "aria-pressed": "true" });
    return toggle;
  }
  /** Bring a cell into sight within the table, so that the page does not jump away from the large picture. */
  #reveal(node) {
    let [box, seen] = [node.getBoundingClientRect(), this.#table.getBoundingClientRect()], shift = (start, end, from, to) => start < from ? start - from : end > to ? Math.min(end - to, start - from) : 0, head = this.#table.querySelector(".bn-head");
    this.#table.scrollTop += shift(box.top, box.bottom, seen.top + (head?.clientHeight ?? 0), seen.bottom), this.#table.scrollLeft += shift(box.left, box.right, seen.left + (head?.clientWidth ?? 0), seen.right);
  }
  #setSelected(id, selected) {
    let node = this.#nodes.get(id);
    !node || node.getAttribute("aria-selected") === String(selected) || (node.tabIndex = selected ? 0 : -1, node.setAttribute("aria-selected", String(selected)));
  }
  #select(id, focus = !1) {
    let changed = id !== this.#selected;
    changed && this.#setSelected(this.#selected, !1), this.#selected = id, this.#setSelected(id, !0);
    let node = this.#nodes.get(id);
    focus && node?.focus({ preventScroll: !changed || this.#viewer.opened }), node && changed && this.#viewer.opened && this.#reveal(node), changed ? this.#viewer.show(id) : this.#viewer.refresh();
  }
  #keydown(event) {
    if (event.stopPropagation(), event.isComposing || isTextField(event.target)) return;
    if ((event.ctrlKey || event.metaKey) && event.code === "KeyA" && event.preventDefault(), !event.ctrlKey && !event.metaKey && !event.altKey && this.#viewer.zoomByKey(event)) return event.preventDefault();
    let what = gridCommand(event);
    if (!what) return;
    let onCell = event.target instanceof HTMLElement && this.#nodes.get(this.#selected) === event.target;
    if (!(!onCell && what.do === "open") && !(!onCell && what.do === "move" && !this.#viewer.isPicture(event.target)))
      switch (event.preventDefault(), what.do) {
        case "move":
          return this.#select(move(layout(this.#comm.get("axes"), this.#comm.get("cells").filter((cell) => passes(cell, this.#filter))), this.#selected, what.dx, what.dy), onCell);
        case "open":
          return this.#viewer.open(this.#selected);
        case "star":
        case "winner":
          return this.#mark(what.do, this.#selected);
        case "compare":
        case "mode":
        case "difference":
          return this.#viewer.compare(what.do, this.#selected);
        case "fit":
          return this.#viewer.fit();
        case "leave":
          return this.#viewer.opened ? this.#close() : returnFocus(this.#root);
      }
  }
  /** Mark the cell that the others are compared with. */
  #markBase(base) {
    base !== this.#base && this.#nodes.get(this.#base)?.classList.remove("bn-base"), this.#base = base, this.#nodes.get(base)?.classList.add("bn-base");
  }
  #close() {
    this.#viewer.close(), this.#nodes.get(this.#selected)?.focus();
  }
  #mark(kind, id) {
    this.#comm.send({ kind, id });
  }
  #failed() {
    return this.#comm.get("cells").filter((cell) => cell.retry).map((cell) => cell.id);
  }
  /** Send what costs money once; the button comes back when Python has answered. */
  #sendOnce(clicked, content) {
    clicked && (clicked.disabled = !0), this.#comm.send(content);
  }
};

// src/sweep_grid/widget.ts
var widget_default = defineViewWidget(GridView, ["title", "badge", "axes", "cells", "plan", "fault", "answered"]);
export {
  widget_default as default
};
