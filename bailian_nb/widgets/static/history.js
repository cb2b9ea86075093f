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
function keyed(node, key, shown = key) {
  return node.title = `${node.title} (${shown})`, node.setAttribute("aria-keyshortcuts", key), node;
}
function rename(node, label, key = "") {
  node.textContent !== label && (setText(node, label), node.setAttribute("aria-label", label), node.title = label, key && keyed(node, key));
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

// src/page/ask.ts
var Ask = class {
  element = h("div", { class: "bn-ask", hidden: "" });
  #field = h("input", { type: "text", class: "bn-text" });
  #choices = h("span", { class: "bn-choices" });
  #signal;
  #choose = [];
  #done = () => {
  };
  constructor(signal) {
    this.#signal = signal, this.#field.maxLength = 1e3, this.element.append(this.#field, this.#choices), on(this.#field, "keydown", (event) => this.#key(event), signal);
  }
  get opened() {
    return !this.element.hidden;
  }
  /** Ask; `done` is called with the text, or with null when the user has given up. A number takes one of the choices. */
  open(label, value, choices, done) {
    this.#done = done, this.#choose = choices, this.#field.setAttribute("aria-label", label), this.#field.placeholder = label, this.#field.value = value, this.#choices.replaceChildren(...choices.map((choice, k) => button(`${k + 1} ${choice}`, `${k + 1} ${choice}`, () => this.#end(choice), this.#signal))), this.element.hidden = !1, this.#field.focus({ preventScroll: !0 }), this.#field.select();
  }
  close() {
    this.opened && this.#end(null);
  }
  #key(event) {
    if (event.isComposing) return;
    event.stopPropagation();
    let choice = this.#field.value === "" && /^[1-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey ? this.#choose[Number(event.key) - 1] : void 0;
    if (event.key === "Escape") this.#end(null);
    else if (event.key === "Enter") this.#end(this.#field.value.trim());
    else if (choice !== void 0) this.#end(choice);
    else return;
    event.preventDefault();
  }
  #end(text2) {
    this.element.hidden = !0;
    let done = this.#done;
    this.#done = () => {
    }, done(text2);
  }
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

// src/cells/layout.ts
function layout(total, width, side) {
  let columns = Math.max(1, Math.floor((width + 8) / (side + 8))), cell = Math.max(1, Math.floor((width - 8 * (columns - 1)) / columns)), row = cell + 36 + 8, rows = Math.ceil(total / columns);
  return { columns, row, cell, rows, height: Math.max(0, rows * row - 8) };
}
function visibleRows({ row, rows }, top, tall) {
  return { from: Math.max(0, Math.floor(top / row) - 2), to: Math.min(rows, Math.ceil((top + tall) / row) + 2) };
}
function missing(items, seen, total) {
  let lacks = !1;
  for (let k = seen.from; k < Math.min(seen.to, total) && !lacks; k++) lacks = !items.has(k);
  if (!lacks) return null;
  let more = seen.to - seen.from;
  return { from: Math.max(0, seen.from - more), to: Math.min(total, seen.to + more) };
}
function moved(key, at, columns, page, total) {
  let step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, PageUp: -columns * page, PageDown: columns * page, Home: -at, End: total - 1 - at }[key];
  if (step === void 0 || total === 0) return null;
  let to = at + step;
  return key === "ArrowUp" && to < 0 ? at : key === "ArrowDown" && to >= total ? Math.floor(at / columns) < Math.floor((total - 1) / columns) ? total - 1 : at : Math.min(total - 1, Math.max(0, to));
}

