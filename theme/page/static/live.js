// The cells of a page become cells that run, when the reader asks for it. Python runs in live-worker.js.

const button = document.getElementById("run-here");
const words = JSON.parse(button.dataset.words);
const cells = [...document.querySelectorAll("article .cell")].map(makeCell).filter(Boolean);
let worker, running = Promise.resolve(), changed = false;

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// --- A cell: its code, its output, and both as the author left them ---

function makeCell(root) {
  const code = root.querySelector(".cell_input pre");
  if (!code) return null;
  const cell = { root, code, written: [...code.childNodes].map((node) => node.cloneNode(true)), hasRun: false };
  cell.output = root.querySelector(".cell_output") ?? element("div", { className: "cell_output" });
  cell.shown = outputs(cell);
  cell.picture = cell.output.querySelector("img");
  return cell;
}

// The answer to a prediction stands below the output and stays.
function outputs({ output }) {
  return [...output.children].filter((part) => !part.matches(".answer"));
}

function show(cell, parts) {
  outputs(cell).forEach((part) => part.remove());
  cell.output.prepend(...parts);
  if (parts.length && !cell.output.isConnected) cell.root.append(cell.output);
  if (!cell.output.childElementCount) cell.output.remove();
}

function showResult(cell, { text, html, pictures, failed }) {
  const parts = pictures.map((png) => element("img", {
    src: `data:image/png;base64,${png}`,
    alt: words.picture,
    className: cell.picture?.className ?? "on-paper", // as it is dressed in the dark
  }));
  if (html) parts.unshift(element("div", { className: "output text_html" }, document.createRange().createContextualFragment(html)));
  if (text) parts.unshift(element("div", { className: failed ? "output error" : "output" }, element("pre", { textContent: text, tabIndex: 0 })));
  show(cell, parts);
}

function makeEditable(cell, i) {
  const { code } = cell;
  code.contentEditable = "plaintext-only";
  const labels = { spellcheck: "false", role: "textbox", "aria-multiline": "true", "aria-label": `${words.code} ${i + 1}` };
  Object.entries(labels).forEach(([name, value]) => code.setAttribute(name, value));
  code.addEventListener("input", () => { changed = true; cell.hasRun = false; });
  code.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.shiftKey || event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    run(cell);
  });
  const play = element("button", { type: "button", className: "play", textContent: "▶", ariaLabel: `${words.run} ${i + 1}` });
  play.addEventListener("click", () => run(cell));
  code.parentElement.append(play);
}

// --- Python ---

// A Python that did not start is not started again before the reader asks for it.
function startPython() {
  if (worker) return;
  worker = new Worker(new URL("live-worker.js", import.meta.url), { type: "module" });
  worker.waiting = new Map();
  worker.addEventListener("message", ({ data }) => {
    if (data.step) say(words.steps[data.step - 1]);
    else if (data.broken) endPython(`${words.broken} ${data.broken}`);
    else worker.waiting.get(data.id)(data);
  });
  worker.addEventListener("error", ({ message }) => endPython(`${words.broken} ${message ?? ""}`));
}

function endPython(said) {
  worker?.terminate();
  worker = undefined;
  running = Promise.resolve();
  cells.forEach((cell) => { cell.hasRun = false; cell.root.ariaBusy = null; });
  say(said);
}

function execute(cell) {
  const id = cells.indexOf(cell);
  return new Promise((done) => {
    worker.waiting.set(id, done);
    worker.postMessage({ id, code: cell.code.textContent });
  });
}

// Run a cell, and before it what stands above it and has not run. The result that was asked for is unfolded.
function run(cell, unfolds = true) {
  startPython();
  const mine = worker;
  running = running.then(async () => {
    const due = [...cells.slice(0, cells.indexOf(cell)).filter((each) => !each.hasRun), cell];
    for (const [i, each] of due.entries()) {
      if (mine !== worker) return; // stopped
      say(due.length > 1 ? words.before.replace("{}", `${i + 1}/${due.length}`) : words.running);
      each.root.ariaBusy = "true";
      const result = await execute(each);
      each.root.ariaBusy = null;
      showResult(each, result);
      each.hasRun = !result.failed;
      if (result.failed) {
        if (each !== cell) each.root.scrollIntoView({ block: "nearest" });
        return say(words.failed);
      }
    }
    if (unfolds) cell.output.closest("details")?.setAttribute("open", "");
    say(words.done);
  });
  return running;
}

function stop() {
  endPython(words.stopped);
  startPython();
}

function reset() {
  if (changed && !confirm(words.sure)) return;
  endPython(words.fresh);
  startPython();
  for (const cell of cells) {
    cell.code.replaceChildren(...cell.written.map((node) => node.cloneNode(true)));
    show(cell, cell.shown);
  }
  changed = false;
}

// --- The strip at the foot of the page ---

const status = element("p", { role: "status" });
const say = (text) => { status.textContent = text; };

function tool(label, act) {
  const made = element("button", { type: "button", textContent: label });
  made.addEventListener("click", act);
  return made;
}

export function start() {
  document.getElementById("main").append(element("div", { className: "live", role: "group", ariaLabel: words.live }, status,
    tool(words.all, () => run(cells.at(-1), false)), tool(words.stop, stop), tool(words.reset, reset)));
  cells.forEach(makeEditable);
  document.documentElement.dataset.runs = "";
  button.remove();
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  startPython();
}
