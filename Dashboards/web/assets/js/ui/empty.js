// What a page says when there is nothing, nothing yet, or something went wrong.
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { t } from "../i18n.js";

/** `empty({icon: "alarm", title, text, action: {label, run}, kind: "good"|"wrong"|null, compact})` */
export function empty({ icon: name = "info", title, text = null, action = null, kind = null, compact = false }) {
  return h("div", { class: "empty" + (compact ? " compact" : ""), dataset: kind ? { kind } : {} },
    h("div", { class: "empty-icon" }, icon(name)),
    title && h("h3", null, title),
    text && h("p", null, text),
    action && h("button", { class: "button", type: "button", onclick: action.run }, action.label));
}

/** Grey shapes where content will be: `loading("cards", 6)`, `loading("lines", 4)`, `loading("block")`. */
export function loading(kind = "lines", count = 3) {
  const shapes = Array.from({ length: kind === "block" ? 1 : count }, () =>
    h("div", { class: "skeleton " + (kind === "lines" ? "line" : "block") }));
  return h("div", { class: kind === "cards" ? "skeleton-grid" : "stack", role: "status", "aria-label": t("shell.loading") }, shapes);
}

/** An error in the person's words, with the way to try again. */
export function errorState(error, retry = null, { compact = false } = {}) {
  return empty({
    icon: "warning", kind: "wrong", compact,
    title: t(error?.status === 0 ? "error.unreachable" : error?.status === 404 ? "error.missing" : "error.title"),
    text: errorText(error),
    action: retry && { label: t("shell.retry"), run: retry },
  });
}

/** One sentence for a toast or a line. */
export function errorText(error) {
  if (error?.status === 0) return t("error.unreachable.text");
  if (error?.status === 403) return t("error.forbidden");
  return error?.message || t("error.unknown");
}