// src/cells/cells.ts
var SIDE = 132, Cells = class {
  element;
  slider;
  #texts;
  #pictures;
  #events;
  #inner = h("div", { class: "bn-inner", role: "presentation" });
  #empty = h("div", { class: "bn-empty", hidden: "" });
  #rows = /* @__PURE__ */ new Map();
  #signal;
  #side = SIDE;
  #total = 0;
  #at = 0;
  #layout = layout(0, 600, SIDE);
  #frame = 0;
  constructor(texts, pictures, events, signal) {
    this.#texts = texts, this.#pictures = pictures, this.#events = events, this.#signal = signal, setText(this.#empty, text(texts, "none")), this.element = h("div", { class: "bn-cells", role: "grid", tabindex: "-1", label: text(texts, "grid") }, this.#inner);
    let outer = this.element, label = text(texts, "cell_size");
    this.slider = h("input", { type: "range", class: "bn-slider", min: "72", max: "320", step: "4", value: String(SIDE), title: label, label }), on(this.slider, "input", () => this.#resize(Number(this.slider.value)), signal), on(outer, "scroll", () => this.#later(), signal);
    let watch = new ResizeObserver(() => this.#later());
    watch.observe(outer), signal.addEventListener("abort", () => {
      watch.disconnect(), cancelAnimationFrame(this.#frame);
    });
  }
  get columns() {
    return this.#layout.columns;
  }
  /** Rows of a screenful. */
  get page() {
    return Math.max(1, Math.floor(this.element.clientHeight / this.#layout.row));
  }
  draw(total, at) {
    this.#total = total, this.#at = at, this.redraw();
  }
  toTop() {
    this.element.scrollTop = 0;
  }
  /** What of the items must be asked for; null for nothing. */
  wanted(items, total) {
    let { from, to } = visibleRows(this.#measure(), this.element.scrollTop, this.element.clientHeight);
    return missing(items, { from: from * this.columns, to: to * this.columns }, total);
  }
  /** Scroll so far that a cell is in sight. */
  reveal(at = this.#at) {
    let { row } = this.#measure(), top = Math.floor(at / this.columns) * row, seen = this.element;
    top < seen.scrollTop ? seen.scrollTop = top : top + row > seen.scrollTop + seen.clientHeight && (seen.scrollTop = top + row - seen.clientHeight);
  }
  focus() {
    (this.#cell(this.#at) ?? this.element).focus({ preventScroll: !0 });
  }
  redraw() {
    let now = this.#measure(), { from, to } = visibleRows(now, this.element.scrollTop, this.element.clientHeight);
    this.#inner.style.height = `${now.height}px`, this.element.style.setProperty("--bn-content", `${now.height + 8}px`), this.element.setAttribute("aria-rowcount", String(now.rows)), this.element.setAttribute("aria-colcount", String(now.columns));
    let active = this.element.getRootNode().activeElement, held = this.element.contains(active);
    for (let [number, node] of this.#rows)
      number >= from && number < to || (node.remove(), this.#rows.delete(number));
    for (let number = from; number < to; number++) this.#drawRow(number, now);
    let chosen = this.#cell(this.#at);
    this.element.tabIndex = chosen || this.#total === 0 ? -1 : 0, held && active !== (chosen ?? this.element) && this.focus(), this.#empty.hidden = this.#total > 0, !this.#empty.isConnected && this.#total === 0 && this.element.after(this.#empty);
    let items = [];
    for (let k = from * now.columns; k < Math.min(this.#total, to * now.columns); k++) {
      let item = this.#events.item(k);
      item && items.push(item);
    }
    this.#pictures.need(items);
  }
  #later() {
    this.#frame || (this.#frame = requestAnimationFrame(() => {
      this.#frame = 0, this.redraw(), this.#events.seen();
    }));
  }
  #measure() {
    return this.#layout = layout(this.#total, this.#inner.clientWidth || 600, this.#side), this.#layout;
  }
  #resize(side) {
    let first = Math.floor(this.element.scrollTop / this.#layout.row) * this.columns;
    this.#side = side;
    let now = this.#measure();
    this.element.scrollTop = Math.floor(first / now.columns) * now.row, this.#later();
  }
  #cell(at) {
    return this.#rows.get(Math.floor(at / this.columns))?.children[at % this.columns];
  }
  #drawRow(number, now) {
    let node = this.#rows.get(number);
    if (!node) {
      node = h("div", { class: "bn-line-of-cells", role: "row", "aria-rowindex": String(number + 1) }), this.#rows.set(number, node);
      let next = [...this.#rows.entries()].filter(([other]) => other > number).sort(([a], [b]) => a - b)[0]?.[1];
      this.#inner.insertBefore(node, next ?? null);
    }
    node.style.top = `${number * now.row}px`, node.style.gridTemplateColumns = `repeat(${now.columns}, ${now.cell}px)`;
    let first = number * now.columns, count = Math.min(now.columns, this.#total - first);
    for (; node.children.length > count; ) node.lastElementChild?.remove();
    for (; node.children.length < count; ) node.append(this.#make());
    for (let k = 0; k < count; k++) this.#fill(node.children[k], first + k, now.cell);
  }
  #make() {
    let cell = h(
      "div",
      { class: "bn-cell", role: "gridcell", tabindex: "-1" },
      h("div", { class: "bn-picture" }, h("img", { alt: "" }), h("span", { class: "bn-mark", "aria-hidden": "true" })),
      h("div", { class: "bn-name" }),
      h("div", { class: "bn-said" })
    );
    return on(cell, "click", (event) => this.#events.chosen(Number(cell.dataset.at), !1, event), this.#signal), on(cell, "dblclick", (event) => this.#events.chosen(Number(cell.dataset.at), !0, event), this.#signal), cell;
  }
  #fill(cell, at, side) {
    let item = this.#events.item(at), url = item ? this.#pictures.small(item) : void 0, chosen = at === this.#at;
    cell.tabIndex = chosen ? 0 : -1, cell.setAttribute("aria-selected", String(chosen)), cell.setAttribute("aria-colindex", String(at % this.columns + 1));
    let told = item && this.#events.say(item), drawn = JSON.stringify([at, told, url, side]);
    if (cell.dataset.drawn === drawn) return;
    cell.dataset.drawn = drawn, cell.dataset.at = String(at);
    let [picture, name, said] = cell.children, image = picture.querySelector("img"), mark = picture.querySelector(".bn-mark");
    picture.style.height = `${side}px`, cell.dataset.state = told?.state ?? "", cell.classList.toggle("bn-picked", told?.selected === !0), image && mark && (url === void 0 ? image.removeAttribute("src") : image.src !== url && (image.src = url), image.alt = told?.alt ?? "", setText(mark, told?.mark ?? "")), cell.setAttribute("aria-label", told?.label ?? text(this.#texts, "loading")), cell.title = told?.title ?? "", setText(name, told?.name ?? ""), setText(said, told?.said ?? "");
  }
};

// src/cells/item_window.ts
var FIRST = { from: 0, to: 60 }, ItemWindow = class {
  items = /* @__PURE__ */ new Map();
  total = 0;
  /** Where the chosen item stands. */
  at = 0;
  /** While true nothing is asked for and no answer is taken: what is shown is newer than what Python knows. */
  held = () => !1;
  #comm;
  #source;
  #asking = 0;
  #unknown = !1;
  #version;
  constructor(comm, source, signal) {
    this.#comm = comm, this.#source = source, comm.onMessage((content) => this.#receive(content), signal);
  }
  get chosen() {
    return this.items.get(this.at);
  }
  /** Show another list, from its beginning; null where nobody knows how long it is. */
  clear(total) {
    this.items = /* @__PURE__ */ new Map(), this.total = total ?? 0, this.at = 0, this.#unknown = total === null;
  }
  /** The list may be longer or shorter by now. */
  forgetTotal() {
    this.#unknown = !0;
  }
  /** Ask for what is in sight, one question at a time; `anew` also for what is here already. */
  fetch(anew = !1) {
    if (anew && (this.#asking = 0), Date.now() - this.#asking < 5e3 || this.held()) return;
    let range = this.#source.wanted(anew ? /* @__PURE__ */ new Map() : this.items, this.total) ?? (this.#unknown ? FIRST : null);
    range && (this.#asking = Date.now(), this.#comm.send({ kind: "items", filter: this.#source.filter(), from: range.from, to: range.to }));
  }
  #receive(content) {
    if (content.kind !== "items" || (this.#asking = 0, spelled(content.filter) !== spelled(this.#source.filter()) || this.held())) return;
    this.#unknown = !1;
    let from = Number(content.from), chosen = this.chosen?.id;
    this.total = Number(content.total), content.version !== this.#version && this.items.clear(), this.#version = content.version;
    for (let [k, item] of content.items.entries())
      this.items.set(from + k, item), item.id === chosen && from + k !== this.at && (this.at = from + k);
    for (let k of [...this.items.keys()]) k >= this.total && this.items.delete(k);
    this.#source.changed(), this.fetch();
  }
};
function spelled(filter) {
  return typeof filter != "object" || filter === null ? String(filter) : JSON.stringify(Object.entries(filter).sort(([a], [b]) => a < b ? -1 : 1));
}

// src/page/blobs.ts
function bytesOf(data) {
  return data ? data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) : new Uint8Array();
}
function blobOf(data) {
  let bytes = bytesOf(data), type = bytes[0] === 137 ? "image/png" : bytes[0] === 82 ? "image/webp" : "image/jpeg";
  return new Blob([bytes], { type });
}

// src/cells/pictures.ts
var MOST_SMALL = 600, MOST_LARGE = 24, Urls = class {
  #urls = /* @__PURE__ */ new Map();
  #most;
  constructor(most) {
    this.#most = most;
  }
  get(name) {
    let url = this.#urls.get(name);
    if (url !== void 0)
      return this.#urls.delete(name), this.#urls.set(name, url), url;
  }
  set(name, data) {
    let old = this.#urls.get(name);
    old && URL.revokeObjectURL(old), this.#urls.set(name, URL.createObjectURL(blobOf(data)));
    for (let [key, url] of this.#urls) {
      if (this.#urls.size <= this.#most) break;
      URL.revokeObjectURL(url), this.#urls.delete(key);
    }
  }
  clear() {
    for (let url of this.#urls.values()) URL.revokeObjectURL(url);
    this.#urls.clear();
  }
}, Pictures = class {
  #comm;
  #changed;
  #small = new Urls(MOST_SMALL);
  #large = new Urls(MOST_LARGE);
  #asked = /* @__PURE__ */ new Set();
  #gone = /* @__PURE__ */ new Set();
  #lastAsked = "";
  constructor(comm, changed2, signal) {
    this.#comm = comm, this.#changed = changed2, comm.onMessage((content, buffers) => this.#receive(content, buffers), signal), signal.addEventListener("abort", () => {
      this.#small.clear(), this.#large.clear();
    });
  }
  small(item) {
    return this.#small.get(item.version);
  }
  /** True for a picture whose file is gone. */
  lacks(item) {
    return this.#gone.has(item.id);
  }
  /** Ask for the pictures of these items that are not here; what was asked for before and is not made yet is dropped. */
  need(items) {
    let ids = items.filter((item) => !this.#small.get(item.version) && !this.#gone.has(item.id)).map(({ id }) => id), key = ids.join();
    if (!(ids.length === 0 || key === this.#lastAsked || ids.every((id) => this.#asked.has(id)))) {
      this.#lastAsked = key, this.#asked.clear();
      for (let id of ids) this.#asked.add(id);
      this.#comm.send({ kind: "thumbs", ids });
    }
  }
  /** A large picture of an item: its "result", or another one that belongs to it, such as its "source". */
  large(item, which) {
    let key = `large ${item.version}`;
    return this.#asked.has(key) || (this.#asked.add(key), this.#comm.send({ kind: "large", id: item.id })), this.#large.get(`${which} ${item.id}`) ?? (which === "result" ? this.small(item) : void 0);
  }
  #receive(content, buffers) {
    let { kind, ids, versions, gone, left, id, which } = content;
    if (kind === "thumbs" && Array.isArray(ids)) {
      for (let [k, buffer] of buffers.entries())
        this.#asked.delete(String(ids[k])), this.#small.set(String(versions[k]), buffer);
      for (let name of Array.isArray(gone) ? gone : []) this.#gone.add(String(name));
      for (let name of Array.isArray(left) ? left : []) this.#asked.delete(String(name));
      Array.isArray(left) && (this.#lastAsked = ""), this.#changed();
    }
    if (kind === "large" && Array.isArray(which)) {
      for (let [k, buffer] of buffers.entries()) this.#large.set(`${String(which[k])} ${String(id)}`, buffer);
      this.#changed();
    }
  }
};

// src/history/again.ts
var Again = class {
  element;
  #comm;
  #left;
  #prompt = h("textarea", { ...NO_SHORTCUTS, class: "bn-text bn-again-prompt" });
  #seed;
  #ask;
  #run;
  #price = h("span", { class: "bn-planned", role: "status" });
  #notes = h("div", { class: "bn-note" });
  #shown;
  #wanted = !1;
  constructor(comm, left, signal) {
    this.#comm = comm, this.#left = left;
    let texts = comm.get("texts"), prompt = text(texts, "again_prompt");
    this.#prompt.rows = 2, this.#prompt.placeholder = prompt, this.#prompt.setAttribute("aria-label", prompt);
    let seed = text(texts, "again_seed");
    this.#seed = h("input", { type: "text", class: "bn-text bn-short", label: seed, placeholder: seed }), this.#ask = button(text(texts, "again_price"), text(texts, "again_price"), () => this.#plan(), signal), this.#run = button(text(texts, "run"), text(texts, "run"), () => this.#send(), signal, { class: "bn-button bn-primary" });
    let shut = button(text(texts, "close"), "✕", () => this.close(), signal);
    for (let field of [this.#prompt, this.#seed]) on(field, "input", () => this.#stale(), signal);
    this.element = h("div", { class: "bn-again", hidden: "" }, this.#prompt, h("div", { class: "bn-row" }, this.#seed, this.#ask, this.#price, this.#run, h("span", { class: "bn-buttons" }, shut)), this.#notes), on(this.element, "keydown", (event) => this.#keydown(event), signal);
  }
  /** Ask for the plan of this picture; the form opens with Python's answer. */
  open(id) {
    this.#wanted = !0, this.#comm.send({ kind: "plan", id });
  }
  close() {
    this.#wanted = !1, this.#comm.send({ kind: "plan", give_up: !0 }), this.element.hidden = !0, this.#left();
  }
  refresh() {
    let planned = this.#comm.get("planned");
    if (this.#ask.disabled = this.#run.disabled = this.#comm.gone, planned !== this.#shown) {
      if (this.#shown = planned, planned.id === void 0) {
        let here = this.element.contains(this.element.getRootNode().activeElement);
        planned.price === void 0 && (this.element.hidden = !0), here && this.element.hidden && this.#left();
        return;
      }
      !this.#wanted && this.element.hidden || (this.element.hidden = !1, this.#prompt.value = planned.prompt ?? "", this.#seed.value = planned.seed ?? "", setText(this.#price, planned.price ?? ""), setText(this.#notes, (planned.notes ?? []).join(`
`)), this.#run.hidden = !1, this.#wanted && this.#run.focus({ preventScroll: !0 }), this.#wanted = !1);
    }
  }
  /** What was planned is not what stands here any more. */
  #stale() {
    this.#run.hidden = !0, setText(this.#price, "");
  }
  #plan() {
    let { id } = this.#comm.get("planned");
    this.#wanted = !0, this.#comm.send({ kind: "plan", id, prompt: this.#prompt.value, seed: this.#seed.value });
  }
  #send() {
    this.#run.disabled = !0, this.#comm.send({ kind: "send" });
  }
  #keydown(event) {
    if (!event.isComposing) {
      if (event.key === "Escape") this.close();
      else if (event.key === "Enter" && !event.shiftKey && event.target === this.#seed) this.#plan();
      else return;
      event.preventDefault(), event.stopPropagation();
    }
  }
};

// src/history/filters.ts
var TYPING_MS = 300, CHOSEN = ["model", "function", "owner", "tag"], DAYS = ["since", "until"], Filters = class {
  element;
  #texts;
  #changed;
  #words;
  #selects;
  #days;
  #starred;
  #binned;
  #everybody;
  #shown = "";
  #typing;
  #now;
  /** `changed` is called when another filter holds; `left` when the user is done with the search. */
  constructor(texts, first, changed2, left, signal) {
    this.#texts = texts, this.#changed = changed2, this.#now = first;
    let label = text(texts, "words");
    this.#words = h("input", { type: "search", class: "bn-text bn-search", label, placeholder: label, value: first.words }), on(this.#words, "input", () => this.#later(), signal), on(this.#words, "keydown", (event) => {
      event.isComposing || event.key !== "Enter" && event.key !== "Escape" || (event.preventDefault(), this.#set({ words: this.#words.value.trim() }), left());
    }, signal);
    let select = (name) => {
      let node = h("select", { ...NO_SHORTCUTS, class: "bn-select", label: text(texts, name), title: text(texts, name) });
      return on(node, "change", () => this.#set({ [name]: node.value }), signal), node;
    };
    this.#selects = { model: select("model"), function: select("function"), tag: select("tag"), owner: select("owner") };
    let day = (name) => {
      let node = h("input", { type: "date", class: "bn-day", label: text(texts, name), title: text(texts, name), value: first[name] });
      return on(node, "change", () => this.#set({ [name]: node.value }), signal), node;
    };
    this.#days = { since: day("since"), until: day("until") };
    let flip = (name) => button(text(texts, name), text(texts, name), () => this.#set({ [name]: !this.#now[name] }), signal, { "aria-pressed": String(first[name]) });
    [this.#starred, this.#binned, this.#everybody] = [flip("starred"), flip("binned"), flip("everybody")];
    let days = h("span", { class: "bn-days" }, ...DAYS.map((name) => h("label", { class: "bn-set" }, text(texts, name), this.#days[name]))), fold = () => {
      days.hidden = !days.hidden, dates.setAttribute("aria-expanded", String(!days.hidden)), days.hidden || this.#days.since.focus({ preventScroll: !0 });
    };
    days.hidden = first.since === "" && first.until === "";
    let dates = button(text(texts, "dates"), text(texts, "dates"), fold, signal, { "aria-expanded": String(!days.hidden) }), choices = CHOSEN.map((name) => this.#selects[name]);
    this.element = h("div", { class: "bn-row bn-filters", role: "search", label: text(texts, "filters") }, this.#words, ...choices, this.#everybody, this.#starred, dates, this.#binned, days), signal.addEventListener("abort", () => clearTimeout(this.#typing));
  }
  get now() {
    return this.#now;
  }
  /** Offer what there is to choose from. */
  offer(choices) {
    let spelled2 = JSON.stringify(choices);
    if (spelled2 !== this.#shown) {
      this.#shown = spelled2;
      for (let name of CHOSEN) {
        let kept = this.#now[name], values = kept && !choices[name].includes(kept) ? [...choices[name], kept] : choices[name];
        this.#selects[name].replaceChildren(h("option", { value: "" }, text(this.#texts, `any_${name}`)), ...values.map((value) => h("option", { value }, value))), this.#selects[name].value = kept, this.#selects[name].hidden = values.length === 0;
      }
      this.#everybody.hidden = choices.owner.length === 0 && !this.#now.everybody;
    }
  }
  focus() {
    this.#words.focus({ preventScroll: !0 }), this.#words.select();
  }
  #later() {
    clearTimeout(this.#typing), this.#typing = setTimeout(() => this.#set({ words: this.#words.value.trim() }), TYPING_MS);
  }
  #set(change) {
    clearTimeout(this.#typing);
    let next = { ...this.#now, ...change };
    JSON.stringify(next) !== JSON.stringify(this.#now) && (this.#now = next, this.#starred.setAttribute("aria-pressed", String(next.starred)), this.#binned.setAttribute("aria-pressed", String(next.binned)), this.#everybody.setAttribute("aria-pressed", String(next.everybody)), this.#changed());
  }
};

// src/sweep_grid/compare.ts
var MODES = ["slider", "side", "blink", "diff", "overlay"];
function matchSizes(a, b) {
  if (a.width === b.width && a.height === b.height) return "same";
  let [small, large] = a.width * a.height < b.width * b.height ? [a, b] : [b, a], scale = Math.max(large.width / small.width, large.height / small.height);
  return Math.max(Math.abs(small.width * scale - large.width), Math.abs(small.height * scale - large.height)) <= Math.max(1, scale) ? "scaled" : "unlike";
}

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
  constructor(frame, paneAt, changed2, signal) {
    this.#frame = frame, this.#paneAt = paneAt, this.#changed = changed2, on(frame, "wheel", (event) => this.#wheel(event), signal, { passive: !1 }), on(frame, "pointerdown", (event) => this.#down(event), signal), on(frame, "pointermove", (event) => this.#move(event), signal);
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
  constructor(label, changed2, signal) {
    this.#changed = changed2, this.element = h("div", { class: "bn-frame", tabindex: "0", role: "group", label }, this.#before.pane, this.#after.pane, this.#divider), on(this.element, "pointerdown", (event) => this.#down(event), signal), on(this.element, "pointermove", (event) => this.#move(event), signal);
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
  show(before, after, mode, missing2) {
    fill(this.#before, before, mode !== null), fill(this.#after, after, mode !== null), mode !== this.#mode && (this.#flipped = this.#paused = !1), this.#mode = mode, this.element.classList.toggle("bn-missing", missing2), this.#draw();
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

// src/cells/compared.ts
var NOTHING = { url: void 0, name: "" }, Compared = class {
  /** The next way to compare. */
  mode;
  #texts;
  #panes;
  #comparing = null;
  #last = "slider";
  /** `changed` is called when the way to compare is another one; then `show` is to be called again. */
  constructor(texts, changed2, signal) {
    this.#texts = texts, this.#panes = new Panes(text(texts, "large"), () => {
    }, signal), this.mode = button("M", "", () => {
      this.next(), changed2();
    }, signal);
  }
  get element() {
    return this.#panes.element;
  }
  get comparing() {
    return this.#comparing !== null;
  }
  set comparing(on2) {
    this.#comparing = on2 ? this.#last : null;
  }
  /** The next way to compare, or the last one where nothing is compared. */
  next() {
    this.#comparing && (this.#last = MODES[(MODES.indexOf(this.#comparing) + 1) % MODES.length] ?? "slider"), this.#comparing = this.#last;
  }
  close() {
    this.#panes.close();
  }
  /** A key on the large picture that zooms or moves it; false for any other. */
  zoomByKey(event) {
    if (event.target !== this.#panes.element) return !1;
    let view = event.key === "0" ? FIT : zoomKey(this.#panes.view, event.key);
    return view && this.#panes.setView(view), view !== null;
  }
  /** Show a picture, and where it is compared the other one, if there is one. */
  show(base, picture) {
    this.#panes.show(base, picture, base.url ? this.#comparing : null, !1);
    let named = text(this.#texts, `mode ${this.#comparing ?? this.#last}`);
    rename(this.mode, `${named} (M)`);
  }
};

// src/history/large.ts
var Large = class {
  element;
  #comm;
  #pictures;
  #panes;
  #compare;
  #prompt = h("div", { class: "bn-whole" });
  #about = h("div", { class: "bn-prompted" });
  #note = h("div", { class: "bn-note", role: "status" });
  #item;
  #other;
  constructor(comm, pictures, close, signal) {
    this.#comm = comm, this.#pictures = pictures;
    let texts = comm.get("texts");
    this.#panes = new Compared(texts, () => this.refresh(), signal), this.#compare = button("C", "", () => this.compare(), signal);
    let shut = keyed(button(text(texts, "close"), "✕", close, signal), "Escape", "Esc");
    this.element = h(
      "div",
      { class: "bn-large", hidden: "" },
      h("div", { class: "bn-row" }, this.#compare, this.#panes.mode, h("span", { class: "bn-buttons" }, shut)),
      h("div", { class: "bn-grid" }, this.#panes.element),
      h("div", { class: "bn-about" }, this.#prompt, this.#about),
      this.#note
    );
  }
  get opened() {
    return !this.element.hidden;
  }
  open(item) {
    this.element.hidden = !1, this.show(item);
  }
  close() {
    this.element.hidden = !0, this.#other = void 0, this.#panes.comparing = !1, this.#panes.close();
  }
  show(item) {
    this.#item = item, this.refresh();
  }
  /** C: compare others with this picture; once more ends it. With `other`, compare with that one. */
  compare(other) {
    this.#other = other ?? (this.#other ? void 0 : this.#item), this.#panes.comparing = this.#other !== void 0, this.refresh();
  }
  /** M: the next way to compare. */
  next() {
    this.#other && (this.#panes.next(), this.refresh());
  }
  /** A key on the large picture that zooms or moves it; false for any other. */
  zoomByKey(event) {
    return this.#panes.zoomByKey(event);
  }
  refresh() {
    if (!this.opened) return;
    let texts = this.#comm.get("texts"), [item, other] = [this.#item, this.#other];
    if (rename(this.#compare, text(texts, other ? "compare_stop" : "compare_mark")), this.#compare.setAttribute("aria-pressed", String(other !== void 0)), !item) {
      this.#panes.show(NOTHING, NOTHING), setText(this.#prompt, ""), setText(this.#about, "");
      return;
    }
    let base = other && other.id !== item.id ? { url: this.#pictures.large(other, "result"), name: `${text(texts, "compared")}: ${other.prompt}` } : NOTHING;
    this.#panes.show(base, { url: this.#pictures.large(item, "result"), name: `${text(texts, "result")}: ${item.prompt}` }), this.#panes.mode.hidden = base === NOTHING, setText(this.#note, other?.id === item.id ? text(texts, "marked") : "");
    let about = [item.made, item.call, item.size, item.seed ? text(texts, "seed", { seed: item.seed }) : "", item.values, item.price, item.tags.join(", "), item.name];
    setText(this.#prompt, item.there ? item.prompt : text(texts, "gone_file")), setText(this.#about, about.filter(Boolean).join(" · "));
  }
};

// src/history/model.ts
function toggled(selection, id) {
  return selection.includes(id) ? selection.filter((each) => each !== id) : [...selection, id];
}
function extended(selection, items, from, to) {
  let found = [...selection];
  for (let k = Math.min(from, to); k <= Math.max(from, to); k++) {
    let id = items.get(k)?.id;
    id !== void 0 && !found.includes(id) && found.push(id);
  }
  return found;
}
function acted(selection, chosen) {
  return selection.length > 0 ? selection : chosen?.there ? [chosen.id] : [];
}
function stars(ids, items) {
  let known = [...items].filter(({ id }) => ids.includes(id));
  return !(known.length > 0 && known.every(({ star }) => star));
}
function changed(items, ids, change) {
  return new Map([...items].map(([k, item]) => [k, ids.includes(item.id) ? { ...item, ...change } : item]));
}
function line(item) {
  return [item.owner, item.values, item.tags.join(", "), item.made.replace(/^\d{4}-/, ""), item.price].filter(Boolean).join(" · ");
}

// src/history/view.ts
var HistoryView = class {
  #comm;
  #pictures;
  #window;
  #cells;
  #large;
  #filters;
  #again;
  #ask;
  #count = h("span", { class: "bn-count", role: "status" });
  #fault = h("div", { class: "bn-fault", role: "alert" });
  #said = h("div", { class: "bn-line", role: "status" });
  #acts;
  #root;
  #selection = [];
  #version = -1;
  constructor(el, comm, signal) {
    this.#comm = comm;
    let texts = comm.get("texts");
    this.#pictures = new Pictures(comm, () => this.#pictured(), signal), this.#large = new Large(comm, this.#pictures, () => this.#close(), signal), this.#ask = new Ask(signal), this.#again = new Again(comm, () => this.#cells.focus(), signal), this.#filters = new Filters(texts, comm.get("first"), () => this.#filtered(), () => this.#cells.focus(), signal), this.#window = new ItemWindow(comm, { filter: () => this.#filters.now, wanted: (items, total) => this.#cells.wanted(items, total), changed: () => this.#draw() }, signal), this.#cells = new Cells(texts, this.#pictures, { item: (k) => this.#window.items.get(k), chosen: (k, open, event) => this.#choose(k, open, event), say: (item) => this.#say(item), seen: () => this.#window.fetch() }, signal);
    let act = (key, run) => button(text(texts, key), text(texts, key), run, signal);
    this.#acts = {
      star: act("do_star", () => this.#star()),
      tag: act("do_tag", () => this.#tag()),
      rerun: act("do_rerun", () => this.#rerun()),
      sheet: act("do_sheet", () => this.#sheet()),
      delete: act("do_delete", () => this.#delete()),
      undo: act("do_undo", () => this.#undo())
    }, this.#root = h(
      "div",
      { class: "bn-root bn-many bn-history", ...NO_SHORTCUTS },
      this.#filters.element,
      h("div", { class: "bn-row bn-bar" }, this.#count, h("span", { class: "bn-buttons" }, ...Object.values(this.#acts), this.#cells.slider)),
      this.#ask.element,
      this.#fault,
      this.#said,
      this.#again.element,
      h("div", { class: "bn-body" }, h("div", { class: "bn-left" }, this.#cells.element), this.#large.element),
      h("div", { class: "bn-hint" }, text(texts, "keys"))
    ), passSave(this.#root, signal), showTooltips(this.#root, signal), on(this.#root, "keydown", (event) => this.#keydown(event), signal), comm.onGoneChange(() => this.refresh(), signal), el.append(this.#root), signal.addEventListener("abort", () => this.#root.remove()), this.#window.clear(null), this.refresh();
  }
  /** Show what Python says. */
  refresh() {
    let texts = this.#comm.get("texts"), { gone } = this.#comm;
    setText(this.#fault, gone ? text(texts, "gone") : this.#comm.get("fault")), setText(this.#said, this.#comm.get("said")), this.#filters.offer(this.#comm.get("choices")), this.#again.refresh();
    let version = this.#comm.get("version");
    version !== this.#version && (this.#version = version, this.#window.forgetTotal(), this.#window.fetch(!0)), this.#draw();
  }
  #draw() {
    let window = this.#window;
    window.at = Math.max(0, Math.min(window.at, window.total - 1)), this.#cells.draw(window.total, window.at), this.#large.show(window.chosen), this.#label();
  }
  /** Say how many there are, and what the buttons do with those that are chosen. */
  #label() {
    let texts = this.#comm.get("texts"), { total, chosen, items } = this.#window, count = [text(texts, total === 1 ? "total_one" : "total", { count: total.toLocaleString("en-US") })];
    this.#selection.length > 0 && count.push(text(texts, "selected", { count: this.#selection.length })), setText(this.#count, count.join(" · "));
    let ids = acted(this.#selection, chosen), binned = this.#filters.now.binned;
    rename(this.#acts.star, text(texts, stars(ids, items.values()) ? "do_star" : "do_unstar")), rename(this.#acts.delete, text(texts, binned ? "do_restore" : "do_delete"));
    let none = this.#comm.gone || ids.length === 0;
    for (let key of ["star", "tag", "rerun", "sheet", "delete"]) this.#acts[key].disabled = none;
    this.#acts.undo.disabled = this.#comm.gone || this.#comm.get("undoable") === 0;
  }
  #pictured() {
    this.#cells.redraw(), this.#large.refresh();
  }
  #say(item) {
    let texts = this.#comm.get("texts"), selected = this.#selection.includes(item.id), prompt = item.there ? item.prompt : text(texts, "gone_file");
    return {
      label: [prompt, item.owner, item.made, item.call, item.values, item.price, item.star ? text(texts, "is_starred") : "", item.tags.join(", "), selected ? text(texts, "is_selected") : ""].filter(Boolean).join(", "),
      title: [prompt, [item.call, item.values].filter(Boolean).join(" · "), item.name].join(`
`),
      alt: prompt,
      name: prompt,
      said: line(item),
      mark: `${selected ? "✓" : ""}${item.star ? "★" : ""}`,
      state: item.there ? "" : "gone",
      selected
    };
  }
  #filtered() {
    this.#selection = [], this.#window.clear(null), this.#cells.toTop(), this.#draw(), this.#window.fetch(!0);
  }
  #choose(at, open, event) {
    let id = this.#window.items.get(at)?.id;
    event.shiftKey ? this.#selection = extended(this.#selection, this.#window.items, this.#window.at, at) : (event.ctrlKey || event.metaKey) && id !== void 0 && (this.#selection = toggled(this.#selection, id)), this.#window.at = at, this.#draw(), this.#cells.focus(), open && this.#open();
  }
  #open() {
    this.#root.classList.add("bn-open"), this.#large.open(this.#window.chosen), this.#cells.redraw(), this.#cells.reveal();
  }
  #close() {
    this.#root.classList.remove("bn-open"), this.#large.close(), this.#cells.redraw(), this.#cells.focus();
  }
  #ids() {
    return this.#comm.gone ? [] : acted(this.#selection, this.#window.chosen);
  }
  #send(kind, more = {}) {
    let ids = this.#ids();
    ids.length > 0 && this.#comm.send({ kind, ids, ...more });
  }
  #star() {
    let ids = this.#ids(), on2 = stars(ids, this.#window.items.values());
    this.#send("star", { on: on2 }), this.#window.items = changed(this.#window.items, ids, { star: on2 }), this.#draw();
  }
  #tag() {
    let chosen = [...this.#window.items.values()].find(({ id }) => id === this.#ids()[0]);
    chosen && this.#ask.open(text(this.#comm.get("texts"), "tags"), chosen.tags.join(", "), this.#comm.get("choices").tag.slice(0, 9), (tags) => {
      this.#cells.focus(), tags !== null && this.#send("tag", { tags });
    });
  }
  #rerun() {
    let { chosen } = this.#window;
    chosen?.there && !this.#comm.gone && this.#again.open(chosen.id);
  }
  #sheet() {
    this.#send("sheet");
  }
  #delete() {
    this.#send("delete"), this.#selection = [];
  }
  #undo() {
    this.#comm.gone || this.#comm.send({ kind: "undo" });
  }
  /** C: with two selected these are compared, else the chosen one is marked for it. */
  #compare() {
    let [first, second] = this.#selection, two = this.#selection.length === 2 ? [...this.#window.items].find(([, { id }]) => id === second) : void 0, other = [...this.#window.items.values()].find(({ id }) => id === first);
    two && (this.#window.at = two[0]), this.#large.opened || this.#open(), this.#draw(), this.#large.compare(two ? other : void 0);
  }
  #keydown(event) {
    if (event.stopPropagation(), event.isComposing || isTextField(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.#large.zoomByKey(event)) return event.preventDefault();
    if (event.target instanceof HTMLInputElement) return;
    let onButton = event.target instanceof HTMLButtonElement, to = onButton ? null : moved(event.key, this.#window.at, this.#cells.columns, this.#cells.page, this.#window.total);
    if (to !== null)
      return event.preventDefault(), event.shiftKey && (this.#selection = extended(this.#selection, this.#window.items, this.#window.at, to)), this.#window.at = to, this.#cells.reveal(to), this.#draw(), this.#cells.focus();
    onButton && (event.key === "Enter" || event.key === " ") || this.#command(event) && event.preventDefault();
  }
  #command(event) {
    let run = {
      s: () => this.#star(),
      t: () => this.#tag(),
      g: () => this.#rerun(),
      p: () => this.#sheet(),
      z: () => this.#undo(),
      delete: () => this.#delete(),
      backspace: () => this.#delete(),
      "/": () => this.#filters.focus(),
      c: () => this.#compare(),
      m: () => this.#large.next(),
      " ": () => this.#pick(),
      enter: () => this.#large.opened ? this.#close() : this.#open(),
      escape: () => this.#leave()
    }[event.key.toLowerCase()];
    return run?.(), run !== void 0;
  }
  #pick() {
    let id = this.#window.chosen?.id;
    id !== void 0 && (this.#selection = toggled(this.#selection, id)), this.#draw();
  }
  #leave() {
    if (this.#large.opened) return this.#close();
    if (this.#selection.length === 0) return returnFocus(this.#root);
    this.#selection = [], this.#draw();
  }
};

// src/history/widget.ts
var widget_default = defineViewWidget(HistoryView, ["choices", "version", "undoable", "said", "planned", "fault", "answered"]);
export {
  widget_default as default
};
