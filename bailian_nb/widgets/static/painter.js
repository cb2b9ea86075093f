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

// src/painter/attempt_pictures.ts
var KEPT = 64e6, AttemptPictures = class {
  #comm;
  #changed;
  #images = /* @__PURE__ */ new Map();
  #asked = /* @__PURE__ */ new Set();
  #wanted = null;
  constructor(comm, changed) {
    this.#comm = comm, this.#changed = changed, comm.onMessage((content, buffers) => {
      let data = buffers[0];
      data && (content.kind === "attempt" && this.#decode(`full ${String(content.id)}`, data), content.kind === "picture" && this.#asked.has(`ground ${String(content.picture)}`) && this.#decode(`ground ${String(content.picture)}`, data), content.kind === "file" && this.#file(content, data));
    });
  }
  /** The attempt's picture; its thumbnail until that has come. */
  of(attempt) {
    let full = `full ${attempt.id}`, found = this.#images.get(full);
    if (found) return found;
    this.#ask(full, { kind: "attempt", id: attempt.id });
    let small = `small ${attempt.id}`;
    return this.#asked.has(small) || (this.#asked.add(small), this.#decode(small, attempt.data)), this.#images.get(small) ?? null;
  }
  /** A picture that was painted on. */
  ground(number) {
    let name = `ground ${number}`, found = this.#images.get(name);
    return found || this.#ask(name, { kind: "picture", picture: number }), found ?? null;
  }
  isWhole(attempt) {
    return this.#images.has(`full ${attempt.id}`);
  }
  /** Ask for the file itself, to be saved or opened; it comes in pieces. */
  file(attempt, call) {
    this.#wanted = { id: attempt.id, call, parts: [] }, this.#comm.send({ kind: "file", id: attempt.id });
  }
  #file(content, data) {
    let wanted = this.#wanted;
    if (!wanted || content.id !== wanted.id || content.part !== wanted.parts.length || (wanted.parts.push(bytesOf(data)), wanted.parts.length !== content.parts)) return;
    this.#wanted = null;
    let bytes = new Uint8Array(wanted.parts.reduce((sum, part) => sum + part.length, 0)), at = 0;
    for (let part of wanted.parts)
      bytes.set(part, at), at += part.length;
    wanted.call(blobOf(bytes), String(content.name));
  }
  #ask(name, message) {
    this.#asked.has(name) || (this.#asked.add(name), this.#comm.send(message));
  }
  async #decode(name, data) {
    try {
      this.#images.set(name, await createImageBitmap(blobOf(data)));
    } catch {
      return;
    }
    this.#forget(), this.#changed();
  }
  /** Drop the oldest beyond what is kept; not closed, since a view may still draw it. */
  #forget() {
    let pixels = 0;
    for (let [name, image] of [...this.#images].reverse())
      pixels += image.width * image.height, !(pixels <= KEPT || name === [...this.#images.keys()].at(-1)) && (this.#images.delete(name), this.#asked.delete(name));
  }
};

// src/painter/brush.ts
var Brush = class {
  tool = "brush";
  erase = !1;
  opacity = 0.5;
  /** The wand's: by how much a colour may differ in each channel, and whether only what hangs together is picked. */
  tolerance = 32;
  contiguous = !0;
  /** The lasso follows edges of the picture. */
  edges = !1;
  size;
  largest;
  constructor(picture) {
    let shorter = Math.min(picture.width, picture.height);
    this.largest = Math.max(2, picture.width, picture.height), this.size = Math.max(4, Math.round(shorter / 16));
  }
  get r() {
    return this.size / 2;
  }
  /** One step is about a tenth of the size, at least a pixel. */
  step(steps) {
    this.resize(this.size + steps * Math.max(1, Math.round(this.size / 10)));
  }
  resize(size) {
    this.size = Math.min(this.largest, Math.max(1, Math.round(size)));
  }
  /** The slider runs from 0 to 100 and grows by factors, so that small sizes can be told apart. */
  get slider() {
    return 100 * Math.log(this.size) / Math.log(this.largest);
  }
  set slider(value) {
    this.resize(Math.exp(value / 100 * Math.log(this.largest)));
  }
};

// src/pixels/bitmap.ts
var Bitmap = class {
  constructor(width, height, data = new Uint8Array(width * height)) {
    this.width = width;
    this.height = height;
    this.data = data;
    if (data.length !== width * height) throw new RangeError(`${width}x${height} needs ${width * height} pixels`);
  }
  width;
  height;
  data;
  get whole() {
    return { x0: 0, y0: 0, x1: this.width, y1: this.height };
  }
  invert() {
    let { data } = this;
    for (let k = 0; k < data.length; k++) data[k] = (data[k] ?? 0) ^ 1;
  }
};
function union(a, b) {
  return !a || !b ? a ?? b : {
    x0: Math.min(a.x0, b.x0),
    y0: Math.min(a.y0, b.y0),
    x1: Math.max(a.x1, b.x1),
    y1: Math.max(a.y1, b.y1)
  };
}

// src/pixels/mask_codec.ts
var littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
function inFours({ width, data }) {
  return littleEndian && width % 8 === 0 && data.byteOffset % 4 === 0 ? new Uint32Array(data.buffer, data.byteOffset, data.length >> 2) : null;
}
function pack(bitmap, before = null, box = bitmap.whole) {
  let { width, height, data } = bitmap, stride = width + 7 >> 3, packed = before ? new Uint8Array(before) : new Uint8Array(stride * height), [from, to] = before ? [box.x0 >> 3, box.x1 + 7 >> 3] : [0, stride], [y0, y1] = before ? [box.y0, box.y1] : [0, height], fours = inFours(bitmap);
  for (let y = y0; y < y1; y++) {
    let row = y * width;
    for (let byte = from; byte < to; byte++) {
      if (fours) {
        let k = (row >> 2) + 2 * byte;
        packed[y * stride + byte] = Math.imul(fours[k], 134480385) >>> 24 << 4 | Math.imul(fours[k + 1], 134480385) >>> 24;
        continue;
      }
      let bits = 0, x = byte << 3;
      for (let k = 0; k < 8; k++) bits = bits << 1 | (x + k < width ? data[row + x + k] : 0);
      packed[y * stride + byte] = bits;
    }
  }
  return packed;
}
var SPREAD = Uint32Array.from({ length: 16 }, (_, n) => n >> 3 & 1 | (n >> 2 & 1) << 8 | (n >> 1 & 1) << 16 | (n & 1) << 24);
function unpackInto(bitmap, packed, box = bitmap.whole) {
  let { width, height, data } = bitmap, stride = width + 7 >> 3;
  if (packed.length !== stride * height) throw new RangeError(`a mask of ${width}x${height} has ${stride * height} bytes, got ${packed.length}`);
  let fours = inFours(bitmap), [from, to] = [box.x0 >> 3, box.x1 + 7 >> 3];
  for (let y = box.y0; y < box.y1; y++)
    if (fours)
      for (let k = y * stride + from; k < y * stride + to; k++)
        fours[2 * k] = SPREAD[packed[k] >> 4], fours[2 * k + 1] = SPREAD[packed[k] & 15];
    else
      for (let x = box.x0, k = y * width + x; x < box.x1; x++, k++)
        data[k] = packed[y * stride + (x >> 3)] >> 7 - (x & 7) & 1;
}
function difference({ width, height }, one, other) {
  let stride = width + 7 >> 3, [from, to, y0, y1] = [stride, 0, height, 0];
  for (let y = 0; y < height; y++) {
    let start = y * stride, first = start;
    for (; first < start + stride && one[first] === other[first]; ) first++;
    if (first === start + stride) continue;
    let last = start + stride - 1;
    for (; one[last] === other[last]; ) last--;
    from = Math.min(from, first - start), to = Math.max(to, last - start + 1), y0 = Math.min(y0, y), y1 = y + 1;
  }
  return y1 > 0 ? { x0: 8 * from, y0, x1: Math.min(width, 8 * to), y1 } : null;
}
var ONES = Uint8Array.from({ length: 256 }, (_, n) => [0, 1, 2, 3, 4, 5, 6, 7].filter((k) => n >> k & 1).length);
function measure({ width, height }, packed) {
  let stride = width + 7 >> 3, [count, x0, x1, y0, y1] = [0, width, 0, height, 0];
  for (let y = 0; y < height; y++) {
    let start = y * stride, first = start;
    for (; first < start + stride && packed[first] === 0; ) first++;
    if (first === start + stride) continue;
    let last = start + stride - 1;
    for (; packed[last] === 0; ) last--;
    for (let k = first; k <= last; k++) count += ONES[packed[k]];
    x0 = Math.min(x0, 8 * (first - start) + Math.clz32(packed[first]) - 24), x1 = Math.max(x1, 8 * (last - start) + Math.clz32(packed[last] & -packed[last]) - 23), y0 = Math.min(y0, y), y1 = y + 1;
  }
  return { count, box: count > 0 ? { x0, y0, x1, y1 } : null };
}
async function inflate(bytes) {
  let out = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(out).arrayBuffer());
}
var table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 3988292384 ^ c >>> 1 : c >>> 1;
  return c;
});
function crc32(bytes) {
  let c = 4294967295;
  for (let k = 0; k < bytes.length; k++) c = (table[(c ^ (bytes[k] ?? 0)) & 255] ?? 0) ^ c >>> 8;
  return (c ^ 4294967295) >>> 0;
}

// src/pixels/shapes.ts
function clip(bitmap, x0, y0, x1, y1) {
  let box = {
    x0: Math.max(0, Math.floor(x0) - 1),
    y0: Math.max(0, Math.floor(y0) - 1),
    x1: Math.min(bitmap.width, Math.ceil(x1) + 1),
    y1: Math.min(bitmap.height, Math.ceil(y1) + 1)
  };
  return box.x0 < box.x1 && box.y0 < box.y1 ? box : null;
}
function paintWhere(bitmap, box, value, inside2) {
  if (!box) return null;
  for (let j = box.y0; j < box.y1; j++)
    for (let i = box.x0; i < box.x1; i++)
      inside2(i + 0.5, j + 0.5) && (bitmap.data[j * bitmap.width + i] = value);
  return box;
}
function paintRect(bitmap, x0, y0, x1, y1, value) {
  let box = clip(bitmap, x0, y0, x1, y1);
  return paintWhere(bitmap, box, value, (x, y) => x0 <= x && x < x1 && y0 <= y && y < y1);
}
function paintEllipse(bitmap, x0, y0, x1, y1, value) {
  let [cx, cy, rx, ry] = [(x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) / 2, (y1 - y0) / 2];
  return rx > 0 && ry > 0 ? paintWhere(bitmap, clip(bitmap, x0, y0, x1, y1), value, (x, y) => {
    let u = (x - cx) / rx, v = (y - cy) / ry;
    return u * u + v * v <= 1;
  }) : null;
}
function paintPolygon(bitmap, points, value) {
  if (points.length < 3) return null;
  let xs = points.map(([x]) => x), ys = points.map(([, y]) => y), box = clip(bitmap, Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys));
  if (!box) return null;
  for (let j = box.y0; j < box.y1; j++) {
    let y = j + 0.5, crossings = [], [ax, ay] = points[points.length - 1];
    for (let [bx, by] of points)
      ay > y != by > y && crossings.push((bx - ax) * (y - ay) / (by - ay) + ax), [ax, ay] = [bx, by];
    crossings.sort((a, b) => b - a);
    for (let i = box.x1 - 1, right = 0; i >= box.x0; i--) {
      for (; right < crossings.length && i + 0.5 < crossings[right]; ) right++;
      right & 1 && (bitmap.data[j * bitmap.width + i] = value);
    }
  }
  return box;
}
function flood(bitmap, x, y, value) {
  let { width, height, data } = bitmap;
  if (x < 0 || y < 0 || x >= width || y >= height || data[y * width + x] === value) return null;
  let [x0, y0, x1, y1] = [x, y, x + 1, y + 1], seeds = [[x, y]];
  for (let seed = seeds.pop(); seed; seed = seeds.pop()) {
    let row = seed[1] * width, left = seed[0];
    if (data[row + left] === value) continue;
    for (; left > 0 && data[row + left - 1] !== value; ) left--;
    let right = seed[0] + 1;
    for (; right < width && data[row + right] !== value; ) right++;
    data.fill(value, row + left, row + right), [x0, y0, x1, y1] = [Math.min(x0, left), Math.min(y0, seed[1]), Math.max(x1, right), Math.max(y1, seed[1] + 1)];
    for (let next of [seed[1] - 1, seed[1] + 1])
      if (!(next < 0 || next >= height))
        for (let i = left; i < right; i++)
          data[next * width + i] !== value && (i === left || data[next * width + i - 1] === value) && seeds.push([i, next]);
  }
  return { x0, y0, x1, y1 };
}

// src/pixels/stroke.ts
function within(i, j, [ax, ay], [bx, by], r) {
  let dx = bx - ax, dy = by - ay, length = dx * dx + dy * dy, ex = i + 0.5 - ax, ey = j + 0.5 - ay, qx = ex, qy = ey;
  if (length > 0) {
    let t = Math.min(1, Math.max(0, (ex * dx + ey * dy) / length));
    qx = ex - t * dx, qy = ey - t * dy;
  }
  return qx * qx + qy * qy <= r * r;
}
var Outline = class {
  constructor(a, b, r) {
    this.a = a;
    this.b = b;
    this.r = r;
    let [dx, dy] = [b[0] - a[0], b[1] - a[1]], length = Math.hypot(dx, dy), [nx, ny] = length > 0 ? [-dy / length * r, dx / length * r] : [0, 0], around = [[a[0] + nx, a[1] + ny], [b[0] + nx, b[1] + ny], [b[0] - nx, b[1] - ny], [a[0] - nx, a[1] - ny]];
    this.#corners = length > 0 ? around : [];
  }
  a;
  b;
  r;
  left = 0;
  right = 0;
  #corners;
  /** Set `left` and `right` for the row through y; false beside it. */
  cross(y) {
    this.left = 1 / 0, this.right = -1 / 0, this.#disc(this.a, y), this.#disc(this.b, y);
    let corners = this.#corners;
    for (let k = 0; k < corners.length; k++) {
      let [px, py] = corners[k], [qx, qy] = corners[k + 1 & 3];
      py <= y != qy <= y && this.#take(px + (y - py) / (qy - py) * (qx - px));
    }
    return this.left <= this.right;
  }
  #disc([x, cy], y) {
    if (Math.abs(y - cy) > this.r) return;
    let half = Math.sqrt(this.r * this.r - (y - cy) * (y - cy));
    this.#take(x - half), this.#take(x + half);
  }
  #take(x) {
    x < this.left && (this.left = x), x > this.right && (this.right = x);
  }
};
function paintSegment(bitmap, a, b, r, value) {
  let { width, height, data } = bitmap, x0 = Math.max(0, Math.floor(Math.min(a[0], b[0]) - r) - 1), x1 = Math.min(width, Math.ceil(Math.max(a[0], b[0]) + r) + 1), y0 = Math.max(0, Math.floor(Math.min(a[1], b[1]) - r) - 1), y1 = Math.min(height, Math.ceil(Math.max(a[1], b[1]) + r) + 1);
  if (x0 >= x1 || y0 >= y1) return null;
  let outline = new Outline(a, b, r);
  for (let y = y0; y < y1; y++) {
    if (!outline.cross(y + 0.5)) continue;
    let from = Math.max(x0, Math.floor(outline.left) - 2), to = Math.min(x1, Math.ceil(outline.right) + 2);
    for (; from < to && !within(from, y, a, b, r); ) from++;
    for (; to > from && !within(to - 1, y, a, b, r); ) to--;
    from < to && data.fill(value, y * width + from, y * width + to);
  }
  return { x0, y0, x1, y1 };
}
function paintStroke(bitmap, points, r, value) {
  let box = null, last = points[0];
  if (!last) return null;
  for (let point of points.length > 1 ? points.slice(1) : points)
    box = union(box, paintSegment(bitmap, last, point, r, value)), last = point;
  return box;
}
function snap(value) {
  return Math.round(value * 64) / 64;
}

// src/pixels/ops.ts
function draw(bitmap, op) {
  switch (op.op) {
    case "stroke":
      return paintStroke(bitmap, op.points, op.r, op.erase ? 0 : 1);
    case "group":
      return op.ops.reduce((box, part) => union(box, draw(bitmap, part)), null);
    case "polygon":
      return paintPolygon(bitmap, op.points, op.erase ? 0 : 1);
    case "rect":
      return paintRect(bitmap, ...op.box, op.erase ? 0 : 1);
    case "ellipse":
      return paintEllipse(bitmap, ...op.box, op.erase ? 0 : 1);
    case "clear":
    case "fill":
      return bitmap.data.fill(op.op === "fill" ? 1 : 0), bitmap.whole;
    case "invert":
      return bitmap.invert(), bitmap.whole;
    case "flood":
      return flood(bitmap, op.at[0], op.at[1], op.erase ? 0 : 1);
    case "load":
      throw new Error("a loaded mask cannot be drawn from its op");
  }
}

