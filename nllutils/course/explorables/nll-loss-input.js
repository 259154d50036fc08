import { box, number, softmax, sum, text } from "./base.js";

// A batch of two rows as `NLLLoss` takes it: one entry of each row is picked, whatever the entries are.
function draw({ input, y0, y1, scale }, width, words) {
  const logits = [[2, 1, 0.1], [0.1, 2, 1]].map((row) => row.map((z) => z * scale)), probs = logits.map(softmax);
  const logProbs = logits.map((row) => row.map((z) => z - Math.max(...row) - Math.log(sum(row.map((other) => Math.exp(other - Math.max(...row)))))));
  const rows = [logProbs, probs, logits][input], targets = [y0, y1];
  const losses = (table) => table.map((row, i) => -row[targets[i]]);
  const [row0, row1] = losses(rows), shown = (row0 + row1) / 2, honest = sum(losses(logProbs)) / 2;
  const total = sum(rows[0].map(Math.exp)); // the other row has the same entries in another order

  const cell = (width - 34 - 84) / 3, zero = width / 2, unit = (zero - 4) / Math.max(1, Math.abs(shown), honest);
  const row = (entries, i) => text(0, 43 + i * 38, i + words.row) + entries.map((x, k) =>
    box(34 + k * cell, 22 + i * 38, cell - 6, 32, k === targets[i] ? "soft" : "empty")
      + text(34 + (k + 0.5) * cell - 3, 43 + i * 38, number(x), "middle")).join("")
    + text(width, 43 + i * 38, `→ ${number([row0, row1][i])}`, "end");
  const bar = (loss, y, label, kind) => text(0, y - 7, label) + box(loss < 0 ? zero + loss * unit : zero, y, Math.abs(loss) * unit, 20, kind);
  return {
    picture: [0, 1, 2].map((k) => text(34 + (k + 0.5) * cell - 3, 14, `${words.class} ${k}`, "middle")).join("") + text(width, 14, words.loss, "end")
      + rows.map(row).join("") + bar(shown, 128, words.shown, "second") + bar(honest, 178, words.honest, "first")
      + box(zero - 1, 122, 2, 82, "ink") + text(zero, 222, "0", "middle"),
    numbers: { row0, row1, shown, honest, total: number(total, total < 1e4 ? 4 : 0) },
    sentence: ["logProbs", "probs", "logits"][input],
  };
}

export const figure = { draw };
