import { range } from "./base.js";

const MOST = 4, BASELINE = Math.log(3);

// Mean NLL of a model whose logits are `gap` for the class it bets on and 0 for the two others, where `share` of its bets are right.
const nll = (gap, share) => Math.log1p(2 * Math.exp(-gap)) + (1 - share) * gap;

function draw({ gap, right }, words) {
  const share = right / 12, seen = nll(gap, 1), fresh = nll(gap, share), confidence = 1 / (1 + 2 * Math.exp(-gap));
  const top = 1.1 * Math.max(BASELINE, nll(MOST, share)), whole = range(5, (i) => [i]);
  const curve = (part) => range(81, (i) => (i / 80) * MOST).map((value) => [value, nll(value, part)]);
  return {
    panels: [{
      x: [0, MOST], y: [0, top], xTicks: whole, yTicks: whole.filter(([value]) => value < top), labels: [words.gap, words.nll],
      marks: [
        ["line", "guide", [[0, BASELINE], [MOST, BASELINE]]],
        ["line", "first", curve(1)],
        ["line", "second", curve(share)],
        ["dots", "first", [[gap, seen]]],
        ["dots", "second", [[gap, fresh]]],
        ["text", "over", [[MOST, BASELINE, "log 3"]]],
      ],
    }],
    numbers: { seen, fresh, baseline: BASELINE, confidence, share },
    sentence: gap === 0 ? "start" : fresh > BASELINE ? "worse" : confidence > share ? "over" : "learning",
  };
}

export const figure = { draw };
