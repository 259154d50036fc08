import { HEIGHT, box, number, sum, text } from "./base.js";

const LOSSES = [0.1, 0.5, 2];

// As many copies of a patient as the weight says: the bars' area is the sum, their common width the divisor.
function draw({ w2, n0, n1, n2 }, width, words) {
  const widths = [n0, 5 * n1, w2 * n2], areas = widths.map((w, k) => w * LOSSES[k]);
  const total = sum(areas), weight = sum(widths), patients = n0 + n1 + n2, mean = total / weight;
  const x = (w) => 46 + (weight && w / weight) * (width - 62), y = (loss) => HEIGHT - 40 - loss * 66;
  const bar = (w, k) => box(x(sum(widths.slice(0, k))), y(LOSSES[k]), x(w) - x(0), y(0) - y(LOSSES[k]), ["soft", "empty", "warm"][k]);
  const level = `<polyline points="46,${y(mean)} ${width - 16},${y(mean)}"/>` + text(width - 20, y(mean) + (mean > 0.4 ? 17 : -6), words.mean + number(mean), "halo end");
  const grid = [0, 1, 2].map((v) => text(40, y(v) + 4, v, "end") + `<polyline class="grid" points="46,${y(v)} ${width - 16},${y(v)}"/>`).join("");
  const names = widths.map((w, k) => (w ? `${words.classes[k]} ${w}` : "")).filter(Boolean).join(" · ");
  return {
    picture: text(4, 13, words.loss) + grid + widths.map(bar).join("") + (weight ? level : "") + text(width - 16, HEIGHT - 14, words.width + names, "end"),
    numbers: { total, weight: String(weight), mean, perPatient: total / patients, patients: String(patients) },
    sentence: patients === 0 ? "nobody" : weight === 0 ? "weightless" : "some",
  };
}

export const figure = { draw };
