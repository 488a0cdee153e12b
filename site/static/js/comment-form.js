// What makes writing a comment easier where there is script. Nothing here is needed: the form works by itself.
"use strict";

(() => {
  const place = (article) => `comment-draft-${article}`;

  // The words of the reader, in this tab until they have arrived. A browser that refuses to keep them is no reason to stop.
  const read = (article) => {
    try {
      return JSON.parse(window.sessionStorage.getItem(place(article)));
    } catch {
      return null;
    }
  };
  const keep = (article, draft) => {
    try {
      if (draft) window.sessionStorage.setItem(place(article), JSON.stringify(draft));
      else window.sessionStorage.removeItem(place(article));
    } catch {
      // Full, or not allowed.
    }
  };

  // The page that says what becomes of a comment: it has arrived.
  for (const arrived of document.querySelectorAll("[data-comment-taken]")) {
    if (read(arrived.dataset.commentTaken)?.isSent) keep(arrived.dataset.commentTaken, null);
  }

  const form = document.querySelector("[data-comment-form]");
  if (!form) return;
  const article = form.dataset.commentForm;
  const { text, name } = form.elements;

  // ── The draft ──
  const write = (isSent) => {
    const draft = { text: text.value, name: name.value, isSent };
    keep(article, draft.text.trim() ? draft : null);
  };
  const restore = () => {
    const draft = read(article);
    if (!draft || text.value.trim() || "bound" in form.dataset) return;
    text.value = draft.text;
    name.value ||= draft.name;
    say("Your words from before are here again.");
  };
  const say = (words) => {
    const line = document.createElement("p");
    line.className = "hint";
    line.setAttribute("role", "status");
    text.closest(".field").append(line);
    line.textContent = words;
    text.addEventListener("input", () => line.remove(), { once: true });
  };
  form.addEventListener("input", () => write(false));
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && "sent" in form.dataset && !read(article)) {
      form.reset(); // back from the page that said it had arrived
    }
    delete form.dataset.sent;
  });

  // ── What is wrong, said before anything is sent ──
  const signs = (value) => [...value].length;
  const check = (field) => {
    const value = field.value.trim();
    const { required, invalid, longest, tooLong } = field.dataset;
    if (!value) return required;
    if (signs(value) > Number(longest)) return tooLong.replace("{n}", signs(value));
    return field.type === "email" && !/^[^\s@]+@[^\s@]+$/.test(value) ? invalid : "";
  };
  const mark = (field, words) => {
    const id = `${field.id}_error`;
    document.getElementById(id)?.remove();
    const described = new Set((field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
    described.delete(id);
    if (words) {
      described.add(id);
      const line = form.querySelector("[data-error-line]").content.cloneNode(true).firstElementChild;
      line.id = id;
      line.querySelector("[data-words]").textContent = words;
      field.before(line);
    }
    if (words) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
    field.setAttribute("aria-describedby", [...described].join(" "));
  };
  const fields = [text, name, form.elements.email];
  const forgive = () => {
    form.querySelector(".error-summary")?.remove();
    document.title = document.title.replace(/^Error: /, "");
  };
  const refuse = (wrong) => {
    forgive();
    const summary = form.querySelector("[data-error-summary]").content.cloneNode(true).firstElementChild;
    const [one, more] = summary.querySelectorAll("[data-one], [data-more]");
    (wrong.length > 1 ? one : more).remove();
    const list = summary.querySelector("ul");
    for (const [field, words] of wrong) {
      const link = document.createElement("a");
      link.href = `#${field.id}`;
      link.textContent = words;
      const item = document.createElement("li");
      item.append(link);
      list.append(item);
    }
    form.firstElementChild.after(summary);
    summary.focus();
    document.title = `Error: ${document.title}`;
  };
  const isGood = (asked) => {
    const wrong = asked.map((field) => [field, check(field)]).filter(([, words]) => words);
    asked.forEach((field) => mark(field, check(field)));
    if (wrong.length) refuse(wrong);
    else forgive();
    return !wrong.length;
  };
  fields.forEach((field) => {
    field.addEventListener("change", () => field.hasAttribute("aria-invalid") && mark(field, check(field)));
  });

  // ── The preview, without leaving the page ──
  const preview = async (button) => {
    const body = new URLSearchParams(new FormData(form));
    body.set(button.name, button.value);
    const answer = await fetch(form.action, { method: "POST", body });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const shown = page.getElementById("comment-preview");
    if (!shown) throw new Error("no preview");
    shown.removeAttribute("autofocus"); // it gets the focus below
    document.getElementById("comment-preview")?.remove();
    document.getElementById("comment-question")?.remove();
    document.getElementById("helplines")?.remove();
    // Without a question there is nothing to send as it is.
    const acts = document.adoptNode(page.querySelector("[data-comment-acts]"));
    form.querySelector("[data-comment-acts]").replaceWith(acts);
    acts.before(document.adoptNode(shown));
    const helplines = page.getElementById("helplines");
    if (helplines) shown.before(document.adoptNode(helplines));
    (helplines ?? shown).focus();
  };

  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    const isPreview = button?.name === "preview";
    if (!isGood(isPreview ? [text] : fields)) {
      event.preventDefault();
    } else if (isPreview && !("byHand" in form.dataset)) {
      event.preventDefault();
      preview(button).catch(() => {
        form.dataset.byHand = ""; // the page itself will tell what is the matter
        form.requestSubmit(button);
        delete form.dataset.byHand;
      });
    } else if (!isPreview) {
      form.dataset.sent = "";
      write(true);
    }
  });

  // ── A made-up name ──
  const FIRST = "Walking Humming Resting Singing Wandering Dreaming Swimming Gardening Knitting Climbing Dancing Reading";
  const THEN = "Willow Clover Heather Thistle Bramble Rowan Fennel Juniper Poppy Sorrel Lavender Hazel Meadow Larkspur Fern";
  const pick = (words) => words.split(" ")[Math.floor(Math.random() * words.split(" ").length)];
  for (const button of form.querySelectorAll("[data-suggest-name]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      name.value = `${pick(FIRST)} ${pick(THEN)}`;
      name.dispatchEvent(new Event("input", { bubbles: true }));
      mark(name, check(name));
      name.focus();
      name.select();
    });
  }

  restore();
  if ("bound" in form.dataset) {
    write(false);
    form.querySelector("[autofocus]")?.focus(); // where the address names a place, browsers do not do it themselves
  }
})();
