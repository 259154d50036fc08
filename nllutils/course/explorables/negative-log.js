import { range } from "./base.js";

const mul = (a, b) => a && b && a * b; // 0 · ∞ is 0 here, as 0 · log 0 is by convention
const loss = (p, share) => 0 - mul(share, Math.log(p)) - mul(1 - share, Math.log(1 - p));
const slope = (p, share) => mul(1 - share, 1 / (1 - p)) - mul(share, 1 / p);
const next = ({ p, share, rate }) => p - rate * slope(p, share);

function draw({ p, share, rate, trail = [] }, words) {
  const here = loss(p, share), tilt = slope(p, share), to = next({ p, share, rate }), finite = Number.isFinite(here);
  const reach = Math.min(0.08, Math.abs((5 - here) / tilt)), near = [Math.max(p - reach, 0), Math.min(p + reach, 1)];
  return {
    panels: [{
      x: [0, 1], y: [0, 5], xTicks: range(6, (i) => [i / 5]), yTicks: range(6, (i) => [i]), labels: ["p", words.loss],
      marks: [
        ["line", "first", range(399, (i) => (i + 1) / 400).map((value) => [value, loss(value, share)]).filter(([, value]) => value <= 5)],
        ["dots", "empty", trail.map((past) => [past, loss(past, share), 4])],
        ["line", "second", finite ? near.map((value) => [value, here + (value - p) * tilt]) : []],
        ["dots", "second", finite ? [[p, here]] : []],
      ],
    }],
    numbers: { here, tilt, to: finite ? to : NaN, steps: String(trail.length) },
    sentence: !finite ? "infinite" : to <= 0 || to >= 1 ? "outside" : Math.abs(tilt) < 0.005 ? "flat" : "inside",
  };
}

// A step that would leave the probabilities is not taken.
function step(state) {
  const to = next(state);
  return to > 0 && to < 1 ? { ...state, p: to, trail: [...(state.trail ?? []), state.p] } : state;
}

export const figure = { draw, actions: { step } };
