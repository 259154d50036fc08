// The frame of every figure: sliders, picture, numbers, and a sentence that says what the picture shows.
// A figure is { draw(state, width), actions }. `draw` is a pure function that returns the picture as SVG, the
// numbers by name, and the name of the sentence; `words` has the text for each of these names.

export const HEIGHT = 230;

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
export const mul = (a, b) => a && b && a * b; // 0 · ∞ is 0 here, as 0 · log 0 is by convention
export const softmax = (logits) => {
  const exps = logits.map((z) => Math.exp(z - Math.max(...logits)));
  return exps.map((e) => e / sum(exps));
};

export const text = (x, y, words, kind = "") => `<text class="${kind}" x="${x}" y="${y}">${words}</text>`;
export const box = (x, y, width, height, kind) =>
  `<rect class="${kind}" x="${x}" y="${y}" width="${Math.max(width, 0)}" height="${Math.max(height, 0)}"/>`;

// A pair of axes: `x` and `y` turn values into pixels, `picture` is the axes themselves.
export function axes(width, [left, right], [low, high], xTicks, yTicks, xLabel, yLabel, tickText = minus) {
  const x = (value) => 46 + ((value - left) / (right - left)) * (width - 62);
  const y = (value) => HEIGHT - 40 - ((value - low) / (high - low)) * (HEIGHT - 66);
  const line = (points, kind) => `<polyline class="${kind}" points="${points.map(([a, b]) => `${x(a)},${y(b)}`).join(" ")}"/>`;
  const dot = (a, b, kind, r = 6) => `<circle class="${kind}" cx="${x(a)}" cy="${y(b)}" r="${r}"/>`;
  const picture = yTicks.map((value) => line([[left, value], [right, value]], "grid") + text(40, y(value) + 4, tickText(value), "end")).join("")
    + xTicks.map((value) => text(x(value), HEIGHT - 22, minus(value), "middle")).join("")
    + text(width - 16, HEIGHT - 4, xLabel, "end") + text(4, 13, yLabel);
  return { x, y, line, dot, picture };
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
  // JupyterLab takes arrows and Enter for itself, except where this stands.
  root.querySelectorAll("input, select, button").forEach((control) => control.setAttribute("data-lm-suppress-shortcuts", "true"));
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
    const { picture, numbers, sentence } = draw(state, width, words.marks);
    svg.innerHTML = picture;
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
