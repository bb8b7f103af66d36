// One alarm: what was said, what was heard, who did what when.
import { get } from "../api.js";
import { debounce, h, replace } from "../dom.js";
import { confidence, dateTime, duration, fullTime, ms, now } from "../format.js";
import { name } from "../i18n.js";
import { icon, stateIcon } from "../icons.js";
import { live } from "../live.js";
import { setPageTitle } from "../title.js";
import { acknowledgeButton, isOpen } from "../ui/acknowledge.js";
import { hidingText, orderButtons } from "../ui/alarm-orders.js";
import { errorState, loading } from "../ui/empty.js";
import { createEvidence } from "../ui/evidence.js";
import { stateTag, updateStateTag } from "../ui/state.js";

export default async function mount(root, { params, t, signal }) {
  const page = h("div", { class: "page alarm-page" }, loading("block"));
  root.append(page);
  const path = "alarms/" + encodeURIComponent(params.id);
  const crumb = () => h("a", { class: "crumb", href: "#/alarms" }, icon("back", "small"), t("title.alarms"));
  let alarm, labels = [];
  try {
    alarm = await get(path, { signal });
    const machine = await get("machines/" + encodeURIComponent(alarm.machine), { signal }).catch(() => null);
    labels = (machine?.labels ?? []).map((label) => ({ ...label, name: name(label.name) || label.id }));
  } catch (failure) {
    if (failure.name !== "AbortError") replace(page, crumb(), h("h1", { class: "sr-only" }, t("title.alarm")), errorState(failure));
    return;
  }
  setPageTitle((name(alarm.name) || alarm.label) + " · " + (name(alarm.machine_name) || alarm.machine));
  const head = h("header", { class: "alarm-header" });
  const facts = h("div", { class: "card-pad" });
  const history = h("ol", { class: "alarm-history" });
  const threshold = labels.find((label) => label.id === alarm.label)?.rule?.confidence ?? 0.75;
  const evidence = createEvidence({ alarm, labels, threshold, signal });
  replace(page, crumb(), head, h("div", { class: "alarm-grid" },
    section("alarm-evidence", t("alarm.evidence"), h("div", { class: "card-pad" }, evidence.element)),
    h("div", { class: "stack" }, section("alarm-facts", t("alarm.facts"), facts), section("alarm-past", t("alarm.history"), h("div", { class: "card-pad" }, history)))));
  show();

  function section(id, title, body) {
    return h("section", { class: "card", "aria-labelledby": id }, h("header", { class: "card-head" }, h("h2", { id }, title)), body);
  }

  function show() {
    const tag = stateTag(alarm.severity, t("severity." + alarm.severity));
    updateStateTag(tag, alarm.severity, t("severity." + alarm.severity), !isOpen(alarm));
    const end = alarm.cleared ? ms(alarm.cleared) : now();
    head.dataset.state = isOpen(alarm) ? alarm.severity : "unknown";
    replace(head, h("div", { class: "row" }, h("h1", { tabindex: "-1" }, name(alarm.name) || alarm.label), tag,
      h("div", { class: "push row" }, acknowledgeButton(alarm, reload, { compact: false }), orderButtons(alarm, reload),
        h("a", { class: "button", href: trendLink() }, icon("wave", "small"), t("alarm.trend")))),
    h("p", { class: "quiet" }, h("a", { href: "#/machine/" + encodeURIComponent(alarm.machine) }, name(alarm.machine_name) || alarm.machine), " · ", t("alarmState." + alarm.state)));
    const by = alarm.acknowledged;
    replace(facts, h("dl", { class: "facts" },
      alarm.hidden && row("insight.hidden", hidingText(alarm.hidden)),
      alarm.action && row("alarm.action", h("b", null, name(alarm.action))),
      row("alarm.raised", h("span", { title: fullTime(alarm.raised) }, dateTime(alarm.raised))),
      row("alarm.cleared", alarm.cleared ? dateTime(alarm.cleared) : t("alarm.notYet")),
      row("alarm.length", duration((end - ms(alarm.raised)) / 1000)),
      row("alarm.confidence", confidence(alarm.confidence) + " (" + t("alarm.needed", { value: confidence(threshold) }) + ")"),
      alarm.consecutive !== null && row("alarm.windows", t("alarm.windows.value", { count: alarm.consecutive, required: alarm.required })),
      row("alarm.quality", t("quality." + alarm.quality)),
      row("alarm.acknowledged", by ? `${by.user ?? ""} · ${dateTime(by.time)}` : t("alarm.notYet")),
      by?.comment && row("alarm.comment", by.comment),
      row("alarm.id", h("span", { class: "mono small" }, alarm.alarm_id))));
    replace(history, (alarm.transitions ?? []).map((step) => h("li", { dataset: { state: { normal: "normal", ack_active: "advisory", rtn_unack: "unknown" }[step.to] ?? (step.to === "unack_active" ? alarm.severity : "unknown") } },
      stateIcon({ normal: "normal", unack_active: alarm.severity, ack_active: "advisory" }[step.to] ?? "unknown"),
      h("div", null, h("b", null, t("alarmState." + step.to)), h("p", { class: "small quiet num" }, [dateTime(step.time), step.user].filter(Boolean).join(" · ")), step.comment && h("p", { class: "alarm-comment" }, step.comment)))));
  }

  function row(key, value) { return [h("dt", null, t(key)), h("dd", null, value)]; }

  function trendLink() {
    const start = ms(alarm.raised), end = alarm.cleared ? ms(alarm.cleared) : now();
    const pad = Math.max(5 * 60_000, (end - start) * 0.3);
    const query = new URLSearchParams({ since: new Date(start - pad).toISOString(), until: new Date(Math.min(now(), end + pad)).toISOString() });
    return `#/machine/${encodeURIComponent(alarm.machine)}?${query}`;
  }

  async function reload() {
    try { alarm = await get(path, { signal }); show(); } catch { /* the old one stays */ }
  }
  const soon = debounce(reload, 250, signal);
  live.on("alarm", (changed) => { if (changed.alarm_id === alarm.alarm_id) soon(); }, { signal });
  live.on("resync", soon, { signal });
}
