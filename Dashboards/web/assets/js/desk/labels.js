// The labels a sound is compared with: a text field, presets, and advice.
import { get, post } from "../api.js";
import { debounce, h, keyed, replace, setText } from "../dom.js";
import { language, name, t } from "../i18n.js";
import { stateIcon } from "../icons.js";
import { recall, remember } from "../store.js";

const FIRST = {
  en: ["an air compressor running normally", "a bearing squealing for lack of oil", "a broken valve plate knocking", "background noise"],
  zh: ["空压机正常运转声", "轴承缺油的尖叫声", "阀片破裂的敲击声", "其他背景噪声"],
};

/** Splits what was typed at commas (Chinese ones too), semicolons and line ends. */
export function splitLabels(text) {
  const seen = new Set();
  return text.split(/[,，;；\n]/).map((label) => label.trim()).filter((label) => label && !seen.has(label) && seen.add(label));
}

let presets = null;

/**
 * `createLabelField({signal, onChange})`: `element`, `labels()` as typed now, `focus()`. What was typed is remembered,
 * for each language on its own.
 */
export function createLabelField({ signal, onChange = () => {} }) {
  const key = "labels." + language();
  const text = h("textarea", { class: "textarea", id: "labels", rows: "4", spellcheck: "false", "aria-describedby": "labels-hint", value: recall(key) ?? FIRST[language()].join("\n") });
  const count = h("span", { class: "aside num" });
  const choices = h("div", { class: "preset-row", role: "group", "aria-label": t("desk.presets") });
  const advice = h("ul", { class: "advice", "aria-live": "polite" });
  const element = h("div", { class: "stack label-field" },
    h("div", { class: "field" },
      h("div", { class: "row" }, h("label", { for: "labels" }, t("desk.labels")), h("span", { class: "push" }, count)),
      text, h("p", { class: "hint", id: "labels-hint" }, t("desk.labels.hint"))),
    choices, advice);
  let asked = null;

  const labels = () => splitLabels(text.value);

  function showCount() { setText(count, t("desk.labels.count", { count: labels().length })); }

  async function advise() {
    asked?.abort();
    const mine = asked = new AbortController();
    const typed = labels();
    if (typed.length === 0) { replace(advice); return; }
    try {
      const answer = await post("labels/advice", { labels: typed }, { signal: mine.signal });
      showAdvice(answer.advice ?? []);
    } catch (failure) {
      // Advice is a courtesy: without it the desk works as well.
      if (failure.name !== "AbortError") replace(advice);
    }
  }

  function showAdvice(items) {
    keyed(advice, items, (item) => item.kind + "|" + (item.labels ?? []).join("|"),
      (item) => h("li", { dataset: { state: item.severity === "warning" ? "warning" : "advisory" } },
        stateIcon(item.severity === "warning" ? "warning" : "advisory"), h("span")),
      (row, item) => setText(row.lastElementChild, name(item.text)));
  }

  const changed = debounce(() => { advise(); onChange(labels()); }, 600, signal);
  text.addEventListener("input", () => { remember(key, text.value); showCount(); changed(); }, { signal });
  signal?.addEventListener("abort", () => asked?.abort());

  (async () => {
    try {
      presets ??= (await get("presets")).presets;
      replace(choices, h("span", { class: "small faint" }, t("desk.presets")), presets.map((preset) => h("button", {
        class: "button compact",
        onclick: () => {
          text.value = (preset.labels[language()] ?? preset.labels.en).join("\n");
          text.dispatchEvent(new Event("input"));
        },
      }, name(preset.name))));
    } catch { choices.hidden = true; }
  })();
  showCount();
  advise();
  return { element, labels, focus: () => text.focus(), advise: showAdvice };
}

/** A slider for the confidence a verdict needs; remembered. */
export function createThreshold({ onChange = () => {} } = {}) {
  const input = h("input", { type: "range", id: "threshold", min: "0.3", max: "0.95", step: "0.01", value: recall("threshold") ?? "0.7" });
  const shown = h("output", { for: "threshold", class: "num" });
  const element = h("div", { class: "field" },
    h("div", { class: "row" }, h("label", { for: "threshold" }, t("desk.threshold")), h("span", { class: "push" }, shown)), input,
    h("p", { class: "hint" }, t("desk.threshold.hint")));
  const value = () => Number(input.value);
  const show = () => setText(shown, value().toFixed(2));
  input.addEventListener("input", () => { remember("threshold", input.value); show(); onChange(value()); });
  show();
  return { element, value };
}

/** What kind of label it is, by its words: anchors are drawn quietly, what is normal in green. */
export function labelKind(label) {
  if (/^(other|others|background|ambient|silence|其他|其它|背景|环境|安静)|background noise|背景噪|其他/i.test(label)) return "anchor";
  if (/\bnormal(ly)?\b|(^|[^不])正常/i.test(label)) return "normal";
  return "plain";
}
