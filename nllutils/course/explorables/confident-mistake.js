import { logSoftmax, number, range, sum } from "./base.js";

const length = (vector) => Math.hypot(...vector);

// Loss and length of its gradient in the logits [-gap, 0, 0], where the first class is the target.
function measure(gap) {
  const logProbs = logSoftmax([-gap, 0, 0]), probs = logProbs.map(Math.exp), error = [0 - probs[1] - probs[2], probs[1], probs[2]];
  const inner = sum(probs.map((p, k) => p * error[k]));
  return {
    probability: probs[0],
    ce: -logProbs[0],
    mse: sum(error.map((e) => e * e)) / 3,
    cePush: length(error),
    msePush: (2 / 3) * length(probs.map((p, k) => p * (error[k] - inner))),
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
