import { axes, number, range, softmax, sum } from "./base.js";

const length = (vector) => Math.hypot(...vector);

// Loss and length of its gradient in the logits [-gap, 0, 0], where the first class is the target.
function measure(gap) {
  const probs = softmax([-gap, 0, 0]), error = [0 - probs[1] - probs[2], probs[1], probs[2]];
  const inner = sum(probs.map((p, k) => p * error[k]));
  return {
    probability: probs[0],
    ce: gap > 0 ? gap + Math.log(2 + Math.exp(-gap)) : Math.log1p(2 * Math.exp(gap)),
    mse: sum(error.map((e) => e * e)) / 3,
    cePush: length(error),
    msePush: (2 / 3) * length(probs.map((p, k) => p * (error[k] - inner))),
  };
}

function draw({ gap }, width, words) {
  const here = measure(gap), gaps = range(105, (i) => -6 + i / 4);
  const { line, dot, picture } = axes(width, [-6, 20], [-10, 1.5], [-5, 0, 5, 10, 15, 20], [0, -3, -6, -9], words.gap, words.push, (v) => (v ? `1e${v}` : "1").replace("-", "−"));
  const curve = (name, kind) => line(gaps.map((value) => [value, Math.log10(measure(value)[name])]), kind) + dot(gap, Math.log10(here[name]), kind);
  return {
    picture: picture + line([[gap, -10], [gap, 1.5]], "guide") + curve("cePush", "first") + curve("msePush", "second"),
    numbers: { ...here, times: number(here.cePush / here.msePush, 1) },
    sentence: gap > 0 ? "wrong" : gap < 0 ? "right" : "even",
  };
}

export const figure = { draw };
