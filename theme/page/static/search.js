// The search page: looks through the text of every page, which theme/search.py writes to search-index.js as
// { address: [[anchor, heading, text, names in code], ...], ... }, the page's own entry first.

const data = document.currentScript.dataset;
const field = document.querySelector("form.search input");
const found = document.getElementById("found");
const list = document.getElementById("results");
const advice = found.textContent;

// What Korean glues to a word, the longest first: particles, and the endings that make a noun a verb.
const ENDINGS = `
으로부터 에서부터 이라는 이라고 으로써 으로서 에게서 까지는 에서는 에서의 에서도 으로는 으로의 로부터 이라도 이라면 이란 이며 이고
라는 라고 라면 로써 로서 에서 에게 부터 까지 처럼 보다 마다 만큼 조차 마저 이나 이다 입니다 으로 에는 에도 에만 와의 과의 와는
과는 로는 로의 들을 들이 들은 들의 은 는 이 가 을 를 의 에 로 와 과 도 만 란 나 들 야
합니다 했습니다 됩니다 됐습니다 한다 된다 하다 되다 하는 되는 하면 되면 하고 되고 하여 되어 해서 돼서 하기 되기 하지 되지 할 될 한 된 해 돼
`.trim().split(/\s+/).sort((a, b) => b.length - a.length);
// What English puts at the end of a word; "loss" and "bias" have none of it.
const ENGLISH_ENDINGS = /(?:ies|ing|ed|(?<=ss|x|ch|sh)es|(?<![siu])s)$/;
const HANGUL = "[가-힣]";
const EXACT = 100, PAGE = 60, HEADING = 30, MOST_COUNTED = 10; // scores of a hit, by where it is
const BEFORE = 40, AFTER = 110, MOST_NAMES = 3; // letters of an excerpt around the hit; names from the code

const literal = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

const isKorean = (word) => /^[가-힣]+$/.test(word);

// The names that a heading has: "로그 우도 (log-likelihood)" is "로그우도" and "log-likelihood".
const squeeze = (text) => text.toLowerCase().replace(/\s+/g, "");
const namesOf = (heading) => heading.split(/[(),]/).map(squeeze).filter(Boolean);

// The word without its ending. A word to which the book itself glues a particle is whole: "정확도" has none. But
// "로짓에서는" has two, so that "로짓에서" is not whole.
function stem(word, book) {
  if (/^[a-z]{5,}$/.test(word)) return word.replace(ENGLISH_ENDINGS, "");
  const isWhole = isKorean(word) && !/(에서|에게|부터|까지|으로)$/.test(word)
    && new RegExp(`${korean(word)}[은는이가을를의](?!${HANGUL})`).test(book);
  if (isWhole || !/[가-힣]$/.test(word)) return word;
  const ending = ENDINGS.find((each) => word.endsWith(each) && /..$|[^가-힣]$/.test(word.slice(0, -each.length)));
  return ending ? word.slice(0, -ending.length) : word;
}

// Korean is found inside longer words, a single syllable only as a word of its own. Long compounds are found
// in parts, too: "로그우도" in "로그 우도".
function korean(word) {
  if (word.length === 1) return `(?<!${HANGUL})${word}(?=(?:${ENDINGS.join("|")})?(?!${HANGUL}))`;
  return word.length < 4 ? word : [...word].join("\\s?");
}

// Other words are found from the start of a word on, where `log_softmax` and `NLLLoss` have several starts. What
// PyTorch calls `nll_loss` and `NLLLoss` is one thing.
function foreign(word) {
  const cases = (letter) =>
    /[a-z]/.test(letter) ? `[${letter}${letter.toUpperCase()}]` : letter === "_" ? "_?" : literal(letter);
  const all = [...word].map(cases);
  const start = /^[a-z]/.test(word) ? `(?:(?<![A-Za-z])${all[0]}|${word[0].toUpperCase()})` : all[0];
  return (/^\d/.test(word) ? "(?<![\\d.])" : "") + start + all.slice(1).join("");
}

// How a hit of this word looks.
function hitOf(word, book) {
  const stemmed = stem(word, book);
  return new RegExp(isKorean(stemmed) ? korean(stemmed) : foreign(stemmed), "g");
}

