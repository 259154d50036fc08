// What the pages do in the browser. Everything on them can be read without this script.

const root = document.documentElement;
const words = document.body.dataset;

document.getElementById("theme").addEventListener("click", () => {
  root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
  try { localStorage.setItem("theme", root.dataset.theme); } catch { /* private window: not remembered */ }
});

// In a long list of contents the current page is in sight.
requestAnimationFrame(() => document.querySelector("#contents [aria-current]")?.scrollIntoView({ block: "nearest" }));

// Ctrl-K or ⌘K: find.
addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  const field = [...document.querySelectorAll("input[name=q]")].find((input) => input.checkVisibility());
  if (field) field.select(); else document.querySelector(".find").click();
});

// A button on every piece of code that copies it.
for (const code of document.querySelectorAll("article .cell_input pre, article details > div > .highlight > pre")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = words.copy;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent.trimEnd());
      button.textContent = words.copied;
    } catch { // refused: the reader can copy what is selected
      getSelection().selectAllChildren(code);
      button.textContent = words.selected;
    }
    setTimeout(() => { button.textContent = words.copy; }, 1500);
  });
  code.parentElement.append(button);
}

// Run the page's code here. What that takes is fetched when the reader asks for it, and not from disk.
const runHere = document.getElementById("run-here");
if (location.protocol === "file:") runHere?.remove();
runHere?.addEventListener("click", () => {
  runHere.disabled = true;
  import(new URL(runHere.dataset.script, location)).then((live) => live.start(), () => { runHere.disabled = false; }); // no network: try again
});

// What may be wider than the page can be reached by keyboard, to scroll it (theme/writer.py sees to it). Here those
// that do fit leave the round. Only what is laid out is measured: sections far off the screen are not (style.css).
const boxes = document.querySelectorAll("article :is([tabindex], :is(p, li):has(> .katex, > .together))");
function fit(box) {
  if (box.isContentEditable) return; // code that runs: live.js
  const wide = box.scrollWidth > box.clientWidth;
  for (const [name, value] of [["tabindex", "0"], ["role", "group"], ["aria-label", words.wide]])
    if (wide) box.setAttribute(name, value); else box.removeAttribute(name);
}
const resized = new ResizeObserver((entries) => entries.forEach(({ target }) => fit(target)));
function watch() {
  resized.disconnect();
  boxes.forEach((box) => resized.observe(box));
}
watch();
document.fonts.addEventListener("loadingdone", watch); // a formula grows with its font, its box does not

// Mark in the page's own list of contents the section that is being read.
const links = new Map([...document.querySelectorAll(".on-this-page a")].map((link) => [decodeURIComponent(link.hash), link]));
const sections = [...document.querySelectorAll("article > section > section")];
addEventListener("scroll", () => {
  const read = sections.findLast((section) => section.getBoundingClientRect().top < 150);
  const current = read && links.get(`#${read.id}`);
  links.forEach((link) => { link.ariaCurrent = link === current ? "true" : null; });
}, { passive: true });

// A list that is open over the page closes when the reader has chosen.
for (const list of document.querySelectorAll("[popover]"))
  list.addEventListener("click", (event) => {
    if (event.target.closest("a") && list.matches(":popover-open")) list.hidePopover();
  });

// On paper nothing is folded, and afterwards all is as the reader left it. Newer browsers have it from style.css.
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details:not([open])")];
  folded.forEach((details) => { details.open = true; });
});
addEventListener("afterprint", () => folded.forEach((details) => { details.open = false; }));
