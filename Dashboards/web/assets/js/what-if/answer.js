// What a replay found: alarms before and after, windows, what was left out, advice, and the YAML.
import { h, replace, setStyle, setText } from "../dom.js";
import { clock, dateTime, day, duration, fullTime, hourMinute, ms, number } from "../format.js";
import { language, name, t } from "../i18n.js";
import { icon, stateIcon } from "../icons.js";
import { empty } from "../ui/empty.js";
import { labelName } from "../ui/state.js";

const CHANGES = ["same", "earlier", "later", "gone", "new"];
const SIGNS = { same: "=", earlier: "←", later: "→", gone: "−", new: "+" };
const SIDES = ["before", "after"];
const ROWS = 60, MOVES = 6, DAY = 86_400_000;

/** `showAnswer(answer, {machine, labels, change, text})`: `labels` names of both sides, `text` the YAML of the change. */
export function showAnswer(answer, { machine, labels, change, text }) {
  const found = answer.machines[0];
  if (!found || found.windows.judged === 0) {
    return h("div", { class: "card" }, empty({ icon: "clock", title: t("what-if.nothing"), text: t("what-if.nothing.text"), compact: true }), found && h("div", { class: "card-pad" }, leftOut(found.windows)));
  }
  const { alarms, windows, near_misses: misses } = found;
  const label = (id) => labelName(labels, id);
  const changed = Boolean(change.rule || change.labels);
  return h("div", { class: "stack" },
    h("section", { class: "card", "aria-labelledby": "h-found" },
      h("div", { class: "card-head" }, h("h2", { id: "h-found", tabindex: "-1" }, t("what-if.found")), h("span", { class: "aside num" }, `${dateTime(answer.since, { seconds: false })} – ${dateTime(answer.until, { seconds: false })}`)),
      h("div", { class: "card-pad stack" },
        h("p", { class: "found-headline" }, headline(alarms, changed)),
        alarms.length > 0 && h("ul", { class: "found-counts" }, CHANGES.map((each) => {
          const count = alarms.filter((alarm) => alarm.change === each).length;
          return h("li", { dataset: count ? { change: each } : { change: each, none: "" } }, sign(each), " ", h("b", { class: "num" }, count), " ", t("what-if.change." + each));
        })),
        alarms.length > 0 && [timeline(alarms, answer, label), table(alarms, answer, machine, label)],
        h("dl", { class: "facts" },
          row("windows", t("what-if.windows.value", { judged: number(windows.judged), changed: number(windows.changed) })),
          windows.moves.length > 0 && row("moves", h("ul", { class: "plain" }, windows.moves.slice(0, MOVES).map((move) => h("li", null, t("what-if.move", { count: number(move.count), from: label(move.from), to: label(move.to) }))))),
          row("misses", t("what-if.misses.value", { before: misses.before, after: misses.after })),
          row("leftOut", leftOut(windows)),
          found.stored.windows_differing + found.stored.alarms_differing.length > 0
            && row("stored", t("what-if.stored.value", { windows: number(found.stored.windows_differing), alarms: found.stored.alarms_differing.length }))),
        notes(answer.notes))),
    found.advice.length > 0 && h("section", { class: "card", "aria-labelledby": "h-advice" }, h("div", { class: "card-head" }, h("h2", { id: "h-advice" }, t("what-if.advice"))),
      h("ul", { class: "advice card-pad" }, found.advice.map((each) => h("li", { dataset: { state: each.severity } }, stateIcon(each.severity), h("span", null, name(each.text)))))),
    text && take(text));
}

function row(key, value) { return [h("dt", null, t("what-if." + key)), h("dd", null, value)]; }

function sign(change) { return h("span", { class: "found-sign", "aria-hidden": "true" }, SIGNS[change]); }

function headline(alarms, changed) {
  const [before, after] = SIDES.map((side) => alarms.filter((alarm) => alarm[side]).length);
  if (!changed) return t("what-if.unchanged", { count: before });
  if (!alarms.length) return t("what-if.noAlarm");
  if (alarms.every((alarm) => alarm.change === "same")) return t("what-if.allSame", { count: before });
  return t("what-if.headline", { before, after });
}

/** "05:17:48 – 05:20:10", with words where it stood already or is not over. */
function times(alarm, since) {
  if (!alarm) return "–";
  const from = ms(alarm.raised) < ms(since) ? t("what-if.stood") : dateTime(alarm.raised);
  return `${from} – ${alarm.cleared ? dateTime(alarm.cleared) : t("what-if.notOver")}`;
}

function words(alarm) {
  return t("what-if.change." + alarm.change) + (alarm.shift_s ? " " + t("what-if.by", { span: duration(Math.abs(alarm.shift_s)) }) : "");
}

