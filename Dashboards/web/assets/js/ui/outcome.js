// A decision about a window in words, and what it, or taking it back, changed.
import { h } from "../dom.js";
import { name, t } from "../i18n.js";
import { icon, stateIcon } from "../icons.js";
import { labelName } from "./state.js";

/** "Confirmed: Bearing lacking oil"; `labels` as the API gives them, [{id, name}]. */
export function decidedWords({ decision, label }, labels) {
  return t("review.decided." + decision, { label: labelName(labels, label) });
}

/** A notice with `title` and what changed; `undo` and `close` are the buttons' actions, null leaves one out. */
export function outcomeNotice({ title, teaching, labels, undo = null, close = null }) {
  const words = name(teaching?.text);
  const sentence = words && words[0].toUpperCase() + words.slice(1) + (/[.。]$/.test(words) ? "" : t("review.stop"));
  return h("div", { class: "notice", dataset: { state: "normal" } }, stateIcon("normal"),
    h("div", { class: "outcome-text" },
      h("p", null, h("strong", null, title), " ", sentence),
      teaching?.changes?.length > 0 && h("p", { class: "small quiet num" }, teaching.changes.slice(0, 4).map((change) =>
        t("review.change", { from: labelName(labels, change.from), to: labelName(labels, change.to), windows: change.windows })).join(" · "))),
    undo && h("button", { class: "button compact", onclick: undo }, icon("undo", "small"), t("review.undo")),
    close && h("button", { class: "button ghost compact icon-only", "aria-label": t("shell.close"), onclick: close }, icon("close", "small")));
}
