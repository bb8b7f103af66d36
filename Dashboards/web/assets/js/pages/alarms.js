// The alarm list: active first, the past by pages; filter, acknowledge, export.
import { get, query as toQuery } from "../api.js";
import { debounce, every, h, keyed, replace, setAttribute, setText } from "../dom.js";
import { confidence, dateTime, duration, fullTime, ms, now } from "../format.js";
import { locale, name } from "../i18n.js";
import { icon } from "../icons.js";
import { live } from "../live.js";
import { setQuery } from "../router.js";
import { acknowledgeButton, awaitsAcknowledgement, isOpen } from "../ui/acknowledge.js";
import { createInsight } from "../ui/alarm-insight.js";
import { hidingText } from "../ui/alarm-orders.js";
import { empty, errorState, loading } from "../ui/empty.js";
import { stateRank, stateTag, updateStateTag } from "../ui/state.js";

const PAGE = 50;
const PERIODS = { "1d": 1, "7d": 7, "30d": 30, "90d": 90 };

export default async function mount(root, { query, t, signal }) {
  const filter = {
    state: ["active", "past", "all"].includes(query.get("state")) ? query.get("state") : "active",
    machine: query.get("machine") ?? "", label: query.get("label") ?? "", severity: query.get("severity") ?? "", period: query.get("period") ?? "",
  };
  let alarms = [], next = null, asked = null, known = false;

  const states = h("div", { class: "segments", role: "group", "aria-label": t("alarms.state") }, ["active", "past", "all"].map((state) =>
    h("button", { dataset: { value: state }, onclick: () => change("state", state) }, t("alarms.state." + state))));
  const machineSelect = select("machine", t("alarms.machine"), [["", t("alarms.anyMachine")]]);
  const labelSelect = select("label", t("alarms.label"), [["", t("alarms.anyLabel")]]);
  const severitySelect = select("severity", t("alarms.severity"), [["", t("alarms.anySeverity")], ...["critical", "warning", "advisory"].map((each) => [each, t("severity." + each)])]);
  const periodSelect = select("period", t("alarms.period"), [["", t("alarms.anyTime")], ...Object.keys(PERIODS).map((each) => [each, t("alarms.period." + each)])]);
  const csv = h("a", { class: "button", download: "alarms.csv" }, icon("download", "small"), t("alarms.csv"));
  const body = h("div", { class: "alarm-rows", role: "rowgroup" });
  const table = h("div", { class: "alarm-table card", role: "table", "aria-label": t("title.alarms"), hidden: true },
    h("div", { role: "rowgroup" }, h("div", { class: "alarm-row alarm-headings", role: "row" },
      ["alarms.col.severity", "alarms.col.alarm", "alarms.col.raised", "alarms.col.length", "alarms.col.state", "alarms.col.action"].map((key) => h("span", { role: "columnheader" }, t(key))))),
    body);
  const rest = h("div", null, loading("lines", 5));
  const insight = createInsight({ signal, changed: () => { load(); insight.refresh(); } });
  const more = h("button", { class: "button", hidden: true, onclick: () => load(true) }, t("shell.more"));
  root.append(h("div", { class: "page" },
    h("header", { class: "page-head" }, h("h1", null, t("title.alarms")), h("div", { class: "row push" }, csv)),
    h("div", { class: "alarm-filters" }, states, machineSelect.field, labelSelect.field, severitySelect.field, periodSelect.field),
    table, rest, h("div", { class: "alarm-more" }, more), insight.element));

  function select(key, title, options) {
    const control = h("select", { class: "select", "aria-label": title, onchange: () => change(key, control.value) },
      options.map(([value, words]) => h("option", { value }, words)));
    control.value = filter[key];
    return { control, field: control };
  }

  /** Keeps the choice while options are added. */
  function offer({ control }, key, options) {
    const have = new Set([...control.options].map((option) => option.value));
    for (const [value, words] of options) if (!have.has(value)) control.append(h("option", { value }, words));
    if (filter[key] && ![...control.options].some((option) => option.value === filter[key])) control.append(h("option", { value: filter[key] }, filter[key]));
    control.value = filter[key];
  }

  function change(key, value) {
    filter[key] = value;
    setQuery({ ...filter, state: filter.state === "active" ? null : filter.state });
    load();
  }

  function filters() {
    const days = PERIODS[filter.period];
    return { state: filter.state, machine: filter.machine, label: filter.label, severity: filter.severity, since: days ? new Date(now() - days * 86_400_000).toISOString() : null };
  }

  async function load(further = false) {
    asked?.abort();
    asked = new AbortController();
    for (const button of states.children) button.setAttribute("aria-pressed", String(button.dataset.value === filter.state));
    csv.href = "/api/v1/alarms.csv" + toQuery(filters());
    try {
      const limit = further ? PAGE : Math.max(PAGE, Math.min(500, alarms.length));
      const answer = await get("alarms" + toQuery({ ...filters(), limit, cursor: further ? next : null }), { signal: AbortSignal.any([signal, asked.signal]) });
      alarms = further ? [...alarms, ...answer.alarms] : answer.alarms;
      next = answer.next;
      known = true;
      show();
    } catch (failure) {
      if (failure.name === "AbortError") return;
      if (!known) { table.hidden = true; replace(rest, errorState(failure, () => load())); }
    }
  }

  function show() {
    offer(labelSelect, "label", alarms.map((alarm) => [alarm.label, name(alarm.name) || alarm.label]));
    offer(machineSelect, "machine", alarms.map((alarm) => [alarm.machine, name(alarm.machine_name) || alarm.machine]));
    const order = filter.state === "past" ? alarms : [...alarms].sort((a, b) =>
      Number(isOpen(b)) - Number(isOpen(a)) || (isOpen(a) ? Number(awaitsAcknowledgement(b)) - Number(awaitsAcknowledgement(a)) || stateRank(a.severity) - stateRank(b.severity) : 0)
      || ms(b.raised) - ms(a.raised));
    keyed(body, order, (alarm) => alarm.alarm_id, make, update);
    table.hidden = order.length === 0;
    more.hidden = !next;
    const filtered = filter.machine || filter.label || filter.severity || filter.period;
    replace(rest, order.length ? null : filtered
      ? empty({ icon: "filter", title: t("alarms.noMatch"), action: { label: t("alarms.clear"), run: () => { Object.assign(filter, { machine: "", label: "", severity: "", period: "" }); for (const each of [machineSelect, labelSelect, severitySelect, periodSelect]) each.control.value = ""; change("machine", ""); } } })
      : filter.state === "past" ? empty({ icon: "clock", title: t("alarms.nonePast") })
        : empty({ icon: "check", kind: "good", title: t("alarms.none"), text: t("alarms.none.text") }));
  }

  function make(alarm) {
    const parts = {
      tag: stateTag(alarm.severity, t("severity." + alarm.severity)),
      link: h("a", { href: "#/alarms/" + encodeURIComponent(alarm.alarm_id), class: "cover" }),
      machine: h("a", { href: "#/machine/" + encodeURIComponent(alarm.machine), class: "alarm-machine" }),
      figures: h("span", { class: "small faint num" }),
      raised: h("span", { class: "num" }), length: h("span", { class: "num" }),
      state: h("span"), by: h("span", { class: "small quiet alarm-by" }), action: h("div", { class: "alarm-action", role: "cell" }),
    };
    const row = h("div", { class: "alarm-row", role: "row" },
      h("div", { role: "cell" }, parts.tag),
      h("div", { class: "alarm-what", role: "cell" }, h("b", { class: "clip" }, parts.link), h("span", { class: "row" }, parts.machine, parts.figures)),
      h("div", { class: "alarm-raised", role: "cell" }, parts.raised), h("div", { class: "alarm-length", role: "cell" }, parts.length),
      h("div", { class: "alarm-state", role: "cell" }, parts.state, parts.by), parts.action);
    row.parts = parts;
    return row;
  }

  function update(row, alarm) {
    const { parts } = row;
    row.alarm = alarm;
    const waiting = awaitsAcknowledgement(alarm);
    row.dataset.state = alarm.severity;
    setAttribute(row, "data-active", isOpen(alarm) ? "" : null);
    setAttribute(row, "data-waiting", waiting ? "" : null);
    updateStateTag(parts.tag, alarm.severity, t("severity." + alarm.severity), !isOpen(alarm));
    setText(parts.link, name(alarm.name) || alarm.label);
    setText(parts.machine, name(alarm.machine_name) || alarm.machine);
    setText(parts.figures, alarm.confidence === null ? "" : t("alarms.figures", { confidence: confidence(alarm.confidence), count: alarm.consecutive ?? alarm.required ?? 0 }));
    setText(parts.raised, dateTime(alarm.raised, { seconds: false }));
    parts.raised.title = fullTime(alarm.raised);
    setText(parts.length, length(alarm));
    setText(parts.state, t("alarmState." + alarm.state));
    const by = alarm.acknowledged;
    const hidden = hidingText(alarm.hidden);
    setText(parts.by, hidden ? hidden : by ? [by.user, by.comment].filter(Boolean).join(": ") : alarm.quality === "stale" ? t("alarms.stale") : "");
    parts.by.title = by ? dateTime(by.time) + (by.comment ? " · " + by.comment : "") : "";
    if (row.shownState !== alarm.state) {
      row.shownState = alarm.state;
      replace(parts.action, acknowledgeButton(alarm, () => load()));
    }
  }

  function length(alarm) {
    const end = alarm.cleared ? ms(alarm.cleared) : alarm.active && alarm.state !== "rtn_unack" ? now() : ms(alarm.raised) + (alarm.duration_s ?? 0) * 1000;
    return duration((end - ms(alarm.raised)) / 1000);
  }

  const soon = debounce(() => { load(); insight.refresh(); }, 250, signal);
  live.on("alarm", soon, { signal });
  live.on("resync", soon, { signal });
  every(5000, () => { for (const row of body.children) if (row.alarm?.active) setText(row.parts.length, length(row.alarm)); }, signal);
  get("machines", { signal }).then((answer) => {
    const collator = new Intl.Collator(locale(), { numeric: true });
    offer(machineSelect, "machine", answer.machines.map((machine) => [machine.id, name(machine.name) || machine.id]).sort((a, b) => collator.compare(a[1], b[1])));
  }).catch(() => {});
  await load();
}
