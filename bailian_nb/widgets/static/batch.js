// generated from js/src by `npm run build`; edit there

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
function setText(node, text2) {
  node.textContent !== text2 && (node.textContent = text2);
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

// src/batch_view/newest.ts
var Newest = class {
  element = h("div", { class: "bn-newest", role: "list" });
  #comm;
  #urls = /* @__PURE__ */ new Map();
  #asked = /* @__PURE__ */ new Set();
  #nodes = /* @__PURE__ */ new Map();
  #shown = [];
  constructor(comm, signal) {
    this.#comm = comm, this.element.setAttribute("aria-label", text(comm.get("texts"), "newest")), comm.onMessage((content, buffers) => this.#receive(content, buffers), signal), signal.addEventListener("abort", () => this.#keep(/* @__PURE__ */ new Set()));
  }
  refresh(pictures) {
    this.#shown = [...pictures].reverse(), this.#keep(new Set(pictures.map(({ id }) => id)));
    let ids = this.#shown.map(({ id }) => id).filter((id) => !this.#asked.has(id));
    for (let id of ids) this.#asked.add(id);
    ids.length > 0 && this.#comm.send({ kind: "thumbs", ids }), this.#draw();
  }
  /** Let go of every picture but these. */
  #keep(ids) {
    for (let known of [...this.#asked]) {
      if (ids.has(known)) continue;
      this.#asked.delete(known);
      let url = this.#urls.get(known);
      url && URL.revokeObjectURL(url), this.#urls.delete(known), this.#nodes.get(known)?.remove(), this.#nodes.delete(known);
    }
  }
  #draw() {
    let texts = this.#comm.get("texts");
    for (let [k, { id, row, name }] of this.#shown.entries()) {
      let node = this.#nodes.get(id);
      if (!node) {
        let words = text(texts, "picture_of", { row, name });
        node = h("div", { class: "bn-new", role: "listitem", title: words }, h("img", { alt: words })), this.#nodes.set(id, node);
      }
      let url = this.#urls.get(id), image = node.querySelector("img");
      url && image && image.src !== url && (image.src = url), this.element.children[k] !== node && this.element.insertBefore(node, this.element.children[k] ?? null);
    }
    this.element.hidden = this.#shown.length === 0;
  }
  #receive(content, buffers) {
    let { kind, ids } = content;
    if (!(kind !== "thumbs" || !Array.isArray(ids))) {
      for (let [k, buffer] of buffers.entries()) {
        let id = String(ids[k]);
        !this.#asked.has(id) || this.#urls.has(id) || this.#urls.set(id, URL.createObjectURL(blobOf(buffer)));
      }
      this.#draw();
    }
  }
};

