// Counts a segment anew while its rule is put together. Without it the button “Count” does the same by hand.
const form = document.querySelector("[data-count-at]");
const output = form.querySelector("[data-count] b");
let last = 0;
let timer = 0;

async function count() {
  const mine = ++last;
  try {
    const answer = await fetch(form.dataset.countAt, { method: "POST", body: new FormData(form) });
    if (!answer.ok) return;
    const { number } = await answer.json();
    // An answer that comes late must not stand in the place of a later one.
    if (mine === last) output.textContent = number === null ? "–" : number.toLocaleString("en-GB");
  } catch {
    // Offline for a moment: the number stays, and the button is there.
  }
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(count, 300);
});
