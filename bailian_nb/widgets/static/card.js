// generated from js/src by `npm run build`; edit there

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

// src/page/mount.ts
var POLL_MS = 250, SLOW_POLL_MS = 2e3, SLOW_AFTER_MS = 6e4, UNDER_STATIC = "bn-under-static", Mount = class {
  host = h("div", { class: "bn-host" });
  #hidden = [];
  #focused = null;
  constructor() {
    this.host.addEventListener("focusin", ({ target }) => this.#focused = target), this.host.addEventListener("focusout", ({ relatedTarget }) => {
      relatedTarget !== null && (this.#focused = null);
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
  let mounts = [], absent = 0, timer, poll = () => {
    let anchors = [...document.getElementsByClassName(name)].filter((element) => element instanceof HTMLElement);
    absent = anchors.length ? 0 : absent + POLL_MS, timer = setTimeout(poll, absent <= SLOW_AFTER_MS ? POLL_MS : SLOW_POLL_MS);
    let free = mounts.filter(({ anchor }) => !anchor || !anchors.includes(anchor));
    for (let anchor of anchors) {
      let mount = mounts.find((each) => each.anchor === anchor) ?? free.shift(), fresh = !mount;
      mount || mounts.push(mount = new Mount()), mount.anchor !== anchor && mount.attach(anchor), fresh && render(mount.host, controller.signal), mount.hideStatic();
    }
    for (let mount of free) mount.detach();
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

// src/card/card.ts
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

// src/card/widget.ts
var CardView = class {
  #link;
  #title = h("span", { class: "bn-title" });
  #badge = h("span", { class: "bn-badge" });
  #line = h("div", { class: "bn-line", role: "status" });
  #detail = h("div", { class: "bn-detail" });
  #done = h("div");
  #bar = h("div", { class: "bn-progress", role: "progressbar" }, this.#done);
  #fault = h("div", { class: "bn-fault", role: "alert" });
  #thumb = h("img", { class: "bn-thumb", alt: "", hidden: "" });
  #run;
  #cancel;
  #buttons;
  #root;
  #pictures;
  #timer;
  constructor(el, link, signal) {
    this.#link = link, this.#pictures = new Pictures(signal);
    let [run, cancel] = ["run", "cancel"].map((name) => text(link.get("texts"), name));
    this.#run = button(run, run, () => this.#ask(this.#run, "run"), signal, { class: "bn-button bn-primary" }), this.#cancel = button(cancel, cancel, () => this.#ask(this.#cancel, "cancel"), signal), this.#buttons = h("span", { class: "bn-buttons" }, this.#cancel);
    let head = h("div", { class: "bn-row" }, this.#title, this.#badge, this.#buttons);
    this.#root = h("div", { class: "bn-root bn-card", ...QUIET }, head, this.#bar, this.#line, this.#detail, this.#fault, this.#thumb), el.append(this.#root), signal.addEventListener("abort", () => {
      clearInterval(this.#timer), this.#root.remove();
    }), link.watch(() => this.refresh(), signal), this.refresh();
  }
  refresh() {
    let card = this.#link.get("card"), { gone } = this.#link;
    this.#root.dataset.state = card.state, this.#line.dataset.state = card.state, setText(this.#title, card.title), setText(this.#badge, card.badge), this.#badge.hidden = !card.badge, setText(this.#detail, card.detail), setText(this.#fault, gone ? text(this.#link.get("texts"), "gone") : this.#link.get("fault")), this.#cancel.hidden = !card.cancel, this.#run.disabled = this.#cancel.disabled = gone, this.#offer(card.run === !0);
    let final = card.state === "done" || card.state === "failed";
    this.#bar.hidden = final || card.run === !0, this.#tick(), clearInterval(this.#timer), ticks(card) && !gone && (this.#timer = setInterval(() => this.#tick(), 1e3)), this.#thumb.hidden = card.thumb.byteLength === 0, this.#thumb.hidden || (this.#thumb.src = this.#pictures.set("thumb", card.thumb)), this.#thumb.alt = card.title;
  }
  #tick() {
    let card = this.#link.get("card"), share = progress(card, Date.now());
    setText(this.#line, line(card, Date.now())), this.#bar.classList.toggle("bn-unknown", share === null), this.#done.style.width = share === null ? "" : `${share * 100}%`;
  }
  /** Have the Run button or none; who pressed it by key finds the focus on the next one. */
  #offer(run) {
    if (run === this.#run.isConnected) return;
    let focused = this.#root.getRootNode().activeElement === this.#run;
    run ? this.#buttons.prepend(this.#run) : this.#run.remove(), focused && !this.#cancel.hidden && this.#cancel.focus({ preventScroll: !0 });
  }
  #ask(pressed, kind) {
    pressed.disabled = !0, this.#link.send({ kind });
  }
}, widget_default = defineViewWidget(CardView, ["card", "fault"]);
export {
  widget_default as default
};
