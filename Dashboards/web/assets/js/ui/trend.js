// Confidence over time on dygraphs: thresholds, alarm bands, runs, near misses, gaps. Dragging or Ctrl and the wheel zoom, shift
// or two fingers pan; keys + − ← →. Data come at the width at hand.
import { h, perFrame, setStyle } from "../dom.js";
import { clock, day, hourMinute, ms, now } from "../format.js";
import { name, t } from "../i18n.js";
import { labelName } from "./state.js";
import { color, onTheme } from "../theme.js";
import { labelColors } from "./timeline.js";

let library = null;

/** The chart library, loaded when the first chart is drawn. */
export function loadDygraphs() {
  library ??= new Promise((resolve, reject) => {
    document.head.append(
      h("link", { rel: "stylesheet", href: "/vendor/dygraphs/dygraph.min.css" }),
      h("script", {
        src: "/vendor/dygraphs/dygraph.min.js",
        onload: () => {
          // Its legend writes style attributes, which the page's policy forbids; ours is beside the chart.
          const { Dygraph } = window;
          Dygraph.PLUGINS = Dygraph.PLUGINS.filter((plugin) => plugin === Dygraph.Plugins.Axes || plugin === Dygraph.Plugins.Grid);
          resolve(Dygraph);
        },
        onerror: () => { library = null; reject(new Error(t("chart.missing"))); },
      }));
  });
  return library;
}

const SHORTEST = 60_000, LONGEST = 400 * 86_400_000;

/** The root's font size in pixels: on a wall the chart's words grow with the rest. */
function rem() { return parseFloat(getComputedStyle(document.documentElement).fontSize) || 16; }

/** A filled triangle is a run that raised an alarm, an open diamond a near miss. */
export function mark(context, at, line, ink, run, seen) {
  if (!seen) return;
  context.beginPath();
  if (run) { context.moveTo(at - 6, line + 13); context.lineTo(at + 6, line + 13); context.lineTo(at, line + 3); }
  else { context.moveTo(at, line + 2); context.lineTo(at + 6, line + 8); context.lineTo(at, line + 14); context.lineTo(at - 6, line + 8); }
  context.closePath();
  context.fillStyle = run ? ink : color("--surface");
  context.strokeStyle = run ? color("--surface") : ink;
  context.lineWidth = run ? 1.2 : 2;
  context.fill();
  context.stroke();
}

/**
 * `createTrend({labels: [{id, name, kind}], onWindow(from, to), onHover({time, row, values, notes} | null), signal})`;
 * times in ms. `show(trend, {peak, hidden})` draws an answer of the trend endpoint, `window(from, to)` moves the view.
 */
