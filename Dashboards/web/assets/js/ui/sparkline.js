// A small line of shares (0…1) in a fixed slot; gaps stay gaps.
const NS = "http://www.w3.org/2000/svg";
const WIDTH = 120, HEIGHT = 32;

function part(tag, attributes) {
  const element = document.createElementNS(NS, tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/**
 * `const spark = createSparkline({label}); spark.update([0.1, null, 0.8], {threshold: 0.75})`; its colour is
 * `--spark` or `color` around it.
 */
export function createSparkline({ label = null } = {}) {
  const svg = part("svg", { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none" });
  if (label) { svg.setAttribute("role", "img"); svg.setAttribute("aria-label", label); } else svg.setAttribute("aria-hidden", "true");
  const base = part("path", { class: "base", d: `M0 ${HEIGHT - 0.5}H${WIDTH}` });
  const mark = part("path", { class: "mark", d: "" });
  const area = part("path", { class: "area", d: "" });
  const line = part("path", { class: "line", d: "" });
  svg.append(base, mark, area, line);
  let shown = "";
  return {
    element: svg,
    update(values, { threshold = null } = {}) {
      const n = Math.max(2, values.length);
      const x = (index) => (index * WIDTH) / (n - 1);
      const y = (value) => HEIGHT - 1 - Math.max(0, Math.min(1, value)) * (HEIGHT - 3);
      let stroke = "", fill = "", from = -1;
      const close = (to) => {
        if (from < 0) return;
        if (to === from) stroke += `h0.01`;
        fill += `L${x(to).toFixed(1)} ${HEIGHT}L${x(from).toFixed(1)} ${HEIGHT}Z`;
        from = -1;
      };
      values.forEach((value, index) => {
        if (value === null || value === undefined) { close(index - 1); return; }
        const point = `${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
        stroke += (from < 0 ? "M" : "L") + point;
        fill += (from < 0 ? "M" : "L") + point;
        if (from < 0) from = index;
      });
      close(values.length - 1);
      const drawn = stroke + (threshold ?? "");
      if (drawn === shown) return;
      shown = drawn;
      line.setAttribute("d", stroke);
      area.setAttribute("d", fill);
      mark.setAttribute("d", threshold === null ? "" : `M0 ${y(threshold).toFixed(1)}H${WIDTH}`);
    },
  };
}