// src/pixels/history.ts
var LAST = 16, EVERY = 8;
function isOpaque(op) {
  return op.op === "load" || op.op === "wand" || "px" in op;
}
var History = class {
  #base;
  #done = [];
  #undone = [];
  constructor(bitmap) {
    this.#base = pack(bitmap);
  }
  get depth() {
    return this.#done.length;
  }
  get ahead() {
    return this.#undone.length;
  }
  /** Forget everything: the bitmap now comes from elsewhere. */
  rebase(bitmap, packed = pack(bitmap)) {
    this.#base = packed, this.#done = [], this.#undone = [];
  }
  /** Note an op and the packed bitmap that it led to. */
  push(op, after) {
    this.#done.push({ op, after }), this.#undone = [];
    let old = this.#done.length - LAST, entry = this.#done[old - 1];
    entry && !isOpaque(entry.op) && old % EVERY !== 0 && (entry.after = null);
  }
  /** Note that the last op has become another one, which led elsewhere. */
  replace(op, after) {
    this.#done[this.#done.length - 1] = { op, after };
  }
  undo(bitmap) {
    let entry = this.#done.pop();
    return entry ? (this.#undone.push(entry), this.restore(bitmap), !0) : !1;
  }
  redo(bitmap) {
    let entry = this.#undone.pop();
    return entry ? (this.#done.push(entry), entry.after ? unpackInto(bitmap, entry.after) : isOpaque(entry.op) || draw(bitmap, entry.op), !0) : !1;
  }
  /** Bring the bitmap back to what the ops say, for instance after a stroke that was given up. */
  restore(bitmap) {
    let from = this.#done.length;
    for (; from > 0 && !this.#done[from - 1]?.after; ) from--;
    unpackInto(bitmap, this.#done[from - 1]?.after ?? this.#base);
    for (let { op } of this.#done.slice(from)) isOpaque(op) || draw(bitmap, op);
  }
};

// src/pixels/wand.ts
var PAUSE = 65536, Colours = class {
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.#data = new Uint8Array(3 * width * height);
  }
  width;
  height;
  #data;
  #rows = 0;
  /** Number of the row that is to come next; the height when all are here. */
  get rows() {
    return this.#rows;
  }
  /** Add rows as Python sends them: deflated, each byte less the one of the pixel to its left. */
  async add(deflated) {
    let bytes = await inflate(deflated), row = 3 * this.width, count = bytes.length / row;
    if (!Number.isInteger(count) || this.#rows + count > this.height) throw new RangeError(`${bytes.length} bytes are no rows of ${this.width} pixels`);
    for (let start = 0; start < bytes.length; start += row)
      for (let k = start + 3; k < start + row; k++) bytes[k] = bytes[k] + bytes[k - 3];
    this.#data.set(bytes, this.#rows * row), this.#rows += count;
  }
  /** Pick where the colour is about that of a pixel; a generator that stands still at every `PAUSE` pixels. */
  *pick({ at: [x, y], tolerance, contiguous }) {
    let near = this.#near(3 * (y * this.width + x), tolerance), area = new Bitmap(this.width, this.height);
    return contiguous ? yield* this.#flood(area, x, y, near) : yield* this.#everywhere(area, near), yield, pack(area);
  }
  /** Return what tells of the pixel at a place in the data whether it is near enough. */
  #near(chosen, tolerance) {
    let data = this.#data, [red, green, blue] = [0, 1, 2].map((channel) => {
      let wanted = data[chosen + channel];
      return Uint8Array.from({ length: 256 }, (_, level) => +(Math.abs(level - wanted) <= tolerance));
    });
    return (k) => red[data[k]] & green[data[k + 1]] & blue[data[k + 2]];
  }
  *#everywhere({ width, height, data }, near) {
    let rows = Math.max(1, Math.floor(PAUSE / width));
    for (let y = 0; y < height; y++) {
      for (let k = y * width; k < (y + 1) * width; k++) data[k] = near(3 * k);
      y % rows === rows - 1 && (yield);
    }
  }
  /** Runs of a row, each of which looks for others above and below it. */
  *#flood({ width, height, data }, x, y, near) {
    let seeds = [y * width + x], since = 0;
    for (let seed = seeds.pop(); seed !== void 0; seed = seeds.pop()) {
      if (data[seed] === 1) continue;
      let line = Math.floor(seed / width), row = line * width, left = seed;
      for (; left > row && near(3 * (left - 1)) === 1; ) left--;
      let right = seed + 1;
      for (; right < row + width && near(3 * right) === 1; ) right++;
      data.fill(1, left, right);
      for (let beside of [-width, width]) {
        if (beside < 0 ? line === 0 : line === height - 1) continue;
        let before = 0;
        for (let k = left + beside; k < right + beside; k++) {
          let open = near(3 * k) & ~data[k];
          open === 1 && before === 0 && seeds.push(k), before = open;
        }
      }
      since += right - left, !(since < PAUSE) && (since = 0, yield);
    }
  }
};
function merged(before, area, erase) {
  let after = new Uint8Array(before), words = new Uint32Array(after.buffer, 0, after.length >> 2), aligned = area.byteOffset % 4 === 0 ? area : new Uint8Array(area), picked = new Uint32Array(aligned.buffer, aligned.byteOffset, words.length);
  if (erase) for (let k = 0; k < words.length; k++) words[k] = words[k] & ~picked[k];
  else for (let k = 0; k < words.length; k++) words[k] = words[k] | picked[k];
  for (let k = 4 * words.length; k < after.length; k++) after[k] = erase ? after[k] & ~area[k] : after[k] | area[k];
  return after;
}

// src/painter/store.ts
var UNKNOWN = -1, Store = class {
  bitmap;
  #history;
  #client;
  #send;
  #listeners = /* @__PURE__ */ new Set();
  #shown = null;
  /** What was sent and is not known to be handled. */
  #unheard = [];
  #seq = 0;
  #sent = 0;
  /** The bitmap between strokes, as bits. */
  #packed;
  /** Of `#packed`; null until it is asked for. */
  #crc = null;
  #drawing = !1;
  /** Where the bitmap has changed since the stroke began. */
  #stroked = null;
  /** The last op was told in vectors, so Python has drawn it anew. */
  #told = !1;
  /** Number of the last message whose result only Python knows; 0 when it has answered, or there was none. */
  #undrawn = 0;
  #asked = null;
  /** What was asked for has been turned since it was sent. */
  #turned = !1;
  /** The bitmap holds what this page has picked by itself: where Python has something else, that counts. */
  #foreseen = !1;
  /** Steps that only Python can undo or redo: they were made before this page was opened, or in a cell. */
  #pythonUndo = 0;
  #pythonRedo = 0;
  constructor(width, height, send, client) {
    this.bitmap = new Bitmap(width, height), this.#history = new History(this.bitmap), this.#packed = pack(this.bitmap), this.#send = send, this.#client = client;
  }
  /** True while Python has not yet handled everything that was sent. */
  get pending() {
    return this.#sent > this.#acked(this.#shown);
  }
  /** True while this page shows what Python has. */
  get settled() {
    return !this.pending && this.#undrawn === 0 && this.#crc === this.#shown?.crc;
  }
  /** True while a stroke is being made, in whatever view. */
  get drawing() {
    return this.#drawing;
  }
  /** How many steps this page has sent. */
  get done() {
    return this.#sent;
  }
  /** What was sent and is not known to be handled, the oldest first. */
  get unheard() {
    return this.#unheard;
  }
  /** Number of the state that Python has, or will have when it has handled what was sent. */
  get seq() {
    return this.#seq;
  }
  /** What Python was asked for last, unless something else was done since. */
  get asked() {
    return this.#lastAsked?.op ?? null;
  }
  get #lastAsked() {
    return this.#asked?.n === this.#sent && this.#asked.seq === this.#seq ? this.#asked : null;
  }
  get canUndo() {
    return this.#history.depth > 0 || this.#pythonUndo > 0;
  }
  get canRedo() {
    return this.#history.ahead > 0 || this.#history.depth === 0 && this.#pythonRedo > 0;
  }
  /** How much is painted between strokes, and the box that holds it. */
  measure() {
    return measure(this.bitmap, this.#packed);
  }
  /** Call back with the box that changed (null: only the state did) until the signal ends. */
  onChange(listener, signal) {
    this.#listeners.add(listener), signal.addEventListener("abort", () => this.#listeners.delete(listener), { once: !0 });
  }
  /** Between `beginStroke` and `commit` or `cancelStroke` the bitmap holds half a stroke, and nothing from Python is taken over. */
  beginStroke() {
    this.sendTurned(), this.#drawing = !0, this.#stroked = null;
  }
  changed(box) {
    box && (this.#stroked = union(this.#stroked, box), this.#notify(box));
  }
  cancelStroke() {
    this.#drawing = !1, this.#history.restore(this.bitmap), this.#notify(this.bitmap.whole), this.#sync();
  }
  /** Send an op that the bitmap shows already, and record it. */
  commit(op) {
    this.#drawing = !1, op.op === "load" ? this.#load() : (this.#post(op), this.#record(op, this.#stroked)), this.#notify(null);
  }
  apply(op) {
    this.#post(op);
    let box = draw(this.bitmap, op);
    this.#record(op, box), this.#notify(box);
  }
  /**
   * Have Python carry out an op, `anew` in place of what it was asked for last; its mask is shown when it has. False
   * while a stroke is made, or when there is no such last step. While Python is at work on one turn the next ones wait,
   * and only the last of them is sent.
   */
  ask(op, anew = !1) {
    let last = anew ? this.#lastAsked : null;
    return this.#drawing || anew && !last ? !1 : (last && (this.pending || this.#turned) ? (this.#asked = { ...last, op }, this.#turned = !0) : this.#postAsked(op, last), this.#notify(null), !0);
  }
  /** Send what the last step was turned to, if that still waits. */
  sendTurned() {
    if (!this.#turned) return;
    this.#turned = !1;
    let last = this.#lastAsked;
    last && this.#postAsked(last.op, last);
  }
  /** Show what Python will make of the op that it was asked for last, unless it has said so already. */
  foresee(op, picked) {
    let asked = this.#lastAsked;
    if (!asked?.before || asked.op !== op || this.#drawing || this.settled && !this.#turned) return;
    let after = merged(asked.before, picked, op.erase), changed = this.#take(after);
    asked.place === "base" ? this.#history.rebase(this.bitmap, after) : asked.place === "history" ? this.#history.replace(op, after) : this.#history.push(op, after), asked.place === "nowhere" && (asked.place = "history"), this.#pythonRedo = 0, [asked.shown, this.#foreseen] = [op, !0], this.#turned || (this.#undrawn = 0), this.#notify(changed);
  }
  #postAsked(op, last) {
    let unsure = this.#undrawn > this.#acked(this.#shown), before = last ? last.before : unsure ? null : this.#packed;
    this.#undrawn = last?.shown === op ? 0 : this.#sent + 1, this.#post(op, { drawn: !1, more: last ? { anew: !0 } : {} }), this.#asked = { shown: null, place: "nowhere", ...last, op, before, n: this.#sent, seq: this.#seq };
  }
  /** Have Python carry out what another store had sent to a kernel that was gone; its mask is shown when it has. */
  repeat(messages) {
    for (let { op, anew } of messages)
      this.#undrawn = this.#sent + 1, this.#post(op, { drawn: !1, more: anew ? { anew } : {} });
    this.#notify(null);
  }
  undo() {
    this.#step("undo");
  }
  redo() {
    this.#step("redo");
  }
  /** Adopt Python's state, unless messages of ours are still on their way: then the answer to the last of them counts. */
  receive(shown) {
    this.#shown = shown, this.#unheard = this.#unheard.filter(({ n }) => n > this.#acked(shown));
    let synced = this.#sync();
    return this.#notify(null), synced;
  }
  #acked(shown) {
    return shown?.acks[this.#client] ?? 0;
  }
  #step(which) {
    if (!this.#drawing)
      if (which === "undo" ? this.#history.depth > 0 : this.#history.ahead > 0) {
        this.#post({ op: which }), this.#history[which](this.bitmap);
        let before = this.#packed;
        this.#keep(pack(this.bitmap)), this.#notify(difference(this.bitmap, before, this.#packed));
      } else (which === "undo" ? this.canUndo : this.canRedo) && (this.#pythonUndo += which === "undo" ? -1 : 1, this.#pythonRedo += which === "undo" ? 1 : -1, this.#undrawn = this.#sent + 1, this.#post({ op: which }, { drawn: !1 }), this.#notify(null));
  }
  /** Send an op; `drawn` is false when only Python can carry it out. */
  #post(op, { drawn = !0, more = {}, buffers = [] } = {}) {
    this.sendTurned();
    let n = ++this.#sent, seq = drawn && this.#undrawn > this.#acked(this.#shown) ? UNKNOWN : ++this.#seq;
    this.#told = op.op !== "load";
    let message = { kind: "ops", client: this.#client, n, seq, op, ...more };
    this.#unheard.push(message), this.#send(message, buffers);
  }
  /** Record an op that has changed nothing outside `box`. */
  #record(op, box) {
    this.#keep(box ? pack(this.bitmap, this.#packed, box) : this.#packed), this.#history.push(op, this.#packed), this.#pythonRedo = 0;
  }
  /** Send the whole bitmap as it is. */
  #load(more = {}) {
    let op = { op: "load" };
    this.#record(op, this.bitmap.whole), this.#post(op, { more: { bits: "raw", ...more }, buffers: [this.#packed.buffer] });
  }
  #keep(packed, crc = null) {
    this.#packed = packed, this.#crc = crc;
  }
  async #sync() {
    let shown = this.#shown;
    if (!shown || this.#drawing || this.pending) return;
    let ours = shown.seq === this.#seq && this.#undrawn === 0;
    if (this.#seq = shown.seq, this.#turned && this.#lastAsked?.shown) return this.sendTurned();
    this.#undrawn = 0, this.#crc ??= crc32(this.#packed);
    let wins = ours && this.#told && !this.#foreseen;
    this.#foreseen = !1, shown.crc === this.#crc ? (ours || this.#rebase(), this.#countSteps(shown)) : wins ? this.#load({ differs: !0 }) : await this.#adopt(shown), this.sendTurned();
  }
  #rebase() {
    this.#history.rebase(this.bitmap, this.#packed), this.#asked && (this.#asked.place = "base");
  }
  async #adopt(shown) {
    let { bitmap } = shown, view = ArrayBuffer.isView(bitmap) ? new Uint8Array(bitmap.buffer, bitmap.byteOffset, bitmap.byteLength) : new Uint8Array(bitmap), packed = await inflate(new Uint8Array(view));
    if (this.#shown !== shown || this.#drawing || this.pending) return;
    let changed = this.#take(packed, shown.crc);
    this.#rebase(), this.#countSteps(shown), this.#notify(changed);
  }
  /** Show another mask than what is there between strokes; returns where it is another one. */
  #take(packed, crc = null) {
    let changed = difference(this.bitmap, this.#packed, packed);
    return changed && unpackInto(this.bitmap, packed, changed), this.#keep(packed, crc), changed;
  }
  #countSteps(shown) {
    this.#pythonUndo = Math.max(0, shown.undo - this.#history.depth), this.#pythonRedo = Math.max(0, shown.redo - this.#history.ahead);
  }
  #notify(box) {
    for (let listener of this.#listeners) listener(box);
  }
};

// src/painter/trial.ts
var Trial = class {
  #store;
  #wand;
  constructor(store, wand) {
    this.#store = store, this.#wand = wand;
  }
  /** The op whose numbers can still be turned. */
  get op() {
    return this.#store.asked;
  }
  /** A wand is about to be used. */
  prepare() {
    this.#wand.prepare();
  }
  begin(op) {
    this.#ask(op, !1);
  }
  /** Do the last op anew with other numbers, if it was one that has them. */
  turn(numbers) {
    let last = this.op;
    last && Object.keys(numbers).every((name) => name in last) && this.#ask({ ...last, ...numbers }, !0);
  }
  /** The numbers are turned no more: what was not sent yet is. */
  settle() {
    this.#store.sendTurned();
  }
  #ask(op, anew) {
    this.#store.ask(op, anew) && op.op === "wand" && this.#wand.pick(op, (area) => this.#store.foresee(op, area));
  }
};

