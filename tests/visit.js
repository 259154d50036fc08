// What `tests/browsing.py` asks a page: what a reader sees of it, and what does not look as it should.
// `ask` first: what changes the page comes last.

const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const shows = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });

globalThis.ask = {
  // How many pixels the page is wider than the screen.
  tooWide: () => Math.max(0, document.documentElement.scrollWidth - innerWidth),

  // What scrolls sideways and cannot be reached by keyboard, or has no name.
  unreachable: () => all("article :is(pre, .scroll, .katex-display)")
    .filter((box) => box.checkVisibility() && box.scrollWidth > box.clientWidth && (box.tabIndex < 0 || !box.ariaLabel))
    .map((box) => box.innerText),

  // The text in bold, and all.
  boldAndAll: () => {
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), texts = ["", ""];
    while (walk.nextNode()) {
      texts[1] += walk.currentNode.data;
      if (getComputedStyle(walk.currentNode.parentElement).fontWeight >= 600) texts[0] += walk.currentNode.data;
    }
    return texts;
  },

  // The folded parts whose text shows before the reader opens them.
  spoilt: () => all("article details")
    .filter(({ children }) => [...children].some((each) => each.localName !== "summary" && each.checkVisibility()))
    .map((details) => details.innerText),

  // Text that is turned, faint or cut off; formulas of another size than the text, fractions on their heads.
  misshapen: () => {
    const faults = [];
    const say = (fault, { localName, className, textContent }) =>
      faults.push(`${fault}: ${localName}.${className} ${textContent.trim().slice(0, 60)}`);
    const hides = (overflow, content, box) => /hidden|clip/.test(overflow) && content > box + 4;
    for (const element of all("article :not(.headerlink, .copy, .katex-mathml, .katex-mathml *, svg *)")) {
      const style = getComputedStyle(element), { scrollWidth, clientWidth, scrollHeight, clientHeight } = element;
      if ([style.transform, style.rotate, style.scale].some((value) => value !== "none")) say("turned", element);
      if (style.opacity < 1) say("faint", element);
      if (!element.closest(".katex, svg") && (hides(style.overflowX, scrollWidth, clientWidth)
        || hides(style.overflowY, scrollHeight, clientHeight))) say("cut", element);
    }
    const size = (element) => parseFloat(getComputedStyle(element).fontSize);
    const sized = (element, least, most) => {
      const around = size(element.closest(".katex").parentElement), here = size(element);
      if (here < least * around || here > most * around) say(`${here} px in a text of ${around} px`, element);
    };
    all("article .katex").forEach((formula) => sized(formula, 1, 1.15));
    all("article .katex .hangul_fallback").filter((word) => !word.closest(".mtight")).forEach((word) => sized(word, 0.95, 1.05));
    const middle = (element) => { const { top, bottom } = element.getBoundingClientRect(); return top + bottom; };
    for (const fraction of all("article .mfrac")) {
      const parts = fraction.querySelector(".vlist").children; // KaTeX begins with the denominator
      if (middle(parts[0]) <= middle(parts[parts.length - 1])) say("on its head", fraction);
    }
    return faults;
  },

  // The pages before and after this one, as the reader is led there.
  neighbours: () => all(".neighbours a").filter(shows)
    .map((link) => [link.rel, link.pathname, link.textContent.replace(link.firstElementChild.textContent, "").trim()]),

  // What the buttons put into the clipboard, one after the other.
  copies: () => {
    const taken = [];
    navigator.clipboard.writeText = async (text) => { taken.push(text); };
    all("article .copy").forEach((button) => button.click());
    return taken;
  },

  // Follow each link to a section of the page: where the section is not at the top, or not marked as being read.
  astray: async () => {
    const found = [], frame = () => new Promise((done) => setTimeout(() => requestAnimationFrame(done), 50));
    for (const link of all("#on-this-page a").filter(shows)) {
      const target = document.getElementById(decodeURIComponent(link.hash).slice(1));
      link.click();
      await frame();
      const { top } = target.getBoundingClientRect(), end = innerHeight + scrollY > document.body.scrollHeight - 2;
      const marked = all("#on-this-page [aria-current]");
      if (Math.abs(top - 72) > 20 && !(end && top > 0)) found.push(`${link.textContent} is ${Math.round(top)} px down`);
      if (!end && !(marked.length === 1 && marked[0].parentElement.contains(link))) found.push(`${link.textContent} is not marked`);
    }
    return found;
  },

  // Open every folded part as a reader does, and let every picture come.
  unfold: async () => {
    all("article summary").forEach((each) => each.click());
    all("article img").forEach((each) => { each.loading = "eager"; });
    await Promise.all(all("article img").map((each) => each.decode().catch(() => {})));
  },

  // Put in the place of each formula that shows the TeX that it was made from.
  // The page then measures its boxes anew, as when a font has come.
  writeFormulasOut: () => {
    for (const formula of all("article .katex")) {
      const tex = formula.querySelector("annotation").textContent;
      formula.querySelector(".katex-mathml").remove();
      formula.querySelector(".katex-html").textContent = `$${tex}$`;
    }
    document.fonts.dispatchEvent(new Event("loadingdone"));
  },

  // Leave of each kind of token in code the first: hundreds alike would take axe as long as the rest of the page.
  thinCodeOut: () => {
    const seen = new Set();
    for (const token of all("article :is(pre, code, dt) span"))
      if (seen.has(token.className)) token.replaceWith(...token.childNodes); else seen.add(token.className);
  },

  // Put in the place of each picture that shows its alt text, of each figure that lives its name; take away what
  // no author wrote.
  namePictures: () => {
    for (const picture of all("article img")) {
      const name = picture.naturalWidth && shows(picture) && picture.width > 100 ? `[${picture.alt}]` : "";
      picture.replaceWith(Object.assign(document.createElement("span"), { textContent: name }));
    }
    for (const figure of all("article .explorable")) {
      const svg = figure.querySelector("svg"), words = all("dd, .says", figure);
      const lives = svg?.children.length && shows(svg) && words.every((each) => each.innerText.trim());
      figure.textContent = lives ? `[${figure.dataset.explorable}]` : "";
    }
    all("article :is(.headerlink, .copy, .section-number, .cell summary)").forEach((each) => each.remove());
  },

  // What axe objects to, each as its rule and the element.
  violations: async (rules) => {
    const { violations } = await axe.run({ runOnly: rules, resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`));
  },
};
