// One machine: what it says now, why that is or is not an alarm, and the sound itself.
import { blob, get, query as toQuery } from "../api.js";
import { debounce, every, h, keyed, replace, setAttribute, setStyle, setText } from "../dom.js";
import { ago, clock, confidence, dateTime, dbfs, duration, fullTime, ms, now, number, percent, setServerTime } from "../format.js";
import { name } from "../i18n.js";
import { icon } from "../icons.js";
import { live } from "../live.js";
import { setQuery } from "../router.js";
import { setPageTitle } from "../title.js";
import { recall, remember } from "../store.js";
import { acknowledgeButton, isOpen } from "../ui/acknowledge.js";
import { createBars } from "../ui/bars.js";
import { createDecisions } from "../ui/decisions.js";
import { empty, errorState, errorText, loading } from "../ui/empty.js";
import { createEvidence, lazily } from "../ui/evidence.js";
import { createNormalSound } from "../ui/normal-sound.js";
import { createNovelty } from "../ui/novelty.js";
import { createOutlook } from "../ui/outlook.js";
import { createPlayer } from "../ui/player.js";
import { createRing } from "../ui/ring.js";
import { createSpectrogram } from "../ui/spectrogram.js";
import { labelName, stateTag, troubleText, updateStateTag } from "../ui/state.js";
import { createTrend } from "../ui/trend.js";

const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const RANGES = [["15m", 15 * MINUTE], ["1h", HOUR], ["6h", 6 * HOUR], ["24h", DAY], ["7d", 7 * DAY], ["30d", 30 * DAY], ["90d", 90 * DAY]];
const HEARD_SECONDS = 30;

