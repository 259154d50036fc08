import { number, range } from "./base.js";

// Two classes. The target's logit is behind by the gap: z = -gap is the logit of its probability.
// Each loss, and the size of its derivative in z.
function measure(gap) {
  const probability = 1 / (1 + Math.exp(gap)), rest = 1 / (1 + Math.exp(-gap));
  return {
    probability,
    ce: -Math.log(probability),
    mse: rest ** 2,
    cePush: rest,
    msePush: 2 * probability * rest ** 2,
  };
}

function draw({ gap }, words) {
  const here = measure(gap), point = (value, name) => [value, Math.log10(measure(value)[name])];
  const curve = (name, role) => [["line", role, range(105, (i) => point(-6 + i / 4, name))], ["dots", role, [point(gap, name)]]];
  return {
    panels: [{
      x: [-6, 20], y: [-10, 1.5], xTicks: range(6, (i) => [i * 5 - 5]), yTicks: [[0, "1"], ...[3, 6, 9].map((n) => [-n, `1e−${n}`])], labels: [words.gap, words.push],
      marks: [["line", "guide", [[gap, -10], [gap, 1.5]]], ...curve("cePush", "first"), ...curve("msePush", "second")],
    }],
    numbers: { ...here, times: number(here.cePush / here.msePush, 1) },
    sentence: gap > 0 ? "wrong" : gap < 0 ? "right" : "even",
  };
}

export const figure = { draw };
