// The queue by keyboard, and decisions without a reload. Without it each button is a form, and each form leads back.
const OFF = "comment-desk-keys-off";
const dialogs = { refuse: document.getElementById("desk-refuse"), keys: document.getElementById("desk-keys") };
const said = document.querySelector("[data-desk-said]");
const decided = []; // the last one is what “u” takes back: { row, after, undo }

const rows = () => [...document.querySelectorAll("[data-desk-row]")];
const current = () => document.activeElement?.closest("[data-desk-row]") ?? null;

function focusRow(row) {
  row?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const all = rows();
  const at = all.indexOf(current());
  focusRow(all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)]);
}

function say(words, undo) {
  said.replaceChildren(Object.assign(document.createElement("span"), { textContent: words }));
  if (!undo) return;
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Undo" });
  button.className = "button button-small button-secondary";
  button.addEventListener("click", takeBack);
  said.append(" ", button);
}

function showCounts(counts) {
  for (const [tab, count] of Object.entries(counts ?? {})) {
    const number = document.querySelector(`[data-tab="${tab}"] span`);
    if (number) number.textContent = count;
  }
}

// Answers {said, undo, counts, ok}; a machine in between may answer something else.
async function post(address, form) {
  try {
    const answer = await fetch(address, {
      method: "POST",
      body: form,
      headers: { "X-Requested-With": "XMLHttpRequest" },
    });
    return { ok: answer.ok, ...(await answer.json()) };
  } catch {
    return { ok: false, said: "That did not get through. Try once more, or reload the page." };
  }
}

function takeOut(row, undo) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  const tick = row.querySelector("[data-bulk-action-checkbox]");
  if (tick?.checked) tick.click(); // Wagtail's bar counts the ticked ones
  decided.push({ row, list: row.parentElement, after: row.previousElementSibling, undo });
  row.remove();
  if (next) focusRow(next);
  else location.reload(); // the page is done: show the next ones, or the word that there are none
}

async function decide(row, address, form) {
  if (row.getAttribute("aria-busy")) return false;
  row.setAttribute("aria-busy", "true");
  const answer = await post(address, form);
  row.removeAttribute("aria-busy");
  say(answer.said, answer.ok && answer.undo);
  if (!answer.ok) return false;
  showCounts(answer.counts);
  takeOut(row, answer.undo);
  return true;
}

async function takeBack() {
  const last = decided.pop();
  if (!last?.undo) return say("There is nothing to undo here.");
  const form = new FormData();
  form.set("csrfmiddlewaretoken", dialogs.refuse.querySelector("[name=csrfmiddlewaretoken]").value);
  const answer = await post(last.undo, form);
  say(answer.said);
  if (!answer.ok) return undefined;
  showCounts(answer.counts);
  if (last.list.isConnected) {
    if (last.after?.isConnected) last.after.after(last.row);
    else last.list.prepend(last.row);
  }
  return focusRow(last.row);
}

function askWhy(row) {
  const dialog = dialogs.refuse;
  dialog.querySelector("form").action = `${row.querySelector("[data-decide=refuse]").pathname}refuse/`;
  dialog.querySelector("[name=seen]").value = row.querySelector("[name=seen]").value;
  dialog.querySelector(".desk-dialog__about").textContent = row.dataset.about;
  dialog.querySelector(".desk-dialog__error").textContent = "";
  dialog.querySelector("form").reset();
  dialog.row = row;
  dialog.showModal();
}

async function refuse(event) {
  event.preventDefault();
  const { row } = dialogs.refuse;
  const form = event.target;
  const chosen = new FormData(form);
  if (!chosen.get("reason") && !chosen.get("own_words")?.trim()) {
    dialogs.refuse.querySelector(".desk-dialog__error").textContent =
      "Choose a reason or write one: the writer of the comment is told.";
    return;
  }
  dialogs.refuse.close();
  await decide(row, form.action, chosen);
}

function press(row, name) {
  const button = row?.querySelector(`[data-decide="${name}"]`);
  if (!button) return;
  if (name === "refuse") askWhy(row);
  else decide(row, button.formAction, new FormData(button.form));
}

const isOn = () => {
  if (dialogs.keys.dataset.keysOn !== "yes") return false;
  try {
    return localStorage.getItem(OFF) === null;
  } catch {
    return true;
  }
};

const keys = {
  j: () => move(1),
  k: () => move(-1),
  a: () => press(current(), "approve"),
  s: () => press(current(), "spam"),
  r: () => press(current(), "refuse"),
  u: takeBack,
  x: () => current()?.querySelector("[data-bulk-action-checkbox]")?.click(),
  "?": () => dialogs.keys.showModal(),
};

// Before Wagtail, which has its own window for “?”. No key acts while somebody writes or a window is open.
window.addEventListener(
  "keydown",
  (event) => {
    const action = keys[event.key];
    const inField = event.target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");
    const isHeld = event.ctrlKey || event.metaKey || event.altKey || event.repeat;
    if (!action || inField || isHeld || document.querySelector("dialog[open]") || !isOn()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    action();
  },
  true,
);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-decide]");
  if (button) {
    event.preventDefault();
    press(button.closest("[data-desk-row]"), button.dataset.decide);
  } else if (event.target.closest("[data-desk-help]")) dialogs.keys.showModal();
  else if (event.target.closest("[data-desk-close]")) event.target.closest("dialog").close();
});
dialogs.refuse.addEventListener("submit", refuse);

const toggle = dialogs.keys.querySelector("[data-desk-keys]");
toggle.checked = isOn();
toggle.disabled = dialogs.keys.dataset.keysOn !== "yes"; // switched off for the whole admin, in one's account
toggle.addEventListener("change", () => {
  try {
    if (toggle.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  } catch {
    // A browser that keeps nothing: the keys stay as they are.
  }
});

function showHelp() {
  document.querySelector("[data-desk-help]")?.removeAttribute("hidden");
}
document.addEventListener("w-swap:success", showHelp);
showHelp();
