// A listbox: arrow keys move along the cases, Enter, Space or a click opens one.

const MOVES = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, Home: -Infinity, End: Infinity };
const cases = (strip) => [...strip.children];

function build({ id, image, label, sublabel, alt }) {
  const option = Object.assign(document.createElement("div"), { className: "case", role: "option" });
  option.dataset.id = id;
  option.setAttribute("aria-label", [label, sublabel, alt].filter(Boolean).join(". "));
  option.title = alt;
  const picture = Object.assign(new Image(), { src: image, alt: "", draggable: false });
  const words = Object.assign(document.createElement("div"), { className: "words" });
  for (const [name, text] of Object.entries({ label, sublabel })) {
    words.append(Object.assign(document.createElement("span"), { className: name, textContent: text }));
  }
  option.append(picture, words);
  return option;
}

function mark(strip, selected) {
  const options = cases(strip);
  for (const option of options) option.setAttribute("aria-selected", String(option.dataset.id === selected));
  const entry = options.find((option) => option.dataset.id === selected) ?? options[0];
  for (const option of options) option.tabIndex = option === entry ? 0 : -1;
}

export default function ({ parentElement, data, setTriggerValue }) {
  const strip = parentElement.querySelector(".strip");
  if (data.turn < (strip.turn ?? 0)) return;
  strip.turn = data.turn;
  strip.style.setProperty("--height", data.height);
  const content = JSON.stringify(data.items);
  if (strip.content !== content) {
    strip.content = content;
    strip.replaceChildren(...data.items.map(build));
  }
  mark(strip, data.selected);
  if (strip.selected !== data.selected) {
    strip.selected = data.selected;
    strip.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  const choose = (option) => {
    mark(strip, option.dataset.id);
    setTriggerValue("chosen", option.dataset.id);
  };
  strip.onclick = (event) => {
    const option = event.target.closest(".case");
    if (option) choose(option);
  };
  strip.onkeydown = (event) => {
    const options = cases(strip);
    const at = options.indexOf(event.target);
    if (at < 0) return;
    if (event.key === "Enter" || event.key === " ") choose(options[at]);
    else if (event.key in MOVES) options[Math.min(Math.max(at + MOVES[event.key], 0), options.length - 1)].focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
}
