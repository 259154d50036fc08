import { number, sum } from "./base.js";

const BYTES = 9; // three for each of the three letters

// Bars as wide as a token has bytes and as high as it has bits for each of them: their area is all bits of the text.
function draw({ p0, p1, p2, cut }, words) {
  const tokens = cut ? [[p0 * p1, 6, "soft"], [p2, 3, "warm"]] : [[p0, 3, "soft"], [p1, 3, "empty"], [p2, 3, "warm"]];
  const losses = tokens.map(([p]) => -Math.log(p)), total = sum(losses), mean = total / losses.length, perByte = total / Math.LN2 / BYTES;
  const heights = losses.map((loss, k) => loss / Math.LN2 / tokens[k][1]);
  const top = 1.2 * Math.max(0.5, ...heights.filter(Number.isFinite));
  const bars = tokens.map(([, bytes, role], k) => {
    const from = sum(tokens.slice(0, k).map(([, before]) => before)), height = Math.min(heights[k], 0.95 * top);
    return [["bars", role, [[from, 0, from + bytes, height]]],
      ["text", "above", [[from + bytes / 2, height, `${words.tokens[cut][k]} ${number(losses[k] / Math.LN2, 2)}${words.unit}`]]]];
  });
  return {
    panels: [{
      x: [0, BYTES], y: [0, top], xTicks: [[0], [3], [6], [9]], yTicks: [[0], [0.5], [1], [2]].filter(([value]) => value < top), labels: [words.bytes, words.bits],
      marks: [
        ...bars.map(([bar]) => bar),
        ["line", "second", perByte < Infinity ? [[0, perByte], [BYTES, perByte]] : []],
        ["text", "over", perByte < Infinity ? [[BYTES, 1.06 * top, words.mean]] : []],
        ...bars.map(([, label]) => label),
      ],
    }],
    numbers: { probability: p0 * p1 * p2, total, mean, perplexity: Math.exp(mean), perByte },
    sentence: total === Infinity ? "infinite" : cut ? "subwords" : "letters",
  };
}

export const figure = { draw };
