import { number, range, sum } from "./base.js";

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

function draw({ t, right0, right1 }, words) {
  const right = [right0, right1], { groups, ...numbers } = measure(t, right), accuracy = (right0 + right1) / 10;
  const best = range(96, (i) => 0.25 + i / 20).reduce((a, b) => (measure(b, right).nll < measure(a, right).nll ? b : a));
  return {
    panels: [{
      x: [0.5, 1], y: [0, 1], xTicks: range(6, (i) => [(i + 5) / 10]), yTicks: [[0], [0.5], [1]], labels: [words.confidence, words.accuracy],
      marks: [
        ["line", "guide", [[0.5, 0.5], [1, 1]]],
        ...groups.map(({ confidence, accuracy: height }) => ["line", "second", [[confidence, height], [confidence, confidence]]]),
        ["dots", "first", groups.map(({ confidence, accuracy: height, count }) => [confidence, height, 3 + count])],
      ],
    }],
    numbers: { ...numbers, accuracy, best: number(best, 2) },
    sentence: Math.abs(numbers.confidence - accuracy) < 0.005 ? "matched" : numbers.confidence > accuracy ? "over" : "under",
  };
}

export const figure = { draw };
