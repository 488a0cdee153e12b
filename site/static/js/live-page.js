// Keeps the numbers of a running dispatch or import fresh. Without it the page has a Refresh link that does the same.
const SECONDS = 5;

async function refresh(live) {
  const answer = await fetch(location.href, { headers: { "X-Requested-With": "fetch" } });
  if (!answer.ok) return live;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page.querySelector("[data-live]");
  // A button that is being used is not pulled away from under the finger.
  if (!next || live.contains(document.activeElement)) return live;
  live.replaceWith(next);
  return next;
}

async function keepFresh() {
  let live = document.querySelector("[data-live]");
  while (live && live.dataset.live === "moving") {
    await new Promise((wake) => setTimeout(wake, SECONDS * 1000));
    if (document.hidden) continue;
    try {
      live = await refresh(live);
    } catch {
      // Offline for a moment: the next look may succeed.
    }
  }
}

keepFresh();
