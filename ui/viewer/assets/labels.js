// The words on each film: what it is, how the model reads it, and what the colours over it mean.

/** Words for a pane as it is shown now: { title, caption, verdict, detail, tag }. */
function wordsFor(viewer, index) {
  const pane = viewer.panes[index];
  if (viewer.view !== "difference" || index === 0) return pane;
  if (!viewer.comparable(index)) {
    return { ...pane, caption: `another size than ${viewer.panes[0].title}, so no difference` };
  }
  const change = largestChange(pane.film, viewer.reference);
  const size = change.toFixed(change < 1 ? 2 : 1).replace(/\.?0+$/, "");
  return {
    ...pane,
    title: `${pane.title}: change × ${viewer.amplification}`,
    caption: change ? `grey = unchanged; largest change ${size} of 255 grey levels` : "no pixel changed",
  };
}

function showWords(viewer, figure, index) {
  const words = wordsFor(viewer, index);
  const fill = (selector, text) => {
    const element = figure.querySelector(selector);
    if (element.textContent !== text) element.textContent = text;
    element.hidden = !text;
  };
  figure.dataset.tone = words.tone;
  fill(".tag", words.tag);
  fill(".name", words.title);
  fill(".caption", words.caption);
  fill(".verdict", words.verdict);
  fill(".detail", words.detail);
  fill(".method", words.mapTitle);
  figure.querySelector(".reading").hidden = !words.verdict && !words.detail;
  figure.querySelector(".legend").hidden = !(words.map && viewer.state.layers.saliency);
  figure.querySelector("canvas").setAttribute(
    "aria-label",
    [words.alt, words.title, words.caption, words.verdict, words.detail].filter(Boolean).join(". "),
  );
}
