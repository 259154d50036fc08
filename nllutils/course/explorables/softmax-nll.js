import { box, number, range, softmax, sum, text } from "./base.js";

// Three rows: the probability as a bar from the left, the gradient as a bar to either side of its own zero.
function draw({ z0, z1, z2, target }, width, words) {
  const logits = [z0, z1, z2], probs = softmax(logits);
  const gradient = probs.map((p, k) => p - (k === target));
  const lse = Math.max(...logits) + Math.log(sum(logits.map((z) => Math.exp(z - Math.max(...logits)))));
  const left = 56, reach = (width - left - 64) / 2, zero = left + reach + 32 + reach / 2;
  const row = (k) => {
    const y = 44 + k * 60, length = Math.abs(gradient[k]) * (reach / 2);
    return text(0, y + 17, words.classes[k] + (k === target ? " ✓" : ""))
      + box(left, y, reach, 24, "empty") + box(left, y, probs[k] * reach, 24, "first")
      + text(left, y + 39, number(probs[k])) + box(zero - 1, y - 4, 2, 32, "ink")
      + box(gradient[k] < 0 ? zero - length : zero, y, length, 24, "second")
      + text(zero, y + 39, number(gradient[k]), "middle");
  };
  return {
    picture: text(left, 20, words.probability) + text(zero, 20, words.gradient, "middle") + range(3, row).join(""),
    numbers: { nll: lse - logits[target], probability: probs[target], baseline: Math.log(3), push: gradient[target], name: words.classes[target] },
    sentence: lse - logits[target] < Math.log(3) ? "better" : "worse",
  };
}

export const figure = { draw };
