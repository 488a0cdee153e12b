// Keeps the list "Before you publish" in step with the form: after each new preview, ask the server for the list anew.
(() => {
  let latest = 0;

  async function refresh() {
    const shown = document.querySelector("[data-article-findings]");
    const preview = document.querySelector("[data-w-preview-url-value]");
    if (!shown || !preview) return;
    const turn = (latest += 1);
    const url = new URL(preview.dataset.wPreviewUrlValue, window.location.href);
    url.searchParams.set("mode", "checks");
    url.searchParams.set("in_preview_panel", "true");
    const answer = await fetch(url, { credentials: "same-origin" });
    if (!answer.ok || turn !== latest) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-article-findings]");
    if (turn !== latest) return;
    // Without a list the server could not read the form: an old one, or one of an empty article, would be wrong.
    const away = document.querySelector("[data-article-findings-away]");
    if (fresh) shown.replaceChildren(...document.adoptNode(fresh).childNodes);
    else if (away) shown.replaceChildren(away.content.cloneNode(true));
  }

  document.addEventListener("w-preview:updated", () => {
    refresh().catch(() => {}); // the list stays as it was; the next preview tries again
  });
})();
