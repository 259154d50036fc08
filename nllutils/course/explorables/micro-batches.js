import { number, range } from "./base.js";

function draw({ n0, n1, mean0, mean1 }, words) {
  const count = n0 + n1, naive = (mean0 + mean1) / 2, exact = (n0 * mean0 + n1 * mean1) / count;
  const same = Math.abs(naive - exact) < 1e-9;
  const level = (value, role) => ["line", role, [[0, value], [count, value]]];
  const sides = naive < exact ? ["under", "over"] : ["over", "under"]; // two labels never lie on each other
  return {
    panels: [{
      x: [0, count], y: [0, 5], yTicks: range(6, (i) => [i]), labels: [`${words.width}${n0} + ${n1}`, words.loss],
      marks: [
        ["bars", "soft", [[0, 0, n0, mean0]]],
        ["bars", "warm", [[n0, 0, count, mean1]]],
        level(naive, "second"),
        level(exact, "first"),
        ["text", sides[0], [[count, naive, words.naive + number(naive)]]],
        ["text", sides[1], [[count, exact, words.exact + number(exact)]]],
      ],
    }],
    numbers: { naive, exact, gap: same ? 0 : naive - exact, loud: number(n1 / n0, 2) },
    sentence: same ? "same" : "different",
  };
}

export const figure = { draw };
