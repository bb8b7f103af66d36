// Health as a ring with the number inside; colour comes from [data-state] around it.
const NS = "http://www.w3.org/2000/svg";
const LENGTH = 2 * Math.PI * 16;

function part(tag, attributes) {
  const element = document.createElementNS(NS, tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** `createRing({label}).update(87, "normal")`; null is an open ring with a dash. */
export function createRing({ label }) {
  const svg = part("svg", { viewBox: "0 0 40 40", class: "ring", role: "img" });
  const track = part("circle", { cx: 20, cy: 20, r: 16, class: "ring-track" });
  const arc = part("circle", { cx: 20, cy: 20, r: 16, class: "ring-arc", transform: "rotate(-90 20 20)" });
  const text = part("text", { x: 20, y: 24.4, class: "ring-text", "text-anchor": "middle" });
  svg.append(track, arc, text);
  let shown;
  return {
    element: svg,
    update(value) {
      const known = value !== null && value !== undefined;
      const words = known ? String(Math.round(value)) : "–";
      if (words === shown) return;
      shown = words;
      text.textContent = words;
      arc.setAttribute("stroke-dasharray", `${known ? (LENGTH * value) / 100 : 0} ${LENGTH}`);
      svg.setAttribute("aria-label", `${label}: ${words}`);
    },
  };
}
