// What to try: keys of the rule and the labels of a machine, as a form, as the question to the service and as YAML.
import { field, h, replace, setAttribute, setText } from "../dom.js";
import { confidence, number } from "../format.js";
import { name, t } from "../i18n.js";
import { icon } from "../icons.js";

const SHARE = { min: "0.01", max: "0.99", step: "0.01" }, COUNT = { min: "1", max: "10000", step: "1" };
const KEYS = { confidence: SHARE, valid_above: SHARE, consecutive: COUNT, within: COUNT, clear_below: SHARE, clear_after: COUNT };

/** `createChange({onChange})`: `element`, `show(machine)` with its present rule and labels, `read()` what was changed, `reset()`. */
export function createChange({ onChange }) {
  const fields = Object.entries(KEYS).map(([key, bounds]) => [key, h("input", { class: "input num", type: "number", id: "rule-" + key, ...bounds })]);
  const guard = select("rule-novelty_guard", ["", "true", "false"], "what-if.guard.");
  const list = h("ul", { class: "try-labels" });
  const about = h("p", { class: "small faint" });
  const element = h("div", { class: "stack" },
    h("fieldset", { class: "stack" }, h("legend", null, t("what-if.rule")), h("p", { class: "small faint" }, t("what-if.rule.hint")),
      h("div", { class: "try-two" }, [...fields, ["novelty_guard", guard]].map(([key, control]) => field(t("what-if.rule." + key), control)))),
    h("fieldset", { class: "stack" }, h("legend", null, t("what-if.labels")), about, list,
      h("div", null, h("button", { class: "button compact", dataset: { action: "add" }, onclick: add }, icon("plus", "small"), t("what-if.add")))));
  element.addEventListener("input", changed);
  let machine = null, rows = [], next = 0;

  function changed() { for (const row of rows) row.tell(); onChange(); }

  function show(of) {
    machine = of;
    const rules = machine.labels.map((label) => label.rule).filter(Boolean);
    for (const [key, control] of fields) {
      const present = rules.map((rule) => rule[key]).filter((value) => value !== undefined).sort((a, b) => a - b);
      control.value = "";
      control.placeholder = [...new Set([present.at(0), present.at(-1)].map((value) => (KEYS[key] === SHARE ? confidence : number)(value)))].join("–");
    }
    guard.value = "";
    setText(about, t("what-if.labels.hint", { profile: machine.profile }));
    rows = machine.labels.map(makeRow);
    replace(list, rows.map((row) => row.element));
  }

  function add() {
    const row = makeRow(null);
    rows.push(row);
    list.append(row.element);
    row.element.querySelector("input").focus();
    changed();
  }

  /** A label of the machine, whose prompts can be changed, or with null a new one. */
  function makeRow(present) {
    const n = next++;
    const named = h("input", { class: "input", id: "try-name-" + n, maxlength: "100", required: true });
    const kind = select("try-kind-" + n, ["fault", "normal", "anchor"], "kind."), severity = select("try-severity-" + n, ["warning", "advisory", "critical"], "severity.");
    const grade = field(t("what-if.severity"), severity);
    const prompts = h("textarea", { class: "textarea", id: "try-prompts-" + n, rows: "3", spellcheck: "false", value: present?.prompts.join("\n") ?? "" });
    const title = h("b", { class: "clip" }), tag = h("span", { class: "tag" }), mark = h("span", { class: "small try-mark push" });
    const remove = h("button", { class: "button compact", onclick: take });
    const details = h("details", { open: !present }, h("summary", null, icon("down", "small"), title, tag, mark),
      h("div", { class: "stack" }, !present && [field(t("what-if.name"), named), h("div", { class: "try-two" }, field(t("what-if.kind"), kind), grade)],
        field(t("what-if.prompts"), prompts), h("div", null, remove)));
    const item = h("li", null, details);
    const said = () => prompts.value.split("\n").map((each) => each.trim()).filter(Boolean);
    let removed = false;

    function take() {
      if (present) {
        removed = !removed;
        details.open = !removed;
        details.firstElementChild.focus();
      } else {
        rows = rows.filter((each) => each !== row);
        item.remove();
        list.querySelector("summary")?.focus();
      }
      changed();
    }

    const row = {
      element: item,
      get removed() { return removed; },
      get changed() { return !present || removed || said().join("\n") !== present.prompts.join("\n"); },
      read() {
        const of = present ?? { id: null, name: named.value.trim(), kind: kind.value, severity: severity.value };
        return { id: of.id, name: of.name, kind: of.kind, ...(of.kind === "fault" ? { severity: of.severity } : {}), prompts: said() };
      },
      tell() {
        setText(title, present ? name(present.name) || present.id : named.value.trim() || t("what-if.newLabel"));
        setText(tag, t("kind." + (present ?? { kind: kind.value }).kind));
        setText(mark, removed ? t("what-if.removed") : !present ? t("what-if.new") : row.changed ? t("what-if.edited") : "");
        setAttribute(item, "data-removed", removed ? "" : null);
        grade.hidden = kind.value !== "fault";
        replace(remove, icon(removed ? "undo" : "trash", "small"), t(removed ? "what-if.putBack" : "what-if.remove"));
      },
    };
    row.tell();
    return row;
  }

  /** `{rule, labels}` as the service takes them; null for what stays as it is. */
  function read() {
    const rule = Object.fromEntries(fields.filter(([, control]) => control.value !== "").map(([key, control]) => [key, Number(control.value)]));
    if (guard.value) rule.novelty_guard = guard.value === "true";
    const kept = rows.filter((row) => !row.removed).map((row) => row.read());
    const taken = new Set(kept.map((label) => label.id));
    for (const label of kept) label.id ??= identifier(label.name, taken);
    return { rule: Object.keys(rule).length ? rule : null, labels: rows.some((row) => row.changed) ? kept : null };
  }

  return { element, show, read, reset: () => { show(machine); onChange(); } };
}

