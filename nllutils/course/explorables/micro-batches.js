import { HEIGHT, box, number, text } from "./base.js";

function draw({ n0, n1, mean0, mean1 }, width, words) {
  const naive = (mean0 + mean1) / 2, exact = (n0 * mean0 + n1 * mean1) / (n0 + n1);
  const same = Math.abs(naive - exact) < 1e-9;
  const x = (n) => 46 + (n / (n0 + n1)) * (width - 62), y = (loss) => HEIGHT - 40 - loss * 33;
  const level = (value, kind) => `<polyline class="${kind}" points="46,${y(value)} ${width - 16},${y(value)}"/>`;
  const grid = [0, 1, 2, 3, 4, 5].map((v) => text(40, y(v) + 4, v, "end") + level(v, "grid")).join("");
  const apart = Math.abs(naive - exact) < 0.4 ? 8 : 0; // two labels never lie on each other
  const lower = naive < exact ? [14 + apart, -6] : [-6, 14 + apart];
  return {
    picture: text(4, 13, words.loss) + grid + box(x(0), y(mean0), x(n0) - x(0), y(0) - y(mean0), "soft") + box(x(n0), y(mean1), x(n1) - x(0), y(0) - y(mean1), "warm")
      + level(naive, "second") + text(width - 20, y(naive) + lower[0], words.naive + number(naive), "halo end")
      + level(exact, "first") + text(width - 20, y(exact) + lower[1], words.exact + number(exact), "halo end")
      + text(46, HEIGHT - 14, `${words.width}${n0} + ${n1}`),
    numbers: { naive, exact, gap: same ? 0 : naive - exact, loud: number(n1 / n0, 2) },
    sentence: same ? "same" : "different",
  };
}

export const figure = { draw };
