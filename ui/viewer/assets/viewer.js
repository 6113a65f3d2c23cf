// The viewer itself: what is shown, and drawing it. Python sends what the panes hold, the reader decides how they look.

const FRESH = Object.freeze({
  view: "side", other: 1, split: 0.5, playing: false, swapped: false, rate: 1, amplification: null,
  layers: Object.freeze({ saliency: false, lesion: false }), opacity: 0.7, words: true, look: WHOLE, window: PLAIN,
});
const remembered = new Map(); // key → { state, wishes, reference }: outlives a remount

class Viewer {
  constructor(section) {
    this.section = section;
    this.stage = section.querySelector(".stage");
    this.divider = section.querySelector(".divider");
    this.panes = [];
    this.shown = 0; // of the data on screen
    this.memory = { state: FRESH, wishes: {}, reference: null };
    listen(this);
    listenToBar(this);
    this.observer = new ResizeObserver(() => this.redraw());
    this.observer.observe(this.stage);
  }

  get state() { return this.memory.state; }
  get view() { return this.panes.length < 2 ? "side" : this.state.view; }
  get other() { return between(this.state.other, 1, this.panes.length - 1); }
  get figures() { return [...this.stage.querySelectorAll(".pane")]; }
  get canvas() { return this.figures[0].querySelector("canvas"); }
  get reference() { return this.panes[0].film; }

  /** The reader's choice, or the strongest that no change of a pixel exceeds. */
  get amplification() {
    const others = this.panes.filter((_, i) => this.comparable(i));
    const largest = Math.max(0, ...others.map(({ film }) => largestChange(film, this.reference)));
    return this.state.amplification ?? AMPLIFICATIONS.findLast((times) => times * largest <= 127) ?? 1;
  }

  comparable(index) { return index > 0 && sameSize(this.panes[index].film, this.reference); }
  subtracts(index) { return this.view === "difference" && this.comparable(index); }
  has(layer) { return this.panes.some((pane) => (layer === "saliency" ? pane.map : pane.lesion)); }
  percent() { return `${Math.round(place(this.canvas, this.reference, this.state.look).scale * 100)} %`; }

  /** Titles of the films that a pair view shows. */
  inWords() {
    const { title } = this.panes[this.other];
    if (this.view === "blink") return this.state.swapped ? title : this.panes[0].title;
    if (this.view === "swipe") return `${this.panes[0].title} left, ${title} right`;
    return this.panes.map((pane) => pane.title).join(", ");
  }

  /** Take new data; what is on screen stays until every plane of them is here. */
  async update({ key, panes, height, view, layers, turn }) {
    const decoded = await Promise.all(panes.map(async (pane) => {
      const planes = [pane.film, pane.map, pane.lesion].map((digest) => digest && planeOf(digest));
      const [film, map, lesion] = await Promise.all(planes);
      return { ...pane, film, map, lesion };
    }));
    if (turn < this.shown) return;
    this.shown = turn;
    if (!remembered.has(key)) remembered.set(key, this.memory);
    this.memory = remembered.get(key);
    this.panes = decoded;
    this.section.style.setProperty("--height", height);
    this.fill();
    this.set({ ...this.wishes(view, layers), ...this.newFilm() });
  }

  /** What Python asks for, where that changed since the last time. */
  wishes(view, layers) {
    const { wishes } = this.memory;
    const change = {};
    if (wishes.view !== view) Object.assign(change, { view, playing: false });
    if (wishes.layers !== layers.join()) {
      change.layers = { saliency: layers.includes("saliency"), lesion: layers.includes("lesion") };
    }
    this.memory.wishes = { view, layers: layers.join() };
    return change;
  }

  /** Another reference film starts as a whole, with its own window; an attack on the same film changes nothing. */
  newFilm() {
    const { reference } = this.memory;
    this.memory.reference = this.reference.digest;
    return reference && reference !== this.reference.digest ? { look: WHOLE, window: PLAIN, amplification: null } : {};
  }

  fill() {
    const template = this.section.querySelector("template").content.firstElementChild;
    const { figures, panes } = this;
    for (let i = figures.length; i < panes.length; i++) this.stage.insertBefore(template.cloneNode(true), this.divider);
    figures.slice(panes.length).forEach((figure) => figure.remove());
    this.stage.setAttribute("aria-label", `Films: ${this.panes.map((pane) => pane.title).join(", ")}`);
  }

  set(change) {
    const state = { ...this.state, ...change };
    const beats = state.playing !== this.state.playing || state.rate !== this.state.rate;
    this.memory.state = state;
    if (beats) this.beat();
    this.redraw();
  }

  beat() {
    clearInterval(this.timer);
    const { playing, rate } = this.state;
    if (playing) this.timer = setInterval(() => this.set({ swapped: !this.state.swapped }), 1000 / rate);
  }

  redraw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      if (this.panes.length && this.stage.clientWidth) this.draw();
    });
  }

  draw() {
    const { state, view, figures } = this;
    arrange(this);
    if (state.look !== WHOLE) this.memory.state = { ...state, look: bound(this.canvas, this.reference, state.look) };
    const table = windowTable(state.window);
    const changes = view === "difference" && differenceTable(this.amplification);
    figures.forEach((figure, i) => {
      showWords(this, figure, i);
      if (!figure.hidden) this.paint(figure.querySelector("canvas"), i, table, changes);
    });
    showBar(this);
    showKeys(this);
  }

  paint(canvas, index, table, changes) {
    const { layers, look, opacity } = this.state;
    const { film, map, lesion } = this.panes[index];
    if (this.subtracts(index)) paintFilm(canvas, film, look, changes, this.reference);
    else paintFilm(canvas, film, look, table);
    if (layers.saliency && map && !this.subtracts(index)) paintSaliency(canvas, film, map, look, opacity);
    if (layers.lesion && lesion) paintLesion(canvas, film, lesion, look);
  }

  say(text) {
    clearTimeout(this.saying);
    this.saying = setTimeout(() => { this.section.querySelector(".live").textContent = text; }, 250);
  }

  close() {
    this.observer.disconnect();
    this.set({ playing: false });
    cancelAnimationFrame(this.frame);
    clearTimeout(this.saying);
  }
}

const viewers = new WeakMap(); // where Streamlit mounted it → viewer

export default function ({ parentElement, data }) {
  if (!viewers.has(parentElement)) viewers.set(parentElement, new Viewer(parentElement.querySelector(".viewer")));
  const viewer = viewers.get(parentElement);
  viewer.update(data);
  return () => {
    viewer.close();
    viewers.delete(parentElement);
  };
}