// src/batch_view/widget.ts
var BUTTONS = ["run", "go_on", "pause", "cancel", "retry"], PAUSES = ["pause", "go_on"], LABELS = { run: "run", go_on: "go_on", pause: "pause", cancel: "cancel_unsent", retry: "retry_failed" }, BatchView = class {
  #comm;
  #title = h("span", { class: "bn-title" });
  #badge = h("span", { class: "bn-badge" });
  #words = h("span", { class: "bn-words", role: "status" });
  #parts = ["done", "failed", "sent"].map((name) => h("div", { class: `bn-part bn-${name}` }));
  #bar;
  #line = h("span", { class: "bn-counts" });
  #pace = h("span", { class: "bn-pace" });
  #plan = h("div", { class: "bn-plan" });
  #why = h("div", { class: "bn-why", role: "alert" });
  #fault = h("div", { class: "bn-fault", role: "alert" });
  #failures = h("div", { class: "bn-failures" });
  #newest;
  #buttons = /* @__PURE__ */ new Map();
  #root;
  #drawn = "";
  constructor(el, comm, signal) {
    this.#comm = comm;
    let texts = comm.get("texts");
    this.#newest = new Newest(comm, signal), this.#bar = h("div", { class: "bn-bar", role: "progressbar", label: text(texts, "progress"), "aria-valuemin": "0", "aria-valuemax": "100" }, ...this.#parts);
    for (let name of BUTTONS) {
      let label = text(texts, LABELS[name]), node = button(label, label, () => this.#press(name), signal, name === "run" || name === "go_on" ? { class: "bn-button bn-primary" } : {});
      this.#buttons.set(name, PAUSES.includes(name) ? keyed(node, "P") : node);
    }
    this.#root = h(
      "div",
      { class: "bn-root bn-batch", ...NO_SHORTCUTS },
      h("div", { class: "bn-row" }, this.#title, this.#badge, this.#words, h("span", { class: "bn-buttons" }, ...this.#buttons.values())),
      this.#bar,
      h("div", { class: "bn-row bn-numbers" }, this.#line, this.#pace),
      this.#plan,
      this.#why,
      this.#fault,
      this.#newest.element,
      this.#failures
    ), passSave(this.#root, signal), showTooltips(this.#root, signal), on(this.#root, "keydown", (event) => this.#keydown(event), signal), el.append(this.#root), signal.addEventListener("abort", () => this.#root.remove()), comm.onGoneChange(() => this.refresh(), signal), this.refresh();
  }
  refresh() {
    let now = this.#comm.get("now"), texts = this.#comm.get("texts"), { gone } = this.#comm;
    this.#root.dataset.state = now.state, setText(this.#title, this.#comm.get("title")), setText(this.#badge, this.#comm.get("badge")), this.#badge.hidden = !this.#comm.get("badge"), setText(this.#words, now.words), setText(this.#line, now.line), setText(this.#pace, now.pace), setText(this.#why, now.why), setText(this.#fault, gone ? text(texts, "gone") : this.#comm.get("fault")), this.#fill(now), this.#showButtons(now, gone), this.#newest.refresh(now.newest);
    let drawn = JSON.stringify([now.plan, now.problems, now.failures]);
    drawn !== this.#drawn && (this.#drawn = drawn, this.#plan.replaceChildren(
      ...now.plan.map((line) => h("div", {}, line)),
      ...now.problems.map((line) => h("div", { class: "bn-problem" }, line))
    ), this.#listFailures(now));
  }
  #fill(now) {
    this.#parts.forEach((part, k) => part.style.width = `${(now.parts[k] ?? 0) * 100}%`);
    let ended = (now.parts[0] ?? 0) + (now.parts[1] ?? 0);
    this.#bar.setAttribute("aria-valuenow", String(Math.floor(100 * ended))), this.#bar.setAttribute("aria-valuetext", now.line);
  }
  /** Show the buttons that mean something now; a focus on one that goes moves to the first that is left. */
  #showButtons(now, gone) {
    let focused = this.#root.getRootNode().activeElement, lost = !1;
    for (let [name, node] of this.#buttons) {
      let shown = now.buttons[name] === !0;
      lost ||= node === focused && !shown, node.hidden = !shown, node.disabled = gone;
    }
    lost && [...this.#buttons.values()].find((node) => !node.hidden)?.focus({ preventScroll: !0 });
  }
  #listFailures(now) {
    let texts = this.#comm.get("texts");
    if (now.failures.length === 0) return this.#failures.replaceChildren();
    let heads = ["failure_rows", "failure_code", "failure_reason", "failure_first"].map((key) => h("th", {}, text(texts, key))), rows = now.failures.map((each) => h("tr", {}, h("td", { class: "bn-number" }, each.count), h("td", { class: "bn-code" }, each.code), h("td", { class: "bn-reason" }, each.reason), h("td", { class: "bn-number" }, String(each.first))));
    this.#failures.replaceChildren(
      h("table", {}, h("caption", {}, text(texts, "failures")), h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...rows))
    );
  }
  #keydown(event) {
    if (event.stopPropagation(), event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    let pauses = PAUSES.map((name) => this.#buttons.get(name)).find((node) => node && !node.hidden && !node.disabled);
    if (event.key === "Escape") returnFocus(this.#root);
    else if (event.code === "KeyP" && pauses) pauses.click();
    else return;
    event.preventDefault();
  }
  /** Send once: the button comes back with Python's answer. */
  #press(name) {
    let node = this.#buttons.get(name);
    node && (node.disabled = !0), this.#comm.send({ kind: name });
  }
}, widget_default = defineViewWidget(BatchView, ["title", "badge", "now", "fault", "answered"]);
export {
  widget_default as default
};