// inline-worker:src/pixels/wand_worker.ts
var wand_worker_default = '"use strict";(()=>{var U=class{constructor(e,t,r=new Uint8Array(e*t)){this.width=e;this.height=t;this.data=r;if(r.length!==e*t)throw new RangeError(`${e}x${t} needs ${e*t} pixels`)}width;height;data;get whole(){return{x0:0,y0:0,x1:this.width,y1:this.height}}invert(){let{data:e}=this;for(let t=0;t<e.length;t++)e[t]=(e[t]??0)^1}};var P=new Uint8Array(new Uint32Array([1]).buffer)[0]===1;function E({width:o,data:e}){return P&&o%8===0&&e.byteOffset%4===0?new Uint32Array(e.buffer,e.byteOffset,e.length>>2):null}function k(o,e=null,t=o.whole){let{width:r,height:l,data:s}=o,n=r+7>>3,i=e?new Uint8Array(e):new Uint8Array(n*l),[h,y]=e?[t.x0>>3,t.x1+7>>3]:[0,n],[m,g]=e?[t.y0,t.y1]:[0,l],f=E(o);for(let a=m;a<g;a++){let w=a*r;for(let u=h;u<y;u++){if(f){let d=(w>>2)+2*u;i[a*n+u]=Math.imul(f[d],134480385)>>>24<<4|Math.imul(f[d+1],134480385)>>>24;continue}let c=0,x=u<<3;for(let d=0;d<8;d++)c=c<<1|(x+d<r?s[w+x+d]:0);i[a*n+u]=c}}return i}var R=Uint32Array.from({length:16},(o,e)=>e>>3&1|(e>>2&1)<<8|(e>>1&1)<<16|(e&1)<<24);var G=Uint8Array.from({length:256},(o,e)=>[0,1,2,3,4,5,6,7].filter(t=>e>>t&1).length);async function B(o){let e=new Blob([o]).stream().pipeThrough(new DecompressionStream("deflate"));return new Uint8Array(await new Response(e).arrayBuffer())}var S=Uint32Array.from({length:256},(o,e)=>{let t=e;for(let r=0;r<8;r++)t=t&1?3988292384^t>>>1:t>>>1;return t});var M=65536,p=class{constructor(e,t){this.width=e;this.height=t;this.#t=new Uint8Array(3*e*t)}width;height;#t;#e=0;get rows(){return this.#e}async add(e){let t=await B(e),r=3*this.width,l=t.length/r;if(!Number.isInteger(l)||this.#e+l>this.height)throw new RangeError(`${t.length} bytes are no rows of ${this.width} pixels`);for(let s=0;s<t.length;s+=r)for(let n=s+3;n<s+r;n++)t[n]=t[n]+t[n-3];this.#t.set(t,this.#e*r),this.#e+=l}*pick({at:[e,t],tolerance:r,contiguous:l}){let s=this.#r(3*(t*this.width+e),r),n=new U(this.width,this.height);return l?yield*this.#o(n,e,t,s):yield*this.#n(n,s),yield,k(n)}#r(e,t){let r=this.#t,[l,s,n]=[0,1,2].map(i=>{let h=r[e+i];return Uint8Array.from({length:256},(y,m)=>+(Math.abs(m-h)<=t))});return i=>l[r[i]]&s[r[i+1]]&n[r[i+2]]}*#n({width:e,height:t,data:r},l){let s=Math.max(1,Math.floor(M/e));for(let n=0;n<t;n++){for(let i=n*e;i<(n+1)*e;i++)r[i]=l(3*i);n%s===s-1&&(yield)}}*#o({width:e,height:t,data:r},l,s,n){let i=[s*e+l],h=0;for(let y=i.pop();y!==void 0;y=i.pop()){if(r[y]===1)continue;let m=Math.floor(y/e),g=m*e,f=y;for(;f>g&&n(3*(f-1))===1;)f--;let a=y+1;for(;a<g+e&&n(3*a)===1;)a++;r.fill(1,f,a);for(let w of[-e,e]){if(w<0?m===0:m===t-1)continue;let u=0;for(let c=f+w;c<a+w;c++){let x=n(3*c)&~r[c];x===1&&u===0&&i.push(c),u=x}}h+=a-f,!(h<M)&&(h=0,yield)}}};var b=self,A=new p(0,0),v=Promise.resolve();async function O(o){if(o.kind==="size"&&(A=new p(o.width,o.height)),o.kind==="rows"&&await A.add(o.deflated),o.kind!=="pick")return b.postMessage({rows:A.rows});let e=A.pick(o.choice),t=e.next();for(;!t.done;)t=e.next();b.postMessage({rows:A.rows,picked:t.value},[t.value.buffer])}b.onmessage=({data:o})=>{v=v.then(()=>O(o)).catch(e=>b.postMessage({failed:String(e)}))};})();\n';

// src/painter/wand_thread.ts
var SLICE = 6, WandWorker = class {
  #worker;
  #waiting = [];
  #failed = null;
  constructor(width, height) {
    let address = URL.createObjectURL(new Blob([wand_worker_default], { type: "text/javascript" }));
    try {
      this.#worker = new Worker(address);
    } finally {
      URL.revokeObjectURL(address);
    }
    this.#worker.onmessage = ({ data }) => {
      let waiting = this.#waiting.shift();
      "failed" in data ? waiting?.reject(new Error(data.failed)) : waiting?.resolve(data);
    }, this.#worker.onerror = (event) => {
      event.preventDefault(), this.#fail(new Error(event.message || "no worker can be made"));
    }, this.#order({ kind: "size", width, height }).catch(() => {
    });
  }
  async add(deflated) {
    return (await this.#order({ kind: "rows", deflated }, [deflated.buffer])).rows;
  }
  async pick(choice) {
    return (await this.#order({ kind: "pick", choice })).picked;
  }
  end() {
    this.#worker.terminate(), this.#fail(new Error("ended"));
  }
  #order(order, transfer = []) {
    return this.#failed ? Promise.reject(this.#failed) : new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject }), this.#worker.postMessage(order, transfer);
    });
  }
  #fail(why) {
    this.#failed = why;
    for (let { reject } of this.#waiting.splice(0)) reject(why);
  }
}, WandSlices = class {
  #colours;
  #ended = !1;
  constructor(width, height) {
    this.#colours = new Colours(width, height);
  }
  async add(deflated) {
    return await this.#colours.add(deflated), this.#colours.rows;
  }
  async pick(choice) {
    let work = this.#colours.pick(choice);
    for (; ; ) {
      let until = performance.now() + SLICE;
      do {
        let step = work.next();
        if (step.done) return step.value;
      } while (performance.now() < until);
      if (await afterOthers(), this.#ended) throw new Error("ended");
    }
  }
  end() {
    this.#ended = !0;
  }
};
function afterOthers() {
  return new Promise((resolve) => {
    let { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close(), resolve();
    }, port2.postMessage(null);
  });
}

// src/painter/wand.ts
var Wand = class {
  #comm;
  #size = [0, 0];
  /** Number of the picture whose colours these are. */
  #picture = -1;
  #thread = null;
  /** Rows that are here, and the row that was asked for last. */
  #rows = 0;
  #asked = -1;
  #busy = !1;
  #next = null;
  constructor(comm) {
    this.#comm = comm, comm.onMessage((content, buffers) => {
      let { kind, picture, row } = content;
      kind === "colours" && picture === this.#picture && row === this.#asked && row === this.#rows && buffers[0] && this.#add(buffers[0]);
    });
  }
  /** Fetch the colours of the picture that is painted on, unless they are here or on their way. */
  prepare() {
    let { at } = this.#comm.get("pictures");
    if (this.#picture !== at) {
      this.end(), [this.#picture, this.#size] = [at, this.#comm.get("size")];
      try {
        this.#thread = new WandWorker(...this.#size);
      } catch {
        this.#thread = new WandSlices(...this.#size);
      }
      this.#ask();
    }
  }
  /** Say what a choice picks, once it is known; nothing where another choice has come meanwhile, or colours are missing. */
  pick(choice, picked) {
    this.prepare(), this.#next = { choice, picked }, this.#goOn();
  }
  /** Let go of worker and colours. */
  end() {
    this.#thread?.end(), [this.#thread, this.#picture, this.#rows, this.#next] = [null, -1, 0, null];
  }
  async #goOn() {
    let [next, thread] = [this.#next, this.#thread];
    if (!(this.#busy || !next || !thread || this.#rows < this.#size[1])) {
      this.#next = null, this.#busy = !0;
      try {
        let area = await thread.pick(next.choice);
        thread === this.#thread && next.picked(area);
      } catch {
      }
      this.#busy = !1, this.#goOn();
    }
  }
  #ask() {
    this.#asked = this.#rows, this.#comm.send({ kind: "colours", picture: this.#picture, row: this.#rows });
  }
  async #add(view) {
    let deflated = new Uint8Array(view.byteLength);
    deflated.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength)), this.#asked = -1;
    let thread = this.#thread;
    try {
      let rows = await thread.add(deflated);
      if (thread !== this.#thread) return;
      this.#rows = rows;
    } catch {
      if (thread !== this.#thread || thread instanceof WandSlices) return;
      [this.#thread, this.#rows] = [new WandSlices(...this.#size), 0];
    }
    this.#rows < this.#size[1] ? this.#ask() : this.#goOn();
  }
};

// src/painter/unheard.ts
var PREFIX = "bailian_nb strokes ";
function lay(name, messages) {
  let told = messages.filter(({ op }) => op.op !== "load");
  try {
    told.length > 0 ? sessionStorage.setItem(PREFIX + name, JSON.stringify(told)) : sessionStorage.removeItem(PREFIX + name);
  } catch {
  }
}
function take(name, acks) {
  try {
    let waiting = JSON.parse(sessionStorage.getItem(PREFIX + name) ?? "[]");
    return sessionStorage.removeItem(PREFIX + name), waiting.filter(({ client, n }) => n > (acks[client] ?? 0));
  } catch {
    return [];
  }
}

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

// src/page/files.ts
function save(blob, name) {
  let link = document.createElement("a");
  link.href = temporaryUrl(blob), link.download = name, link.click();
}
function openInTab(blob) {
  window.open(temporaryUrl(blob), "_blank", "noopener");
}
function temporaryUrl(blob) {
  let url = URL.createObjectURL(blob);
  return setTimeout(() => URL.revokeObjectURL(url), 6e4), url;
}

// src/painter/keys.ts
var TOOLS = {
  KeyB: { do: "tool", tool: "brush", erase: !1 },
  KeyE: { do: "tool", tool: "brush", erase: !0 },
  KeyX: { do: "swap" },
  KeyL: { do: "tool", tool: "lasso" },
  KeyP: { do: "tool", tool: "polygon" },
  KeyU: { do: "tool", tool: "rect" },
  KeyO: { do: "tool", tool: "ellipse" },
  KeyG: { do: "tool", tool: "fill" },
  KeyW: { do: "tool", tool: "wand" },
  KeyS: { do: "edges" },
  KeyH: { do: "hide" },
  KeyF: { do: "full" }
}, ARROWS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1]
}, ZOOM_STEP = 1.25;
function command(press) {
  if (press.ctrlKey || press.metaKey) return withControl(press);
  if (press.altKey) return null;
  if (press.key === "?") return { do: "help" };
  if (press.key === "[" || press.key === "{") return { do: "size", step: press.shiftKey ? -5 : -1 };
  if (press.key === "]" || press.key === "}") return { do: "size", step: press.shiftKey ? 5 : 1 };
  if (press.key === "+" || press.key === "=") return { do: "zoom", factor: ZOOM_STEP };
  if (press.key === "-") return { do: "zoom", factor: 1 / ZOOM_STEP };
  if (press.key === "Escape") return { do: "leave" };
  if (press.key === "Enter") return { do: "dab", line: press.shiftKey };
  if (press.key === "Backspace") return { do: "corner" };
  if (press.key === " ") return { do: "pan" };
  if (press.key === ",") return { do: "previous" };
  if (press.key === ".") return { do: "next" };
  if (press.shiftKey && press.code === "KeyV") return { do: "invert" };
  let arrow = ARROWS[press.key];
  return arrow ? { do: "move", dx: arrow[0] * (press.shiftKey ? 10 : 1), dy: arrow[1] * (press.shiftKey ? 10 : 1) } : press.shiftKey ? null : press.code === "Digit0" || press.code === "Numpad0" ? { do: "fit" } : press.code === "Digit1" || press.code === "Numpad1" ? { do: "actual" } : TOOLS[press.code] ?? null;
}
function withControl(press) {
  if (press.altKey) return null;
  let typed = press.key.toLowerCase(), letter = typed === "z" || typed === "y" ? typed : press.code === "KeyZ" ? "z" : press.code === "KeyY" ? "y" : "";
  return letter === "y" ? { do: "redo" } : letter === "z" ? { do: press.shiftKey ? "redo" : "undo" } : null;
}

// src/painter/selection_fields.ts
var EDGES = ["grow", "shrink", "smooth"], WandFields = class {
  element;
  #brush;
  constructor(brush, texts, trial, signal) {
    this.#brush = brush;
    let label = text(texts, "tolerance"), shown = h("output", { class: "bn-number" }, String(brush.tolerance)), slider = h("input", { type: "range", class: "bn-slider bn-tolerance", min: "0", max: "255", step: "1", value: String(brush.tolerance), title: label, label });
    on(slider, "input", () => {
      brush.tolerance = slider.valueAsNumber, shown.textContent = slider.value, trial.turn({ tolerance: brush.tolerance });
    }, signal), on(slider, "change", () => trial.settle(), signal);
    let contiguous = h("input", { type: "checkbox" });
    contiguous.checked = brush.contiguous, on(contiguous, "change", () => {
      brush.contiguous = contiguous.checked, trial.turn({ contiguous: brush.contiguous }), trial.settle();
    }, signal), this.element = h(
      "div",
      { class: "bn-row bn-box" },
      h("label", { class: "bn-group" }, h("span", { class: "bn-caption" }, label), slider, shown),
      h("label", { class: "bn-group" }, contiguous, h("span", {}, text(texts, "contiguous")))
    ), this.refresh();
  }
  refresh(looking = !1) {
    this.element.hidden = looking || this.#brush.tool !== "wand";
  }
}, LassoFields = class {
  element;
  #brush;
  #edges = h("input", { type: "checkbox" });
  #hint;
  constructor(brush, texts, signal) {
    this.#brush = brush, this.#hint = h("span", { class: "bn-hint" }, text(texts, "edges_hint")), on(this.#edges, "change", () => {
      brush.edges = this.#edges.checked, this.refresh();
    }, signal);
    let label = h("label", { class: "bn-group" }, this.#edges, h("span", {}, `${text(texts, "edges")} (S)`));
    this.element = h("div", { class: "bn-row bn-box" }, label, this.#hint), this.refresh();
  }
  refresh(looking = !1) {
    this.element.hidden = looking || this.#brush.tool !== "lasso", this.#edges.checked = this.#brush.edges, this.#hint.hidden = !this.#brush.edges;
  }
}, SLIDER_MOST = 64, EdgeFields = class {
  element;
  #px;
  #buttons;
  /** `begin` starts one of the three; `trial` does it anew with another number, as long as nothing else is done. */
  constructor(longest, texts, begin, trial, signal) {
    let label = text(texts, "edge_px"), first = String(Math.max(2, Math.round(longest / 200))), px = this.#px = h("input", { type: "number", class: "bn-text bn-box-field", label, title: label, value: first, min: "0", max: String(longest), step: "1" }), slider = h("input", { type: "range", class: "bn-slider", label, title: label, value: first, min: "1", max: String(SLIDER_MOST), step: "1" });
    on(px, "input", () => {
      this.#valid && (slider.value = px.value, trial.turn({ px: px.valueAsNumber }));
    }, signal), on(slider, "input", () => {
      px.value = slider.value, trial.turn({ px: px.valueAsNumber });
    }, signal);
    for (let field of [px, slider]) on(field, "change", () => trial.settle(), signal);
    let go = (op) => {
      this.#valid && begin({ op, px: px.valueAsNumber });
    };
    this.#buttons = new Map(EDGES.map((op) => [op, button(text(texts, `${op}_title`), text(texts, op), () => go(op), signal)])), this.element = h(
      "div",
      { class: "bn-row bn-box", hidden: "" },
      h("label", { class: "bn-group" }, h("span", { class: "bn-caption" }, label), px),
      slider,
      ...this.#buttons.values()
    );
  }
  get #valid() {
    return this.#px.validity.valid && this.#px.valueAsNumber > 0;
  }
  toggle() {
    return this.element.hidden = !this.element.hidden, !this.element.hidden;
  }
  /** Show which of the three the number still turns. */
  refresh(live) {
    for (let [op, node] of this.#buttons) node.setAttribute("aria-pressed", String(op === live?.op));
  }
};

// src/painter/box_fields.ts
function boxOp(tool, given, erase) {
  let [ax, ay, bx, by] = given.map(snap);
  return ax === void 0 || ay === void 0 || bx === void 0 || by === void 0 || !given.every(Number.isFinite) || ax === bx || ay === by ? null : { op: tool, box: [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)], erase };
}
var BoxFields = class {
  element;
  #brush;
  constructor(picture, brush, texts, paint, signal) {
    this.#brush = brush;
    let values = [0, 0, picture.width, picture.height], fields = ["x0", "y0", "x1", "y1"].map((name, k) => h("input", { type: "number", class: "bn-text bn-box-field", label: name, title: name, value: String(values[k]) })), add = () => {
      let { tool, erase } = brush, op = tool === "rect" || tool === "ellipse" ? boxOp(tool, fields.map((field) => field.valueAsNumber), erase) : null;
      op && paint(op);
    };
    for (let field of fields) on(field, "keydown", (event) => event.key === "Enter" && add(), signal);
    this.element = h("div", { class: "bn-row bn-box" }, "x0 y0 x1 y1", ...fields, button(text(texts, "add"), text(texts, "add"), add, signal)), this.refresh();
  }
  /** `looking`: an attempt is shown, so no tool is at work. */
  refresh(looking = !1) {
    this.element.hidden = looking || this.#brush.tool !== "rect" && this.#brush.tool !== "ellipse";
  }
};

