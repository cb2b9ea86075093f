// The DOM functions that all widgets use. Text is always set as text, so nothing from outside can become markup.

type Child = Node | string | null;

interface Attributes {
  readonly class?: string;
  readonly title?: string;
  readonly label?: string;
  readonly [attribute: `data-${string}` | `aria-${string}`]: string;
  readonly role?: string;
  readonly tabindex?: string;
  readonly type?: string;
  readonly min?: string;
  readonly max?: string;
  readonly step?: string;
  readonly value?: string;
  readonly placeholder?: string;
  readonly hidden?: string;
  readonly alt?: string;
}

/**
 * Keeps the notebook's shortcuts from the element. JupyterLab matches its selectors against the element that has the
 * focus, so everything that can have the focus needs this attribute, not only the root.
 */
export const NO_SHORTCUTS = { "data-lm-suppress-shortcuts": "true" } as const;

/** Make an element; `label` becomes `aria-label`. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  const takesFocus = attributes.tabindex !== undefined || tag === "button" || tag === "input" || tag === "select";
  for (const [name, value] of Object.entries(takesFocus ? { ...NO_SHORTCUTS, ...attributes } : attributes)) node.setAttribute(name === "label" ? "aria-label" : name, String(value));
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** Listen until the signal ends. */
export function on<K extends keyof HTMLElementEventMap>(
  node: HTMLElement,
  type: K,
  listener: (event: HTMLElementEventMap[K]) => void,
  signal: AbortSignal,
  options: AddEventListenerOptions = {},
): void {
  node.addEventListener(type, listener, { ...options, signal });
}

export function button(
  label: string,
  content: Node | string,
  click: () => void,
  signal: AbortSignal,
  more: Attributes = {},
): HTMLButtonElement {
  const node = h("button", { type: "button", class: "bn-button", title: label, label, ...more }, content);
  on(node, "click", click, signal);
  return node;
}

/** Tell of a button's key (`KeyboardEvent.key`), in its tooltip and to those who cannot see it. */
export function keyed(node: HTMLButtonElement, key: string, shown = key): HTMLButtonElement {
  node.title = `${node.title} (${shown})`;
  node.setAttribute("aria-keyshortcuts", key);
  return node;
}

/** Give a button other words, and their key if there is one; nothing is touched that says so already: a tooltip may have put its title aside. */
export function rename(node: HTMLButtonElement, label: string, key = ""): void {
  if (node.textContent === label) return;
  setText(node, label);
  node.setAttribute("aria-label", label);
  node.title = label;
  if (key) keyed(node, key);
}

export function setText(node: HTMLElement, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** True where a key types a character, so that it is no shortcut. */
export function isTextField(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  if (target instanceof HTMLElement && target.isContentEditable) return true;
  return target instanceof HTMLInputElement && !["range", "button", "checkbox", "radio"].includes(target.type);
}

/** Let Ctrl+S in a widget save the notebook: of the keys that are kept from the notebook, this one is handed to it. */
export function passSave(root: HTMLElement, signal: AbortSignal): void {
  const pass = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.code !== "KeyS") return;
    event.stopPropagation();
    const { key, code, keyCode, ctrlKey, metaKey } = event; // eslint-disable-line @typescript-eslint/no-deprecated
    const copy = new KeyboardEvent("keydown", { key, code, keyCode, ctrlKey, metaKey, bubbles: true, cancelable: true, composed: true });
    const handled = root.parentElement?.dispatchEvent(copy) === false;
    if (handled) event.preventDefault(); // else the browser saves the page
  };
  on(root, "keydown", pass, signal, { capture: true });
}

/** Give the focus back to the page: to the nearest ancestor that can have it, in JupyterLab the notebook's cell. */
export function returnFocus(root: HTMLElement): void {
  for (let node: Node | null = root.parentNode; node; node = node instanceof ShadowRoot ? node.host : node.parentNode) {
    if (node instanceof HTMLElement && node.tabIndex >= 0) {
      node.focus({ preventScroll: true });
      return;
    }
  }
  const active = (root.getRootNode() as Document | ShadowRoot).activeElement;
  if (active instanceof HTMLElement) active.blur();
}

/** An icon of 16 x 16, drawn with the text's colour; part of the path after "|" is filled. */
export function icon(path: string): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "bn-icon");
  svg.setAttribute("aria-hidden", "true");
  path.split("|").forEach((d, k) => {
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    line.setAttribute("d", d);
    if (k > 0) line.setAttribute("class", "bn-solid");
    svg.append(line);
  });
  return svg;
}