export async function createTrend({ labels, onWindow, onHover, signal }) {
  const Dygraph = await loadDygraphs();
  const canvas = h("div", { class: "trend-canvas" });
  const band = h("div", { class: "trend-select", hidden: true });
  const element = h("div", { class: "trend-plot", tabindex: "0", role: "application", "aria-label": t("chart.label"), "aria-describedby": "trend-help" }, canvas, band);
  const colors = labelColors(labels).set("changed", "--advisory");
  let data = null, graph = null, view = [0, 1], hidden = new Set(), peak = true;

  const rows = () => data.times.map((time, index) => {
    const row = [new Date(time)];
    for (const label of labels) row.push((peak ? data.max : data.mean)?.[label.id]?.[index] ?? null);
    return row;
  });
  const palette = () => labels.map((label) => color(colors.get(label.id)));
  const visibility = () => labels.map((label) => !hidden.has(label.id));

  function tick(at) {
    const span = view[1] - view[0];
    const when = new Date(at);
    if (span <= 12 * 60_000) return clock(at);
    if (span > 3 * 86_400_000 || (when.getHours() === 0 && when.getMinutes() === 0)) return day(at);
    return hourMinute(at);
  }

  function draw() {
    const options = {
      file: data.times.length ? rows() : [[new Date(view[0]), ...labels.map(() => null)]],
      dateWindow: view, colors: palette(), visibility: visibility(), gridLineColor: color("--chart-grid"), axisLineColor: color("--line-strong"),
    };
    if (graph) { graph.updateOptions(options); return; }
    const { file, ...rest } = options;
    graph = new Dygraph(canvas, file, {
      ...rest,
      labels: ["time", ...labels.map((label) => label.id)],
      series: Object.fromEntries(labels.map((label) => [label.id, { strokeWidth: label.kind === "fault" ? 1.9 : 1.2 }])),
      valueRange: [0, 1.1], connectSeparatedPoints: false, legend: "never", interactionModel: {}, rightGap: 6,
      highlightCircleSize: 3.5, animatedZooms: false, fillGraph: false, labelsUTC: false, axisTickSize: 4,
      axes: {
        x: { axisLabelFormatter: (at) => tick(at.getTime()), axisLabelWidth: 4.5 * rem(), axisLabelFontSize: 0.75 * rem(), drawGrid: true, pixelsPerLabel: 5.6 * rem() },
        y: {
          axisLabelFormatter: (value) => Math.round(value * 100) + "%", axisLabelWidth: 2.7 * rem(), axisLabelFontSize: 0.75 * rem(),
          ticker: () => [0, 0.25, 0.5, 0.75, 1].map((value) => ({ v: value, label: value * 100 + "%" })),
        },
      },
      underlayCallback: underlay,
      highlightCallback: (event, time, points, row) => hover(time, row),
      unhighlightCallback: () => onHover(null),
    });
    // The averaging box it makes is never shown here, and has no name.
    canvas.querySelector(".dygraph-roller")?.remove();
  }

  function underlay(context, area, chart) {
    if (!data) return;
    const x = (time) => Math.max(area.x, Math.min(area.x + area.w, chart.toDomXCoord(ms(time))));
    const y = (value) => chart.toDomYCoord(value);
    const inside = (from, to) => to >= view[0] && from <= view[1];
    context.save();
    context.beginPath();
    context.rect(area.x, area.y, area.w, area.h);
    context.clip();

    const stale = staleSince();
    const gaps = [...data.gaps, ...(stale ? [{ start: stale, end: Math.min(view[1], now()), reason: "no_audio" }] : [])];
    for (const gap of gaps) {
      const from = x(gap.start), to = x(gap.end);
      if (!inside(ms(gap.start), ms(gap.end)) || to - from < 0.5) continue;
      context.fillStyle = color("--chart-gap");
      context.fillRect(from, area.y, to - from, area.h);
      if (gap.reason === "no_audio") hatch(context, from, to, area);
      caption(context, t("chart." + gap.reason), from, to, area.y + area.h - 8, color("--text-3"));
    }
    for (const alarm of data.alarms) {
      const end = alarm.end ? ms(alarm.end) : Math.max(now(), view[1]);
      if (!inside(ms(alarm.start), end)) continue;
      const from = x(alarm.start), to = Math.max(from + 2, x(end));
      context.globalAlpha = 0.13;
      context.fillStyle = color(`--${alarm.severity}-solid`);
      context.fillRect(from, area.y, to - from, area.h);
      context.globalAlpha = 1;
      context.fillRect(from, area.y, to - from, 4);
      context.fillRect(from, area.y, 1.5, area.h);
      caption(context, name(alarm.name), from, to, area.y + 4 + rem() * 0.9, color(`--${alarm.severity}`), 600);
    }
    const drawn = new Set();
    for (const label of labels) {
      const threshold = data.threshold?.[label.id];
      if (threshold === undefined || threshold === null || hidden.has(label.id) || drawn.has(threshold)) continue;
      drawn.add(threshold);
      context.strokeStyle = color("--text-2");
      context.setLineDash([5, 4]);
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(area.x, Math.round(y(threshold)) + 0.5);
      context.lineTo(area.x + area.w, Math.round(y(threshold)) + 0.5);
      context.stroke();
      context.setLineDash([]);
      caption(context, t("chart.threshold", { value: threshold.toFixed(2) }), area.x, area.x + area.w, y(threshold) - 5, color("--text-2"));
    }
    // The marks of "changed" belong to the strip of novelty.
    for (const run of data.runs) if (run.label !== "changed") mark(context, x(run.end), y(data.threshold?.[run.label] ?? 0.75), color(colors.get(run.label) ?? "--text"), true, inside(ms(run.start), ms(run.end)));
    for (const miss of data.near_misses) if (miss.label !== "changed") mark(context, x(miss.end), y(data.threshold?.[miss.label] ?? 0.75), color(colors.get(miss.label) ?? "--text"), false, inside(ms(miss.start), ms(miss.end)));
    context.restore();
  }

  /** When the last value is long past, everything since then is stale. */
  function staleSince() {
    const end = Math.min(view[1], now());
    for (let index = data.times.length - 1; index >= 0; index -= 1) {
      if (!labels.some((label) => (data.mean[label.id]?.[index] ?? null) !== null)) continue;
      const last = data.times[index] + data.step_s * 1000;
      return end - last > Math.max(45_000, data.step_s * 3000) && !data.gaps.some((gap) => ms(gap.end) > last + 1000) ? last : null;
    }
    return null;
  }

  function hatch(context, from, to, area) {
    context.save();
    context.beginPath();
    context.rect(from, area.y, to - from, area.h);
    context.clip();
    context.strokeStyle = color("--chart-gap");
    context.lineWidth = 1.5;
    context.beginPath();
    for (let at = from - area.h; at < to; at += 9) { context.moveTo(at, area.y + area.h); context.lineTo(at + area.h, area.y); }
    context.stroke();
    context.restore();
  }

  function caption(context, words, from, to, at, ink, weight = 400) {
    context.font = `${weight} ${rem() * 0.75}px ${getComputedStyle(document.body).fontFamily}`;
    if (context.measureText(words).width + 10 > to - from) return;
    context.strokeStyle = color("--surface");
    context.lineWidth = 3;
    context.lineJoin = "round";
    context.globalAlpha = 0.8;
    context.strokeText(words, from + 6, at);
    context.globalAlpha = 1;
    context.fillStyle = ink;
    context.fillText(words, from + 6, at);
  }

  function hover(time, row) {
    const values = Object.fromEntries(labels.map((label) => [label.id, (peak ? data.max : data.mean)?.[label.id]?.[row] ?? null]));
    const near = (view[1] - view[0]) / 120;
    const notes = [
      ...data.alarms.filter((alarm) => ms(alarm.start) - near <= time && (alarm.end ? ms(alarm.end) : Infinity) >= time).map((alarm) => t("chart.inAlarm", { label: name(alarm.name) })),
      ...data.near_misses.filter((miss) => ms(miss.start) - near <= time && ms(miss.end) + near >= time)
        .map((miss) => t("chart.nearMiss", { label: labelName(labels, miss.label), text: name(miss.text) })),
      ...data.gaps.filter((gap) => ms(gap.start) <= time && ms(gap.end) >= time).map((gap) => t("chart." + gap.reason)),
    ];
    onHover({ time, row, values, notes, level: data.level_dbfs?.[row] ?? null });
  }

  function move(from, to, quiet = false) {
    let span = Math.min(LONGEST, Math.max(SHORTEST, to - from));
    if (span !== to - from) { const middle = (from + to) / 2; from = middle - span / 2; to = middle + span / 2; }
    const end = now() + span * 0.02;
    if (to > end) { from -= to - end; to = end; }
    view = [from, to];
    if (graph) graph.updateOptions({ dateWindow: view });
    if (!quiet) onWindow(from, to);
  }

  // Pointers: one mouse button selects, shift or a finger pans, two fingers pinch.
  const pointers = new Map();
  let begun = null;
  const timeAt = (clientX) => {
    const box = canvas.getBoundingClientRect(), area = graph.getArea();
    return view[0] + ((clientX - box.left - area.x) / area.w) * (view[1] - view[0]);
  };
  element.addEventListener("pointerdown", (event) => {
    if (!graph || event.button !== 0) return;
    pointers.set(event.pointerId, event.clientX);
    element.setPointerCapture(event.pointerId);
    const pan = event.pointerType === "touch" || event.shiftKey;
    begun = { x: event.clientX, view: [...view], pan, spread: spread() };
  }, { signal });
  element.addEventListener("pointermove", (event) => {
    if (!pointers.has(event.pointerId) || !begun) return;
    pointers.set(event.pointerId, event.clientX);
    const width = graph.getArea().w, [from, to] = begun.view;
    if (pointers.size === 2 && begun.spread) {
      const factor = begun.spread / Math.max(20, spread());
      const middle = (from + to) / 2, half = ((to - from) / 2) * factor;
      move(middle - half, middle + half);
    } else if (begun.pan) {
      const shift = ((begun.x - event.clientX) / width) * (to - from);
      move(from + shift, to + shift);
    } else {
      const box = element.getBoundingClientRect();
      const left = Math.min(begun.x, event.clientX) - box.left, wide = Math.abs(event.clientX - begun.x);
      band.hidden = wide < 4;
      setStyle(band, { "inset-inline-start": left + "px", width: wide + "px" });
    }
  }, { signal });
  const finish = (event) => {
    if (!pointers.delete(event.pointerId) || !begun) return;
    if (!begun.pan && event.type === "pointerup" && Math.abs(event.clientX - begun.x) >= 6) {
      const [a, b] = [timeAt(begun.x), timeAt(event.clientX)].sort((p, q) => p - q);
      move(a, b);
    }
    band.hidden = true;
    begun = pointers.size ? { x: [...pointers.values()][0], view: [...view], pan: true, spread: 0 } : null;
  };
  const spread = () => { const at = [...pointers.values()]; return at.length === 2 ? Math.abs(at[0] - at[1]) : 0; };
  element.addEventListener("pointerup", finish, { signal });
  element.addEventListener("pointercancel", finish, { signal });
  element.addEventListener("dblclick", () => zoom(3), { signal });
  element.addEventListener("wheel", (event) => {
    if (!graph || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.25 : 0.8, timeAt(event.clientX));
  }, { signal, passive: false });
  element.addEventListener("keydown", (event) => {
    const span = view[1] - view[0];
    const act = {
      ArrowLeft: () => move(view[0] - span / 4, view[1] - span / 4), ArrowRight: () => move(view[0] + span / 4, view[1] + span / 4),
      "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2), "0": () => zoom(2),
    }[event.key];
    if (!act || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    act();
  }, { signal });

  function zoom(factor, at = (view[0] + view[1]) / 2) {
    move(at - (at - view[0]) * factor, at + (view[1] - at) * factor);
  }

  const resize = perFrame(() => { if (graph && element.isConnected) graph.resize(); });
  const size = new ResizeObserver(resize);
  size.observe(canvas);
  onTheme(() => { if (data && graph) draw(); }, signal);
  signal.addEventListener("abort", () => { size.disconnect(); graph?.destroy(); graph = null; });

  return {
    element, zoom, colors,
    get view() { return view; },
    /** Where values are drawn, in pixels of the chart; null before the first drawing. */
    get area() { return graph?.getArea() ?? null; },
    get width() { return canvas.clientWidth || 800; },
    pan(share) { const span = view[1] - view[0]; move(view[0] + span * share, view[1] + span * share); },
    window(from, to) { move(from, to, true); },
    show(answer, options = {}) {
      data = answer;
      hidden = options.hidden ?? hidden;
      peak = options.peak ?? peak;
      draw();
    },
  };
}
