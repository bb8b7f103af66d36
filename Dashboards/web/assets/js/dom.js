// Elements without templates and lists without flicker.

/**
 * `h("button", {class: "button", onclick: save, "aria-pressed": "true"}, icon("check"), "Save")`.
 * `class`, `dataset` and `style` (an object, set property by property: the policy forbids style attributes) are
 * understood, `on…` functions become listeners, true/false switch attributes, null is left out. A button submits no form
 * unless its `type` says so.
 * Children: nodes, strings, numbers, arrays; null and false are left out.
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  if (tag === "button") element.type = "button";
  for (const [key, value] of Object.entries(props ?? {})) set(element, key, value);
  append(element, children);
  return element;
}

/** A control with its label; `more` follows it: a hint, a list. */
export function field(words, control, ...more) {
  return h("div", { class: "field" }, h("label", { for: control.id }, words), control, more);
}

function set(element, key, value) {
  if (value === null || value === undefined) return;
  if (key === "class") element.className = value;
  else if (key === "dataset") Object.assign(element.dataset, value);
  else if (key === "style") setStyle(element, value);
  else if (key.startsWith("on") && typeof value === "function") element.addEventListener(key.slice(2), value);
  else if (key === "value" || key === "checked" || key === "disabled" || key === "hidden" || key === "open") element[key] = value;
  else if (value === true) element.setAttribute(key, "");
  else if (value !== false) element.setAttribute(key, String(value));
}

export function append(element, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === true) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/** Custom properties and plain ones, without a style attribute. */
export function setStyle(element, values) {
  for (const [key, value] of Object.entries(values)) {
    if (value === null || value === undefined) element.style.removeProperty(key);
    else if (element.style.getPropertyValue(key) !== String(value)) element.style.setProperty(key, String(value));
  }
}

/** Writes only when it differs: live pages touch nothing that has not changed. */
export function setText(element, text) {
  const words = text === null || text === undefined ? "" : String(text);
  if (element.textContent !== words) element.textContent = words;
}

export function setAttribute(element, attribute, value) {
  if (value === null || value === undefined || value === false) {
    if (element.hasAttribute(attribute)) element.removeAttribute(attribute);
  } else if (element.getAttribute(attribute) !== String(value)) {
    element.setAttribute(attribute, String(value));
  }
}

export function replace(element, ...children) {
  element.replaceChildren();
  return append(element, children);
}

const held = new WeakMap();

/**
 * Makes the children of `container` match `items`: elements are kept by `key(item)`, made by `make(item)`, brought up
 * to date by `update(element, item, index)` and moved only when their order changed. What has focus keeps it.
 */
export function keyed(container, items, key, make, update) {
  let known = held.get(container);
  if (!known) held.set(container, (known = new Map()));
  const focused = container.contains(document.activeElement) ? document.activeElement : null;
  const next = new Map();
  items.forEach((item, index) => {
    const id = key(item);
    let element = known.get(id);
    if (!element || element.parentNode !== container) element = make(item);
    update?.(element, item, index);
    next.set(id, element);
  });
  for (const [id, element] of known) if (next.get(id) !== element) element.remove();
  let at = container.firstElementChild;
  for (const element of next.values()) {
    if (element === at) at = at.nextElementSibling;
    else container.insertBefore(element, at);
  }
  held.set(container, next);
  if (focused && document.activeElement !== focused && focused.isConnected) focused.focus({ preventScroll: true });
}

/** Runs `action` at most once a frame however often it is asked for. */
export function perFrame(action) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; action(); });
  };
}

/** Runs `action` after `ms` without another call. */
export function debounce(action, ms, signal) {
  let timer = 0;
  signal?.addEventListener("abort", () => clearTimeout(timer));
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...args), ms);
  };
}

/** Runs `action` every `ms` until `signal` ends; not while the tab is hidden. */
export function every(ms, action, signal) {
  const timer = setInterval(() => { if (!document.hidden) action(); }, ms);
  signal?.addEventListener("abort", () => clearInterval(timer));
}
