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
  let mounts = [], [age2, absent, delay, hurry] = [0, 0, 0, 0], timer, manager = model.widget_manager, poll = () => {
    if (manager?.isDisposed === !0 || manager?.context?.isDisposed === !0) return controller.abort();
    let anchors = [...document.getElementsByClassName(name)].filter((element) => element instanceof HTMLElement);
    age2 += delay, absent = anchors.length ? 0 : absent + delay, hurry -= delay, delay = hurry > 0 ? HELD_POLL_MS : absent > SLOW_AFTER_MS ? SLOW_POLL_MS : anchors.length + mounts.length === 0 && age2 < FIRST_MS ? FIRST_POLL_MS : POLL_MS, timer = setTimeout(poll, delay);
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

// src/job_card/card.ts
function age(card, now) {
  return card.since > 0 ? Math.max(0, Math.floor(now / 1e3 - card.since)) : 0;
}
function line(card, now) {
  return card.line.replaceAll("{age}", String(age(card, now)));
}
function ticks(card) {
  return card.since > 0 && (card.state === "waiting" || card.state === "running");
}

// src/jobs_view/row.ts
function columns(rows) {
  return { rest: rows.some((row) => row.usual > 0 && row.since > 0), act: rows.some((row) => row.cancel) };
}
function rest(row, now) {
  return row.usual <= 0 || row.since <= 0 ? null : Math.max(0, Math.round(row.usual - age(row, now)));
}

// src/jobs_view/widget.ts
var JobsView = class {
  #comm;
  #body = h("tbody");
  #table;
  #total = h("div", { class: "bn-line", role: "status" });
  #fault = h("div", { class: "bn-fault", role: "alert" });
  #drawn = /* @__PURE__ */ new Map();
  #signal;
  #timer;
  constructor(el, comm, signal) {
    this.#comm = comm, this.#signal = signal;
    let texts = comm.get("texts"), heads = ["head_prompt", "head_call", "head_state", "head_rest"].map((key) => head(text(texts, key)));
    this.#table = h("table", { label: text(texts, "jobs") }, h("thead", {}, h("tr", {}, ...heads, h("td"))), this.#body);
    let root = h("div", { class: "bn-root bn-jobs", ...NO_SHORTCUTS }, h("div", { class: "bn-scroll", tabindex: "0", role: "region", label: text(texts, "jobs") }, this.#table), this.#total, this.#fault);
    passSave(root, signal), showTooltips(root, signal), on(root, "keydown", (event) => this.#keydown(event, root), signal), el.append(root), signal.addEventListener("abort", () => {
      clearInterval(this.#timer), root.remove();
    }), comm.onGoneChange(() => this.refresh(), signal), this.refresh();
  }
  refresh() {
    let rows = this.#comm.get("rows"), { gone } = this.#comm;
    setText(this.#total, this.#comm.get("total")), setText(this.#fault, gone ? text(this.#comm.get("texts"), "gone") : this.#comm.get("fault"));
    for (let [id, { element }] of this.#drawn)
      rows.some((row) => row.id === id) || (element.remove(), this.#drawn.delete(id));
    for (let [k, row] of rows.entries()) this.#draw(row, k);
    let { rest: left, act } = columns(rows);
    this.#table.classList.toggle("bn-no-rest", !left), this.#table.classList.toggle("bn-no-act", !act), clearInterval(this.#timer), !gone && rows.some(ticks) && (this.#timer = setInterval(() => this.#tick(), 1e3));
  }
  #draw(row, k) {
    let drawn = this.#drawn.get(row.id) ?? this.#make(row);
    this.#body.children[k] !== drawn.element && this.#body.insertBefore(drawn.element, this.#body.children[k] ?? null);
    let [prompt, call, state] = drawn.cells;
    setText(prompt.firstElementChild, row.prompt || row.id), prompt.title = `${row.id}
${row.prompt}`, setText(call, row.title), state.title = row.detail, drawn.element.dataset.state = row.state, drawn.cancel.hidden = !row.cancel, drawn.cancel.disabled = this.#comm.gone, this.#count(row, drawn);
  }
  #make(row) {
    let texts = this.#comm.get("texts"), label = text(texts, "cancel_job", { id: row.id }), cancel = button(label, text(texts, "cancel"), () => {
      cancel.disabled = !0, this.#comm.send({ kind: "cancel", id: row.id });
    }, this.#signal), cells = [h("td", { class: "bn-prompt" }, h("div")), h("td", { class: "bn-call" }), h("td", { class: "bn-state" }), h("td", { class: "bn-rest" })], drawn = { element: h("tr", {}, ...cells, h("td", { class: "bn-act" }, cancel)), cells, cancel };
    return this.#drawn.set(row.id, drawn), drawn;
  }
  /** Up and down go from one Cancel to the next; Escape leaves. */
  #keydown(event, root) {
    event.stopPropagation();
    let step = { ArrowUp: -1, ArrowDown: 1 }[event.key], buttons = [...this.#body.querySelectorAll("button")].filter((node) => !node.hidden && !node.disabled), at = buttons.findIndex((node) => node === event.target);
    if (event.key === "Escape") returnFocus(root);
    else if (step !== void 0 && at >= 0) buttons[at + step]?.focus();
    else return;
    event.preventDefault();
  }
  #tick() {
    for (let row of this.#comm.get("rows")) {
      let drawn = this.#drawn.get(row.id);
      drawn && ticks(row) && this.#count(row, drawn);
    }
  }
  #count(row, { cells: [, , state, left] }) {
    let now = Date.now(), seconds = rest(row, now);
    setText(state, [line(row, now), row.outcome].filter(Boolean).join(" · ")), setText(left, seconds === null ? "" : text(this.#comm.get("texts"), "rest", { seconds }));
  }
};
function head(label) {
  let node = h("th", {}, label);
  return node.scope = "col", node;
}
var widget_default = defineViewWidget(JobsView, ["rows", "total", "fault"]);
export {
  widget_default as default
};
