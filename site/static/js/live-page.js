// Keeps the numbers of a running dispatch or import fresh. Without it the page has a Refresh link that does the same.
// Inside [data-live], each [data-part] is renewed by itself; without parts, all of it is one.
const SECONDS = 5;
const LONGEST = 60; // between two tries while no answer comes

const note = document.querySelector("[data-live-note]");
let said = "";

// A part in which somebody is, or has opened something, is not pulled away from under the finger.
function isInUse(part) {
  return part.contains(document.activeElement) || part.querySelector("details[open]") !== null;
}

function renew(old, next) {
  if (old.outerHTML === next.outerHTML || isInUse(old)) return;
  old.replaceWith(next);
}

function take(live, next) {
  const parts = [...next.querySelectorAll("[data-part]")];
  const olds = [...live.querySelectorAll("[data-part]")];
  const sameParts = parts.map((part) => part.dataset.part).join() === olds.map((part) => part.dataset.part).join();
  if (!parts.length || !sameParts) {
    if (isInUse(live)) return live;
    live.replaceWith(next);
    return next;
  }
  olds.forEach((old, at) => renew(old, parts[at]));
  live.dataset.live = next.dataset.live;
  return live;
}

// A region that stays in the page, so that a screen reader tells what is new in it, and only that.
function speak(words) {
  if (!words || words === said) return;
  const voice = document.querySelector("[data-live-voice]");
  if (voice && said) voice.textContent = words;
  said = words;
}

function tell(words, { href = "", label = "" } = {}) {
  if (!note) return;
  note.hidden = !words;
  const text = note.querySelector("p");
  text.textContent = words;
  if (href) {
    const link = Object.assign(document.createElement("a"), { href, textContent: label });
    text.append(" ", link);
  }
}

// Returns the element to watch from now on, or null when there is nothing more to wait for.
async function refresh(live) {
  const answer = await fetch(location.href, { headers: { "X-Requested-With": "fetch" } });
  const isLost = answer.status === 401 || answer.status === 403 || (answer.redirected && new URL(answer.url).pathname !== location.pathname);
  if (isLost) {
    tell("You were signed out, so these numbers stand still. Sending goes on.", { href: location.href, label: "Sign in again" });
    return null;
  }
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page.querySelector("[data-live]");
  if (!next) return live;
  tell("");
  speak(next.dataset.say);
  return take(live, next);
}

async function keepFresh() {
  let live = document.querySelector("[data-live]");
  let seconds = SECONDS;
  said = live?.dataset.say ?? "";
  while (live && live.dataset.live === "moving") {
    await new Promise((wake) => setTimeout(wake, seconds * 1000));
    if (document.hidden) continue;
    try {
      live = await refresh(live);
      seconds = SECONDS;
    } catch {
      // Offline for a moment, or the site is: ask less often until it answers.
      seconds = Math.min(2 * seconds, LONGEST);
      tell("The site does not answer at the moment. These numbers may be old; they are asked for again.");
    }
  }
}

keepFresh();
