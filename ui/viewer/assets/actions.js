// What a reader can do, by pointer, key or button alike. Each says in words what it did, for those who do not see it.

const VIEWS = { side: "Side by side", swipe: "Swipe", blink: "Blink", difference: "Difference" };
const LAYERS = { saliency: "Saliency map", lesion: "Lesion outline" };
const AMPLIFICATIONS = [1, 2, 5, 10, 20, 30, 40, 60, 80, 100, 150, 200, 300, 500, 1000, 2000];
const WHOLE = Object.freeze({ zoom: 1, x: 0.5, y: 0.5 });
const PLAIN = Object.freeze({ centre: 127.5, width: 255, inverse: false });

const between = (value, low, high) => Math.min(Math.max(value, low), high);
const calm = matchMedia("(prefers-reduced-motion: reduce)");

function showView(viewer, view) {
  if (viewer.panes.length < 2) return;
  // Blinking starts at the reader's own wish only, and not where the system asks for less motion.
  viewer.set({ view, playing: view === "blink" && !calm.matches, swapped: false });
  viewer.say(`${VIEWS[view]}: ${viewer.inWords()}`);
}

function toggleLayer(viewer, layer) {
  if (!viewer.has(layer)) return;
  const layers = { ...viewer.state.layers, [layer]: !viewer.state.layers[layer] };
  viewer.set({ layers });
  viewer.say(`${LAYERS[layer]} ${layers[layer] ? "on" : "off"}`);
}

/** Zoom by a factor about a point of a canvas, or about its centre. */
function zoomBy(viewer, factor, canvas = viewer.canvas, atX = canvas.width / 2, atY = canvas.height / 2) {
  const { look } = viewer.state;
  viewer.set({ look: zoomed(canvas, viewer.reference, look, look.zoom * factor, atX, atY) });
  viewer.say(`Zoom ${viewer.percent()}`);
}

/** From anything to 100 %, one film pixel on one screen pixel, and from there back to the whole film. */
function toggleActualSize(viewer) {
  const exact = 1 / fitScale(viewer.canvas, viewer.reference);
  const { look } = viewer.state;
  zoomBy(viewer, Math.abs(look.zoom - exact) < 1e-6 ? 1 / exact : exact / look.zoom);
}

function showWhole(viewer) {
  viewer.set({ look: WHOLE });
  viewer.say(`Whole film, ${viewer.percent()}`);
}

/** Move the film by device pixels of the canvas. */
function pan(viewer, dx, dy) {
  const { scale } = place(viewer.canvas, viewer.reference, viewer.state.look);
  const { zoom, x, y } = viewer.state.look;
  const { width, height } = viewer.reference;
  const wished = { zoom, x: x - dx / (width * scale), y: y - dy / (height * scale) };
  viewer.set({ look: bound(viewer.canvas, viewer.reference, wished) });
}

/** Brightness and contrast in grey levels of 255: positive values make the film brighter, and steeper. */
function adjustWindow(viewer, brightness, contrast) {
  const { centre, width, inverse } = viewer.state.window;
  const window = { centre: between(centre - brightness, 0, 255), width: between(width - contrast, 2, 510), inverse };
  viewer.set({ window });
  viewer.say(`Window ${Math.round(window.width)} wide at ${Math.round(window.centre)} of 255`);
}

function resetWindow(viewer) {
  viewer.set({ window: PLAIN });
  viewer.say("Window as the file shows it");
}

function invert(viewer) {
  const { window } = viewer.state;
  viewer.set({ window: { ...window, inverse: !window.inverse } });
  viewer.say(window.inverse ? "Bone white" : "Bone black");
}

function toggleWords(viewer) {
  viewer.set({ words: !viewer.state.words });
  viewer.say(viewer.state.words ? "Words on the films" : "No words on the films");
}

function togglePlaying(viewer) {
  if (viewer.view !== "blink") return;
  viewer.set({ playing: !viewer.state.playing });
  viewer.say(viewer.state.playing ? "Blinking" : `Stopped at ${viewer.inWords()}`);
}

/** Which of the two films a stopped blink shows. */
function swap(viewer) {
  if (viewer.view !== "blink") return;
  viewer.set({ playing: false, swapped: !viewer.state.swapped });
  viewer.say(viewer.inWords());
}

/** Where the divider stands, as a share of the stage. */
function moveDivider(viewer, split) {
  viewer.set({ split: between(split, 0, 1) });
}

function amplify(viewer, step) {
  viewer.set({ amplification: AMPLIFICATIONS[between(step, 0, AMPLIFICATIONS.length - 1)] });
  viewer.say(`Change × ${viewer.state.amplification}`);
}

function compareWith(viewer, other) {
  viewer.set({ other });
  viewer.say(viewer.inWords());
}

function toggleHall(viewer) {
  if (viewer.section.matches(":fullscreen")) document.exitFullscreen();
  else viewer.section.requestFullscreen();
}
