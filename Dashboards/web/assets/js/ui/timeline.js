// Which label was heard when: a strip of coloured windows on a canvas, with keys to walk it.
import { h, keyed, perFrame, setAttribute, setStyle, setText } from "../dom.js";
import { color, onTheme } from "../theme.js";
import { percent, position } from "../format.js";
import { t } from "../i18n.js";

const SERIES = ["--series-1", "--series-2", "--series-3", "--series-4", "--series-5", "--series-6"];

/** The colour of each label, steady while the labels are the same: normal and anchor are quiet, the rest take turns. */
export function labelColors(labels) {
  const chosen = new Map();
  let next = 0;
  for (const label of labels) {
    const property = label.kind === "normal" ? "--series-normal" : label.kind === "anchor" ? "--series-anchor"
      : SERIES[next++ % SERIES.length];
    chosen.set(label.id, property);
  }
  return chosen;
}

/**
 * `createTimeline({label, onSeek, signal})`, then `update({labels: [{id, name, kind}], windows: [{start, end, label,
 * confidence, verdict}], from, to, cursor, now})`, times in seconds. A window's height is its confidence; what is
 * undetermined is hatched. `scroll` pages give `from` and `to` of the last minute, say, and call update as it moves.
 */
export function createTimeline({ label, onSeek = null, legend = true, signal = null } = {}) {
  const canvas = h("canvas", { role: "img", tabindex: onSeek ? "0" : null, "aria-label": label ?? t("sound.timeline") });
  const list = h("ul", { class: "legend" });
  const caption = h("p", { class: "small quiet num" });
  const element = h("div", { class: "timeline", dataset: onSeek ? { seekable: "" } : {} }, canvas, caption, legend && list);
  let shown = { labels: [], windows: [], from: 0, to: 1, cursor: null };
  let hover = null;

  const draw = perFrame(() => {
    const ratio = Math.min(3, devicePixelRatio || 1);
    const box = canvas.getBoundingClientRect();
    if (!box.width) return;
    const width = Math.round(box.width * ratio), height = Math.round(box.height * ratio);
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, width, height);
    const colors = labelColors(shown.labels);
    const span = shown.to - shown.from || 1;
    const x = (at) => ((at - shown.from) / span) * width;
    shown.windows.forEach((window, index) => {
      // Overlapping windows: each owns the stretch up to the next one's start.
      const next = shown.windows[index + 1];
      const end = next ? Math.min(window.end, Math.max(next.start, window.start)) : window.end;
      if (end < shown.from || window.start > shown.to) return;
      const left = x(window.start), wide = Math.max(1, x(end) - left - Math.min(1, ratio * 0.5));
      const tall = Math.max(0.14, window.confidence ?? 0) * height;
      context.fillStyle = color(colors.get(window.label) ?? "--series-anchor");
      context.globalAlpha = window.verdict === "undetermined" ? 0.35 : 1;
      context.fillRect(left, height - tall, wide, tall);
      context.globalAlpha = 1;
      if (hover === window) {
        context.strokeStyle = color("--text");
        context.lineWidth = 2 * ratio;
        context.strokeRect(left + ratio, ratio, wide - 2 * ratio, height - 2 * ratio);
      }
    });
    if (shown.threshold) {
      context.strokeStyle = color("--text-3");
      context.setLineDash([4 * ratio, 4 * ratio]);
      context.beginPath();
      context.moveTo(0, height * (1 - shown.threshold));
      context.lineTo(width, height * (1 - shown.threshold));
      context.stroke();
      context.setLineDash([]);
    }
    if (shown.cursor !== null && shown.cursor !== undefined) {
      context.fillStyle = color("--text");
      context.fillRect(x(shown.cursor) - ratio, 0, 2 * ratio, height);
    }
  });

  function describe(window) {
    hover = window;
    const label = shown.labels.find((each) => each.id === window?.label);
    setText(caption, window ? `${position(window.start)}–${position(window.end)} · ${label?.name ?? window.label} · ${percent(window.confidence)}`
      + (window.verdict === "undetermined" ? " · " + t("sound.undetermined") : "") : "\u00a0");
    draw();
  }

  function under(event) {
    const box = canvas.getBoundingClientRect();
    const at = shown.from + ((event.clientX - box.left) / box.width) * (shown.to - shown.from);
    return { at, window: shown.windows.findLast((window) => window.start <= at && window.end > at) ?? null };
  }

  canvas.addEventListener("pointermove", (event) => describe(under(event).window));
  canvas.addEventListener("pointerleave", () => describe(null));
  if (onSeek) {
    canvas.addEventListener("click", (event) => onSeek(under(event).at));
    canvas.addEventListener("keydown", (event) => {
      const index = shown.windows.indexOf(hover);
      const to = { ArrowRight: index + 1, ArrowLeft: index < 0 ? shown.windows.length - 1 : index - 1, Home: 0, End: shown.windows.length - 1 }[event.key];
      if (event.key === "Enter" && hover) onSeek(hover.start);
      if (to === undefined || !shown.windows[to]) return;
      event.preventDefault();
      describe(shown.windows[to]);
    });
  }
  const size = new ResizeObserver(draw);
  size.observe(canvas);
  signal?.addEventListener("abort", () => size.disconnect());
  onTheme(draw, signal);
  describe(null);

  return {
    element,
    update(next) {
      shown = { ...shown, ...next };
      const colors = labelColors(shown.labels);
      if (legend) {
        keyed(list, shown.labels, (each) => each.id, () => h("li", null, h("span", { class: "swatch" }), h("span")), (item, each) => {
          setStyle(item.firstElementChild, { "--swatch": `var(${colors.get(each.id)})` });
          setText(item.lastElementChild, each.name);
        });
      }
      setAttribute(canvas, "aria-label", label ?? t("sound.timeline"));
      draw();
    },
  };
}
