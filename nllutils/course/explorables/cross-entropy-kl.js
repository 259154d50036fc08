import { box, mul, number, sum, text } from "./base.js";

const WEATHER = [0.5, 0.3, 0.2];

function draw({ q0, q1, q2 }, width, words) {
  const forecast = [q0, q1, q2].map((share) => share / (q0 + q1 + q2));
  const entropy = -sum(WEATHER.map((p) => p * Math.log(p)));
  const kl = Math.max(0, sum(WEATHER.map((p, k) => p * Math.log(p / forecast[k]))));
  const possible = q0 + q1 + q2 > 0, left = 56, full = width - left - 60;
  const pair = (p, k) => text(0, 34 + k * 46, words.classes[k])
    + box(left, 14 + k * 46, p * full, 14, "empty") + text(left + p * full + 6, 26 + k * 46, p.toFixed(2))
    + (possible ? box(left, 30 + k * 46, forecast[k] * full, 14, "second") + text(left + forecast[k] * full + 6, 42 + k * 46, number(forecast[k], 2)) : "");
  const unit = (width - 20) / 3, h = entropy * unit;
  const stack = text(0, 168, `H(p) ${number(entropy)}`) + box(0, 176, h, 26, "first")
    + (possible ? text(h + 4, 168, `+ KL ${number(kl)}`) + box(h, 176, Math.min(kl * unit, width), 26, "warm") : "");
  return {
    picture: WEATHER.map(pair).join("") + stack + text(0, 222, words.key),
    numbers: { cross: entropy + kl, entropy, kl },
    sentence: !possible ? "nothing" : kl === Infinity ? "infinite" : kl < 1e-12 ? "equal" : "other",
  };
}

export const figure = { draw };
