// Says beside a field of an issue how long its words are, and whether an inbox shows them. Without it the help text does.
const FIELD = /\{ *(?:name|since) *(?:\|([^{}]*))?\}/g;

function describe(length, least, most) {
  const count = `${length} character${length === 1 ? "" : "s"}`;
  if (length === 0) return least > 1 ? `Best are ${least} to ${most} characters.` : `Up to ${most} characters show on a phone.`;
  if (length > most) return `${count}: the last ${length - most} may not show.`;
  if (length < least) return `${count}: room for ${least - length} more.`;
  return `${count}: fits.`;
}

for (const input of document.querySelectorAll("input[data-best-length]")) {
  const [least, most] = input.dataset.bestLength.split("-").map(Number);
  const hint = document.createElement("p");
  hint.className = "help";
  hint.id = `${input.id}-length`;
  const show = () => {
    const length = [...input.value.replace(FIELD, (_, otherwise) => otherwise ?? "").trim()].length;
    hint.textContent = describe(length, least, most);
    hint.classList.toggle("w-text-text-error", length > most);
  };
  input.after(hint);
  input.setAttribute("aria-describedby", [input.getAttribute("aria-describedby"), hint.id].filter(Boolean).join(" "));
  input.addEventListener("input", show);
  show();
}
