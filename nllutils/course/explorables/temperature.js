import { axes, number, range, sum } from "./base.js";

// Ten predictions of one of two classes: four with confidence 0.95 and six with 0.6, of which some are right.
const GROUPS = [{ count: 4, logit: Math.log(19) }, { count: 6, logit: Math.log(1.5) }];

function measure(t, right) {
  // At none of the temperatures do the two groups fall into one of ten bins.
  const groups = GROUPS.map(({ count, logit }, k) => ({
    count, right: right[k], accuracy: right[k] / count, margin: logit / t, confidence: 1 / (1 + Math.exp(-logit / t)),
  }));
  const miss = (margin) => Math.log1p(Math.exp(-margin)); // -log of the confidence
  return {
    groups,
    nll: sum(groups.map(({ count, right, margin }) => right * miss(margin) + (count - right) * (margin + miss(margin)))) / 10,
    ece: sum(groups.map(({ count, confidence, accuracy }) => count * Math.abs(accuracy - confidence))) / 10,
    confidence: sum(groups.map(({ count, confidence }) => count * confidence)) / 10,
  };
}

function draw({ t, right0, right1 }, width, words) {
  const { groups, ...numbers } = measure(t, [right0, right1]), accuracy = (right0 + right1) / 10;
  const best = range(96, (i) => 0.25 + i / 20).reduce((a, b) => (measure(b, [right0, right1]).nll < measure(a, [right0, right1]).nll ? b : a));
  const { line, dot, picture } = axes(width, [0.5, 1], [0, 1], [0.5, 0.6, 0.7, 0.8, 0.9, 1], [0, 0.5, 1], words.confidence, words.accuracy);
  const points = groups.map(({ confidence, accuracy: height, count }) => line([[confidence, height], [confidence, confidence]], "second")
    + dot(confidence, height, "first", 3 + count)).join("");
  return {
    picture: picture + line([[0.5, 0.5], [1, 1]], "guide") + points,
    numbers: { ...numbers, accuracy, best: number(best, 2) },
    sentence: Math.abs(numbers.confidence - accuracy) < 0.005 ? "matched" : numbers.confidence > accuracy ? "over" : "under",
  };
}

export const figure = { draw };
