import { number, range } from "./base.js";

const MOST = 8000, FLOOR = -340; // where a product that is gone is drawn

function draw({ p, n }, words) {
  const double = p ** n, single = Math.fround(double);
  const looped = range(n, () => Math.fround(p)).reduce((product, factor) => Math.fround(product * factor), 1);
  const shown = (value) => (value ? number(value) : "0");
  const slope = Math.log10(p), last = Math.min(MOST, FLOOR / slope);
  const dot = (value, role, r) => ["dots", value ? role : "empty", [[n, value ? Math.log10(value) : FLOOR, r]]];
  return {
    panels: [{
      x: [0, MOST], y: [FLOOR, 10], xTicks: range(5, (i) => [i * 2000]), yTicks: [[0], [-45], [-324]], labels: ["n", words.power],
      marks: [
        ["line", "guide", [[0, 0], [last, last * slope]]],
        ["line", "guide", [[n, 10], [n, FLOOR]]],
        dot(double, "first", 8),
        dot(single, "second", 4),
      ],
    }],
    numbers: { double: shown(double), single: shown(single), looped: shown(looped), log: n * Math.log(p) },
    sentence: double ? (single ? "both" : "single") : "none",
  };
}

export const figure = { draw };
