// Where a machine is heading: smoothed confidences, their slopes and forecasts.
import { get } from "../api.js";
import { every, h, keyed, setAttribute, setText } from "../dom.js";
import { dateTime, duration, fullTime, number, percent } from "../format.js";
import { name, t } from "../i18n.js";

/** A forecast that concerns somebody. */
const TOLD = new Set(["between", "reached"]);

/** `createOutlook({path, signal})`: `path` is the machine's. Hidden where the service follows no trends. */
export function createOutlook({ path, signal }) {
  const list = h("ul");
  const about = h("p", { class: "small faint" });
  const element = h("section", { class: "outlook", hidden: true, "aria-labelledby": "h-outlook" }, h("h3", { id: "h-outlook" }, t("outlook.title")), list, about);

  async function load() {
    let answer;
    try {
      answer = await get(path + "/outlook", { signal });
    } catch { return; /* what was shown stays; the pill of the connection tells */ }
    element.hidden = !answer.followed || answer.readings.length === 0;
    setText(about, t("outlook.about", { memory: duration(answer.memory_s) }));
    keyed(list, answer.readings, (reading) => reading.label ?? "", () => {
      const parts = { name: h("b"), value: h("span", { class: "num" }), forecast: h("span") };
      const item = h("li", null, parts.name, parts.value, parts.forecast);
      item.parts = parts;
      return item;
    }, (item, reading) => {
      const { parts } = item, forecast = reading.forecast;
      setText(parts.name, reading.label === null ? t("outlook.novelty") : name(reading.name) || reading.label);
      setText(parts.value, value(reading));
      setText(parts.forecast, sentence(reading));
      setAttribute(parts.forecast, "title", forecast ? t("outlook.made", { time: fullTime(forecast.made) }) : null);
      setAttribute(item, "data-state", TOLD.has(forecast?.outcome) ? "advisory" : null);
    });
  }

  /** "12 %, +1.5 ± 0.3 percentage points an hour" */
  function value({ label, smoothed, slope_per_hour: slope, slope_error_per_hour: error }) {
    const scale = label === null ? 1 : 100, digits = label === null ? 2 : 1;
    const shown = label === null ? number(smoothed, 2).replace("-", "−") : percent(smoothed, 1);
    if (slope === null) return shown;
    const turned = (each) => number(each * scale, digits);
    return t(label === null ? "outlook.slope.novelty" : "outlook.slope", {
      value: shown, slope: sign(slope * scale, digits) + turned(Math.abs(slope)), error: error === null ? "" : " ± " + turned(error),
    });
  }

  /** None before what is shown as zero. */
  function sign(slope, digits) { return Number(slope.toFixed(digits)) === 0 ? "" : slope > 0 ? "+" : "−"; }

  function sentence({ label, limit, forecast }) {
    const most = number(limit, 2);
    if (label === null) return limit === null ? "" : t("outlook.noveltyLimit", { limit: most });
    if (!forecast) return t("outlook.notYet");
    return t("outlook." + forecast.outcome, {
      limit: most, earliest: dateTime(forecast.earliest, { seconds: false }), latest: dateTime(forecast.latest, { seconds: false }),
    });
  }

  every(60_000, load, signal);
  return { element, load };
}
