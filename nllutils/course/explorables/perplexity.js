import { axes, box, number, sum, text } from "./base.js";

const BYTES = 9; // three for each of the three letters

// Bars as wide as a token has bytes and as high as it has bits for each of them: their area is all bits of the text.
function draw({ p0, p1, p2, cut }, width, words) {
  const tokens = cut ? [[p0 * p1, 6, "soft"], [p2, 3, "warm"]] : [[p0, 3, "soft"], [p1, 3, "empty"], [p2, 3, "warm"]];
  const losses = tokens.map(([p]) => -Math.log(p)), total = sum(losses), mean = total / losses.length, perByte = total / Math.LN2 / BYTES;
  const heights = losses.map((loss, k) => loss / Math.LN2 / tokens[k][1]);
  const top = 1.2 * Math.max(0.5, ...heights.filter(Number.isFinite));
  const { x, y, line, picture } = axes(width, [0, BYTES], [0, top], [0, 3, 6, 9], [0, 0.5, 1, 2].filter((v) => v < top), words.bytes, words.bits);
  const bars = tokens.map(([, bytes, kind], k) => {
    const from = sum(tokens.slice(0, k).map(([, before]) => before)), level = y(Math.min(heights[k], 0.95 * top));
    return [box(x(from), level, x(bytes) - x(0), y(0) - level, kind),
      text(x(from + bytes / 2), level - 6, `${words.tokens[cut][k]} ${number(losses[k] / Math.LN2, 2)}${words.unit}`, "halo middle")];
  });
  return {
    picture: picture + bars.map(([bar]) => bar).join("")
      + (perByte < Infinity ? line([[0, perByte], [BYTES, perByte]], "second") + text(width - 16, 13, words.mean, "end") : "")
      + bars.map(([, label]) => label).join(""),
    numbers: { probability: p0 * p1 * p2, total, mean, perplexity: Math.exp(mean), perByte },
    sentence: total === Infinity ? "infinite" : cut ? "subwords" : "letters",
  };
}

export const figure = { draw };
