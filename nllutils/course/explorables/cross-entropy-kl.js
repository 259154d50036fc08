import { number, sum } from "./base.js";

const WEATHER = [0.5, 0.3, 0.2], MOST = 2.5;

// Kind of weather k is the row at y = -k; below, entropy and KL divergence in nats, end to end.
function draw({ p0, p1, p2 }, words) {
  const total = p0 + p1 + p2, forecast = total ? [p0, p1, p2].map((share) => share / total) : [];
  const entropy = -sum(WEATHER.map((q) => q * Math.log(q)));
  const kl = total ? Math.max(0, sum(WEATHER.map((q, k) => q * Math.log(q / forecast[k])))) : NaN;
  const bars = (values, low) => values.map((value, k) => [0, low - k, value, low + 0.3 - k]);
  const texts = (values, y) => values.map((value, k) => [value, y - k, number(value, 2)]);
  return {
    panels: [{
      area: [0, 0.36, 1, 1.14], x: [0, 1.1], y: [-2.5, 0.5],
      marks: [
        ["bars", "empty", bars(WEATHER, 0.05)],
        ["bars", "second", bars(forecast, -0.35)],
        ["text", "left", words.classes.map((name, k) => [0, -k, name])],
        ["text", "right", [...texts(WEATHER, 0.2), ...texts(forecast, -0.2)]],
      ],
    }, {
      area: [0, 0, 1, 0.3], x: [0, MOST], y: [-1, 2],
      marks: [
        ["bars", "first", [[0, 0, entropy, 1.1]]],
        ["bars", "warm", total ? [[entropy, 0, Math.min(entropy + kl, MOST), 1.1]] : []],
        ["text", "right", [[0, -0.7, words.key], [0, 1.6, `H(q) ${number(entropy)}`], ...(total ? [[entropy, 1.6, `+ KL ${number(kl)}`]] : [])]],
      ],
    }],
    numbers: { cross: entropy + kl, entropy, kl },
    sentence: !total ? "nothing" : kl === Infinity ? "infinite" : kl < 1e-12 ? "equal" : "other",
  };
}

export const figure = { draw };