function score(hit, [anchor, heading, text, code]) {
  const count = Math.min(MOST_COUNTED, (text.match(hit) ?? []).length) + (code.search(hit) >= 0);
  return count + (heading.search(hit) < 0 ? 0 : anchor ? HEADING : PAGE);
}

// The best entry of a page, or nothing if the page lacks a word.
function best([address, entries], hits, isNamed) {
  const scores = entries.map((entry) => hits.map((hit) => score(hit, entry)));
  if (!hits.every((_, i) => scores.some((row) => row[i]))) return [];
  const sums = scores.map((row, i) => row.reduce((a, b) => a + b) + (isNamed(entries[i]) ? EXACT : 0));
  const rank = Math.max(...sums);
  return [{ address, rank, page: entries[0][1], entry: entries[sums.indexOf(rank)] }];
}

// The hits to mark, and for each page that has all words its best entry, the best page first.
function search(query) {
  const book = Object.values(INDEX).flat(2).join("\n");
  const hits = query.split(/\s+/).map((word) => hitOf(word, book));
  const whole = [squeeze(query), squeeze(query.replace(/\S+$/, (word) => stem(word, book)))];
  const isNamed = ([, heading]) => namesOf(heading).some((name) => whole.includes(name));
  const results = Object.entries(INDEX).flatMap((page) => best(page, hits, isNamed));
  return [hits, results.sort((a, b) => b.rank - a.rank)];
}

// Append `text` to `element`, the hits marked.
function mark(element, text, hits) {
  let end = 0;
  for (const { 0: hit, index } of text.matchAll(new RegExp(hits.map((each) => each.source).join("|"), "g"))) {
    element.append(text.slice(end, index), Object.assign(document.createElement("mark"), { textContent: hit }));
    end = index + hit.length;
  }
  element.append(text.slice(end));
  return element;
}

// The text around the first hit of a word that the heading lacks, else how it begins; what stands in the code
// alone follows, by its name.
function excerpt([, heading, text, code], hits) {
  const lacking = hits.filter((hit) => heading.search(hit) < 0);
  const at = lacking.map((hit) => text.search(hit)).find((place) => place >= 0) ?? 0;
  const start = at < BEFORE ? 0 : text.indexOf(" ", at - BEFORE) + 1;
  const stop = at + AFTER < text.length ? text.lastIndexOf(" ", at + AFTER) : text.length;
  const inCode = (hit) => (text.search(hit) < 0 ? code.split(" ").filter((name) => name.search(hit) >= 0) : []);
  const names = lacking.flatMap(inCode).slice(0, MOST_NAMES).join(", ");
  const shown = (start ? "…" : "") + text.slice(start, stop) + (stop < text.length || names ? "… " : "") + names;
  return mark(document.createElement("p"), shown, hits);
}

function item({ address, page, entry }, hits) {
  const [anchor, heading] = entry;
  const link = document.createElement("a");
  link.href = document.documentElement.dataset.content_root + address + (anchor && `#${anchor}`);
  mark(link, anchor ? `${page} › ${heading}` : page, hits);
  const row = document.createElement("li");
  row.append(link, excerpt(entry, hits));
  return row;
}

function show() {
  const query = field.value.normalize("NFC").toLowerCase().trim();
  const [hits, results] = query ? search(query) : [[], []];
  list.replaceChildren(...results.map((result) => item(result, hits)));
  const message = results.length ? found.dataset.found : found.dataset.nothing;
  found.textContent = query ? message.replace("{}", results.length) : advice;
  const address = new URL(location);
  address.searchParams.set("q", field.value);
  field.defaultValue = field.value;
  history.replaceState(null, "", address);
}

// The index is larger than the page, and comes when there is something to look for.
let loading;
function load() {
  loading ??= new Promise((done) => {
    const script = document.createElement("script");
    script.src = data.index;
    script.addEventListener("load", done);
    document.head.append(script);
  });
  return loading;
}

// The default value, because WebKit returns to it when the reader comes back to the page.
field.defaultValue = new URLSearchParams(location.search).get("q") ?? "";
field.addEventListener("input", () => load().then(show));
field.form.addEventListener("submit", (event) => { event.preventDefault(); load().then(show); });
if (field.value) load().then(show); else field.focus();
