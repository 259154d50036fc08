import { logSoftmax, number } from "./base.js";

// Class k is the row at y = -k: its probability in the left panel, its gradient, if asked for, in the right one.
function draw({ z0, z1, z2, target, gradient: asked }, words) {
  const logProbs = logSoftmax([z0, z1, z2]), probs = logProbs.map(Math.exp), nll = -logProbs[target];
  const gradient = probs.map((p, k) => p - (k === target));
  const bars = (values) => values.map((value, k) => [0, -k - 0.2, value, 0.2 - k]);
  return {
    panels: [{
      area: [0, -0.16, 0.56, 1], x: [0, 1], y: [-2.6, 0.4],
      marks: [
        ["bars", "empty", bars([1, 1, 1])],
        ["bars", "first", bars(probs)],
        ["text", "left", words.classes.map((name, k) => [0, -k, name + (k === target ? " ✓" : "")])],
        ["text", "right", [[0, 0.5, words.probability], ...probs.map((p, k) => [0, -k - 0.4, number(p)])]],
      ],
    }, ...(asked ? [{
      area: [0.64, -0.16, 1, 1], x: [-1, 1], y: [-2.6, 0.4],
      marks: [
        ["bars", "second", bars(gradient)],
        ...gradient.map((_, k) => ["line", "ink", [[0, -k - 0.25], [0, 0.25 - k]]]),
        ["text", "center", [[0, 0.5, words.gradient], ...gradient.map((g, k) => [0, -k - 0.4, number(g)])]],
      ],
    }] : [])],
    numbers: { nll, probability: probs[target], baseline: Math.log(3), name: words.classes[target] },
    sentence: nll < Math.log(3) ? "better" : "worse",
  };
}

export const figure = { draw };
