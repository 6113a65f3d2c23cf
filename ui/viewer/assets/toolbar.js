// The bar above the films: its buttons call the reader's actions, and it shows how things stand.

function listenToBar(viewer) {
  const bar = viewer.section.querySelector(".bar");
  const on = (selector, type, action) => {
    for (const element of bar.querySelectorAll(selector)) {
      element.addEventListener(type, () => action(viewer, element));
    }
  };
  on("[data-view]", "click", (_, button) => showView(viewer, button.dataset.view));
  on("[data-layer]", "click", (_, button) => toggleLayer(viewer, button.dataset.layer));
  on(".other", "change", (_, select) => compareWith(viewer, Number(select.value)));
  on(".play", "click", togglePlaying);
  on(".rate", "input", (_, range) => viewer.set({ rate: Number(range.value) }));
  on(".amplification", "input", (_, range) => amplify(viewer, Number(range.value)));
  on(".opacity", "input", (_, range) => viewer.set({ opacity: Number(range.value) }));
  on(".reset-window", "click", resetWindow);
  on(".zoom", "click", toggleActualSize);
  on(".hall", "click", toggleHall);
}

function showBar(viewer) {
  const { state, view, panes } = viewer;
  const find = (selector) => viewer.section.querySelector(`.bar ${selector}`);
  const press = (button, pressed) => button.setAttribute("aria-pressed", String(pressed));
  const pair = view === "swipe" || view === "blink";

  find(".views").hidden = panes.length < 2;
  for (const button of viewer.section.querySelectorAll("[data-view]")) press(button, button.dataset.view === view);
  for (const button of viewer.section.querySelectorAll("[data-layer]")) {
    press(button, state.layers[button.dataset.layer]);
    button.hidden = !viewer.has(button.dataset.layer);
  }
  find(".mapping").hidden = !viewer.has("saliency");
  find(".opacity").hidden = !state.layers.saliency;
  find(".opacity").value = state.opacity;

  find(".other").hidden = !pair || panes.length < 3;
  const select = find(".other");
  const titles = panes.slice(1).map(({ title }) => title);
  if (titles.join("\n") !== [...select.options].map(({ text }) => text).join("\n")) {
    select.replaceChildren(...titles.map((title, i) => new Option(title, i + 1)));
  }
  select.value = viewer.other;

  find(".blinking").hidden = view !== "blink";
  find(".play").textContent = state.playing ? "Stop" : "Start";
  find(".rate").value = state.rate;
  find(".rate-value").textContent = `${state.rate} / s`;

  find(".amplifying").hidden = view !== "difference";
  if (view === "difference") showAmplification(viewer, find(".amplification"), find(".amplification-value"));

  const { centre, width, inverse } = state.window;
  find(".reset-window").hidden = centre === PLAIN.centre && width === PLAIN.width && !inverse;
  find(".reset-window").title = `Window ${Math.round(width)} wide at ${Math.round(centre)} of 255 (W)`;
  find(".zoom").textContent = viewer.percent();
  find(".zoom").title = "Actual size, or the whole film (Z)";
  find(".zoom").setAttribute("aria-label", `Zoom ${viewer.percent()}: actual size, or the whole film`);
}

function showAmplification({ amplification }, range, output) {
  range.max = AMPLIFICATIONS.length - 1;
  range.value = AMPLIFICATIONS.indexOf(amplification);
  range.setAttribute("aria-valuetext", `change × ${amplification}`);
  output.textContent = `change × ${amplification}`;
}

/** The line of keys under the films, with those of the view first. */
function showKeys(viewer) {
  const line = viewer.section.querySelector(".keys");
  if (line.dataset.view === viewer.view) return;
  line.dataset.view = viewer.view;
  const keys = [...(KEYS_OF_VIEW[viewer.view] ?? []), ...KEYS_OF_ALL];
  line.replaceChildren(...keys.flatMap(([key, meaning], i) => {
    const mark = Object.assign(document.createElement("kbd"), { textContent: key });
    return [i ? " · " : "", mark, ` ${meaning}`];
  }));
}
