// “Helpful” without leaving the page. Without script the button leads to a page that says what was counted.
"use strict";

const ask = async (button) => {
  const form = new FormData(button.form);
  if (button.getAttribute("aria-pressed") === "true") {
    form.set("take_back", "1");
  }
  const answer = await fetch(button.formAction, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams(form),
  });
  if (!answer.ok) {
    throw new Error(answer.statusText);
  }
  return answer.json();
};

const show = (button, { count, counted }) => {
  const words = button.querySelector("span");
  let number = words.querySelector(".num");
  if (!number) {
    number = document.createElement("span");
    number.className = "num";
    words.querySelector(".vh").before(" ", number);
  }
  number.textContent = count ? `(${count})` : "";
  button.setAttribute("aria-pressed", String(counted));
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[form=helpful]");
  if (!button || button.dataset.leave !== undefined) {
    return;
  }
  event.preventDefault();
  if (button.getAttribute("aria-busy") === "true") {
    return;
  }
  button.setAttribute("aria-busy", "true");
  try {
    show(button, await ask(button));
  } catch {
    button.dataset.leave = ""; // the server's own page says what is wrong
    button.form.requestSubmit(button);
  } finally {
    button.removeAttribute("aria-busy");
  }
});
