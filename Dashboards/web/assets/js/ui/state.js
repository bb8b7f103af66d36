// A state said with shape, colour and word.
import { h, setAttribute, setText } from "../dom.js";
import { stateIcon } from "../icons.js";
import { name, t } from "../i18n.js";

export const STATES = ["critical", "warning", "advisory", "offline", "unknown", "normal"];

/** Worst first: 0 is critical. */
export function stateRank(state) {
  const rank = STATES.indexOf(state);
  return rank < 0 ? STATES.length : rank;
}

/** What a window's verdict says of its microphone; null where it speaks of the machine. */
export function troubleText(verdict) {
  return verdict?.startsWith("microphone_") ? t("trouble." + verdict.slice("microphone_".length)) : null;
}

/** How a label is called, or the service's own `changed`, or a verdict that is no label; its id where nobody named it. */
export function labelName(labels, id) {
  return name(labels?.find((label) => label.id === id)?.name) || troubleText(id)
    || (id === "changed" ? t("label.changed") : id === "undetermined" ? t("sound.undetermined") : id ?? "–");
}

/** `stateTag("warning")`, or with words of its own: `stateTag("warning", "Undetermined")`. */
export function stateTag(state, words = null) {
  return h("span", { class: "state-tag", dataset: { state } }, stateIcon(state), h("span", null, words ?? t("state." + state)));
}

/** Changes a tag made by stateTag, touching nothing when it is the same. `muted` keeps the shape without the colour. */
export function updateStateTag(tag, state, words = null, muted = false) {
  setAttribute(tag, "data-muted", muted ? "" : null);
  if (tag.dataset.state !== state) {
    tag.dataset.state = state;
    tag.firstElementChild.replaceWith(stateIcon(state));
  }
  setText(tag.lastElementChild, words ?? t("state." + state));
}
