// What a page says when there is nothing, nothing yet, or something went wrong.
import { h } from "../dom.js";
import { icon } from "../icons.js";
import { language, t } from "../i18n.js";

/** `empty({icon: "alarm", title, text, action: {label, run}, kind: "good"|"wrong"|null, compact})`; its title heads nothing. */
export function empty({ icon: name = "info", title, text = null, action = null, kind = null, compact = false }) {
  return h("div", { class: "empty" + (compact ? " compact" : ""), dataset: kind ? { kind } : {} },
    h("div", { class: "empty-icon" }, icon(name)),
    title && h("p", { class: "empty-title" }, title),
    text && h("p", null, text),
    action && h("button", { class: "button", onclick: action.run }, action.label));
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
    title: error?.status === 0 ? t("error.unreachable") : refusal(error) ?? t("error.title"),
    text: errorText(error, false),
    action: retry && { label: t("shell.retry"), run: retry },
  });
}

/** What kind of refusal it is, by the API's code, else by its status; null for a mistake of ours. */
export function refusal(error) {
  if (!error?.status) return null;
  for (const key of ["refusal." + error.code, "refusal." + error.status]) if (t(key) !== key) return t(key);
  return t(error.status >= 500 ? "refusal.503" : "refusal.400");
}

/** Kinds that say all there is to say. */
const WHOLE = new Set(["too_slow", "busy", "csrf", "login_required", "unauthorized", "stopping", "internal"]);

/**
 * What to say in a toast or a line. The service gives its reasons in English: in Chinese the kind of refusal stands on a line
 * above them, unless `kind` is false because it stands somewhere else already.
 */
export function errorText(error, kind = true) {
  if (error?.status === 0) return t("error.unreachable.text");
  if (error?.status === 403 && error.code !== "csrf") return t("error.forbidden");
  const reason = error?.message || t("error.unknown"), what = refusal(error);
  if (!what || language() === "en") return reason;
  return WHOLE.has(error.code) ? (kind ? what : "") : (kind ? what + "\n" : "") + reason;
}
