import { axes, mul, number, range } from "./base.js";

const loss = (p, share) => 0 - mul(share, Math.log(p)) - mul(1 - share, Math.log(1 - p));
const slope = (p, share) => mul(1 - share, 1 / (1 - p)) - mul(share, 1 / p);
const next = ({ p, share, rate }) => p - rate * slope(p, share);

function draw({ p, share, rate, trail = [] }, width, words) {
  const here = loss(p, share), tilt = slope(p, share), to = next({ p, share, rate });
  const { line, dot, picture } = axes(width, [0, 1], [0, 5], [0, 0.2, 0.4, 0.6, 0.8, 1], range(6, (i) => i), "p", words.loss);
  const curve = range(399, (i) => (i + 1) / 400).map((value) => [value, loss(value, share)]).filter(([, value]) => value <= 5);
  const near = [-0.08, 0.08].map((d) => [p + d, here + d * tilt]);
  const finite = Number.isFinite(here);
  return {
    picture: picture + line(curve, "first") + trail.map((past) => dot(past, loss(past, share), "empty", 4)).join("")
      + (finite ? line(near, "second") + dot(p, here, "second") : ""),
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