/** Both sides of every alarm on one axis, which spans the alarms rather than the whole stretch. */
function timeline(alarms, { since, until }, label) {
  const [first, last] = [ms(since), ms(until)];
  const ends = alarms.flatMap((alarm) => SIDES.map((side) => alarm[side]).filter(Boolean)).flatMap((each) => [ms(each.raised), each.cleared ? ms(each.cleared) : last]);
  const pad = Math.max(30_000, (Math.max(...ends) - Math.min(...ends)) * 0.06);
  const from = Math.max(first, Math.min(...ends) - pad), to = Math.max(from + 1, Math.min(last, Math.max(...ends) + pad));
  const at = (time) => Math.max(0, Math.min(1, (time - from) / (to - from)));
  const lanes = [...new Set(alarms.map((alarm) => alarm.label))].map((id) => h("div", { class: "lane" }, h("b", { class: "small" }, label(id)), SIDES.map((side) =>
    [h("span", { class: "small faint" }, t("what-if." + side)), h("span", { class: "track" }, alarms.filter((alarm) => alarm.label === id && alarm[side]).map((alarm) => {
      const bar = h("span", { dataset: { change: alarm.change }, title: `${words(alarm)}: ${times(alarm[side], since)}` });
      const begin = at(ms(alarm[side].raised));
      setStyle(bar, { "--from": `${begin * 100}%`, "--wide": `${(at(alarm[side].cleared ? ms(alarm[side].cleared) : last) - begin) * 100}%` });
      return bar;
    }))])));
  const write = to - from > 4 * DAY ? day : to - from > DAY ? (time) => dateTime(time, { seconds: false }) : to - from > DAY / 144 ? hourMinute : clock;
  return h("div", { class: "lanes", role: "img", "aria-label": t("what-if.timeline") }, lanes,
    h("div", { class: "lane-axis small faint num" }, Array.from({ length: 5 }, (_, index) => h("span", null, write(from + ((to - from) * index) / 4)))));
}

function table(alarms, { since }, machine, label) {
  const body = h("tbody");
  const make = (alarm) => {
    const raised = [alarm.before, alarm.after].filter(Boolean).map((each) => ms(each.raised));
    const around = new URLSearchParams({ since: new Date(Math.min(...raised) - 300_000).toISOString(), until: new Date(Math.max(...raised) + 300_000).toISOString() });
    return h("tr", null,
      h("td", null, h("span", { class: "found-change", dataset: { change: alarm.change } }, sign(alarm.change), " ", words(alarm))),
      h("th", { scope: "row" }, h("a", { href: `#/machine/${encodeURIComponent(machine.id)}?${around}`, title: t("what-if.look") }, label(alarm.label))),
      SIDES.map((side) => h("td", { class: "num", dataset: { title: t("what-if." + side) }, title: alarm[side] ? fullTime(alarm[side].raised) : null }, times(alarm[side], since))));
  };
  const more = h("button", { class: "button compact", onclick: () => { replace(body, alarms.map(make)); more.remove(); } }, t("what-if.all", { count: alarms.length }));
  replace(body, alarms.slice(0, ROWS).map(make));
  return h("div", { class: "stack" }, h("div", { class: "table-wrap" }, h("table", { class: "table found-table" },
    h("thead", null, h("tr", null, ["what", "fault", ...SIDES].map((key) => h("th", { scope: "col" }, t("what-if." + key))))), body)),
  alarms.length > ROWS && h("div", null, more));
}

function leftOut(windows) {
  const parts = ["incomplete", "other_model", "without_embedding"].filter((key) => windows[key] > 0).map((key) => t("what-if.left." + key, { count: number(windows[key]) }));
  return parts.length ? h("ul", { class: "plain" }, parts.map((each) => h("li", null, each))) : t("what-if.left.none");
}

/** What the counts do not say already; the service says it in English. */
function notes(all) {
  const rest = all.filter((note) => !/^\d+ windows /.test(note));
  return rest.length > 0 && h("div", { class: "small quiet" }, language() !== "en" && h("p", null, t("what-if.notes")), rest.map((note) => h("p", { lang: "en" }, note)));
}

function take(text) {
  const code = h("code", null, text), done = h("span", { class: "small quiet", role: "status" });
  return h("section", { class: "card", "aria-labelledby": "h-take" },
    h("div", { class: "card-head" }, h("h2", { id: "h-take" }, t("what-if.take")), done, h("button", {
      class: "button compact",
      onclick: async () => setText(done, t(await copy(text, code) ? "what-if.copied" : "what-if.copyByHand")),
    }, icon("copy", "small"), t("what-if.copy"))),
    h("div", { class: "card-pad stack" }, h("p", { class: "small quiet" }, t("what-if.take.text")), h("pre", { class: "yaml", tabindex: "0", "aria-label": "YAML" }, code)));
}

/** Browsers hand the clipboard to secure pages only; elsewhere what is selected is copied. */
async function copy(text, element) {
  try { await navigator.clipboard.writeText(text); return true; } catch { /* selected instead */ }
  getSelection().selectAllChildren(element);
  return document.execCommand("copy");
}
