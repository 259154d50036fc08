import { axes, range, text } from "./base.js";

const MOST = 4, BASELINE = Math.log(3);

// Mean NLL of a model whose logits are `gap` for the class it bets on and 0 for the two others, where `share` of its bets are right.
const nll = (gap, share) => Math.log1p(2 * Math.exp(-gap)) + (1 - share) * gap;

function draw({ gap, right }, width, words) {
  const share = right / 12, seen = nll(gap, 1), fresh = nll(gap, share), confidence = 1 / (1 + 2 * Math.exp(-gap));
  const top = 1.1 * Math.max(BASELINE, nll(MOST, share)), gaps = range(81, (i) => (i / 80) * MOST);
  const { y, line, dot, picture } = axes(width, [0, MOST], [0, top], [0, 1, 2, 3, 4], range(5, (v) => v).filter((v) => v < top), words.gap, words.nll);
  const curve = (part, kind) => line(gaps.map((value) => [value, nll(value, part)]), kind);
  return {
    picture: picture + line([[0, BASELINE], [MOST, BASELINE]], "guide") + curve(1, "first") + curve(share, "second")
      + dot(gap, seen, "first") + dot(gap, fresh, "second") + text(width - 20, y(BASELINE) - 6, "log 3", "halo end"),
    numbers: { seen, fresh, baseline: BASELINE, confidence, share },
    sentence: gap === 0 ? "start" : fresh > BASELINE ? "worse" : confidence > share ? "over" : "learning",
  };
}

export const figure = { draw };
