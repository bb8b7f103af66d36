// Icons drawn on a 24 grid with one stroke; state marks are filled shapes, each state its own.

const NS = "http://www.w3.org/2000/svg";

const PATHS = {
  plant: ["M3 21h18", "M5 21V10l5 3.2V10l5 3.2V6h4v15", "M9 17h.01", "M13 17h.01"],
  alarm: ["M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15z", "M10 21h4", "M12 5V3"],
  desk: ["M4 15v-2a8 8 0 0 1 16 0v2", "M4 15.5A1.5 1.5 0 0 1 5.5 14H7v6H5.5A1.5 1.5 0 0 1 4 18.5z", "M20 15.5A1.5 1.5 0 0 0 18.5 14H17v6h1.5a1.5 1.5 0 0 0 1.5-1.5z"],
  microphone: ["M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3z", "M5.5 11a6.5 6.5 0 0 0 13 0", "M12 17.5V21", "M8.5 21h7"],
  review: ["M4 6h10", "M4 11h7", "M4 16h5", "M12.5 16.5l2.8 2.8L21 13"],
  "what-if": ["M4 18h4c4 0 4-12 8-12h4", "M17 3l3 3-3 3", "M12 18h8", "M17 15l3 3-3 3"],
  system: ["M4 5h16v6H4z", "M4 13h16v6H4z", "M7.5 8h.01", "M7.5 16h.01", "M11 8h6", "M11 16h6"],
  sun: ["M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z", "M12 2.5v2", "M12 19.5v2", "M2.5 12h2", "M19.5 12h2", "M5.3 5.3l1.4 1.4", "M17.3 17.3l1.4 1.4", "M5.3 18.7l1.4-1.4", "M17.3 6.7l1.4-1.4"],
  moon: ["M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z"],
  auto: ["M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z", "M12 3.5v17", "M12 8l7-1", "M12 12h8.5", "M12 16l7 1"],
  language: ["M3 6h10", "M8 4v2", "M11 6c-1 4-4 7-7.5 8.5", "M5 9c1.5 3 4 4.8 6.5 5.5", "M12.5 20l4-9 4 9", "M14 17h5"],
  search: ["M11 4.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z", "M16 16l4.5 4.5"],
  check: ["M5 12.5l4.5 4.5L19 7.5"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  back: ["M14.5 5l-7 7 7 7"],
  next: ["M9.5 5l7 7-7 7"],
  down: ["M5 9l7 7 7-7"],
  download: ["M12 4v11", "M7.5 11l4.5 4.5 4.5-4.5", "M4.5 20h15"],
  upload: ["M12 16V4.5", "M7.5 9L12 4.5 16.5 9", "M4.5 20h15"],
  clock: ["M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z", "M12 7.5V12l3 2"],
  expand: ["M4 9V4h5", "M20 9V4h-5", "M4 15v5h5", "M20 15v5h-5"],
  shrink: ["M9 4v5H4", "M15 4v5h5", "M9 20v-5H4", "M15 20v-5h5"],
  reset: ["M4.5 12a7.5 7.5 0 1 0 2.4-5.5", "M4 4v4.5h4.5"],
  undo: ["M8 5L4 9l4 4", "M4 9h10a5.5 5.5 0 0 1 0 11h-4"],
  user: ["M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8z", "M4.5 20.5a7.5 7.5 0 0 1 15 0"],
  logout: ["M14 4H5v16h9", "M10 12h11", "M17.5 8.5L21 12l-3.5 3.5"],
  wave: ["M3 12h2", "M7 8v8", "M11 4.5v15", "M15 8v8", "M19 10.5v3"],
  trash: ["M4.5 7h15", "M9.5 7V4.5h5V7", "M6.5 7l1 13h9l1-13"],
  copy: ["M8 8h12v12H8z", "M16 8V4H4v12h4"],
  filter: ["M4 5h16l-6 7.5V19l-4 1.5v-8z"],
  info: ["M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z", "M12 11v5.5", "M12 7.8h.01"],
  warning: ["M12 4L2.8 20h18.4z", "M12 10v4.5", "M12 17.3h.01"],
  broken: ["M4 4l16 16", "M7 8v8", "M11 11v8.5", "M11 4.5V7", "M15 15v1", "M15 8v3", "M19 10.5v3"],
  file: ["M6 3h8l5 5v13H6z", "M14 3v5h5"],
  plus: ["M12 5v14", "M5 12h14"],
  minus: ["M5 12h14"],
  record: ["M12 5a7 7 0 1 0 0 14 7 7 0 0 0 0-14z"],
  shield: ["M12 3l8 3v6c0 4.5-3.3 7.8-8 9-4.7-1.2-8-4.5-8-9V6z"],
};

const FILLED = {
  play: "M8 5.2v13.6a.8.8 0 0 0 1.2.7l11-6.8a.8.8 0 0 0 0-1.4l-11-6.8a.8.8 0 0 0-1.2.7z",
  pause: "M6.5 5h4v14h-4zM13.5 5h4v14h-4z",
  stop: "M6 6h12v12H6z",
};

function shape(tag, attributes) {
  const element = document.createElementNS(NS, tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** A decorative icon, hidden from screen readers; `size`: "", "small", "large". */
export function icon(name, size = "") {
  const svg = shape("svg", { viewBox: "0 0 24 24", class: "icon" + (size ? " " + size : ""), "aria-hidden": "true", focusable: "false" });
  if (FILLED[name]) {
    svg.append(shape("path", { d: FILLED[name], fill: "currentColor" }));
    return svg;
  }
  for (const d of PATHS[name] ?? PATHS.info) {
    svg.append(shape("path", { d, fill: "none", stroke: "currentColor", "stroke-width": "1.7", "stroke-linecap": "round", "stroke-linejoin": "round" }));
  }
  return svg;
}

const STATES = {
  normal: { ground: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z", cut: "M7.5 12.3l3.2 3.2 5.8-6.5" },
  advisory: { ground: "M10.6 1.9 1.9 10.6a2 2 0 0 0 0 2.8l8.7 8.7a2 2 0 0 0 2.8 0l8.7-8.7a2 2 0 0 0 0-2.8L13.4 1.9a2 2 0 0 0-2.8 0z", cut: "M12 11v5.5", dot: [12, 7.5] },
  warning: { ground: "M10.3 2.6 1.3 18.5A2 2 0 0 0 3 21.5h18a2 2 0 0 0 1.7-3L13.7 2.6a2 2 0 0 0-3.4 0z", cut: "M12 8.5v5", dot: [12, 17.4] },
  critical: { ground: "M7.9 2h8.2L22 7.9v8.2L16.1 22H7.9L2 16.1V7.9z", cut: "M12 6.8v6.2", dot: [12, 16.9] },
  unknown: { ground: "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2z", cut: "M9.3 9.3a2.8 2.8 0 1 1 3.9 2.6c-.9.4-1.2.9-1.2 1.8", dot: [12, 17] },
  offline: { ground: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z", cut: "M8 8l8 8M16 8l-8 8" },
};

/** The mark of a state: its shape says what its colour says. Colours come from [data-state] around it. */
export function stateIcon(state) {
  const mark = STATES[state] ?? STATES.unknown;
  const svg = shape("svg", { viewBox: "0 0 24 24", class: "state-icon", "aria-hidden": "true", focusable: "false" });
  svg.append(shape("path", { d: mark.ground, fill: "currentColor" }), shape("path", { d: mark.cut, class: "cut" }));
  if (mark.dot) svg.append(shape("circle", { cx: mark.dot[0], cy: mark.dot[1], r: 1.4, class: "cut-dot" }));
  return svg;
}
