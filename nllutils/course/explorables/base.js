// The frame of every figure: sliders, picture, numbers, and a sentence that says what the picture shows.
// A figure is { draw(state, words), actions }. `draw` is a pure function that returns the picture in data units,
// the numbers by name, and the name of the sentence; `words` has the text for each of these names. The picture
// is a list of panels { x, y: [low, high], xTicks, yTicks, labels, area, marks }. Ticks are [value] or [value, text],
// `area` is [left, bottom, right, top] in shares of the whole, marks are [kind, role, points]. A point is [x, y] in
// "line", [x, y, radius] in "dots", two opposite corners [x, y, x, y] in "bars" and [x, y, text] in "text".

export function number(value, digits = 4) {
  if (typeof value === "string") return value;
  if (Number.isNaN(value)) return "—";
  if (!Number.isFinite(value)) return value < 0 ? "−∞" : "∞";
  const tiny = value !== 0 && Math.abs(value) < 0.5 * 10 ** -digits; // never 0.0000 for what is not 0
  return minus(tiny ? value.toExponential(2) : value.toFixed(digits));
}
const minus = (value) => String(value).replaceAll("-", "−");

export const range = (count, make) => Array.from({ length: count }, (_, i) => make(i));
export const sum = (values) => values.reduce((total, value) => total + value, 0);
export const logSoftmax = (logits) => {
  const most = Math.max(...logits), lse = most + Math.log(sum(logits.map((z) => Math.exp(z - most))));
  return logits.map((z) => z - lse);
};

const HEIGHT = 230;

// The only place where data become pixels: x to the right, y up. How far a text stands from its point says base.css.
function paint({ area: [a, b, c, d] = [0, 0, 1, 1], x: [left, right], y: [low, high], xTicks = [], yTicks = [], labels = ["", ""], marks }, width) {
  const x = (value) => 52 + (a + ((c - a) * (value - left)) / (right - left)) * (width - 68);
  const y = (value) => HEIGHT - 40 - (b + ((d - b) * (value - low)) / (high - low)) * (HEIGHT - 66);
  const shapes = {
    line: (role, ...points) => `<polyline class="${role}" points="${points.map(([a, b]) => [x(a), y(b)])}"/>`,
    dots: (role, [a, b, r = 6]) => `<circle class="${role}" cx="${x(a)}" cy="${y(b)}" r="${r}"/>`,
    bars: (role, [a, b, c, d]) => `<polygon class="${role}" points="${[x(a), y(b), x(c), y(b), x(c), y(d), x(a), y(d)]}"/>`,
    text: (role, [a, b, words]) => `<text class="${role}" x="${x(a)}" y="${y(b)}">${words}</text>`,
  };
  return [
    ...yTicks.map(([value]) => ["line", "grid", [[left, value], [right, value]]]),
    ["text", "left", yTicks.map(([value, words = minus(value)]) => [left, value, words])],
    ["text", "tick", xTicks.map(([value, words = minus(value)]) => [value, low, words])],
    ["text", "along", [[right, low, labels[0]]]], ["text", "up", [[left, high, labels[1]]]],
    ...marks,
  ].map(([kind, role, points]) => (kind === "line" ? shapes.line(role, ...points) : points.map((point) => shapes[kind](role, point)).join(""))).join("");
}

export function explore(figure, key, words, controls) {
  for (const root of document.querySelectorAll(`[data-explorable="${key}"]:not([data-live])`)) {
    root.dataset.live = "";
    begin(root, figure, words, controls);
  }
}

function begin(root, { draw, actions = {} }, words, controls) {
  const start = Object.fromEntries(Object.entries(controls).map(([name, { value }]) => [name, value]));
  let state = start, width = 640;

  const slider = (name, { low, step }) => `<input type="range" name="${name}" min="${low}" step="${step}">`;
  const choice = (name, options) => `<select name="${name}">${options.map((option, i) => `<option value="${i}">${option}</option>`).join("")}</select>`;
  const row = ([name, control]) => `<div class="row"><label><span>${words.controls[name]}</span>`
    + `${words.options?.[name] ? choice(name, words.options[name]) : slider(name, control)}</label><output aria-live="off"></output></div>`;
  const button = (name) => `<button type="button" value="${name}">${words.actions?.[name] ?? words.reset}</button>`;
  root.innerHTML = `<p><strong>${words.title}</strong></p><p class="question">${words.question}</p>${Object.entries(controls).map(row).join("")}`
    + `<p class="buttons">${[...Object.keys(actions), "reset"].map(button).join("")}</p>`
    + `<svg role="img" aria-label="${words.picture}" height="${HEIGHT}"></svg><dl></dl><p class="says" aria-live="polite"></p>`;
  const [svg, dl, says] = ["svg", "dl", ".says"].map((part) => root.querySelector(part));

  // A slider's number with the digits of its steps; between two steps, where a button may lead, with all.
  function shown(name) {
    const { step } = controls[name], steps = state[name] / step;
    return number(state[name], Math.abs(steps - Math.round(steps)) < 1e-6 ? (String(step).split(".")[1] ?? "").length : 4);
  }

  function settle() {
    for (const [name, { high }] of Object.entries(controls)) {
      const input = root.querySelector(`[name="${name}"]`), most = state[high] ?? high;
      state = { ...state, [name]: Math.min(state[name], most) };
      input.max = most;
      input.value = state[name];
      if (input.type === "range") input.closest(".row").querySelector("output").textContent = shown(name);
    }
  }

  function render() {
    settle();
    const { panels, numbers, sentence } = draw(state, words.marks);
    svg.innerHTML = panels.map((panel) => paint(panel, width)).join("");
    dl.innerHTML = Object.entries(words.numbers).map(([name, label]) => `<div><dt>${label}</dt><dd>${number(numbers[name])}</dd></div>`).join("");
    const said = words.says[sentence].replace(/{(\w+)}/g, (_, name) => name in numbers ? number(numbers[name]) : shown(name));
    if (says.innerHTML !== said) says.innerHTML = said; // what has not changed is not read out again
  }

  root.addEventListener("input", ({ target }) => {
    state = { ...state, trail: [], [target.name]: Number(target.value) };
    render();
  });
  root.addEventListener("click", ({ target }) => {
    if (target.type !== "button") return;
    state = actions[target.value]?.(state) ?? start;
    render();
  });
  render();
  // At the real width, as soon as there is one: what lies far off the screen is not laid out yet.
  new ResizeObserver(([{ contentRect }]) => {
    if (contentRect.width) [width] = [contentRect.width], render();
  }).observe(svg);
}