function select(id, values, prefix) {
  return h("select", { class: "select", id }, values.map((each) => h("option", { value: each }, t(prefix + (each || "none")))));
}

/** An id as the configuration allows it: lower-case letters, digits and hyphens; code points where a name has none of them. */
function identifier(words, taken) {
  const plain = words.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 48);
  const base = plain || [...words].slice(0, 8).map((each) => "u" + each.codePointAt(0).toString(16)).join("-") || "label";
  let id = base === "changed" ? "changed-label" : base;
  for (let n = 2; taken.has(id); n += 1) id = `${base}-${n}`;
  taken.add(id);
  return id;
}

/** What was changed, as the configuration writes it; "" where nothing was. */
export function yaml({ rule, labels }, machine) {
  const text = JSON.stringify, lines = [];
  if (rule) {
    const rules = machine.labels.map((label) => label.rule).filter(Boolean);
    const differ = rules.some((each) => text(each) !== text(rules[0]));
    lines.push("machines:", `  - id: ${machine.id}`, `    rule: {${Object.entries(rule).map(([key, value]) => `${key}: ${value}`).join(", ")}}`);
    if (differ) lines.push("    # " + t("what-if.yaml.own"));
  }
  if (labels) {
    lines.push("labels:", `  ${machine.profile}:`);
    for (const label of labels) {
      const called = typeof label.name === "string" ? text(label.name) : `{${Object.entries(label.name).map(([key, value]) => `${key}: ${text(value)}`).join(", ")}}`;
      lines.push(`    - id: ${label.id}`, `      name: ${called}`, `      kind: ${label.kind}`);
      if (label.severity) lines.push(`      severity: ${label.severity}`);
      lines.push("      prompts:", ...label.prompts.map((prompt) => `        - ${text(prompt)}`));
    }
    lines.push("    # " + t("what-if.yaml.rules"));
  }
  return lines.join("\n");
}
