// Lets the standings move as ballots come, and a receipt be copied. Without it the page is the same, but stands still.
"use strict";

function follow(section) {
  const source = new EventSource(section.dataset.events);
  source.addEventListener("standings", ({ data }) => move(section, JSON.parse(data)));
  source.addEventListener("open", () => (section.querySelector("[data-live]").hidden = false));
  addEventListener("pagehide", () => source.close());
}

function move(section, { ballots, nominees }) {
  const written = new Intl.NumberFormat(document.documentElement.lang);
  section.querySelector("[data-ballots]").textContent = written.format(ballots);
  const table = section.querySelector("tbody");
  if (!table || !nominees) return;
  const most = Math.max(1, ...nominees.map(({ votes }) => votes));
  const rows = new Map(Array.from(table.rows, (row) => [row.dataset.nominee, row]));
  const ordered = nominees.toSorted((one, other) => other.votes - one.votes || (one.id < other.id ? -1 : 1));
  ordered.forEach(({ id, votes }, place) => {
    const row = rows.get(id);
    row.lastElementChild.textContent = written.format(votes);
    row.querySelector("rect").setAttribute("width", Math.floor((1000 * votes) / most));
    if (table.rows[place] !== row) table.insertBefore(row, table.rows[place]);
  });
}

function offerCopy(button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
    button.textContent = button.dataset.done;
  });
}

document.querySelectorAll("[data-events]").forEach(follow);
document.querySelectorAll("[data-copies]").forEach(offerCopy);
