import { number, range } from "./base.js";

const choose = (n, k) => range(k, (i) => (n - i) / (k - i)).reduce((product, factor) => product * factor, 1);

function draw({ n, k, p }, words) {
  const likelihood = (value) => choose(n, k) * value ** k * (1 - value) ** (n - k);
  const peak = k / n, most = likelihood(peak), here = likelihood(p);
  return {
    panels: [{
      x: [0, 1], y: [0, most * 1.1], xTicks: range(6, (i) => [i / 5]), yTicks: [[0], [most, number(most, 2)]], labels: ["p", words.likelihood],
      marks: [
        ["line", "guide", [[peak, 0], [peak, most]]],
        ["line", "first", range(401, (i) => [i / 400, likelihood(i / 400)])],
        ["line", "second", [[p, 0], [p, here]]],
        ["dots", "second", [[p, here]]],
      ],
    }],
    numbers: { here, peak, most, ratio: here / most, area: 1 / (n + 1) },
    sentence: here === 0 ? "impossible" : here === most ? "best" : "other",
  };
}

export const figure = { draw };
