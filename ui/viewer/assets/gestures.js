// Wheel, drag, pinch, double-click and keys on the films. In a browser, lengths of pointers are CSS pixels.

const KEYS_OF_VIEW = {
  swipe: [["Tab", "divider"], ["← →", "move it"]],
  blink: [["Space", "start, stop"], ["X", "other film"]],
};
const KEYS_OF_ALL = [
  ["1–4", "view"], ["+ − 0", "zoom"], ["Z", "actual size"], ["drag, arrows", "move"],
  ["with Shift", "brightness, contrast"], ["W", "reset"], ["I", "invert"], ["M", "map"], ["L", "lesion"],
  ["T", "words"], ["F", "full screen"],
];

const KEYS = {
  1: (viewer) => showView(viewer, "side"),
  2: (viewer) => showView(viewer, "swipe"),
  3: (viewer) => showView(viewer, "blink"),
  4: (viewer) => showView(viewer, "difference"),
  "+": (viewer) => zoomBy(viewer, 1.25),
  "=": (viewer) => zoomBy(viewer, 1.25),
  "-": (viewer) => zoomBy(viewer, 0.8),
  0: showWhole,
  z: toggleActualSize,
  w: resetWindow,
  i: invert,
  m: (viewer) => toggleLayer(viewer, "saliency"),
  l: (viewer) => toggleLayer(viewer, "lesion"),
  t: toggleWords,
  f: toggleHall,
  x: swap,
  " ": togglePlaying,
};
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ARROW_PAN = 60;
const ARROW_WINDOW = 8;
const ARROW_DIVIDER = 0.02;

function listen(viewer) {
  const { section, stage, divider } = viewer;
  section.addEventListener("keydown", (event) => press(viewer, event));
  stage.addEventListener("wheel", (event) => turn(viewer, event), { passive: false });
  stage.addEventListener("dblclick", () => showWhole(viewer));
  stage.addEventListener("contextmenu", (event) => event.preventDefault());
  listenToPointers(viewer);
  divider.addEventListener("pointerdown", (event) => {
    event.stopPropagation();
    divider.setPointerCapture(event.pointerId);
  });
  divider.addEventListener("pointermove", (event) => {
    if (!divider.hasPointerCapture(event.pointerId)) return;
    const { left, width } = stage.getBoundingClientRect();
    moveDivider(viewer, (event.clientX - left) / width);
  });
  divider.addEventListener("dblclick", (event) => {
    event.stopPropagation();
    moveDivider(viewer, 0.5);
  });
}

function press(viewer, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select")) return;
  const onButton = event.target.matches("button");
  if (onButton && (event.key === " " || event.key === "Enter")) return;
  const arrow = ARROWS[event.key];
  const action = KEYS[event.key.toLowerCase()];
  if (arrow && event.target === viewer.divider) moveDivider(viewer, dividerAfter(viewer, event, arrow));
  else if (arrow && event.shiftKey) adjustWindow(viewer, -arrow[1] * ARROW_WINDOW, arrow[0] * ARROW_WINDOW);
  else if (arrow) pan(viewer, -arrow[0] * ARROW_PAN, -arrow[1] * ARROW_PAN);
  else if (event.target === viewer.divider && event.key === "Home") moveDivider(viewer, 0);
  else if (event.target === viewer.divider && event.key === "End") moveDivider(viewer, 1);
  else if (action) action(viewer);
  else return;
  event.preventDefault();
  event.stopPropagation(); // Streamlit has keys of its own
}

function dividerAfter(viewer, event, [right, down]) {
  return viewer.state.split + (right - down) * ARROW_DIVIDER * (event.shiftKey ? 5 : 1);
}

/** The canvas under a pointer, and where on it, in device pixels. */
function under(viewer, event) {
  const canvas = event.target.closest(".pane")?.querySelector("canvas") ?? viewer.canvas;
  const { left, top } = canvas.getBoundingClientRect();
  return [canvas, (event.clientX - left) * devicePixelRatio, (event.clientY - top) * devicePixelRatio];
}

function turn(viewer, event) {
  // At the whole film there is nothing to zoom out of: the page scrolls on.
  if (event.deltaY > 0 && viewer.state.look.zoom <= 1) return;
  event.preventDefault();
  const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
  const speed = event.ctrlKey ? 0.01 : 0.0018; // a pinch on a trackpad arrives as a wheel with Ctrl, in small steps
  zoomBy(viewer, Math.exp(-between(event.deltaY * lines, -240, 240) * speed), ...under(viewer, event));
}

function listenToPointers(viewer) {
  const { stage } = viewer;
  const down = new Map(); // pointer → [x, y]
  stage.addEventListener("pointerdown", (event) => {
    stage.setPointerCapture(event.pointerId);
    down.set(event.pointerId, [event.clientX, event.clientY]);
  });
  const lift = (event) => down.delete(event.pointerId);
  stage.addEventListener("pointerup", lift);
  stage.addEventListener("pointercancel", lift);
  stage.addEventListener("pointermove", (event) => {
    const before = down.get(event.pointerId);
    if (!before) return;
    const now = [event.clientX, event.clientY];
    const [dx, dy] = [now[0] - before[0], now[1] - before[1]];
    const still = [...down].find(([pointer]) => pointer !== event.pointerId)?.[1];
    down.set(event.pointerId, now);
    if (still) pinch(viewer, still, before, now);
    else if (event.shiftKey || event.buttons & 2) adjustWindow(viewer, -dy * 0.5, dx * 0.75);
    else pan(viewer, dx * devicePixelRatio, dy * devicePixelRatio);
  });
}

function pinch(viewer, still, before, now) {
  const distance = ([x, y]) => Math.hypot(x - still[0], y - still[1]);
  const { left, top } = viewer.canvas.getBoundingClientRect();
  const middle = [(still[0] + now[0]) / 2 - left, (still[1] + now[1]) / 2 - top].map((at) => at * devicePixelRatio);
  zoomBy(viewer, distance(now) / Math.max(distance(before), 1), viewer.canvas, ...middle);
}
