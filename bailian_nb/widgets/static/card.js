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

// src/job_card/card.ts
function age(card, now) {
  return card.since > 0 ? Math.max(0, Math.floor(now / 1e3 - card.since)) : 0;
}
function progress(card, now) {
  return card.usual <= 0 || card.since <= 0 ? null : Math.min(0.97, Math.max(0.02, age(card, now) / card.usual));
}
function line(card, now) {
  return card.line.replaceAll("{age}", String(age(card, now)));
}
function ticks(card) {
  return card.since > 0 && (card.state === "waiting" || card.state === "running");
}

// src/job_card/widget.ts
var CardView = class {
  #comm;
  #title = h("span", { class: "bn-title" });
  #badge = h("span", { class: "bn-badge" });
  #line = h("div", { class: "bn-line", role: "status" });
  #detail = h("div", { class: "bn-detail" });
  #barFill = h("div");
  #bar = h("div", { class: "bn-progress", role: "progressbar" }, this.#barFill);
  #fault = h("div", { class: "bn-fault", role: "alert" });
  #thumb = h("img", { class: "bn-thumb", alt: "", hidden: "" });
  #run;
  #cancel;
  #buttons;
  #root;
  #urls;
  #said = "";
  #timer;
  constructor(el, comm, signal) {
    this.#comm = comm, this.#urls = new BlobUrls(signal);
    let [run, cancel] = ["run", "cancel"].map((name) => text(comm.get("texts"), name));
    this.#run = button(run, run, () => this.#send(this.#run, "run"), signal, { class: "bn-button bn-primary" }), this.#cancel = button(cancel, cancel, () => this.#send(this.#cancel, "cancel"), signal), this.#buttons = h("span", { class: "bn-buttons" }, this.#cancel);
    let head = h("div", { class: "bn-row" }, this.#title, this.#badge, this.#buttons);
    this.#root = h("div", { class: "bn-root bn-card", ...NO_SHORTCUTS }, head, this.#bar, this.#line, this.#detail, this.#fault, this.#thumb), showTooltips(this.#root, signal), el.append(this.#root), signal.addEventListener("abort", () => {
      clearInterval(this.#timer), this.#root.remove();
    }), comm.onGoneChange(() => this.refresh(), signal), this.refresh();
  }
  refresh() {
    let card = this.#comm.get("card"), { gone } = this.#comm;
    this.#root.dataset.state = card.state, this.#line.dataset.state = card.state, setText(this.#title, card.title), setText(this.#badge, card.badge), this.#badge.hidden = !card.badge, setText(this.#detail, card.detail);
    let said = card.state + card.line;
    this.#line.setAttribute("aria-live", said === this.#said ? "off" : "polite"), this.#said = said, setText(this.#fault, gone ? text(this.#comm.get("texts"), "gone") : this.#comm.get("fault")), this.#cancel.hidden = !card.cancel, this.#run.disabled = this.#cancel.disabled = gone, this.#showRun(card.run === !0);
    let final = card.state === "done" || card.state === "failed";
    this.#bar.hidden = final || card.run === !0, this.#tick(), clearInterval(this.#timer), ticks(card) && !gone && (this.#timer = setInterval(() => {
      this.#line.setAttribute("aria-live", "off"), this.#tick();
    }, 1e3)), this.#thumb.hidden = card.thumb.byteLength === 0, this.#thumb.hidden || (this.#thumb.src = this.#urls.set("thumb", card.thumb)), this.#thumb.alt = card.title;
  }
  #tick() {
    let card = this.#comm.get("card"), share = progress(card, Date.now());
    setText(this.#line, line(card, Date.now())), this.#bar.classList.toggle("bn-unknown", share === null), this.#bar.setAttribute("aria-label", card.title), share === null ? this.#bar.removeAttribute("aria-valuenow") : this.#bar.setAttribute("aria-valuenow", String(Math.round(100 * share))), this.#barFill.style.width = share === null ? "" : `${share * 100}%`;
  }
  /** Have the Run button or none; a focus on it moves to Cancel when it goes. */
  #showRun(run) {
    if (run === this.#run.isConnected) return;
    let focused = this.#root.getRootNode().activeElement === this.#run;
    run ? this.#buttons.prepend(this.#run) : this.#run.remove(), focused && !this.#cancel.hidden && this.#cancel.focus({ preventScroll: !0 });
  }
  #send(clicked, kind) {
    clicked.disabled = !0, this.#comm.send({ kind });
  }
}, widget_default = defineViewWidget(CardView, ["card", "fault"]);
export {
  widget_default as default
};
