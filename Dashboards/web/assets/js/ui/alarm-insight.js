// Below the alarm list: what is hidden, key figures, who ordered what; fetched when opened.
import { get } from "../api.js";
import { h, replace } from "../dom.js";
import { dateTime } from "../format.js";
import { name, t } from "../i18n.js";
import { errorState } from "./empty.js";
import { hidingText, orderButtons, returns } from "./alarm-orders.js";

const joined = (...words) => words.filter(Boolean).join(" · ");
const list = (items) => items.length ? h("ul", { class: "alarm-lines" }, items.map((cells) => h("li", { class: "row" }, cells))) : h("p", { class: "quiet" }, t("stats.none"));
const quiet = (words) => h("span", { class: "small quiet" }, words);

export function createInsight({ signal, changed }) {
  const parts = [part("hidden", "alarms/hidden", showHidden), part("stats", "alarms/stats", showStats), part("audit", "alarms/audit?limit=50", showAudit)];
  return { element: h("div", { class: "stack alarm-insight" }, parts.map((each) => each.element)), refresh: () => parts.forEach((each) => each.refresh()) };

  function part(key, path, show) {
    const body = h("div", { class: "card-pad" });
    const element = h("details", { class: "card", dataset: { part: key }, ontoggle: () => refresh() }, h("summary", { class: "card-head" }, h("h2", null, t("insight." + key))), body);
    async function refresh() {
      if (!element.open) return;
      try { replace(body, show(await get(path, { signal }))); } catch (failure) {
        if (failure.name !== "AbortError") replace(body, errorState(failure, refresh));
      }
    }
    return { element, refresh };
  }

  function showHidden({ alarms }) {
    return list(alarms.map((alarm) => [h("b", null, joined(name(alarm.machine_name), name(alarm.name))), t("alarmState." + alarm.state), quiet(hidingText(alarm.hidden)),
      h("span", { class: "push row" }, orderButtons(alarm, changed, returns(alarm)))]));
  }

  function showStats(figures) {
    const row = (key, value) => [h("dt", null, t("stats." + key)), h("dd", null, value)];
    const many = (key, words) => row(key, figures[key].length ? figures[key].slice(-10).map((each) => h("div", null, joined(each.machine, each.label, words(each)))) : t("stats.none"));
    return h("dl", { class: "facts" },
      row("rate", `${figures.alarms} (${t("stats.hourly", { mean: figures.per_hour.toFixed(1), most: figures.most_per_hour })})`),
      many("floods", (each) => dateTime(each.start) + ": " + each.alarms), many("chattering", (each) => each.steps_per_minute + t("stats.minute")),
      many("standing", (each) => dateTime(each.since)), many("frequent", (each) => each.alarms));
  }

  function showAudit({ actions }) {
    return list(actions.map((each) => [dateTime(each.time), h("b", null, each.user),
      joined(t("order." + each.command.replaceAll("_", "-")), each.machine, each.label), quiet(joined(!each.ok && "✗ " + each.outcome, each.comment, each.origin))]));
  }
}
