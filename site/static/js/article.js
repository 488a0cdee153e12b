// What makes reading an article easier where there is script. Nothing here is needed: each link leads somewhere by itself.
"use strict";

// A video: the player comes into the page when the reader presses, and nothing is asked of its host before.
const play = (link) => {
  const player = document.createElement("iframe");
  player.src = link.dataset.player;
  player.title = link.dataset.title;
  player.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
  player.referrerPolicy = "strict-origin-when-cross-origin";
  player.allowFullscreen = true;
  link.closest(".video__stage").replaceChildren(player);
  player.focus();
};

// The address of the article, for the clipboard; where that is refused, the link does what links do.
const copy = async (link) => {
  const said = link.closest("ul").parentElement.querySelector("[role=status]");
  try {
    await navigator.clipboard.writeText(link.href);
    said.textContent = "The address is copied.";
  } catch {
    window.location.assign(link.href);
  }
};

document.addEventListener("click", (event) => {
  const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  const link = plain && event.target.closest("a[data-player], a[data-copy], button[data-print]");
  if (!link) {
    return;
  }
  event.preventDefault();
  if (link.dataset.player) {
    play(link);
  } else if (link.dataset.copy !== undefined) {
    copy(link);
  } else {
    window.print();
  }
});

for (const link of document.querySelectorAll("a[data-copy]")) {
  link.lastElementChild.textContent = "Copy the address";
}
for (const button of document.querySelectorAll("button[data-print]")) {
  button.closest("[hidden]").hidden = false;
}

// On paper every fold is open.
let opened = [];
window.addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("main details:not([open])")];
  opened.forEach((fold) => fold.setAttribute("open", ""));
});
window.addEventListener("afterprint", () => opened.forEach((fold) => fold.removeAttribute("open")));
