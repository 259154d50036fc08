import { number, range } from "./base.js";

const volume = (a, b) => a * a * b;

// On the left only a moves, on the right only b. The tangent on the left ends where it would leave the picture.
function draw({ a, b }, words) {
  const here = volume(a, b), da = 2 * a * b, db = a * a, grid = range(41, (i) => i / 10);
  const tangent = (from, to, place, slope) => [from, Math.min(to, 4)].map((value) => [value, here + (value - place) * slope]);
  const panel = (area, along, other, value, points, near, place) => ({
    area, x: [0, 4], y: [0, 64], xTicks: [[0], [2], [4]], yTicks: [[0], [20], [40], [60]],
    labels: [along, `${words.volume} (${other} = ${number(value, 1)})`],
    marks: [["line", "first", points], ["line", "second", near], ["dots", "second", [[place, here]]]],
  });
  return {
    panels: [
      panel([0, 0, 0.43, 1], "a", "b", b, grid.map((x) => [x, volume(x, b)]), tangent(Math.max(a - 0.8, a / 2), a + 0.8, a, da), a),
      panel([0.57, 0, 1, 1], "b", "a", a, grid.map((x) => [x, volume(a, x)]), tangent(Math.max(b - 0.8, 0), b + 0.8, b, db), b),
    ],
    numbers: { here, da, db },
    sentence: Math.abs(da - db) < 1e-9 ? "same" : da > db ? "a" : "b",
  };
}

export const figure = { draw };
