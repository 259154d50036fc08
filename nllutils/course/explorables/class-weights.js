import { number, sum } from "./base.js";

const LOSSES = [0.1, 0.5, 2];

// As many copies of a patient as the weight says: the bars' area is the sum, their common width the divisor.
function draw({ w2, n0, n1, n2 }, words) {
  const widths = [n0, 5 * n1, w2 * n2], weight = sum(widths), patients = n0 + n1 + n2, right = weight || 1;
  const total = sum(widths.map((w, k) => w * LOSSES[k])), mean = total / weight;
  const bar = (w, k) => ["bars", ["soft", "empty", "warm"][k], w ? [[sum(widths.slice(0, k)), 0, sum(widths.slice(0, k + 1)), LOSSES[k]]] : []];
  const names = widths.map((w, k) => (w ? `${words.classes[k]} ${w}` : "")).filter(Boolean).join(" · ");
  return {
    panels: [{
      x: [0, right], y: [0, 2.4], yTicks: [[0], [1], [2]], labels: [words.width + names, words.loss],
      marks: [
        ...widths.map(bar),
        ["line", "ink", weight ? [[0, mean], [right, mean]] : []],
        ["text", mean > 0.4 ? "under" : "over", weight ? [[right, mean, words.mean + number(mean)]] : []],
      ],
    }],
    numbers: { total, weight: String(weight), mean, perPatient: total / patients, patients: String(patients) },
    sentence: patients === 0 ? "nobody" : weight === 0 ? "weightless" : "some",
  };
}

export const figure = { draw };