// src/painter/geometry.ts
function toCanvas(clientX, clientY, rect, canvas) {
  return [
    (clientX - rect.left) * canvas.width / (rect.width || 1),
    (clientY - rect.top) * canvas.height / (rect.height || 1)
  ];
}
function toPicture(view, x, y) {
  return [(x - view.x) / view.scale, (y - view.y) / view.scale];
}
function toView(view, x, y) {
  return [x * view.scale + view.x, y * view.scale + view.y];
}
function fit(picture, canvas) {
  return centre(picture, canvas, Math.min(canvas.width / picture.width, canvas.height / picture.height));
}
function centre(picture, canvas, scale) {
  return {
    scale,
    x: (canvas.width - picture.width * scale) / 2,
    y: (canvas.height - picture.height * scale) / 2
  };
}
function inside(picture, frame) {
  let scale = Math.min(frame.width / picture.width, frame.height / picture.height), [width, height] = [picture.width * scale, picture.height * scale];
  return { left: (frame.width - width) / 2, top: (frame.height - height) / 2, width, height };
}
function zoomAt(view, factor, x, y) {
  let scale = Math.min(64, Math.max(0.015625, view.scale * factor)), k = scale / view.scale;
  return { scale, x: x - (x - view.x) * k, y: y - (y - view.y) * k };
}
function pan(view, dx, dy) {
  return { ...view, x: view.x + dx, y: view.y + dy };
}
function keepInSight(view, picture, canvas, margin = 48) {
  let clamp = (at, length, room) => Math.min(room - Math.min(margin, length), Math.max(Math.min(margin, length) - length, at));
  return {
    scale: view.scale,
    x: clamp(view.x, picture.width * view.scale, canvas.width),
    y: clamp(view.y, picture.height * view.scale, canvas.height)
  };
}
function pinch(view, before, after) {
  let [a, b] = [middle(before), middle(after)], spread = distance(after) / (distance(before) || 1);
  return pan(zoomAt(view, spread, a[0], a[1]), b[0] - a[0], b[1] - a[1]);
}
function middle([p, q]) {
  return [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2];
}
function distance([p, q]) {
  return Math.hypot(q[0] - p[0], q[1] - p[1]);
}
function wheelFactor(deltaY, deltaMode) {
  let pixels = deltaY * (deltaMode === 1 ? 16 : deltaMode === 2 ? 400 : 1);
  return Math.exp(-Math.max(-200, Math.min(200, pixels)) * 3e-3);
}

// src/painter/pressure.ts
function radiusAt(full, pressure) {
  let steps = Math.max(1, Math.round(Math.min(1, Math.max(0, pressure)) * 8));
  return Math.max(0.5, snap(full * steps / 8));
}
var StrokeBuilder = class {
  constructor(erase) {
    this.erase = erase;
  }
  erase;
  #parts = [];
  #last = null;
  /** Take a point; returns the segment to draw now, or null when it lies where the last one did. */
  add(x, y, r) {
    let to = [snap(x), snap(y)], from = this.#last ?? to, part = this.#parts.at(-1);
    return this.#last && part?.r === r && from[0] === to[0] && from[1] === to[1] ? null : (part?.r === r ? part.points.push(to) : this.#parts.push({ points: this.#last ? [from, to] : [to], r }), this.#last = to, { from, to });
  }
  op() {
    let ops = this.#parts.map(({ points, r }) => ({ op: "stroke", points, r, erase: this.erase }));
    return ops.length > 1 ? { op: "group", ops } : ops[0] ?? null;
  }
};

// src/painter/shape.ts
var Shape = class {
  #tool;
  #points;
  #hover = null;
  #square = !1;
  constructor(tool, x, y) {
    this.#tool = tool, this.#points = [[snap(x), snap(y)]];
  }
  get byCorners() {
    return this.#tool === "polygon";
  }
  move(x, y, square) {
    this.#hover = [snap(x), snap(y)], this.#square = square, this.#tool === "lasso" && this.add(x, y);
  }
  get first() {
    return this.#points[0];
  }
  get corners() {
    return this.#points.length;
  }
  takeCorner() {
    return this.#points.pop(), this.#points.length > 0;
  }
  add(x, y) {
    let [px, py] = this.#points.at(-1);
    Math.hypot(x - px, y - py) >= 0.5 && this.#points.push([snap(x), snap(y)]);
  }
  outline() {
    if (this.#tool === "lasso") return this.#points;
    if (this.#tool === "polygon") return this.#hover ? [...this.#points, this.#hover] : this.#points;
    let [x0, y0, x1, y1] = this.#box();
    if (this.#tool === "rect") return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
    let [cx, cy, rx, ry] = [(x0 + x1) / 2, (y0 + y1) / 2, (x1 - x0) / 2, (y1 - y0) / 2];
    return Array.from({ length: 72 }, (_, k) => {
      let a = k * Math.PI / 36;
      return [cx + rx * Math.cos(a), cy + ry * Math.sin(a)];
    });
  }
  op(erase) {
    if (this.#tool === "lasso" || this.#tool === "polygon")
      return this.#points.length > 2 ? { op: "polygon", points: this.#points, erase } : null;
    let box = this.#box();
    return box[2] - box[0] < 0.5 || box[3] - box[1] < 0.5 ? null : { op: this.#tool === "rect" ? "rect" : "ellipse", box, erase };
  }
  end() {
  }
  #box() {
    let [ax, ay] = this.#points[0], [bx, by] = this.#hover ?? [ax, ay];
    if (this.#square) {
      let side = Math.min(Math.abs(bx - ax), Math.abs(by - ay));
      [bx, by] = [ax + Math.sign(bx - ax) * side, ay + Math.sign(by - ay) * side];
    }
    return [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)];
  }
};

// src/pixels/live_wire.ts
var [SIDE, CORNER] = [10, 14], MOST = 25 * CORNER, FAR = 2147483647, EVERY2 = 2, STEPS = [
  [1, 0, SIDE],
  [0, 1, SIDE],
  [-1, 0, SIDE],
  [0, -1, SIDE],
  [1, 1, CORNER],
  [-1, 1, CORNER],
  [-1, -1, CORNER],
  [1, -1, CORNER]
], NONE = 255, LiveWire = class {
  #pixels;
  /** What a step to each pixel costs; 0 until it is asked for. */
  #costs;
  #far;
  /** Number of the step by which each pixel is reached. */
  #step;
  #settled;
  /** Pixels to go on from, by their distance modulo the number of buckets. */
  #buckets = [];
  #distance = 0;
  #waiting = 0;
  /** Pixels whose way has been found since the anchor was set. */
  #spread = 0;
  constructor(pixels) {
    let count = pixels.width * pixels.height;
    this.#pixels = pixels, this.#costs = new Uint8Array(count), this.#far = new Int32Array(count), this.#step = new Uint8Array(count), this.#settled = new Uint8Array(count);
  }
  get spread() {
    return this.#spread;
  }
  /** The pixel at a point, or the nearest one to it. */
  pixelAt([x, y]) {
    let { width, height } = this.#pixels;
    return Math.max(0, Math.min(height - 1, Math.floor(y))) * width + Math.max(0, Math.min(width - 1, Math.floor(x)));
  }
  /** The pixel on the strongest edge about a point, at most `reach` away; the point's own where there is none. */
  edgeNear(point, reach) {
    let { width, height } = this.#pixels, best = this.pixelAt(point), [cx, cy] = [best % width, Math.floor(best / width)], most = 0;
    for (let y = Math.max(0, cy - reach); y <= Math.min(height - 1, cy + reach); y++)
      for (let x = Math.max(0, cx - reach); x <= Math.min(width - 1, cx + reach); x++) {
        let far = Math.hypot(x - cx, y - cy) / (reach + 1), strength = far < 1 ? this.#strength(x, y) : 0;
        strength < 36 || strength * (1 - far * far) <= most || (most = strength * (1 - far * far), best = y * width + x);
      }
    return best;
  }
  /** Begin anew from a pixel. */
  anchor(pixel) {
    this.#far.fill(FAR), this.#step.fill(NONE), this.#settled.fill(0), this.#buckets = Array.from({ length: MOST + 1 }, () => []), this.#distance = this.#spread = 0, this.#waiting = 1, this.#far[pixel] = 0, this.#buckets[0].push(pixel);
  }
  /** Spread over so many more pixels at most until the way to a pixel is found; returns whether it is. */
  reach(target, pixels) {
    let until = this.#spread + pixels;
    for (; this.#settled[target] === 0 && this.#waiting > 0 && this.#spread < until; ) {
      let next = this.#buckets[this.#distance % this.#buckets.length].pop();
      if (next === void 0) {
        this.#distance++;
        continue;
      }
      this.#waiting--, this.#settled[next] !== 1 && (this.#settled[next] = 1, this.#spread++, this.#goOnFrom(next));
    }
    return this.#settled[target] === 1;
  }
  #goOnFrom(pixel) {
    let { width, height } = this.#pixels, [x, y] = [pixel % width, Math.floor(pixel / width)];
    for (let k = 0; k < STEPS.length; k++) {
      let [dx, dy, length] = STEPS[k], [nx, ny] = [x + dx, y + dy];
      if (nx < 0 || ny < 0 || nx >= width || ny >= height) continue;
      let other = ny * width + nx;
      if (this.#settled[other] === 1) continue;
      let far = this.#distance + this.#cost(other, nx, ny) * length;
      far >= this.#far[other] || (this.#far[other] = far, this.#step[other] = k, this.#waiting++, this.#buckets[far % this.#buckets.length].push(other));
    }
  }
  /** The pixels of the way from the anchor to one whose way is found, both included. */
  way(target) {
    let { width } = this.#pixels, pixels = [target];
    for (let pixel = target, k = this.#step[pixel]; k !== NONE; k = this.#step[pixel]) {
      let [dx, dy] = STEPS[k];
      pixel -= dy * width + dx, pixels.push(pixel);
    }
    return pixels.reverse();
  }
  /** A way as a line: on edges to a part of a pixel, straight where there are none. */
  line(way) {
    let { width } = this.#pixels, points = [];
    for (let [k, pixel] of way.entries()) {
      let [x, y] = [pixel % width, Math.floor(pixel / width)];
      !(k === 0 || k === way.length - 1) && (k % EVERY2 !== 0 || this.#strength(x, y) < 36) || points.push(this.#onEdge(x, y));
    }
    return points;
  }
  #cost(pixel, x, y) {
    let cost = this.#costs[pixel];
    if (cost === 0) {
      let strength = this.#strength(x, y) / 36;
      this.#costs[pixel] = cost = 1 + Math.round(24 / (1 + strength * strength));
    }
    return cost;
  }
  /** How much the colour changes about a pixel. */
  #strength(x, y) {
    let [across, down] = [0, 0];
    for (let channel = 0; channel < 3; channel++)
      across += Math.abs(this.#level(x + 1, y, channel) - this.#level(x - 1, y, channel)), down += Math.abs(this.#level(x, y + 1, channel) - this.#level(x, y - 1, channel));
    return Math.sqrt(across * across + down * down);
  }
  /** The middle of a pixel, moved to where the colour changes most: the top of the parabola through three strengths. */
  #onEdge(x, y) {
    let [nx, ny, most] = [0, 0, 0];
    for (let channel = 0; channel < 3; channel++) {
      let dx = this.#level(x + 1, y, channel) - this.#level(x - 1, y, channel), dy = this.#level(x, y + 1, channel) - this.#level(x, y - 1, channel), length = Math.hypot(dx, dy);
      length > most && ([nx, ny, most] = [dx / length, dy / length, length]);
    }
    let [px, py] = [x + 0.5, y + 0.5];
    if (most < 36 / 3) return [px, py];
    let [before, at, after] = [-1, 0, 1].map((d2) => this.#across(px + nx * d2, py + ny * d2, nx, ny)), bend = before - 2 * at + after, d = bend < 0 ? Math.max(-1, Math.min(1, 0.5 * (before - after) / bend)) : 0;
    return [px + nx * d, py + ny * d];
  }
  /** How much the colour changes at a point, in a direction. */
  #across(x, y, nx, ny) {
    let sum = 0;
    for (let channel = 0; channel < 3; channel++) sum += Math.abs(this.#between(x + nx, y + ny, channel) - this.#between(x - nx, y - ny, channel));
    return sum;
  }
  /** One channel at a point, between the middles of four pixels. */
  #between(x, y, channel) {
    let [px, py] = [x - 0.5, y - 0.5], [x0, y0] = [Math.floor(px), Math.floor(py)], [u, v] = [px - x0, py - y0], [a, b, c, d] = [this.#level(x0, y0, channel), this.#level(x0 + 1, y0, channel), this.#level(x0, y0 + 1, channel), this.#level(x0 + 1, y0 + 1, channel)];
    return (1 - v) * ((1 - u) * a + u * b) + v * ((1 - u) * c + u * d);
  }
  /** One channel of a pixel; beside the picture, of the nearest one in it. */
  #level(x, y, channel) {
    let { width, height, data } = this.#pixels, [i, j] = [x < 0 ? 0 : x >= width ? width - 1 : x, y < 0 ? 0 : y >= height ? height - 1 : y];
    return data[4 * (j * width + i) + channel];
  }
};

// src/painter/wire.ts
var REACH = 8, PAUSE2 = 600, SLICE2 = 2e4, DRAWN = 30, WIDE = 12e4, Wire = class _Wire {
  byCorners = !0;
  /** The button is down all the way. */
  dragged = !1;
  #stage;
  #ground;
  /** Lines between the anchors, in picture pixels; the first holds the first anchor alone. */
  #fixed;
  #live = [];
  /** Where the hand is, in picture pixels, and whether the line that is shown goes there. */
  #to;
  #found = !0;
  /** Pixels of the canvas that the hand has gone since a part of the line was fixed. */
  #gone = 0;
  #timer;
  /** Null while no picture is shown. */
  static begin(stage, from) {
    let ground = look(stage);
    return ground && new _Wire(stage, ground, from);
  }
  constructor(stage, ground, from) {
    this.#stage = stage, this.#ground = ground;
    let pixel = ground.wire.edgeNear(toView(ground.view, ...from), ground.reach);
    this.#fixed = [this.#line([pixel])], this.#to = this.first, ground.wire.anchor(pixel);
  }
  get first() {
    return this.#fixed[0][0];
  }
  get corners() {
    return this.#fixed.length;
  }
  move(x, y) {
    let step = Math.hypot(x - this.#to[0], y - this.#to[1]);
    step !== 0 && (this.#gone += step * this.#stage.view.scale, this.#to = [x, y], clearTimeout(this.#timer), this.#timer = setTimeout(() => this.#rest(), PAUSE2), this.#follow());
  }
  /** Fix an anchor; where the way there is long, straight from what is shown. */
  add(x, y) {
    this.#to = [x, y], this.#follow(WIDE), this.#fix();
  }
  /** Take the last anchor away; false when it was the only one. */
  takeCorner() {
    return this.#fixed.length === 1 ? !1 : (this.#fixed.pop(), this.#live = [], this.#anchor(), this.#follow(), !0);
  }
  outline() {
    return [...this.#fixed.flat(), ...this.#live];
  }
  op(erase) {
    let points = this.outline().map(([x, y]) => [snap(x), snap(y)]);
    return points.length > 2 ? { op: "polygon", points, erase } : null;
  }
  /** Nothing more comes. */
  end() {
    clearTimeout(this.#timer), this.#found = !0;
  }
  #rest() {
    this.#live.length > 0 && this.#found && this.#fix();
  }
  /** Bring the line to where the hand is, now as far as `pixels` allow, and otherwise with the next frames. */
  #follow = (pixels = SLICE2) => {
    let { view, wire, reach } = this.#ground;
    if (view !== this.#stage.view) {
      this.#found = !1, this.#stage.atFrame(this.#lookAgain);
      return;
    }
    let target = wire.edgeNear(toView(view, ...this.#to), reach);
    if (this.#found = wire.reach(target, pixels), this.#found) {
      let way = wire.way(target);
      this.#live = this.#line(way).slice(1), (wire.spread > WIDE || this.dragged && this.#gone > DRAWN * this.#stage.ratio) && way.length > 2 && this.#fixHalf(way);
    } else
      this.#stage.atFrame(this.#goOn);
  };
  #goOn = () => {
    this.#found || (this.#follow(), this.#stage.redraw());
  };
  #lookAgain = () => {
    if (this.#found) return;
    let ground = look(this.#stage);
    ground && (this.#ground = ground, this.#anchor(), this.#goOn());
  };
  /** Make the end of the line that is shown an anchor. */
  #fix() {
    this.#found || this.#live.push(this.#to), this.#live.length !== 0 && (this.#fixed.push(this.#live), this.#live = [], this.#gone = 0, this.#found = !0, this.#anchor());
  }
  /** The first half of a shortest way is one itself: nothing moves. */
  #fixHalf(way) {
    let { wire } = this.#ground, half = way.length >> 1;
    this.#gone = 0, this.#fixed.push(this.#line(way.slice(0, half + 1)).slice(1)), this.#live = this.#line(way.slice(half)).slice(1), wire.anchor(way[half]);
  }
  #anchor() {
    let { view, wire } = this.#ground;
    wire.anchor(wire.pixelAt(toView(view, ...this.#fixed.at(-1).at(-1))));
  }
  #line(way) {
    let { view, wire } = this.#ground;
    return wire.line(way).map((point) => toPicture(view, ...point));
  }
};
function look(stage) {
  let pixels = stage.pixels();
  return pixels && { view: stage.view, wire: new LiveWire(pixels), reach: Math.round(REACH * stage.ratio) };
}

// src/painter/pointer.ts
var CLOSE_BY = 10, CLICK = 4, RIGHT = 2, Pointer = class {
  /** Space is down: drags move the view. */
  panning = !1;
  /** An attempt is shown in place of the painting: nothing is painted, drags move the view. */
  looking = !1;
  #stage;
  #store;
  #brush;
  #changed;
  #moved;
  #touches = /* @__PURE__ */ new Map();
  #builder = null;
  #drag = null;
  #drawing = null;
  #shape = null;
  /** An unfinished polygon, while another tool is at work. */
  #kept = null;
  /** Where the button went down that began a lasso along edges, until the pointer has left that place. */
  #pressed = null;
  /** Where the last stroke ended: Shift+click draws a line from there. */
  #last = null;
  #cursor = null;
  /** The cursor was moved by keys since the last corner: Enter sets another one there, else it closes. */
  #nudged = !1;
  #trial;
  /** `moved` is called when only the cursor is elsewhere, `changed` after all else that a hand does. */
  constructor(stage, store, brush, trial, calls, signal) {
    this.#stage = stage, this.#store = store, this.#brush = brush, this.#trial = trial, this.#changed = calls.changed, this.#moved = calls.moved;
    let { canvas } = stage;
    on(canvas, "pointerdown", (event) => this.#down(event), signal), on(canvas, "pointermove", (event) => this.#move(event), signal), on(canvas, "pointerup", (event) => this.#up(event, !0), signal), on(canvas, "pointercancel", (event) => this.#up(event, !1), signal), on(canvas, "pointerleave", () => this.#hideCursor(), signal), on(canvas, "dblclick", () => this.finish(), signal), on(canvas, "contextmenu", (event) => {
      event.preventDefault(), event.stopPropagation();
    }, signal), on(canvas, "wheel", (event) => this.#wheel(event), signal, { passive: !1 });
  }
  /** The shape that is being drawn, or the polygon that waits for its tool. */
  get shape() {
    return this.#shape ?? this.#kept;
  }
  get busy() {
    return this.#drawing !== null || this.#shape !== null;
  }
  /** Picture point under the pointer, or where the arrow keys have moved it. */
  get cursor() {
    return this.#cursor;
  }
  /** Move the cursor by picture pixels, without a pointer. */
  nudge(dx, dy) {
    let [x, y] = this.#cursor ?? this.#stage.middle;
    this.#cursor = [snap(x + dx), snap(y + dy)], this.#nudged = !0, this.#shape && this.#shape.move(...this.#cursor, !1), this.showRing(), this.#stage.redraw();
  }
  /** Do at the cursor what a click there would do. */
  dab(line) {
    let at = this.#cursor ?? this.#stage.middle;
    if (this.#cursor = at, this.#brush.tool === "brush") {
      let from = line && this.#last ? this.#last : at;
      this.#stroke([from, at]);
    } else this.#brush.tool === "fill" ? this.#flood(at) : this.#brush.tool === "wand" ? this.#pick(at) : this.#shape ? this.#brush.tool === "rect" || this.#brush.tool === "ellipse" || this.#shape.op(!1) !== null ? (this.#shape.move(...at, !1), this.#shape.byCorners && this.#nudged && !line ? this.#shape.add(...at) : this.finish()) : this.#shape.add(...at) : this.#shape = this.#newShape(this.#brush.tool, at);
    this.#nudged = !1, this.#stage.redraw();
  }
  #pick([x, y]) {
    let { tolerance, contiguous, erase } = this.#brush, at = this.#pixel(x, y);
    at && this.#trial.begin({ op: "wand", at, tolerance, contiguous, erase });
  }
  /** Close the shape that is being drawn and paint it. */
  finish() {
    let op = this.#shape?.op(this.#brush.erase);
    this.#drop(), this.#drawing = null, op && this.#store.apply(op), this.#stage.redraw(), this.#changed();
  }
  /** Take the last corner, or anchor, of what is being drawn by corners; false when nothing is. */
  takeCorner() {
    return this.#shape?.byCorners ? this.#shape.takeCorner() ? (this.#stage.redraw(), !0) : this.abandon() : !1;
  }
  /** Take up a tool: an unfinished polygon is kept until its own is taken up again. */
  take(tool) {
    this.#shape instanceof Shape && this.#shape.byCorners ? [this.#kept, this.#shape] = [this.#shape, null] : this.busy && this.abandon(), tool === "polygon" && ([this.#shape, this.#kept] = [this.#kept, null]), tool === "wand" && this.#trial.prepare(), this.#brush.tool = tool, this.#stage.redraw();
  }
  /** Abandon what is being drawn, or else the polygon that waits; false when there was nothing. */
  abandon() {
    return !this.busy && !this.#kept ? !1 : (this.busy || (this.#kept = null), this.#builder && this.#store.cancelStroke(), this.#builder = null, this.#drop(), this.#drawing = null, this.#stage.redraw(), this.#changed(), !0);
  }
  /** Show the brush as a ring at the cursor, in its current size. */
  showRing() {
    let size = this.#brush.tool === "brush" ? this.#brush.r : 0;
    this.#stage.showRing(this.#cursor && !this.#drag && !this.looking ? { x: this.#cursor[0], y: this.#cursor[1], r: size } : null);
  }
  #down(event) {
    let { canvas, element } = this.#stage;
    if (element.focus({ preventScroll: !0 }), this.#stage.forgetPlace(), event.pointerType === "touch" && this.#touches.set(event.pointerId, this.#stage.canvasAt(event)), this.#touches.size > 1) {
      this.abandon();
      return;
    }
    if (event.button > RIGHT) return;
    event.preventDefault();
    try {
      canvas.setPointerCapture(event.pointerId);
    } catch {
    }
    if (event.button === 1 || this.panning || this.looking) {
      this.#drag = { id: event.pointerId, at: this.#stage.canvasAt(event) }, this.showRing();
      return;
    }
    if (this.#drawing !== null) return;
    let at = this.#stage.pictureAt(event);
    event.button !== RIGHT ? this.#begin(event, at) : this.#shape || this.#beginStroke(event, at, !0);
  }
  #begin(event, at) {
    let { tool } = this.#brush;
    this.#cursor = at, tool === "fill" ? this.#flood(at) : tool === "wand" ? this.#pick(at) : this.#shape?.byCorners && this.#closes(at) ? this.finish() : this.#shape?.byCorners ? (this.#shape.add(...at), this.#nudged = !1, this.#stage.redraw()) : tool === "brush" ? this.#beginStroke(event, at, this.#brush.erase) : (this.#shape = this.#newShape(tool, at), this.#nudged = !1, this.#pressed = this.#shape instanceof Wire ? this.#stage.canvasAt(event) : null, tool !== "polygon" && (this.#drawing = event.pointerId), this.#stage.redraw());
  }
  #newShape(tool, at) {
    return (tool === "lasso" && this.#brush.edges ? Wire.begin(this.#stage, at) : null) ?? new Shape(tool, ...at);
  }
  #drop() {
    this.#shape?.end(), this.#shape = null;
  }
  #beginStroke(event, at, erase) {
    this.#cursor = at, this.#drawing = event.pointerId, this.#builder = new StrokeBuilder(erase), this.#store.beginStroke(), event.shiftKey && this.#last && this.#extend(this.#last, this.#brush.r), this.#extend(at, this.#radius(event)), this.showRing();
  }
  /** What has three corners or more is closed by a click on its first one. */
  #closes([x, y]) {
    if (!this.#shape || this.#shape.corners < 3) return !1;
    let [fx, fy] = this.#shape.first;
    return Math.hypot(x - fx, y - fy) * this.#stage.view.scale <= CLOSE_BY * this.#stage.ratio;
  }
  #leaves([x, y], event) {
    let [cx, cy] = this.#stage.canvasAt(event);
    return Math.hypot(cx - x, cy - y) > CLICK * this.#stage.ratio;
  }
  #move(event) {
    if (this.#nudged = !1, this.#touches.has(event.pointerId) && this.#touches.size > 1) {
      this.#pinch(event);
      return;
    }
    if (this.#drag?.id === event.pointerId) {
      let at = this.#stage.canvasAt(event);
      this.#stage.pan(at[0] - this.#drag.at[0], at[1] - this.#drag.at[1]), this.#drag = { id: event.pointerId, at };
      return;
    }
    if (this.#cursor = this.#stage.pictureAt(event), this.#builder && this.#drawing === event.pointerId) {
      let parts = event.getCoalescedEvents();
      for (let part of parts.length > 0 ? parts : [event]) this.#extend(this.#stage.pictureAt(part), this.#radius(part));
    } else this.#shape && (this.#drawing === event.pointerId || this.#shape.byCorners) && (this.#pressed && this.#leaves(this.#pressed, event) && (this.#pressed = null, this.#shape instanceof Wire && (this.#shape.dragged = !0)), this.#shape.move(...this.#cursor, event.shiftKey), this.#stage.redraw());
    this.showRing(), this.#moved();
  }
  #up(event, finished) {
    if (this.#touches.delete(event.pointerId), this.#drag?.id === event.pointerId && (this.#drag = null, this.showRing()), this.#drawing !== event.pointerId) return;
    if (!finished) {
      this.abandon();
      return;
    }
    if (this.#drawing = null, this.#pressed) {
      this.#pressed = null;
      return;
    }
    let builder = this.#builder;
    if (this.#builder = null, !builder) {
      this.finish();
      return;
    }
    this.#last = this.#cursor;
    let op = builder.op();
    op ? this.#store.commit(op) : this.#store.cancelStroke(), event.pointerType === "touch" && this.#hideCursor();
  }
  #hideCursor() {
    this.#drawing !== null || this.#drag || (this.#cursor = null, this.showRing(), this.#moved());
  }
  #wheel(event) {
    !event.ctrlKey && !event.metaKey || (event.preventDefault(), event.stopPropagation(), this.#stage.zoom(wheelFactor(event.deltaY, event.deltaMode), ...this.#stage.canvasAt(event)), this.#changed());
  }
  #pinch(event) {
    let before = [...this.#touches.entries()].slice(0, 2);
    this.#touches.set(event.pointerId, this.#stage.canvasAt(event));
    let after = before.map(([id]) => this.#touches.get(id)), [p, q] = [before[0]?.[1], before[1]?.[1]];
    p && q && after[0] && after[1] && this.#stage.setView(pinch(this.#stage.view, [p, q], [after[0], after[1]]));
  }
  /** A mouse or finger reports no real pressure, only a pen does. */
  #radius(event) {
    let full = snap(this.#brush.r);
    return event.pointerType === "pen" && event.pressure > 0 ? radiusAt(full, event.pressure) : full;
  }
  #extend(at, r) {
    let piece = this.#builder?.add(at[0], at[1], r);
    piece && this.#store.changed(paintSegment(this.#store.bitmap, piece.from, piece.to, r, this.#builder?.erase ? 0 : 1));
  }
  #stroke(points) {
    let builder = new StrokeBuilder(this.#brush.erase);
    for (let [x, y] of points) builder.add(x, y, snap(this.#brush.r));
    let op = builder.op();
    this.#last = points.at(-1) ?? null, op && this.#store.apply(op);
  }
  #flood([x, y]) {
    let { width, data } = this.#store.bitmap, { erase } = this.#brush, at = this.#pixel(x, y);
    at && data[at[1] * width + at[0]] === (erase ? 1 : 0) && this.#store.apply({ op: "flood", at, erase });
  }
  /** The pixel at a point, null outside the picture. */
  #pixel(x, y) {
    let { width, height } = this.#store.bitmap, at = [Math.floor(x), Math.floor(y)];
    return at[0] >= 0 && at[1] >= 0 && at[0] < width && at[1] < height ? at : null;
  }
};

