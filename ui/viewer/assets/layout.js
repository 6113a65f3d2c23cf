// Where each film lies on the stage.

/** Give each film its place, and each canvas as many pixels as the screen has there. */
function arrange(viewer) {
  const { stage, state, view, figures, divider, panes } = viewer;
  const pair = view === "swipe" || view === "blink";
  stage.dataset.view = view;
  stage.dataset.words = state.words ? "on" : "off";
  stage.style.setProperty("--split", `${state.split * 100}%`);
  stage.style.setProperty("--columns", pair ? 1 : columns(viewer));
  const share = Math.round(state.split * 100);
  divider.hidden = view !== "swipe";
  divider.setAttribute("aria-valuenow", share);
  divider.setAttribute("aria-valuetext", `${share} % ${panes[0].title}`);
  figures.forEach((figure, i) => {
    const part = i === 0 ? "first" : i === viewer.other ? "other" : "rest";
    figure.dataset.part = part;
    figure.hidden = pair && part === "rest";
    const away = view === "blink" && (part === "first") === state.swapped;
    figure.style.visibility = away ? "hidden" : "";
  });
  for (const canvas of figures.map((figure) => figure.querySelector("canvas"))) {
    const { width, height } = canvas.getBoundingClientRect();
    const size = { width: Math.round(width * devicePixelRatio), height: Math.round(height * devicePixelRatio) };
    if (width && (canvas.width !== size.width || canvas.height !== size.height)) Object.assign(canvas, size);
  }
}

/** As many columns as there are films, unless films in rows come out clearly larger. */
function columns({ stage, panes, reference }) {
  const count = panes.length;
  const { clientWidth, clientHeight } = stage;
  const size = (across) => {
    return fitScale({ width: clientWidth / across, height: clientHeight / Math.ceil(count / across) }, reference);
  };
  return size(2) > 1.15 * size(count) ? 2 : count;
}
