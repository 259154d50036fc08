import { logSoftmax, number, sum } from "./base.js";

// A batch of two rows as `NLLLoss` takes it: one entry of each row is picked, whatever the entries are.
function draw({ input, y0, y1, scale }, words) {
  const logits = [[2, 1, 0.1], [0.1, 2, 1]].map((row) => row.map((z) => z * scale)), logProbs = logits.map(logSoftmax);
  const rows = [logProbs, logProbs.map((row) => row.map(Math.exp)), logits][input], targets = [y0, y1];
  const losses = (table) => table.map((row, i) => -row[targets[i]]);
  const [row0, row1] = losses(rows), shown = (row0 + row1) / 2, honest = sum(losses(logProbs)) / 2;
  const total = sum(rows[0].map(Math.exp)); // the other row has the same entries in another order
  const most = Math.max(1, Math.abs(shown), honest);
  const cell = (row, column) => [column + 0.04, -row - 0.9, column + 0.96, -row - 0.1];
  const cells = (picked) => rows.flatMap((row, i) => row.flatMap((_, k) => ((k === targets[i]) === picked ? [cell(i, k)] : [])));
  return {
    panels: [{
      area: [0, 0.54, 1, 1], x: [0, 4], y: [-2, 0],
      marks: [
        ["bars", "empty", cells(false)],
        ["bars", "soft", cells(true)],
        ["text", "center", rows.flatMap((row, i) => [...row.map((x) => number(x)), `→ ${number([row0, row1][i])}`].map((entry, k) => [k + 0.5, -i - 0.5, entry]))],
        ["text", "above", [...rows[0].map((_, k) => [k + 0.5, 0, `${words.class} ${k}`]), [3.5, 0, words.loss]]],
        ["text", "left", rows.map((_, i) => [0, -i - 0.5, i + words.row])],
      ],
    }, {
      area: [0, 0, 1, 0.42], x: [-most, most], y: [0, 4], xTicks: [[0]],
      marks: [
        ["bars", "second", [[0, 2.1, shown, 3.1]]],
        ["bars", "first", [[0, 0.1, honest, 1.1]]],
        ["line", "ink", [[0, 0], [0, 4]]],
        ["text", "right", [[-most, 3.6, words.shown], [-most, 1.6, words.honest]]],
      ],
    }],
    numbers: { row0, row1, shown, honest, total: number(total, total < 1e4 ? 4 : 0) },
    sentence: ["logProbs", "probs", "logits"][input],
  };
}

export const figure = { draw };
