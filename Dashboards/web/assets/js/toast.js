// Short news at the edge of the screen, read out politely.
import { h } from "./dom.js";
import { icon, stateIcon } from "./icons.js";
import { t } from "./i18n.js";

const STATE = { success: "normal", info: "advisory", warning: "warning", error: "critical" };
let region = null;

/**
 * `toast("Acknowledged", {kind: "success"})`; kinds: info, success, warning, error. `action: {label, run}` adds a
 * button. Errors stay until they are closed, the rest for `timeout` ms. Returns the function that closes it.
 */
export function toast(message, { kind = "info", timeout = 6000, action = null } = {}) {
  if (!region) {
    region = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
    document.body.append(region);
  }
  const close = () => element.remove();
  const element = h("div", { class: "toast", dataset: { state: STATE[kind] ?? "advisory" } },
    stateIcon(STATE[kind] ?? "advisory"),
    h("div", { class: "toast-text" }, message),
    action && h("button", { class: "button compact", onclick: () => { close(); action.run(); } }, action.label),
    h("button", { class: "button ghost compact icon-only", "aria-label": t("shell.close"), onclick: close }, icon("close", "small")));
  region.append(element);
  while (region.children.length > 4) region.firstElementChild.remove();
  if (kind !== "error") setTimeout(close, timeout);
  return close;
}