// src/painter/attempts.ts
var Attempts = class {
  #all;
  #shown = null;
  /** What is there when the page is opened is known; only what comes later is shown by itself. */
  constructor(all) {
    this.#all = all;
  }
  get all() {
    return this.#all;
  }
  /** The attempt that stands in place of the painting; null while the painting is shown. */
  get shown() {
    return this.#all.find(({ id }) => id === this.#shown) ?? null;
  }
  /** Number of the shown attempt from 1, 0 while the painting is shown. */
  get number() {
    return this.#all.findIndex(({ id }) => id === this.#shown) + 1;
  }
  /** Take over Python's list. The first new one is shown, unless a hand is at work or it is an earlier painter's. */
  receive(all, show) {
    let known = new Set(this.#all.map(({ id }) => id)), fresh = all.find(({ id, earlier }) => !known.has(id) && !earlier);
    this.#all = all, fresh && show && (this.#shown = fresh.id);
  }
  show(id) {
    this.#shown = id;
  }
  /** Go to the next or previous one; from the painting to the newest. Returns false when there is none. */
  step(by) {
    let { number } = this, next = number === 0 ? this.#all.at(-1) : this.#all[number - 1 + by];
    return next ? (this.#shown = next.id, !0) : !1;
  }
};

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

// src/painter/beside_run.ts
var LARGEST_SEED = 2147483647;
function seedOf(typed) {
  let value = Number(typed);
  return typed.trim() !== "" && Number.isInteger(value) && value >= 0 && value <= LARGEST_SEED ? value : null;
}
var BesideRun = class {
  element;
  price = h("span", { class: "bn-price" });
  #offer;
  #n;
  #seed;
  #negative;
  #lock;
  #texts;
  #known = null;
  constructor(offer, texts, run, signal) {
    this.#offer = offer, this.#texts = texts, this.#n = h("select", { class: "bn-text bn-choice", label: text(texts, "n"), title: text(texts, "n") }, ...offer.prices.map((_, k) => h("option", { value: String(k + 1) }, `${k + 1}`))), this.#n.value = String(offer.given.n), this.#seed = h("input", { type: "text", class: "bn-text bn-seed", label: text(texts, "seed"), title: text(texts, "seed"), placeholder: text(texts, "seed_new"), value: offer.given.seed === null ? "" : String(offer.given.seed) }), this.#seed.inputMode = "numeric", this.#negative = h("input", { type: "text", class: "bn-text", label: text(texts, "negative_prompt"), placeholder: text(texts, "negative_prompt"), value: offer.given.negative_prompt }), this.#lock = button("", icon(ICONS.lock), () => this.#toggle(), signal), on(this.#n, "change", () => this.#refresh(), signal), on(this.#seed, "input", () => this.#refresh(), signal);
    for (let field of [this.#n, this.#seed, this.#negative])
      on(field, "keydown", (event) => {
        event.stopPropagation(), event.key === "Enter" && !event.isComposing && field !== this.#n && run();
      }, signal);
    this.element = h(
      "div",
      { class: "bn-row bn-beside" },
      h("label", { class: "bn-group" }, h("span", { class: "bn-caption" }, text(texts, "n")), this.#n),
      h("span", { class: "bn-group" }, h("span", { class: "bn-caption" }, text(texts, "seed")), this.#seed, this.#lock),
      ...offer.negative_prompt ? [this.#negative] : []
    ), this.#refresh();
  }
  get chosen() {
    let negative = this.#offer.negative_prompt ? { negative_prompt: this.#negative.value } : {};
    return { n: Number(this.#n.value), seed: seedOf(this.#seed.value), ...negative };
  }
  /** The seed that the lock would take: that of the attempt that is shown, or of the newest. */
  know(seed) {
    this.#known = seed, this.#refresh();
  }
  #toggle() {
    this.#seed.value = seedOf(this.#seed.value) === null && this.#known !== null ? String(this.#known) : "", this.#refresh();
  }
  #refresh() {
    let locked = seedOf(this.#seed.value) !== null, label = text(this.#texts, locked ? "seed_free" : "seed_lock");
    this.#lock.setAttribute("aria-pressed", String(locked)), this.#lock.setAttribute("aria-label", label), this.#lock.title = label, this.#lock.disabled = !locked && this.#known === null, this.#seed.setAttribute("aria-invalid", String(this.#seed.value.trim() !== "" && !locked)), setText(this.price, this.#offer.prices[Number(this.#n.value) - 1] ?? "");
  }
};

// src/painter/run_line.ts
function runLine(run, now, texts) {
  let said = { state: run.state, line: run.detail ? `${run.line}
${run.detail}` : run.line };
  return now.gone && run.busy ? { ready: !1, state: "", line: "" } : run.busy || now.gone || now.sent ? { ready: !1, ...said } : now.painted ? now.prompt.trim() ? { ready: !0, ...said } : { ready: !1, state: "", line: text(texts, "no_prompt") } : { ready: !1, state: "", line: text(texts, "no_mask") };
}

// src/painter/prompt.ts
var Prompt = class {
  element;
  beside;
  #texts;
  #input;
  #run;
  #cancel;
  #line = h("div", { class: "bn-line", role: "status", "aria-live": "polite" });
  #recent = h("datalist");
  #state = null;
  /** What `answered` was when Run was pressed here last. */
  #sent = -1;
  #now = { gone: !1, painted: !1 };
  constructor(offer, texts, calls, signal) {
    this.#texts = texts, this.#input = h("input", { type: "text", class: "bn-text", placeholder: text(texts, "prompt"), label: text(texts, "prompt") }), this.#recent.id = `bn-recent-${crypto.getRandomValues(new Uint32Array(1))[0].toString(16)}`, this.#input.setAttribute("list", this.#recent.id);
    let go = () => {
      this.#run.disabled || (this.#sent = this.#state?.answered ?? 0, this.#refresh(), calls.run(this.#input.value, this.beside.chosen));
    };
    this.beside = new BesideRun(offer, texts, go, signal), this.#run = button(text(texts, "run"), text(texts, "run"), go, signal, { class: "bn-button bn-primary" }), this.#cancel = button(text(texts, "cancel"), text(texts, "cancel"), calls.cancel, signal), on(this.#input, "focus", calls.recent, signal, { once: !0 }), on(this.#input, "input", () => this.#refresh(), signal), on(
      this.#input,
      "keydown",
      (event) => {
        event.stopPropagation(), event.key === "Enter" && !event.isComposing && event.keyCode !== 229 && (event.preventDefault(), go()), event.key === "Escape" && !event.isComposing && this.#input.blur();
      },
      signal
    );
    let row = h("div", { class: "bn-row" }, this.#input, this.#recent, this.beside.price, this.#run, this.#cancel);
    this.element = h("div", { class: "bn-prompt", ...NO_SHORTCUTS }, row, this.beside.element, this.#line), this.#refresh();
  }
  show(run, now) {
    this.#state === null && (this.#input.value = run.prompt), this.#state = run, this.#now = now, this.#cancel.hidden = !run.cancel, this.#cancel.disabled = now.gone, this.#refresh();
  }
  /** Offer prompts of before, the newest first. */
  recent(prompts) {
    this.#recent.replaceChildren(...prompts.map((prompt) => h("option", { value: prompt })));
  }
  #refresh() {
    if (!this.#state) return;
    let { ready, state, line } = runLine(this.#state, { ...this.#now, prompt: this.#input.value, sent: this.#sent === this.#state.answered }, this.#texts);
    this.#run.disabled = !ready, this.#run.title = ready ? text(this.#texts, "run") : line, this.#line.dataset.state = state, setText(this.#line, line);
  }
};

// src/pixels/coverage.ts
var LOW = 16711935, SMALLEST = 256, Coverage = class {
  #bitmap;
  #halves = [];
  /** Nothing was painted when a copy was asked for first, so the copies are right as they are made. */
  #blank = !1;
  constructor(bitmap) {
    this.#bitmap = bitmap;
  }
  /** Return how often the picture can be halved and still has a pixel for each that is drawn at this scale. */
  depth(scale) {
    let { width, height } = this.#bitmap, depth = 0;
    for (let k = scale; k <= 0.5 && Math.max(width, height) >> depth + 1 >= SMALLEST; k *= 2) depth++;
    return depth;
  }
  /** Return the copy that was halved so often, at least once. */
  half(depth) {
    for (this.#halves.length === 0 && (this.#blank = !this.#bitmap.data.includes(1)); this.#halves.length < depth; ) {
      let { width, height } = this.#halves.at(-1) ?? this.#bitmap, half = { width: width + 1 >> 1, height: height + 1 >> 1 };
      this.#halves.push({ ...half, data: new Uint8Array(half.width * half.height) }), this.#blank || this.#renew(this.#halves.length - 1, this.#bitmap.whole);
    }
    return this.#halves[depth - 1];
  }
  /** The bitmap has changed in a box. */
  update(box) {
    this.#blank = !1;
    for (let depth of this.#halves.keys()) this.#renew(depth, box);
  }
  #renew(depth, box) {
    let to = this.#halves[depth], from = this.#halves[depth - 1] ?? this.#bitmap, full = depth === 0 ? 255 : 1, shift = depth + 1, part = {
      x0: box.x0 >> shift,
      y0: box.y0 >> shift,
      x1: Math.min(to.width, (box.x1 - 1 >> shift) + 1),
      y1: Math.min(to.height, (box.y1 - 1 >> shift) + 1)
    };
    littleEndian && from.width % 4 === 0 && from.data.byteOffset % 4 === 0 ? halveInFours(from, to, part, full) : halve(from, to, part, full);
  }
};
function halve(from, to, { x0, y0, x1, y1 }, full) {
  let { data } = from, last = from.width - 1;
  for (let y = y0; y < y1; y++) {
    let upper = 2 * y * from.width, lower = Math.min(2 * y + 1, from.height - 1) * from.width;
    for (let x = x0; x < x1; x++) {
      let left = 2 * x, right = left < last ? left + 1 : last, sum = data[upper + left] + data[upper + right] + data[lower + left] + data[lower + right];
      to.data[y * to.width + x] = full * sum + 2 >> 2;
    }
  }
}
function halveInFours(from, to, { x0, y0, x1, y1 }, full) {
  let fours = new Uint32Array(from.data.buffer, from.data.byteOffset, from.data.length >> 2), twos = new Uint16Array(to.data.buffer, to.data.byteOffset, to.data.length >> 1), stride = from.width >> 2, [first, end] = [x0 >> 1, x1 + 1 >> 1];
  for (let y = y0; y < y1; y++) {
    let upper = 2 * y * stride, lower = Math.min(2 * y + 1, from.height - 1) * stride, row = y * stride;
    for (let k = first; k < end; k++) {
      let a = fours[upper + k], b = fours[lower + k];
      if ((a | b) === 0) {
        twos[row + k] = 0;
        continue;
      }
      let sums = (a & LOW) + (a >>> 8 & LOW) + (b & LOW) + (b >>> 8 & LOW), means = Math.imul(sums, full) + 131074 >>> 2 & LOW;
      twos[row + k] = means | means >>> 8;
    }
  }
}

// src/painter/mask_layer.ts
var COLOUR = 7217407, MaskLayer = class {
  /** Holds the part that is being drawn: to draw from a canvas and then to change it makes the browser copy all of it. */
  #patch = document.createElement("canvas");
  #context = this.#patch.getContext("2d");
  #image = null;
  #bitmap;
  #coverage;
  constructor(bitmap) {
    this.#bitmap = bitmap, this.#coverage = new Coverage(bitmap);
  }
  /** The mask has changed in a box; nothing is drawn. */
  update(box) {
    this.#coverage.update(box);
  }
  /** Draw what a part of the canvas shows of the mask; `smooth` makes steps between its pixels soft. */
  draw(onto, view, part, smooth) {
    let [width, height] = [part.x1 - part.x0, part.y1 - part.y0];
    if (!this.#context || width <= 0 || height <= 0) return;
    let image = this.#cleared(width, height), pixels = new Uint32Array(image.data.buffer), depth = this.#coverage.depth(view.scale), from = depth > 0 ? this.#coverage.half(depth) : this.#bitmap, full = depth > 0 ? 1 : 255, scale = view.scale * 2 ** depth, across = places(part.x0, part.x1, view.x, scale, from.width, smooth), down = places(part.y0, part.y1, view.y, scale, from.height, smooth), { data } = from;
    for (let y = 0; y < height; y++) {
      if (down.first[y] < 0) continue;
      let [upper, lower, v] = [down.first[y] * from.width, down.second[y] * from.width, down.part[y]];
      for (let x = 0; x < width; x++) {
        let left = across.first[x];
        if (left < 0) continue;
        let right = across.second[x], a = data[upper + left], b = data[upper + right], c = data[lower + left], d = data[lower + right];
        if ((a | b | c | d) === 0) continue;
        let u = across.part[x], alpha = full * ((a + (b - a) * u) * (1 - v) + (c + (d - c) * u) * v);
        pixels[y * width + x] = Math.round(alpha) << 24 | COLOUR;
      }
    }
    this.#patch.width < width && (this.#patch.width = width), this.#patch.height < height && (this.#patch.height = height), this.#context.putImageData(image, 0, 0), onto.drawImage(this.#patch, 0, 0, width, height, part.x0, part.y0, width, height);
  }
  /** Give clear pixels: the last ones when they are as many, which saves the browser from collecting megabytes a frame. */
  #cleared(width, height) {
    return this.#image?.width === width && this.#image.height === height ? this.#image.data.fill(0) : this.#image = new ImageData(width, height), this.#image;
  }
};
function places(from, to, offset, scale, length, smooth) {
  let [first, second, part] = [new Int32Array(to - from), new Int32Array(to - from), new Float32Array(to - from)];
  for (let k = 0; k < first.length; k++) {
    let at = (from + k + 0.5 - offset) / scale;
    if (at < 0 || at >= length) {
      first[k] = -1;
      continue;
    }
    let low = Math.floor(smooth ? at - 0.5 : at);
    first[k] = Math.max(0, low), second[k] = smooth ? Math.min(length - 1, low + 1) : low, part[k] = smooth ? at - 0.5 - low : 0;
  }
  return { first, second, part };
}

// src/painter/chequers.ts
function layChequers(context, box, view, ratio) {
  let { scale, x, y } = view, [left, top] = [x + box.left * scale, y + box.top * scale];
  context.save(), context.setTransform(1, 0, 0, 1, Math.round(left), Math.round(top)), context.globalCompositeOperation = "destination-over", context.fillStyle = squares(context, Math.max(1, Math.round(8 * ratio))), context.fillRect(left - Math.round(left), top - Math.round(top), box.width * scale, box.height * scale), context.restore();
}
function squares(context, side) {
  let tile = document.createElement("canvas");
  tile.width = tile.height = 2 * side;
  let pen = tile.getContext("2d");
  return pen ? (pen.fillStyle = "#fff", pen.fillRect(0, 0, 2 * side, 2 * side), pen.fillStyle = "#ccc", pen.fillRect(side, 0, side, side), pen.fillRect(0, side, side, side), context.createPattern(tile, "repeat") ?? "#fff") : "#fff";
}

// src/painter/picture_layer.ts
var PictureLayer = class {
  canvas = document.createElement("canvas");
  #context = this.canvas.getContext("2d");
  #picture;
  #images = [];
  #drawn = [];
  constructor(picture) {
    this.#picture = picture;
  }
  /** Add a copy of the picture; a `fresh` one takes the place of all others. */
  add(image, fresh) {
    this.#images = [...fresh ? [] : this.#images, image].sort((a, b) => a.width - b.width);
  }
  /** True where no copy has a pixel for each of the canvas that shows the picture. */
  lacksPixels(view) {
    let widest = this.#images.at(-1);
    return widest !== void 0 && widest.width < this.#picture.width && widest.width < view.scale * this.#picture.width;
  }
  /** Draw the picture, or another one in its place, unless it stands there already; returns whether it was drawn. */
  draw(view, canvas, ratio, instead) {
    let image = instead ?? this.#enough(view), wanted = [image, view, canvas.width, canvas.height, ratio];
    if (wanted.every((value, k) => value === this.#drawn[k])) return !1;
    this.#drawn = wanted, this.canvas.width = canvas.width, this.canvas.height = canvas.height;
    let context = this.#context;
    if (!context || !image) return !0;
    context.setTransform(view.scale, 0, 0, view.scale, view.x, view.y), context.imageSmoothingEnabled = view.scale < 2 * ratio, context.imageSmoothingQuality = "high";
    let box = instead ? inside(instead, this.#picture) : { left: 0, top: 0, ...this.#size() };
    return context.drawImage(image, box.left, box.top, box.width, box.height), layChequers(context, box, view, ratio), !0;
  }
  /** What is shown, pixel by pixel; null while that is nothing. */
  pixels() {
    let { width, height } = this.canvas;
    if (!this.#drawn[0]) return null;
    let copy = document.createElement("canvas");
    [copy.width, copy.height] = [width, height];
    let context = copy.getContext("2d", { willReadFrequently: !0 });
    return context?.drawImage(this.canvas, 0, 0), context?.getImageData(0, 0, width, height) ?? null;
  }
  #size() {
    return { width: this.#picture.width, height: this.#picture.height };
  }
  #enough(view) {
    let needed = Math.min(1, view.scale) * this.#picture.width;
    return this.#images.find((image) => image.width >= needed - 1) ?? this.#images.at(-1) ?? null;
  }
};

// src/painter/stage.ts
var Stage = class {
  canvas = h("canvas", { class: "bn-canvas" });
  ring = h("div", { class: "bn-ring", hidden: "" });
  element = h("div", { class: "bn-stage", tabindex: "0" }, this.canvas, this.ring);
  #picture;
  #mask;
  #ground;
  #context = this.canvas.getContext("2d");
  #appearance;
  #calls;
  #atFrame = /* @__PURE__ */ new Set();
  #view = { scale: 1, x: 0, y: 0 };
  #fitted = !0;
  #sized = !1;
  /** Width of the canvas in CSS pixels of its own. */
  #cssWidth = 0;
  /** Where the mask has changed since the last frame, in its own pixels. */
  #dirty = null;
  /** All of the canvas is to be drawn, and not only what lies about `#dirty`. */
  #whole = !0;
  #hadOutline = !1;
  #frame = 0;
  #rect = null;
  #ring = null;
  constructor(bitmap, appearance, calls, signal) {
    this.#picture = bitmap, this.#mask = new MaskLayer(bitmap), this.#ground = new PictureLayer(bitmap), this.#appearance = appearance, this.#calls = calls, this.element.style.aspectRatio = `${bitmap.width} / ${bitmap.height}`;
    let sizes = new ResizeObserver((entries) => this.#resize(entries[0]));
    try {
      sizes.observe(this.canvas, { box: "device-pixel-content-box" });
    } catch {
      sizes.observe(this.canvas);
    }
    signal.addEventListener("abort", () => {
      sizes.disconnect(), cancelAnimationFrame(this.#frame);
    });
  }
  get view() {
    return this.#view;
  }
  /** Add a copy of the picture; a `fresh` one takes the place of all others. */
  picture(image, fresh) {
    this.#ground.add(image, fresh), this.redraw();
  }
  /** The picture as it is shown, without the mask. */
  pixels() {
    return this.#ground.pixels();
  }
  /** Draw soon; `box` names the part of the mask that changed, without which everything is drawn. */
  redraw(box = null) {
    box ? this.#dirty = union(this.#dirty, box) : this.#whole = !0, this.#ask();
  }
  /** Do something with the next frame, once however often it is asked for. */
  atFrame(what) {
    this.#atFrame.add(what), this.#ask();
  }
  #ask() {
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }
  /** Picture coordinates under the pointer, as real numbers, also outside the picture. */
  pictureAt(event) {
    return toPicture(this.#view, ...this.canvasAt(event));
  }
  canvasAt(event) {
    return this.#rect ??= this.#measure(), toCanvas(event.clientX, event.clientY, this.#rect, this.canvas);
  }
  /** Canvas pixels for a CSS pixel: the device pixel ratio times whatever zoom the page is under. */
  get ratio() {
    return this.canvas.width / ((this.#rect ?? this.canvas.getBoundingClientRect()).width || this.canvas.width || 1);
  }
  /** Ask the page anew where the canvas lies, with the next event. */
  forgetPlace() {
    this.#rect = null;
  }
  /** Where the canvas lies; the answer holds until the next frame, since to ask makes the browser lay out the page. */
  #measure() {
    return this.#ask(), this.canvas.getBoundingClientRect();
  }
  setView(view, fitted = !1) {
    this.#fitted = fitted, this.#view = fitted ? view : keepInSight(view, this.#picture, this.canvas), this.atFrame(this.#placeRing), this.redraw();
  }
  fit() {
    this.setView(fit(this.#picture, this.canvas), !0);
  }
  /** How large the picture is shown: 1 when each of its pixels takes one CSS pixel. */
  get magnification() {
    return this.#view.scale / this.ratio;
  }
  /** Show the picture so large, about the middle of the view. */
  magnify(to) {
    this.zoom(to / this.magnification);
  }
  zoom(factor, x = this.canvas.width / 2, y = this.canvas.height / 2) {
    this.setView(zoomAt(this.#view, factor, x, y));
  }
  pan(dx, dy) {
    this.setView(pan(this.#view, dx, dy));
  }
  /** Show the ring of radius `r` around a picture point, or hide it. */
  showRing(ring) {
    this.#ring = ring, this.atFrame(this.#placeRing);
  }
  #placeRing = () => {
    if (this.ring.hidden === !!this.#ring && (this.ring.hidden = !this.#ring), !this.#ring) return;
    let k = this.#cssWidth / (this.canvas.width || 1), [x, y] = toView(this.#view, this.#ring.x, this.#ring.y), size = `${Math.max(3, 2 * this.#ring.r * this.#view.scale * k)}px`;
    this.ring.style.width !== size && (this.ring.style.width = this.ring.style.height = size), this.ring.style.transform = `translate(${x * k}px, ${y * k}px) translate(-50%, -50%)`;
  };
  #resize(entry) {
    let exact = entry?.devicePixelContentBoxSize?.[0], width = exact ? exact.inlineSize : Math.round(this.canvas.clientWidth * devicePixelRatio), height = exact ? exact.blockSize : Math.round(this.canvas.clientHeight * devicePixelRatio);
    if (this.#cssWidth = this.canvas.clientWidth, this.#rect = null, width < 1 || height < 1 || this.#sized && width === this.canvas.width && height === this.canvas.height) return;
    this.#sized = !0;
    let k = width / (this.canvas.width || 1);
    this.canvas.width = width, this.canvas.height = height, this.#fitted ? this.fit() : this.setView({ scale: this.#view.scale * k, x: this.#view.x * k, y: this.#view.y * k }), this.#draw();
  }
  #draw() {
    cancelAnimationFrame(this.#frame), this.#frame = 0, this.#drawCanvas(), this.#rect = null;
    let now = [...this.#atFrame];
    this.#atFrame.clear();
    for (let what of now) what();
  }
  #drawCanvas() {
    let [changed, { canvas }] = [this.#dirty, this], context = this.#context, { opacity, hidden, outline, closed, instead } = this.#appearance(), smooth = this.#view.scale < 2 * this.ratio;
    changed && this.#mask.update(changed), this.#dirty = null;
    let moved = this.#ground.draw(this.#view, canvas, this.ratio, instead);
    moved && this.#calls.viewed(), this.#sized && this.#ground.lacksPixels(this.#view) && this.#calls.lacksPixels();
    let all = { x0: 0, y0: 0, x1: canvas.width, y1: canvas.height }, part = this.#whole || moved || outline.length > 0 || this.#hadOutline ? all : changed && this.#onCanvas(changed);
    if (this.#whole = !1, this.#hadOutline = outline.length > 0, !part || !context || part.x0 >= part.x1 || part.y0 >= part.y1) return;
    let box = [part.x0, part.y0, part.x1 - part.x0, part.y1 - part.y0];
    context.clearRect(...box), context.drawImage(this.#ground.canvas, ...box, ...box), !instead && (hidden || (context.globalAlpha = opacity, this.#mask.draw(context, this.#view, part, smooth), context.globalAlpha = 1), this.#drawOutline(context, outline, closed));
  }
  /** The part of the canvas that shows a box of the mask, with what its pixels touch when they are made smaller. */
  #onCanvas(box) {
    let { canvas } = this, [x0, y0] = toView(this.#view, box.x0, box.y0), [x1, y1] = toView(this.#view, box.x1, box.y1), about = 3 + this.#view.scale;
    return {
      x0: Math.max(0, Math.floor(x0 - about)),
      y0: Math.max(0, Math.floor(y0 - about)),
      x1: Math.min(canvas.width, Math.ceil(x1 + about)),
      y1: Math.min(canvas.height, Math.ceil(y1 + about))
    };
  }
  /** Dashes of white on black, seen on any picture. */
  #drawOutline(context, outline, closed) {
    if (outline.length === 0) return;
    let { ratio } = this;
    context.beginPath();
    for (let [px, py] of outline) context.lineTo(...toView(this.#view, px, py));
    closed && context.closePath();
    for (let [colour, dash] of [["#000", []], ["#fff", [5 * ratio, 5 * ratio]]])
      context.strokeStyle = colour, context.lineWidth = 1.5 * ratio, context.setLineDash([...dash]), context.stroke();
    context.setLineDash([]);
  }
  /** Picture point in the middle of the view, where painting by keyboard starts. */
  get middle() {
    let { width, height } = this.#picture, seen = toPicture(this.#view, this.canvas.width / 2, this.canvas.height / 2);
    return [Math.min(width, Math.max(0, seen[0])), Math.min(height, Math.max(0, seen[1]))];
  }
};

// src/painter/strip.ts
var Strip = class {
  element;
  #attempts;
  #calls;
  #signal;
  #urls;
  #tiles = h("div", { class: "bn-tiles", role: "group" });
  #bar;
  #back;
  #forward;
  #previous;
  #next;
  #known = /* @__PURE__ */ new Map();
  #painting;
  constructor(attempts, texts, calls, signal) {
    this.#attempts = attempts, this.#calls = calls, this.#signal = signal, this.#urls = new BlobUrls(signal), this.#tiles.setAttribute("aria-label", text(texts, "strip"));
    let named = (name, what, path) => button(text(texts, name), icon(path), () => calls.ask(what), signal), worded = (name, what) => button(text(texts, name), text(texts, name), () => calls.ask(what), signal);
    this.#back = named("back", "back", ICONS.undo), this.#forward = named("forward", "forward", ICONS.redo), this.#previous = named("previous", "previous", ICONS.left), this.#next = named("next", "next", ICONS.right);
    let before = button(text(texts, "before_title"), text(texts, "before"), () => {
    }, signal);
    on(before, "pointerdown", (event) => {
      before.setPointerCapture(event.pointerId), calls.before(!0);
    }, signal);
    for (let end of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) on(before, end, () => calls.before(!1), signal);
    for (let [kind, held] of [["keydown", !0], ["keyup", !1]])
      on(before, kind, (event) => {
        (event.key === " " || event.key === "Enter") && calls.before(held);
      }, signal);
    let use = button(text(texts, "use"), text(texts, "use"), () => calls.ask("use"), signal, { class: "bn-button bn-primary", title: text(texts, "use_title") });
    this.#bar = h("div", { class: "bn-row bn-attempt", hidden: "" }, this.#previous, this.#next, before, use, worded("download", "download"), named("open", "open", ICONS.open), named("code", "code", ICONS.code)), this.#painting = button(text(texts, "painting"), h("span", {}, text(texts, "painting")), () => calls.show(null), signal, { class: "bn-button bn-tile", title: text(texts, "painting_title") }), this.element = h("div", { class: "bn-strip", hidden: "" }, this.#bar, h("div", { class: "bn-row bn-line-of-tiles" }, this.#back, this.#forward, this.#tiles)), this.refresh({ back: !1, forward: !1 });
  }
  refresh(history) {
    let { all, shown, number } = this.#attempts;
    this.element.hidden = all.length === 0, this.#tiles.childElementCount !== all.length + 1 && this.#tiles.replaceChildren(this.#painting, ...all.map((each) => this.#tile(each.id, each.title, each.data))), this.#painting.setAttribute("aria-pressed", String(shown === null));
    for (let [id, tile2] of this.#known) tile2.setAttribute("aria-pressed", String(id === shown?.id));
    if (this.#back.hidden = this.#forward.hidden = !history.back && !history.forward, this.#back.disabled = !history.back, this.#forward.disabled = !history.forward, this.#bar.hidden = shown === null, !shown) return;
    this.#previous.disabled = number <= 1, this.#next.disabled = number >= all.length;
    let tile = this.#known.get(shown.id);
    tile && (this.#tiles.scrollLeft = Math.min(tile.offsetLeft, Math.max(this.#tiles.scrollLeft, tile.offsetLeft + tile.offsetWidth - this.#tiles.clientWidth)));
  }
  #tile(id, title, data) {
    let known = this.#known.get(id);
    if (known) return known;
    let image = h("img", { alt: "" });
    image.src = this.#urls.set(id, data);
    let tile = button(title, image, () => this.#calls.show(id), this.#signal, { class: "bn-button bn-tile" });
    return this.#known.set(id, tile), tile;
  }
};

// src/painter/one_row.ts
var OneRow = class {
  #place;
  #bar;
  #more;
  #rare;
  #groups;
  #width = -1;
  #open = !1;
  /** `bar` is the only thing in `place`; of `rare`, the first ones are the first to leave the row. */
  constructor(place, bar, more, rare, signal) {
    this.#place = place, this.#bar = bar, this.#more = more, this.#rare = rare, this.#groups = [...bar.children].filter((node) => node instanceof HTMLElement && node !== more), more.hidden = !0, more.setAttribute("aria-expanded", "false"), on(more, "click", ({ detail }) => this.#turn(detail === 0), signal), on(bar, "click", ({ target }) => {
      this.#open && target instanceof Element && !more.contains(target) && target.closest("button") && this.#close();
    }, signal), on(bar, "focusout", ({ relatedTarget }) => {
      relatedTarget instanceof Node && !bar.contains(relatedTarget) && this.#close();
    }, signal), on(bar, "keydown", (event) => {
      event.key !== "Escape" || !this.#close() || (event.preventDefault(), event.stopPropagation(), more.focus({ preventScroll: !0 }));
    }, signal);
    let resized = new ResizeObserver(([entry]) => {
      !entry || entry.contentRect.width === this.#width || (this.#width = entry.contentRect.width, this.fit());
    });
    resized.observe(place), signal.addEventListener("abort", () => resized.disconnect());
  }
  /** Show what fits into one row, what is pressed among it. Nothing changes while all are shown. */
  fit() {
    if (this.#open || this.#width <= 0) return;
    let focused = this.#focused;
    this.#show(() => !0), this.#bar.classList.remove("bn-narrow"), this.#more.hidden = !0;
    let left = /* @__PURE__ */ new Set();
    for (let node of this.#rare) {
      if (this.#fits) break;
      node.getAttribute("aria-pressed") !== "true" && (this.#bar.classList.add("bn-narrow"), this.#more.hidden = !1, left.add(node), this.#show((each) => !left.has(each)));
    }
    focused && !focused.checkVisibility() && this.#more.focus({ preventScroll: !0 });
  }
  /** Put the rarer tools away; false where they were not shown. */
  #close() {
    return this.#open ? (this.#open = !1, this.#bar.classList.remove("bn-open"), this.#place.style.height = "", this.#more.setAttribute("aria-expanded", "false"), this.fit(), !0) : !1;
  }
  /** Where keys have opened it, the focus goes on to the first tool that was not there. */
  #turn(byKeys) {
    if (this.#close()) return;
    let first = [...this.#bar.querySelectorAll("button, input")].find((node) => node !== this.#more && !node.checkVisibility());
    this.#open = !0, this.#place.style.height = `${this.#place.offsetHeight}px`, this.#bar.classList.add("bn-open"), this.#more.setAttribute("aria-expanded", "true"), this.#show(() => !0), byKeys && first?.focus({ preventScroll: !0 });
  }
  get #fits() {
    let last = this.#groups.findLast((group) => !group.classList.contains("bn-rare")), reserved = parseFloat(getComputedStyle(this.#bar).paddingRight);
    return !last || last.offsetLeft + last.offsetWidth <= this.#bar.clientWidth - reserved;
  }
  get #focused() {
    let active = this.#bar.getRootNode().activeElement;
    return active instanceof HTMLElement && this.#bar.contains(active) ? active : null;
  }
  #show(isShown) {
    for (let node of this.#rare) node.classList.toggle("bn-rare", !isShown(node));
    for (let group of this.#groups.filter((each) => !this.#rare.includes(each))) group.classList.toggle("bn-rare", [...group.children].every((node) => node.classList.contains("bn-rare")));
  }
};

// src/painter/toolbar.ts
var TOOLS2 = [
  ["lasso", "L"],
  ["polygon", "P"],
  ["rect", "U"],
  ["ellipse", "O"],
  ["fill", "G"],
  ["wand", "W"]
], LEAVE = ["polygon", "fill", "ellipse", "rect", "wand", "lasso"], Toolbar = class {
  element;
  #brush;
  #tools = /* @__PURE__ */ new Map();
  #undo;
  #redo;
  #size;
  #sizeText;
  #edge;
  #labels = /* @__PURE__ */ new Map();
  #erases;
  #row;
  #looking = !1;
  #pressed = "";
  constructor(brush, texts, run, redraw, zoom, signal) {
    this.#brush = brush, this.#erases = text(texts, "erases");
    let make = (key, name, path, command2) => button(key ? `${text(texts, name)} (${key})` : text(texts, name), icon(path), () => run(command2), signal), tool = (name, key, path, command2) => {
      let node = make(key, name, path, command2);
      return this.#tools.set(name, node), this.#labels.set(name, node.title), node;
    }, slider = (name, value, input) => {
      let label = text(texts, name), node = h("input", { type: "range", class: "bn-slider", min: "0", max: "100", step: "1", value: String(Math.round(value)), title: label, label });
      return on(node, "input", () => input(Number(node.value)), signal), node;
    };
    this.#undo = make("Ctrl+Z", "undo", ICONS.undo, { do: "undo" }), this.#redo = make("Ctrl+Shift+Z", "redo", ICONS.redo, { do: "redo" }), this.#edge = make("", "edge", ICONS.edge, "edge"), this.#sizeText = h("output", { class: "bn-number" }), this.#size = slider("size", brush.slider, (value) => {
      brush.slider = value, redraw(), this.refresh(this.#undo.disabled, this.#redo.disabled, this.#looking);
    });
    let opacity = slider("opacity", brush.opacity * 100, (value) => {
      brush.opacity = value / 100, redraw();
    }), shapes = TOOLS2.map(([name, key]) => tool(name, key, ICONS[name], { do: "tool", tool: name })), size = h("span", { class: "bn-group" }, this.#size, this.#sizeText), whole = [make("", "clear", ICONS.clear, "clear"), make("Shift+V", "invert", ICONS.invert, { do: "invert" }), this.#edge], fit2 = make("0", "fit", ICONS.fit, { do: "fit" }), actual = button(`${text(texts, "actual")} (1)`, "1:1", () => run({ do: "actual" }), signal), veil = h("label", { class: "bn-group bn-caption" }, icon(ICONS.eye), opacity), code = button(text(texts, "code"), icon(ICONS.code), () => run("code"), signal), help = button(`${text(texts, "help")} (?)`, "?", () => run({ do: "help" }), signal), more = button(text(texts, "more_tools"), icon(ICONS.more), () => {
    }, signal, { class: "bn-button bn-more" }), bar = h(
      "div",
      { class: "bn-bar", role: "toolbar", label: text(texts, "tools") },
      h(
        "span",
        { class: "bn-group" },
        tool("brush", "B", ICONS.brush, { do: "tool", tool: "brush", erase: !1 }),
        tool("eraser", "E", ICONS.eraser, { do: "tool", tool: "brush", erase: !0 })
      ),
      h("span", { class: "bn-group" }, ...shapes),
      size,
      h("span", { class: "bn-group" }, this.#undo, this.#redo),
      h("span", { class: "bn-group" }, ...whole),
      h("span", { class: "bn-group" }, fit2, actual, zoom),
      veil,
      h("span", { class: "bn-group bn-last" }, code, help),
      more
    );
    this.element = h("div", { class: "bn-bar-place" }, bar), this.#row = new OneRow(this.element, bar, more, [code, veil, help, ...whole, zoom, actual, fit2, ...LEAVE.map((name) => this.#tools.get(name)), size], signal), this.refresh(!0, !0);
  }
  set edging(shown) {
    this.#edge.setAttribute("aria-pressed", String(shown)), this.#row.fit();
  }
  /** One button is pressed: the tool's, or the eraser's for a brush that erases. `looking`: an attempt is shown, so no tool is at work. */
  refresh(nothingToUndo, nothingToRedo, looking = !1) {
    this.#looking = looking;
    let { tool, erase, size, slider } = this.#brush;
    for (let [name, node] of this.#tools) {
      let pressed = name === (tool === "brush" && erase ? "eraser" : tool);
      node.setAttribute("aria-pressed", String(pressed && !looking)), node.classList.toggle("bn-erases", pressed && erase);
      let label = this.#labels.get(name) ?? name;
      node.setAttribute("aria-label", pressed && erase && name !== "eraser" ? `${label}, ${this.#erases}` : label);
    }
    this.#undo.disabled = nothingToUndo, this.#redo.disabled = nothingToRedo, this.#size.value = String(Math.round(slider)), this.#sizeText.textContent = `${size} px`, this.#pressed !== tool && (this.#pressed = tool, this.#row.fit());
  }
};

// src/painter/zoom_fields.ts
function shareOf(typed) {
  let value = Number(typed.replace("%", "").trim());
  return Number.isFinite(value) && value > 0 ? value / 100 : null;
}
var ZoomFields = class {
  element;
  #field;
  #shown = "";
  constructor(texts, magnify, run, signal) {
    let label = text(texts, "zoom"), field = this.#field = h("input", { type: "text", class: "bn-text bn-zoom", label, title: label });
    field.inputMode = "numeric";
    let set = () => {
      let to = shareOf(field.value);
      field.value = this.#shown, to !== null && magnify(to);
    };
    on(field, "focus", () => field.select(), signal), on(field, "change", set, signal), on(field, "keydown", (event) => {
      event.key === "Enter" && set();
    }, signal);
    let full = button(`${text(texts, "full_screen")} (F)`, icon(ICONS.full), () => run({ do: "full" }), signal);
    full.hidden = !document.fullscreenEnabled, this.element = h("span", { class: "bn-group" }, field, full);
  }
  show(magnification) {
    let percent = 100 * magnification;
    this.#shown = `${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`, this.#field.value = this.#shown;
  }
  /** Give the painter the whole screen, or the page back. */
  fullScreen(root) {
    document.fullscreenEnabled && (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen());
  }
};

// src/painter/view.ts
var SHORTCUTS = ["B E X", "L P U O G W", "S", "[ ]", "Shift+V", "Ctrl+Z", "Ctrl+wheel", "right button", "Space", "Shift+click", "0 1 + -", "F", "H", ", .", "arrows", "Esc"], PAINTING = /* @__PURE__ */ new Set(["tool", "swap", "invert", "undo", "redo", "move", "dab"]), PainterView = class {
  #root;
  #comm;
  #store;
  #brush;
  #stage;
  #trial;
  #pointer;
  #toolbar;
  #boxFields;
  #wandFields;
  #lassoFields;
  #edgeFields;
  #zoomFields;
  #prompt;
  #attempts;
  #pictures;
  #strip;
  #status = h("div", { class: "bn-status", role: "status", "aria-live": "polite" });
  #position = h("span", { class: "bn-where" });
  #fault = h("div", { class: "bn-fault", role: "alert" });
  #help;
  #hidden = !1;
  #measured = "";
  #unmeasured = !0;
  #painted = !1;
  #said = "";
  #late = !1;
  #copying = !1;
  #decoding = 0;
  #timer;
  /** `lacksPixels` is called when the picture is shown larger than what there is of it. */
  constructor(el, comm, store, trial, brush, pictures, lacksPixels, signal) {
    this.#comm = comm, this.#store = store, this.#trial = trial, this.#brush = brush, this.#pictures = pictures, this.#attempts = new Attempts(comm.get("attempts"));
    let texts = comm.get("texts"), appearance = () => {
      let shape = this.#pointer.shape;
      return { instead: this.#instead(), opacity: brush.opacity, hidden: this.#hidden, outline: shape?.outline() ?? [], closed: !(shape?.byCorners ?? !1) };
    };
    this.#stage = new Stage(store.bitmap, appearance, { lacksPixels, viewed: () => this.#zoomFields.show(this.#stage.magnification) }, signal), this.#pointer = new Pointer(this.#stage, store, brush, trial, { changed: () => this.#refresh(), moved: () => this.#stage.atFrame(this.#showPosition) }, signal), this.#boxFields = new BoxFields(store.bitmap, brush, texts, (op) => store.apply(op), signal), this.#wandFields = new WandFields(brush, texts, trial, signal), this.#lassoFields = new LassoFields(brush, texts, signal), this.#zoomFields = new ZoomFields(texts, (to) => this.#stage.magnify(to), (what) => this.#do(what), signal), this.#toolbar = new Toolbar(brush, texts, (what) => this.#do(what), () => this.#redraw(), this.#zoomFields.element, signal), this.#edgeFields = new EdgeFields(brush.largest, texts, (op) => this.#askOf(op), trial, signal), this.#strip = new Strip(this.#attempts, texts, { show: (id) => this.#show(id), ask: (what) => this.#ask(what), before: (held) => this.#hide(held) }, signal);
    let calls = { run: this.#run, cancel: () => comm.send({ kind: "cancel" }), recent: () => comm.send({ kind: "recent" }) };
    this.#prompt = new Prompt(comm.get("offer"), texts, calls, signal), this.#help = h("div", { class: "bn-help", hidden: "" }, ...SHORTCUTS.flatMap((keys) => [h("span", { class: "bn-keys" }, texts[`keys ${keys}`] ?? keys), h("span", {}, text(texts, `key ${keys}`))]));
    let stage = this.#stage.element;
    stage.setAttribute("role", "application"), stage.setAttribute("aria-label", text(texts, "stage")), this.#root = h(
      "div",
      { class: "bn-root bn-painter", ...NO_SHORTCUTS },
      this.#toolbar.element,
      h("div", { class: "bn-over" }, stage, this.#help),
      this.#boxFields.element,
      // under the picture, as all that comes and goes: the picture never moves
      this.#wandFields.element,
      this.#lassoFields.element,
      this.#edgeFields.element,
      h("div", { class: "bn-foot" }, this.#status, this.#position),
      this.#fault,
      this.#strip.element,
      this.#prompt.element
    ), passSave(this.#root, signal), showTooltips(this.#root, signal), on(this.#root, "keydown", (event) => this.#keydown(event), signal), on(this.#root, "keyup", (event) => this.#keyup(event), signal), on(this.#root, "focusout", () => this.#releaseKeys(), signal), el.append(this.#root), signal.addEventListener("abort", () => {
      clearTimeout(this.#timer), this.#root.remove();
    }), store.onChange((box) => {
      if (box && (this.#unmeasured = !0, this.#stage.redraw(box)), store.drawing) {
        this.#said = "";
        return;
      }
      this.#refresh(), this.#tellMarimo();
    }, signal), comm.onGoneChange(() => this.refresh(), signal), comm.onMessage((content) => this.#hear(content), signal), this.refresh();
  }
  /** True while the focus is in this view. */
  get focused() {
    return this.#root.contains(this.#root.getRootNode().activeElement);
  }
  focus() {
    this.#stage.element.focus({ preventScroll: !0 });
  }
  /** Show the picture, or, unless it is a `fresh` one, a larger copy of what is shown. */
  async picture(data, fresh = !0) {
    let blob = blobOf(data);
    if (blob.size === 0) return;
    fresh && this.#decoding++;
    let number = this.#decoding;
    try {
      let image = await createImageBitmap(blob);
      number === this.#decoding && this.#stage.picture(image, fresh);
    } catch {
      setText(this.#fault, text(this.#comm.get("texts"), "undecodable"));
    }
  }
  /** Take over the list of attempts; the first new one takes the place of the painting, unless a hand is at work. */
  attempts() {
    this.#attempts.receive(this.#comm.get("attempts"), !this.#pointer.busy), this.#redraw(), this.#refresh();
  }
  /** Another picture is painted on now. */
  turned() {
    this.#show(null);
  }
  /** Pixels of an attempt have come. */
  redraw() {
    this.#redraw(), this.#refresh();
  }
  /** Tell marimo, which runs cells that read the painter again when a page sets a trait, and hears of nothing else. */
  #tellMarimo() {
    let root = this.#root.getRootNode(), { seq } = this.#comm.get("shown");
    root instanceof ShadowRoot && root.host.localName.startsWith("marimo-") && !this.#store.pending && seq > this.#comm.get("seen") && this.#comm.set("seen", seq);
  }
  /** Show what Python says. */
  refresh() {
    let texts = this.#comm.get("texts"), gone = this.#comm.gone;
    this.#root.classList.toggle("bn-gone", gone), setText(this.#fault, gone ? text(texts, "gone") : this.#comm.get("fault")), this.#refresh();
  }
  #refresh() {
    let texts = this.#comm.get("texts"), { shown } = this.#attempts;
    this.#pointer.looking = shown !== null, this.#stage.element.classList.toggle("bn-looking", shown !== null), this.#toolbar.refresh(!this.#store.canUndo, !this.#store.canRedo, shown !== null);
    let { at, attempts: grounds } = this.#comm.get("pictures");
    this.#strip.refresh({ back: at > 0, forward: at < grounds.length - 1 }), this.#prompt.beside.know((shown ?? this.#attempts.all.at(-1))?.seed ?? null);
    for (let fields of [this.#boxFields, this.#wandFields, this.#lassoFields]) fields.refresh(shown !== null);
    if (this.#edgeFields.refresh(this.#trial.op), this.#pointer.showRing(), this.#unmeasured && !this.#store.drawing) {
      this.#unmeasured = !1;
      let { bitmap } = this.#store, { count, box } = this.#store.measure();
      this.#painted = count > 0;
      let values = { percent: (100 * count / (bitmap.width * bitmap.height)).toFixed(1), width: bitmap.width, height: bitmap.height }, where = box ? text(texts, "box", { x0: box.x0, y0: box.y0, x1: box.x1, y1: box.y1 }) : "";
      this.#measured = [text(texts, "coverage", values), where].filter(Boolean).join(" · ");
    }
    let about = shown ? this.#about(shown) : [this.#measured, this.#comm.get("shown").warning, this.#comm.get("shown").note];
    setText(this.#status, [...about, this.#waiting(), this.#said].filter(Boolean).join(" · ")), this.#prompt.show(this.#comm.get("run"), { gone: this.#comm.gone, painted: this.#painted }), this.#showPosition();
  }
  #showPosition = () => {
    let looking = this.#attempts.shown !== null;
    this.#position.hidden !== looking && (this.#position.hidden = looking);
    let cursor = looking ? null : this.#pointer.cursor;
    setText(this.#position, cursor ? `${Math.floor(cursor[0])}, ${Math.floor(cursor[1])}` : "");
  };
  /** What the status line says of the attempt that is shown. */
  #about({ seed, path, size }) {
    let texts = this.#comm.get("texts"), { number, all } = this.#attempts, loading = this.#attempts.shown && !this.#pictures.isWhole(this.#attempts.shown);
    return [
      text(texts, "attempt", { number, count: all.length }),
      `${size[0]} x ${size[1]}`,
      seed === null ? "" : text(texts, "attempt_seed", { seed }),
      path,
      loading ? text(texts, "loading_attempt") : ""
    ];
  }
  /** Say that Python has not answered, after a while. */
  #waiting() {
    return !this.#store.pending || this.#comm.gone ? (clearTimeout(this.#timer), this.#timer = void 0, this.#late = !1, "") : (this.#timer ??= setTimeout(() => {
      this.#late = !0, this.#refresh();
    }, 1500), this.#late ? text(this.#comm.get("texts"), "waiting") : "");
  }
  #redraw() {
    this.#stage.redraw(), this.#pointer.showRing();
  }
  #run = (prompt, chosen) => {
    this.#comm.send({ kind: "run", prompt, ...chosen });
  };
  /** Show an attempt in place of the painting; null is the painting. */
  #show(id) {
    id !== null && this.#pointer.abandon(), this.#attempts.show(id), this.#redraw(), this.#refresh();
  }
  /** The picture that takes the place of the painting: an attempt, or while that is hidden what it was made of. */
  #instead() {
    let { shown } = this.#attempts;
    return shown ? this.#hidden ? shown.ground === this.#comm.get("pictures").at ? null : this.#pictures.ground(shown.ground) : this.#pictures.of(shown) : null;
  }
  #hide(hidden) {
    this.#hidden = hidden, this.#stage.redraw();
  }
  #ask(what) {
    let { shown } = this.#attempts, { at } = this.#comm.get("pictures");
    what === "back" && this.#comm.send({ kind: "turn", picture: at - 1 }), what === "forward" && this.#comm.send({ kind: "turn", picture: at + 1 }), shown && ((what === "previous" || what === "next") && this.#do({ do: what }), what === "use" && this.#comm.send({ kind: "use", id: shown.id }), what === "code" && this.#copy(shown.id), what === "download" && this.#pictures.file(shown, save), what === "open" && this.#pictures.file(shown, openInTab));
  }
  /** Copy what Python writes about an attempt, or about the mask, when its answer comes. */
  #copy(id) {
    this.#copying = !0, this.#comm.send(id === null ? { kind: "code" } : { kind: "code", id });
  }
  #hear(content) {
    content.kind === "recent" && this.#prompt.recent(content.prompts.map(String)), content.kind === "code" && this.#copying && this.#copied(String(content.text));
  }
  async #copied(code) {
    this.#copying = !1;
    let done = await copyText(code), texts = this.#comm.get("texts");
    done ? this.say(text(texts, "copied")) : setText(this.#fault, `${text(texts, "not_copied")}

${code}`);
  }
  /** Say something in the status line until something else is done. */
  say(line) {
    this.#said = line, this.#refresh();
  }
  /** Have Python work on the edge of what is painted. */
  #askOf(op) {
    this.#attempts.show(null), this.#pointer.abandon(), this.#trial.begin(op);
  }
  #do(what) {
    this.#said = "", what === "code" ? this.#copy(null) : what === "edge" ? this.#toolbar.edging = this.#edgeFields.toggle() : what === "clear" ? this.#applyToAll("clear") : this.#execute(what), this.#redraw(), this.#refresh();
  }
  #execute(what) {
    switch (PAINTING.has(what.do) && this.#attempts.show(null), what.do) {
      case "previous":
      case "next":
        this.#attempts.step(what.do === "next" ? 1 : -1) && this.#pointer.abandon();
        return;
      case "tool":
        this.#pointer.take(what.tool), what.erase !== void 0 && (this.#brush.erase = what.erase);
        return;
      case "swap":
        this.#brush.erase = !this.#brush.erase;
        return;
      case "edges":
        this.#brush.edges = !this.#brush.edges;
        return;
      case "size":
        this.#brush.step(what.step);
        return;
      case "invert":
        this.#applyToAll("invert");
        return;
      case "undo":
        !this.#pointer.takeCorner() && !this.#pointer.abandon() && this.#store.undo();
        return;
      case "corner":
        this.#pointer.takeCorner();
        return;
      case "redo":
        this.#pointer.busy || this.#store.redo();
        return;
      case "fit":
        this.#stage.fit();
        return;
      case "actual":
        this.#stage.magnify(1);
        return;
      case "zoom":
        this.#stage.zoom(what.factor);
        return;
      case "full":
        this.#zoomFields.fullScreen(this.#root);
        return;
      case "move":
        this.#pointer.nudge(what.dx, what.dy);
        return;
      case "dab":
        this.#pointer.dab(what.line);
        return;
      case "hide":
        this.#hidden = !0;
        return;
      case "pan":
        this.#pointer.panning = !0, this.#stage.element.classList.add("bn-panning");
        return;
      case "help":
        this.#help.hidden = !this.#help.hidden;
        return;
      case "leave":
        this.#help.hidden ? this.#attempts.shown ? this.#attempts.show(null) : this.#pointer.abandon() || returnFocus(this.#root) : this.#help.hidden = !0;
    }
  }
  #applyToAll(op) {
    this.#attempts.show(null), this.#pointer.abandon(), this.#store.apply({ op });
  }
  #keydown(event) {
    if (event.stopPropagation(), event.isComposing || isTextField(event.target)) return;
    let what = command(event);
    !what && (event.ctrlKey || event.metaKey) && event.code === "KeyA" && event.preventDefault(), !(!what || !(event.target === this.#stage.element) && (what.do === "pan" || what.do === "dab" || what.do === "move")) && (event.preventDefault(), !(event.repeat && (what.do === "hide" || what.do === "pan" || what.do === "help")) && this.#do(what));
  }
  #keyup(event) {
    event.stopPropagation(), (event.key === " " || event.code === "KeyH") && this.#releaseKeys();
  }
  #releaseKeys() {
    this.#hidden = !1, this.#pointer.panning = !1, this.#stage.element.classList.remove("bn-panning"), this.#stage.redraw();
  }
};

// src/painter/widget.ts
var PainterModel = class {
  #comm;
  #pictures;
  #wand;
  #places = /* @__PURE__ */ new Set();
  #store;
  #brush;
  #trial;
  /** The picture with all its pixels, once that has come. */
  #full = null;
  /** Number of the picture whose pixels were asked for. */
  #asked = -1;
  /** Names of the strokes that were looked for in what a kernel had not got when it went. */
  #recovered = /* @__PURE__ */ new Set();
  #said = "";
  constructor(model) {
    this.#comm = new Comm(model), this.#pictures = new AttemptPictures(this.#comm, () => this.#each((view) => view.redraw())), this.#wand = new Wand(this.#comm), [this.#store, this.#brush, this.#trial] = this.#begin(), this.#store.receive(this.#comm.get("shown")), this.#recover(), this.#comm.onGoneChange(() => this.#lay());
    for (let name of ["size", "shown"]) this.#comm.onChange(name, () => this.#receive());
    this.#comm.onChange("preview", () => {
      this.#full = null, this.#asked = -1, this.#each((view) => {
        view.picture(this.#comm.get("preview").data);
      });
    });
    for (let name of ["run", "fault"]) this.#comm.onChange(name, () => this.#each((view) => view.refresh()));
    this.#comm.onChange("attempts", () => this.#each((view) => view.attempts())), this.#comm.onChange("pictures", () => this.#each((view) => view.turned())), this.#comm.onMessage((content, buffers) => {
      if (content.kind !== "picture" || !buffers[0] || content.picture !== this.#comm.get("pictures").at) return;
      let full = this.#full = buffers[0];
      this.#each((view) => {
        view.picture(full, !1);
      });
    });
  }
  render(el, signal) {
    let end = new AbortController(), place = { el, end, view: this.#view(el, end.signal) };
    this.#places.add(place), signal.addEventListener("abort", () => {
      this.#places.delete(place), place.end.abort(), this.#places.size === 0 && this.#wand.end();
    });
  }
  #view(el, signal) {
    let view = new PainterView(el, this.#comm, this.#store, this.#trial, this.#brush, this.#pictures, () => this.#askForPixels(), signal);
    return view.picture(this.#comm.get("preview").data), this.#full && view.picture(this.#full, !1), this.#said && view.say(this.#said), view;
  }
  #begin() {
    let [width, height] = this.#comm.get("size"), client = crypto.getRandomValues(new Uint32Array(1))[0].toString(16), send = (message, buffers) => {
      this.#said = "", this.#comm.send({ ...message, picture: this.#comm.get("pictures").at }, buffers), this.#comm.gone && this.#lay();
    }, store = new Store(width, height, send, client);
    return [store, new Brush({ width, height }), new Trial(store, this.#wand)];
  }
  /** Take over Python's mask; one of another size belongs to another picture, which begins anew in every view. */
  #receive() {
    let [width, height] = this.#comm.get("size"), { bitmap } = this.#store;
    if (width !== bitmap.width || height !== bitmap.height) {
      [this.#store, this.#brush, this.#trial] = this.#begin();
      for (let place of this.#places) this.#again(place);
    }
    this.#store.receive(this.#comm.get("shown")), this.#recover();
  }
  /** Let what the kernel has not got wait for the next painter of this picture, as long as the kernel is gone. */
  #lay() {
    let { kept } = this.#comm.get("shown");
    kept && lay(kept, this.#comm.gone ? this.#store.unheard : []);
  }
  /** Have Python do what an earlier painter of this picture could not tell it. */
  #recover() {
    let { kept, acks } = this.#comm.get("shown");
    if (!kept || this.#recovered.has(kept)) return;
    this.#recovered.add(kept);
    let messages = take(kept, acks);
    messages.length !== 0 && (this.#store.repeat(messages), this.#said = text(this.#comm.get("texts"), "recovered", { count: messages.length }), this.#each((view) => view.say(this.#said)));
  }
  #again(place) {
    let { focused } = place.view;
    place.end.abort(), place.end = new AbortController(), place.view = this.#view(place.el, place.end.signal), focused && place.view.focus();
  }
  #askForPixels() {
    let { at } = this.#comm.get("pictures");
    this.#asked === at || !this.#comm.get("preview").reduced || (this.#asked = at, this.#comm.send({ kind: "picture", picture: at }));
  }
  #each(what) {
    for (let { view } of this.#places) what(view);
  }
}, widget_default = defineWidget((model) => {
  let painter = new PainterModel(model);
  return (el, signal) => painter.render(el, signal);
});
export {
  widget_default as default
};
