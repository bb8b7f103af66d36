// Probabilities as bars with the threshold drawn across.
import { h, keyed, setAttribute, setStyle, setText } from "../dom.js";
import { percent } from "../format.js";

/**
 * `const bars = createBars(); root.append(bars.element); bars.update(rows, {threshold: 0.75, top: 3})`.
 * `rows`: [{id, name, value, kind: "normal|fault|anchor|plain"}], a row's own `threshold` (null for none)
 * goes before the common one; with `sort` (the default) the highest comes first;
 * `top` limits how many are shown. Bars are kept between updates and only move when their order changes.
 */
export function createBars({ label = null } = {}) {
  const element = h("ul", { class: "bars", "aria-label": label });
  return {
    element,
    update(rows, { threshold = null, top = null, sort = true } = {}) {
      let shown = sort ? [...rows].sort((a, b) => (b.value ?? 0) - (a.value ?? 0)) : rows;
      const best = rows.reduce((most, row) => ((row.value ?? 0) > (most?.value ?? 0) ? row : most), null);
      if (top) shown = shown.slice(0, top);
      keyed(element, shown, (row) => row.id, makeRow, (item, row) => {
        setText(item.parts.name, row.name);
        setText(item.parts.value, percent(row.value, 1));
        setAttribute(item, "data-kind", row.kind ?? "plain");
        setAttribute(item, "data-top", row === best ? "" : null);
        setStyle(item.parts.fill, { "--share": (100 * Math.max(0, Math.min(1, row.value ?? 0))).toFixed(2) + "%" });
        const line = row.threshold === undefined ? threshold : row.threshold;
        item.parts.mark.hidden = line === null;
        if (line !== null) setStyle(item.parts.mark, { "--mark": (100 * line).toFixed(2) + "%" });
      });
    },
  };
}

function makeRow() {
  const parts = {
    name: h("span", { class: "bar-name" }), value: h("span", { class: "bar-value" }),
    fill: h("span", { class: "bar-fill" }), mark: h("span", { class: "bar-mark" }),
  };
  const item = h("li", { class: "bar-row" }, parts.name, parts.value,
    h("span", { class: "bar-track", "aria-hidden": "true" }, parts.fill, parts.mark));
  item.parts = parts;
  return item;
}
