// Counts anew whom an issue would go to when another part of the list is chosen. Without it “Count” does the same.
const form = document.querySelector("[data-reach-at]");
const shown = form.querySelector("[data-reach]");
const send = form.querySelector("[data-reach-send]");
let last = 0;

form.elements.segment.addEventListener("change", async () => {
  const mine = ++last;
  try {
    const answer = await fetch(`${form.dataset.reachAt}?${new URLSearchParams({ segment: form.elements.segment.value })}`);
    if (!answer.ok) return;
    const { number, html } = await answer.json();
    // An answer that comes late must not stand in the place of a later one.
    if (mine !== last) return;
    shown.innerHTML = html;
    send.textContent = `Go on with ${number.toLocaleString("en-GB")} reader${number === 1 ? "" : "s"}…`;
  } catch {
    // Offline for a moment: the number stays, and the button is there.
  }
});