export default async function mount(root, { params, query, t, signal }) {
  const id = params.id ?? "";
  const path = "machines/" + encodeURIComponent(id);
  const page = h("div", { class: "page machine-page" }, loading("block"));
  root.append(page);

  let machine;
  try {
    machine = await get(path, { signal });
  } catch (failure) {
    if (failure.name === "AbortError") return;
    replace(page, h("a", { class: "crumb", href: "#/plant" }, icon("back", "small"), t("title.plant")), h("h1", { class: "sr-only" }, id), errorState(failure, () => location.reload()));
    return;
  }
  setPageTitle(name(machine.name) || id);
  const labels = () => machine.labels.map((label) => ({ ...label, name: name(label.name) || label.id, threshold: label.rule?.confidence ?? null }));
  const thresholdOf = (label) => machine.labels.find((each) => each.id === label)?.rule?.confidence ?? null;

  const head = makeHead();
  const nowCard = makeNow();
  const why = makeWhy();
  const trend = makeTrend();
  const normal = createNormalSound({ path, signal, changed: () => refresh() });
  const decisions = createDecisions({ id, path, labels: () => machine.labels, signal, changed: () => refresh() });
  const sound = makeSound();
  const evidence = makeEvidence();
  replace(page, head.element,
    h("div", { class: "machine-grid" }, nowCard.element, why.element, trend.element, card("normal", t("normal.title"), normal.tag, normal.body),
      card("taught", t("decisions.title"), decisions.count, decisions.body), evidence.element, sound.element));
  update();
  nowCard.begin();
  evidence.load();
  normal.load();
  decisions.load();
  sound.load();
  trend.begin();

  const refresh = debounce(async () => {
    try {
      machine = await get(path, { signal });
      update();
    } catch { /* the pill of the connection tells */ }
  }, 400, signal);
  live.on("machines", (data) => {
    setServerTime(data.time);
    const mine = data.machines.find((each) => each.id === id);
    if (mine) { machine = { ...machine, ...mine }; update(); }
  }, { signal });
  live.on("window", (window) => { nowCard.show(window); refresh(); trend.arrived(); sound.arrived(); }, { machine: id, signal });
  live.on("alarm", (alarm) => { if (alarm.machine === id) { refresh(); evidence.load(); trend.reload(); } }, { signal });
  live.on("resync", () => { refresh(); evidence.load(); normal.load(); decisions.load(); trend.reload(); }, { signal });
  live.on("review", () => decisions.load(), { signal });
  every(1000, () => head.tick(), signal);

  function update() {
    head.update();
    why.update();
    nowCard.update();
  }

  function makeHead() {
    const tag = stateTag(machine.state);
    const ring = createRing({ label: t("machine.health") });
    const meter = h("span", { class: "meter", "aria-hidden": "true" }, h("span"));
    const level = h("span", { class: "num" }), heard = h("span", { class: "num" });
    const element = h("header", { class: "machine-header" },
      h("a", { class: "crumb", href: "#/plant" }, icon("back", "small"), t("title.plant")),
      h("div", { class: "row" }, h("h1", null, name(machine.name) || id), tag,
        h("div", { class: "machine-live push" }, h("span", { class: "row" }, meter, level), heard, ring.element)),
      h("p", { class: "small faint" }, h("span", { class: "mono" }, id), " · ", machine.profile, " · ",
        t("machine.window", { length: duration(machine.window.length_s), hop: duration(machine.window.hop_s) }), " · ", h("span", { class: "mono" }, machine.topic)));
    return {
      element,
      tick() {
        const last = machine.stream?.last_chunk ?? machine.last_window?.end;
        setText(heard, last ? t("machine.heard", { ago: ago(last) }) : t("machine.never"));
      },
      update() {
        element.dataset.state = machine.state;
        updateStateTag(tag, machine.state);
        ring.update(machine.health);
        const dB = machine.stream?.online ? machine.stream.level_dbfs : null;
        setText(level, dB === null ? t("machine.noSignal") : dbfs(dB));
        setStyle(meter.firstElementChild, { "--level": dB === null ? "0%" : Math.round(Math.max(0, Math.min(100, (dB + 80) * 1.25))) + "%" });
        this.tick();
      },
    };
  }

  function makeNow() {
    const bars = createBars({ label: t("machine.now") });
    const when = h("span", { class: "aside num" }, "\u00a0");
    const verdict = h("p", { class: "now-verdict" }, "\u00a0");
    let last = null;
    return {
      update() { if (last) this.show(last); },
      element: card("now", t("machine.now"), when, h("div", { class: "card-pad stack" }, verdict, bars.element)),
      async begin() {
        try {
          const answer = await get(path + "/windows?limit=1", { signal });
          if (answer.windows[0]) this.show(answer.windows[0]); else this.none();
        } catch (failure) { if (failure.name !== "AbortError") this.none(); }
      },
      none() { setText(verdict, t("machine.noWindow")); },
      show(window) {
        last = window;
        const old = machine.state === "offline" || now() - ms(window.end) > 3000 * Math.max(20, machine.window.length_s);
        setAttribute(bars.element, "data-old", old ? "" : null);
        setText(when, old ? dateTime(window.end) : `${clock(window.start)}–${clock(window.end)}`);
        const label = labels().find((each) => each.id === window.label);
        const trouble = troubleText(window.verdict);
        setText(verdict, trouble && !old ? trouble
          : old ? t("machine.old", { label: label?.name ?? window.label, value: percent(window.confidence) })
          : window.verdict === "undetermined"
          ? t("machine.undetermined", { label: label?.name ?? window.label, value: percent(window.confidence) })
          : t("machine.verdict", { label: label?.name ?? window.label, value: percent(window.confidence) }));
        bars.update(labels().map((each) => ({ ...each, value: window.scores?.[each.id] ?? 0 })), { sort: false });
      },
    };
  }

  function makeWhy() {
    const list = h("ul", { class: "why-list" });
    return {
      element: card("why", t("machine.why"), h("span", { class: "aside" }, t("machine.why.aside")), h("div", { class: "card-pad" }, list)),
      update() {
        // Those nearest to an alarm first.
        const progress = [...machine.progress ?? []].sort((a, b) => b.count / b.required - a.count / a.required || best(b) - best(a));
        keyed(list, progress, (item) => item.label, () => {
          const parts = { name: h("h3"), pips: h("span", { class: "pips", role: "img" }), text: h("p", { class: "quiet" }), windows: h("ol", { class: "why-windows" }) };
          const element = h("li", { class: "why" }, h("div", { class: "row" }, parts.name, parts.pips), parts.text, parts.windows);
          element.parts = parts;
          return element;
        }, (element, item) => {
          const label = labels().find((each) => each.id === item.label);
          const { parts } = element, changed = item.label === "changed";
          setText(parts.name, labelName(machine.labels, item.label));
          setText(parts.text, name(item.text));
          setAttribute(element, "data-state", item.count >= item.required ? label?.severity ?? (changed ? "advisory" : "warning") : "normal");
          setAttribute(element, "data-idle", item.count === 0 && item.windows.every((window) => !window.counts) ? "" : null);
          setAttribute(parts.pips, "aria-label", t("machine.count", { count: item.count, required: item.required }));
          const pips = Math.min(item.required, 10);
          keyed(parts.pips, Array.from({ length: pips }, (_, index) => index), (index) => index, () => h("span"),
            (pip, index) => setAttribute(pip, "data-on", index < Math.round((item.count / item.required) * pips) ? "" : null));
          // Each place keeps its tag and takes the next window's words: nothing slides when a window comes.
          const places = item.windows.slice(item.windows.some((window) => window.counts) ? -4 : -2).map((window, place) => ({ window, place }));
          keyed(parts.windows, places, ({ place }) => place, () => h("li", { class: "tag num" }),
            (tag, { window }) => {
              const words = `${clock(window.start)} · ${changed ? number(window.novelty, 2).replace("-", "−") : confidence(window.confidence)}`;
              setText(tag, words + (window.counts ? " ✓" : " ✗"));
              setAttribute(tag, "data-counts", window.counts ? "" : null);
              setAttribute(tag, "title", changed
                ? t(window.counts ? "machine.changeCounts" : "machine.changeCountsNot", { limit: number(window.novelty_limit, 2) })
                : t(window.counts ? "machine.counts" : "machine.countsNot", { threshold: confidence(item.threshold) }));
            });
        });
      },
    };
    // A normal day has windows at the edge of normal: change comes last unless it counts.
    function best(item) { return item.label === "changed" ? -1 : Math.max(0, ...item.windows.map((window) => window.confidence)); }
  }

  function makeTrend() {
    const ranges = h("div", { class: "segments", role: "group", "aria-label": t("machine.range") }, RANGES.map(([key, span]) =>
      h("button", { dataset: { range: key }, onclick: () => choose(span) }, t("machine.range." + key))));
    const peaks = h("div", { class: "segments", role: "group", "aria-label": t("machine.peak.label") }, ["peak", "mean"].map((kind) =>
      h("button", { "aria-pressed": String(kind === "peak"), onclick: () => setPeak(kind) }, t("machine." + kind))));
    const tools = h("div", { class: "row trend-tools" },
      tool("back", "machine.earlier", () => chart?.pan(-0.5)), tool("next", "machine.later", () => chart?.pan(0.5)),
      tool("plus", "machine.zoomIn", () => chart?.zoom(0.5)), tool("minus", "machine.zoomOut", () => chart?.zoom(2)));
    const legend = h("div", { class: "trend-legend", role: "group", "aria-label": t("machine.lines") });
    const readout = h("p", { class: "trend-readout num", "aria-live": "off" }, "\u00a0");
    const slot = h("div", { class: "trend-slot" }, h("div", { class: "skeleton" }));
    const events = h("ul", { class: "trend-events" });
    const novelty = createNovelty({ signal });
    const outlook = createOutlook({ path, signal });
    const element = card("trend", t("machine.trend"), h("div", { class: "row push" }, ranges, peaks, tools),
      h("div", { class: "card-pad" }, legend, readout, slot, novelty.element,
        h("p", { class: "sr-only", id: "trend-help" }, t("machine.trend.help")),
        h("p", { class: "trend-key small faint" }, keyMark("run"), t("machine.key.run"), keyMark("miss"), t("machine.key.miss"), keyMark("gap"), t("machine.key.gap"), keyMark("stale"), t("machine.key.stale")),
        events, outlook.element));
    const hidden = new Set(machine.labels.filter((label) => label.kind === "anchor").map((label) => label.id));
    let chart = null, answer = null, peak = true, follow = true, span = HOUR, asked = null, last = 0, hovered = null;

    const since = ms(query.get("since")), until = ms(query.get("until"));
    const fixed = Number.isFinite(since) && Number.isFinite(until) && until > since;
    if (!fixed) span = RANGES.find(([key]) => key === (query.get("range") ?? recall("range", "1h")))?.[1] ?? HOUR;

    function tool(sign, key, run) {
      return h("button", { class: "button ghost compact icon-only", title: t(key), "aria-label": t(key), onclick: run }, icon(sign, "small"));
    }

    function keyMark(kind) { return h("span", { class: "key-mark", dataset: { mark: kind }, "aria-hidden": "true" }); }

    function choose(value) {
      span = value;
      follow = true;
      hovered = null;
      const key = RANGES.find(([, each]) => each === value)[0];
      remember("range", key);
      setQuery({ range: key, since: null, until: null });
      chart?.window(now() - span, now());
      showRanges();
      ask();
    }

    function setPeak(kind) {
      peak = kind === "peak";
      [...peaks.children].forEach((button, index) => button.setAttribute("aria-pressed", String((index === 0) === peak)));
      if (answer) { chart.show(answer, { peak, hidden }); showLegend(); }
    }

    function showRanges() {
      for (const button of ranges.children) {
        const each = RANGES.find(([key]) => key === button.dataset.range)[1];
        button.setAttribute("aria-pressed", String(follow && each === span));
      }
    }

    const askSoon = debounce(() => ask(), 220, signal);

    async function ask() {
      const [from, to] = follow ? [now() - span, now()] : chart.view;
      asked?.abort();
      asked = new AbortController();
      last = Date.now();
      setAttribute(element, "data-busy", "");
      try {
        const points = Math.max(200, Math.min(2000, Math.round(chart.width / 1.5)));
        const next = await get(path + "/trend" + toQuery({ since: Math.round(from), until: Math.round(to), points }), { signal: AbortSignal.any([asked.signal, signal]) });
        answer = next;
        if (follow) chart.window(from, to);
        chart.show(answer, { peak, hidden });
        showLegend();
        showEvents();
        setAttribute(element, "data-busy", null);
      } catch (failure) {
        if (failure.name === "AbortError") return;
        setAttribute(element, "data-busy", null);
        if (answer) setText(readout, errorText(failure)); else replace(slot, errorState(failure, () => begin(), { compact: true }));
      }
    }

    function showLegend() {
      const at = hovered?.values ?? Object.fromEntries(labels().map((label) => {
        const line = (peak ? answer?.max : answer?.mean)?.[label.id] ?? [];
        return [label.id, line.findLast((value) => value !== null) ?? null];
      }));
      keyed(legend, labels(), (label) => label.id, (label) => h("button", {
        class: "legend-item", title: t("machine.toggle"),
        onclick: () => { if (hidden.has(label.id)) hidden.delete(label.id); else hidden.add(label.id); chart?.show(answer, { peak, hidden }); showLegend(); },
      }, h("span", { class: "swatch" }), h("span"), h("b", { class: "num" })), (item, label) => {
        setStyle(item.firstElementChild, { "--swatch": `var(${chart.colors.get(label.id)})` });
        setText(item.children[1], label.name);
        setText(item.children[2], percent(at[label.id]));
        setAttribute(item, "aria-pressed", String(!hidden.has(label.id)));
      });
      const [from, to] = chart.view;
      novelty.update({ trend: answer, view: chart.view, area: chart.area, peak, at: hovered?.time ?? null, row: hovered?.row ?? null });
      setText(readout, hovered ? [dateTime(hovered.time), hovered.level !== null ? dbfs(hovered.level) : null, ...hovered.notes].filter(Boolean).join(" · ")
        : t("machine.showing", { from: dateTime(from, { seconds: to - from < 15 * MINUTE }), to: follow ? t("machine.toNow") : dateTime(to, { seconds: to - from < 15 * MINUTE }), step: duration(answer?.step_s ?? 0) }));
    }

    function showEvents() {
      const all = [
        ...answer.alarms.map((alarm) => ({ key: alarm.alarm_id, at: ms(alarm.start), state: alarm.severity, to: alarm.end ? ms(alarm.end) : now(),
          text: t(alarm.end ? "machine.event.past" : "machine.event.open", { label: name(alarm.name), length: duration(((alarm.end ? ms(alarm.end) : now()) - ms(alarm.start)) / 1000) }), href: "#/alarms/" + encodeURIComponent(alarm.alarm_id) })),
        ...answer.near_misses.map((miss) => ({ key: miss.label + miss.start, at: ms(miss.start), to: ms(miss.end), state: "unknown", mark: true,
          text: t("machine.event.miss", { label: labelName(machine.labels, miss.label), text: name(miss.text) }) })),
      ].sort((a, b) => b.at - a.at).slice(0, 8);
      keyed(events, all, (item) => item.key, (item) => h("li", { dataset: { state: item.state } },
        h("button", { class: "event-time num", title: t("machine.zoomTo"), onclick: () => zoomTo(item.at, item.to) }),
        h("span", { class: "event-text" }), item.href ? h("a", { href: item.href, class: "small" }, t("machine.evidence.open")) : null),
      (element, item) => { setText(element.children[0], dateTime(item.at, { seconds: false })); setText(element.children[1], item.text); });
      events.hidden = all.length === 0;
    }

    function zoomTo(from, to) {
      hovered = null;
      const pad = Math.max(2 * MINUTE, (to - from) * 0.3);
      follow = false;
      chart.window(from - pad, to + pad);
      moved(from - pad, to + pad);
    }

    function moved(from, to) {
      follow = false;
      setQuery({ range: null, since: new Date(from).toISOString(), until: new Date(to).toISOString() });
      showRanges();
      showLegend();
      askSoon();
    }

    async function begin() {
      outlook.load();
      try {
        chart ??= await createTrend({ labels: labels(), onWindow: moved, onHover: (at) => { hovered = at; showLegend(); }, signal });
      } catch (failure) {
        replace(slot, errorState(failure, () => begin(), { compact: true }));
        return;
      }
      replace(slot, chart.element);
      follow = !fixed;
      chart.window(...(fixed ? [since, until] : [now() - span, now()]));
      showRanges();
      await ask();
      // A machine that has just begun would leave an hour all but empty.
      const [short] = RANGES[0].slice(1);
      const first = answer?.times.find((time, index) => machine.labels.some((label) => (answer.mean[label.id]?.[index] ?? null) !== null));
      if (follow && span === HOUR && !query.get("range") && !recall("range") && first !== undefined && now() - first < short) {
        span = short;
        showRanges();
        await ask();
      }
    }

    return {
      element, begin,
      reload() { if (chart) askSoon(); },
      /** A window arrived: the view moves along, as often as a pixel's worth of time has passed. */
      arrived() { if (chart && follow && !hovered && Date.now() - last > Math.min(5 * MINUTE, Math.max(4000, span / 600))) ask(); },
    };
  }

  function makeSound() {
    const picture = createSpectrogram({ label: t("machine.spectrogram"), onSeek: (at) => player.seek(at) });
    const player = createPlayer({ src: null, spectrogram: picture, label: t("machine.latest"), signal });
    const again = h("button", { class: "button ghost compact push", onclick: () => load() }, icon("reset", "small"), t("machine.refresh"));
    const off = h("p", { class: "small faint" });
    let busy = false, shownAt = 0, heard = null;
    signal.addEventListener("abort", () => { picture.dispose(); if (heard) URL.revokeObjectURL(heard); });

    async function load() {
      if (busy) return;
      busy = true;
      shownAt = Date.now();
      const stretch = await picture.load(`${path}/spectrogram.png?seconds=${HEARD_SECONDS}`, { signal });
      busy = false;
      if (!stretch?.start || !stretch.end) { setText(off, machine.capture ? "" : t("machine.captureOff")); return; }
      const sound = path + "/audio" + toQuery({ start: stretch.start, end: stretch.end, format: "flac" });
      player.load({
        source: async () => {
          if (heard) URL.revokeObjectURL(heard);
          heard = URL.createObjectURL((await blob(sound, { signal })).blob);
          return heard;
        },
        duration: (ms(stretch.end) - ms(stretch.start)) / 1000, download: "/api/v1/" + sound,
      });
    }

    return {
      element: card("sound", t("machine.latest"), again, h("div", { class: "card-pad stack" }, player.element, off)),
      load,
      /** The picture follows the sound until somebody listens to it. */
      arrived() {
        if (player.audio.paused && player.audio.currentTime === 0 && Date.now() - shownAt > 9000) load();
      },
    };
  }

  function makeEvidence() {
    const list = h("div", { class: "evidence-list" }, loading("lines", 3));
    const element = card("alarms", t("machine.evidence"), h("a", { class: "aside", href: "#/alarms?state=all&machine=" + encodeURIComponent(id) }, t("machine.evidence.all")), list);
    let openOnce = true;
    return {
      element,
      async load() {
        try {
          const answer = await get("alarms" + toQuery({ machine: id, state: "all", limit: 6 }), { signal });
          if (!answer.alarms.length) {
            replace(list, empty({ icon: "check", kind: "good", title: t("machine.noAlarms"), text: t("machine.noAlarms.text"), compact: true }));
            return;
          }
          if (list.firstElementChild && !list.firstElementChild.matches("details")) replace(list);
          keyed(list, answer.alarms, (alarm) => alarm.alarm_id, makeAlarm, updateAlarm);
          if (openOnce) { openOnce = false; list.firstElementChild.open = true; }
        } catch (failure) {
          if (failure.name !== "AbortError" && !list.querySelector("details")) replace(list, errorState(failure, () => this.load(), { compact: true }));
        }
      },
    };

    function makeAlarm(alarm) {
      const parts = { tag: stateTag(alarm.severity, t("severity." + alarm.severity)), title: h("b"), when: h("span", { class: "small quiet num" }), state: h("span", { class: "small quiet" }), actions: h("div", { class: "row evidence-actions" }) };
      const details = h("details", { class: "evidence-alarm" },
        h("summary", null, parts.tag, parts.title, parts.when, parts.state, icon("down", "small")), h("div", { class: "evidence-body" }, loading("block")));
      details.parts = parts;
      return lazily(details, async (slot) => {
        try {
          const detail = await get("alarms/" + encodeURIComponent(alarm.alarm_id), { signal });
          replace(slot, createEvidence({ alarm: detail, labels: labels(), threshold: thresholdOf(alarm.label) ?? 0.75, signal }).element, parts.actions);
        } catch (failure) { if (failure.name !== "AbortError") replace(slot, errorState(failure, null, { compact: true })); }
      });
    }

    function updateAlarm(details, alarm) {
      const { parts } = details;
      setText(parts.title, name(alarm.name) || alarm.label);
      setText(parts.when, dateTime(alarm.raised));
      parts.when.title = fullTime(alarm.raised);
      setText(parts.state, t("alarmState." + alarm.state));
      updateStateTag(parts.tag, alarm.severity, t("severity." + alarm.severity), !isOpen(alarm));
      if (details.shownState !== alarm.state) {
        details.shownState = alarm.state;
        replace(parts.actions, acknowledgeButton(alarm, () => evidence.load()), h("a", { class: "button compact", href: "#/alarms/" + encodeURIComponent(alarm.alarm_id) }, t("machine.evidence.page")));
      }
    }
  }

  function card(area, title, aside, body) {
    const heading = "h-" + area;
    return h("section", { class: "card area-" + area, "aria-labelledby": heading }, h("header", { class: "card-head" }, h("h2", { id: heading }, title), aside), body);
  }
}
