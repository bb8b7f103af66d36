// One verdict in large letters: the label, how sure, or plainly "undetermined".
import { h, setAttribute, setText } from "../dom.js";
import { percent } from "../format.js";
import { t } from "../i18n.js";

/** The best of `scores` ({label: probability}) and whether it reaches the threshold. */
export function judge(scores, threshold) {
  let top = null;
  for (const [label, value] of Object.entries(scores ?? {})) if (top === null || value > scores[top]) top = label;
  const confidence = top === null ? 0 : scores[top];
  return { top, confidence, determined: top !== null && confidence >= threshold };
}

/** `const verdict = createVerdict(); verdict.update(judge(scores, 0.7), 0.7)` */
export function createVerdict() {
  const kicker = h("p", { class: "verdict-kicker" });
  const label = h("p", { class: "verdict-label" });
  const words = h("p", { class: "verdict-words quiet" });
  const element = h("div", { class: "verdict", role: "status", "aria-live": "polite" }, kicker, label, words);
  return {
    element,
    /** Words in place of a verdict, before there is one. */
    waiting(text) {
      setAttribute(element, "data-determined", null);
      setText(kicker, "");
      setText(label, text);
      setText(words, "");
    },
    update({ top, confidence, determined }, threshold) {
      setAttribute(element, "data-determined", determined ? "" : null);
      setText(kicker, determined ? t("desk.verdict") : t("desk.verdict.none"));
      setText(label, determined ? top : t("desk.undetermined"));
      setText(words, top === null ? ""
        : determined ? t("desk.sure", { percent: percent(confidence) })
          : t("desk.unsure", { label: top, percent: percent(confidence), threshold: percent(threshold) }));
    },
  };
}
