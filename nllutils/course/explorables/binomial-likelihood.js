import { axes, number, range } from "./base.js";

const choose = (n, k) => range(k, (i) => (n - i) / (k - i)).reduce((product, factor) => product * factor, 1);

function draw({ n, k, p }, width, words) {
  const likelihood = (value) => choose(n, k) * value ** k * (1 - value) ** (n - k);
  const peak = k / n, most = likelihood(peak), here = likelihood(p);
  const { line, dot, picture } = axes(width, [0, 1], [0, most * 1.1], [0, 0.2, 0.4, 0.6, 0.8, 1], [0, most], "p", words.likelihood, (v) => number(v, v && 2));
  const curve = range(401, (i) => [i / 400, likelihood(i / 400)]);
  return {
    picture: picture + line([[peak, 0], [peak, most]], "guide") + line(curve, "first") + line([[p, 0], [p, here]], "second") + dot(p, here, "second"),
    numbers: { here, peak, most, ratio: here / most, area: 1 / (n + 1) },
    sentence: here === 0 ? "impossible" : here === most ? "best" : "other",
  };
}

export const figure = { draw };
