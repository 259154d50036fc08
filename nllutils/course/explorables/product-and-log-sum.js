import { axes, number, range } from "./base.js";

const MOST = 8000;

function draw({ p, n }, width, words) {
  const double = p ** n, single = Math.fround(double);
  const looped = range(n, () => Math.fround(p)).reduce((product, factor) => Math.fround(product * factor), 1);
  const shown = (value) => (value ? number(value) : "0");
  const place = (value) => [n, Math.max(Math.log10(value), -340)]; // below the axis: the product is gone
  const { x, line, dot, picture } = axes(width, [0, MOST], [-340, 10], range(5, (i) => i * 2000), [0, -45, -324], "n", words.power);
  const slope = Math.log10(p), last = Math.min(MOST, -340 / slope);
  return {
    picture: picture + line([[0, 0], [last, last * slope]], "guide")
      + line([[n, 10], [n, -340]], "guide") + dot(...place(double), double ? "first" : "empty", 8) + dot(...place(single), single ? "second" : "empty", 4),
    numbers: { double: shown(double), single: shown(single), looped: shown(looped), log: n * Math.log(p) },
    sentence: double ? (single ? "both" : "single") : "none",
  };
}

export const figure = { draw };
