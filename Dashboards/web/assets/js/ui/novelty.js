// How unlike its own normal sound a machine was: a strip below the chart of confidence, with the limit drawn.
import { h, perFrame, setAttribute, setText } from "../dom.js";
import { ms, number } from "../format.js";
import { t } from "../i18n.js";
import { color, onTheme } from "../theme.js";
import { mark } from "./trend.js";

const MARGIN = 6;

/** Steep near the limit and flat far above it, so that neither a quiet day nor a broken machine hides the line. */
function scaled(value, unit) { return Math.asinh(value / unit); }

/**
 * `createNovelty({signal})`, then `update({trend, view, area, peak, at, row})`: an answer of the trend endpoint, the
 * chart's stretch of time (ms) and its plot area (px), and the moment pointed at with its place in the answer, or null.
 * It shows itself once an answer carries novelty.
 */
export function createNovelty({ signal }) {
  const value = h("b", { class: "num" }), limit = h("span", { class: "num" }), above = h("span", { class: "num" });
  const canvas = h("canvas", { role: "img" });
  const element = h("div", { class: "novelty", hidden: true },
    h("p", { class: "novelty-head small" }, h("span", { class: "swatch" }), h("span", null, t("novelty.title")), value, limit, above,
      h("span", { class: "push row faint" }, h("span", { class: "key-mark", dataset: { mark: "changed" }, "aria-hidden": "true" }), t("novelty.key", { label: t("label.changed") }))),
    canvas);
  let shown = null;

  const draw = perFrame(() => {
    if (!shown || element.hidden) return;
    const ratio = Math.min(3, devicePixelRatio || 1), wide = canvas.clientWidth, high = canvas.clientHeight;
    if (!wide || !high) return;
    const width = Math.round(wide * ratio), height = Math.round(high * ratio);
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, wide, high);
    const { trend, view, at } = shown, area = shown.area ?? { x: 0, w: wide };
    const values = line(), limits = trend.novelty.limit;
    const last = limits.findLast((each) => each !== null) ?? 1, unit = Math.max(0.1, Math.abs(last));
    const seen = values.filter((each, index) => each !== null && trend.times[index] >= view[0] && trend.times[index] <= view[1]);
    const top = scaled(Math.max(2 * unit, ...seen), unit), bottom = scaled(Math.min(0, ...seen), unit);
    const x = (time) => area.x + ((time - view[0]) / (view[1] - view[0])) * area.w;
    const y = (each) => MARGIN + (1 - (scaled(each, unit) - bottom) / (top - bottom)) * (high - 2 * MARGIN);

    context.font = `${rem() * 0.75}px ${getComputedStyle(document.body).fontFamily}`;
    context.textAlign = "end";
    context.textBaseline = "middle";
    context.fillStyle = color("--text-3");
    context.fillText(number(last, 1), area.x - 6, y(last));
    if (y(0) - y(last) > rem()) context.fillText("0", area.x - 6, y(0));
    context.save();
    context.beginPath();
    context.rect(area.x, 0, area.w, high);
    context.clip();
    context.strokeStyle = color("--chart-grid");
    stroke(context, [[area.x, y(0)], [area.x + area.w, y(0)]], 1);

    // What lies above its limit, down to it.
    const step = trend.step_s * 1000;
    context.fillStyle = color("--advisory-solid");
    context.globalAlpha = 0.5;
    values.forEach((each, index) => {
      const most = limits[index];
      if (each === null || most === null || each <= most) return;
      const from = x(trend.times[index] - step / 2);
      context.fillRect(from, y(each), Math.max(1, x(trend.times[index] + step / 2) - from), y(most) - y(each));
    });
    context.globalAlpha = 1;
    context.strokeStyle = color("--accent");
    for (const piece of pieces(values)) stroke(context, piece.map(([index, each]) => [x(trend.times[index]), y(each)]), 1.6);
    context.strokeStyle = color("--text-2");
    context.setLineDash([5, 4]);
    for (const piece of pieces(limits)) {
      const path = piece.map(([index, each]) => [x(trend.times[index]), y(each)]);
      // A single window has a limit, too.
      if (path.length === 1) path.push([path[0][0] + 2, path[0][1]]);
      stroke(context, path, 1);
    }
    context.setLineDash([]);
    const inside = (item) => ms(item.end) >= view[0] && ms(item.start) <= view[1];
    for (const [items, run] of [[trend.runs, true], [trend.near_misses, false]]) {
      for (const item of items) if (item.label === "changed") mark(context, x(ms(item.end)), y(last), color("--advisory"), run, inside(item));
    }
    if (at !== null) {
      context.strokeStyle = color("--line-strong");
      stroke(context, [[x(at), 0], [x(at), high]], 1);
    }
    context.restore();

    function line() { return shown.peak ? trend.novelty.max : trend.novelty.mean; }
  });

  /** Runs of values without a hole, as [index, value]. */
  function pieces(values) {
    const all = [];
    let open = null;
    values.forEach((each, index) => {
      if (each === null) { open = null; return; }
      if (!open) all.push((open = []));
      open.push([index, each]);
    });
    return all;
  }

  function stroke(context, points, wide) {
    context.lineWidth = wide;
    context.lineJoin = "round";
    context.lineCap = "round";
    context.beginPath();
    points.forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)));
    if (points.length === 1) context.lineTo(points[0][0] + 0.1, points[0][1]);
    context.stroke();
  }

  function rem() { return parseFloat(getComputedStyle(document.documentElement).fontSize) || 16; }

  const size = new ResizeObserver(draw);
  size.observe(canvas);
  onTheme(draw, signal);
  signal.addEventListener("abort", () => size.disconnect());

  return {
    element,
    update({ trend, view, area, peak, at = null, row = null }) {
      if (!trend?.novelty) return;
      const values = peak ? trend.novelty.max : trend.novelty.mean;
      const index = row ?? values.findLastIndex((each) => each !== null);
      // Once there, it stays: moving through time must not move the page.
      if (element.hidden && values.some((each) => each !== null)) element.hidden = false;
      shown = { trend, view, area, peak, at };
      const words = number(values[index], 2).replace("-", "−"), most = number(trend.novelty.limit[index] ?? trend.novelty.limit.findLast((each) => each !== null), 2);
      const count = trend.novelty.novel.reduce((sum, each) => sum + each, 0);
      setText(value, words);
      setText(limit, t("novelty.limit", { limit: most }));
      setText(above, t("novelty.above", { count }));
      setAttribute(canvas, "aria-label", t("novelty.summary", { value: words, limit: most, count }));
      draw();
    },
  };
}
