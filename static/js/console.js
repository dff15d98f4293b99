// Everything the pages do beyond plain links and forms. Hooks are data- attributes; text only goes in as textContent.
"use strict";
(() => {
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const dialog = byId("dialog");
  let opener = []; // ids of the link that opened the dialog and of its card: either may be swapped meanwhile
  let paused = false;
  root.classList.add("js");

  const announce = (text) => {
    const region = byId("announcer");
    region.textContent = "";
    setTimeout(() => { region.textContent = text; }, 50); // the same words twice are a change only after a gap
  };

  // In the dialog a refusal stands above what was typed, which stays.
  const refusal = byId("dialog-refusal");
  const complain = (text) => {
    const box = byId("complaint").content.cloneNode(true);
    box.querySelector("p").textContent = text;
    if (!dialog.open) return byId("messages").prepend(box);
    box.querySelector("[data-dismiss]").remove();
    refusal.replaceChildren(box);
    refusal.focus();
  };

  // Typed words keep the submit button shut until they match; the server checks them too.
  const gate = (scope) => scope.querySelectorAll("[data-typed-word]").forEach((input) => {
    input.form.querySelector("[type=submit]").disabled = input.value.trim() !== input.dataset.typedWord;
  });
  const hold = (form) => {
    form.dataset.sent = "yes";
    form.querySelectorAll("[type=submit]").forEach((button) => { button.disabled = true; });
  };
  const release = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[type=submit]").forEach((button) => { button.disabled = false; });
    gate(form);
  };
  const isPost = (element) => element instanceof HTMLFormElement && element.method === "post";

  const showDialog = () => {
    const body = byId("dialog-body");
    refusal.replaceChildren();
    byId("dialog-title").textContent = body.querySelector("[data-dialog-title]")?.dataset.dialogTitle ?? "Confirm";
    if (!dialog.open) dialog.showModal();
    const wanted = ["[data-dialog-focus]", ".error-summary", "input:not([type=hidden]), select, textarea", "[data-dialog-close]"];
    wanted.map((selector) => body.querySelector(selector)).find(Boolean)?.focus();
    gate(body);
  };

  // Focus must never be lost: back to the link, else to its card, else to the page.
  const comeBack = (ids) => {
    const place = ids.map(byId).find(Boolean) ?? byId("main");
    if (place.tabIndex < 0) place.tabIndex = -1;
    place.focus({ preventScroll: true }); // the message above should stay in sight
  };

  const copy = async (button) => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.classList.add("copied");
      setTimeout(() => button.classList.remove("copied"), 2000);
      announce("Copied");
    } catch { // no clipboard here (plain HTTP) or not allowed: leave the text selected
      getSelection().selectAllChildren(button.previousElementSibling ?? button.parentElement);
      announce("Selected. Press Control or Command and C to copy");
    }
  };

  const showPause = () => document.querySelectorAll("[data-poll-pause]").forEach((button) => { button.ariaPressed = paused; });

  document.addEventListener("click", (event) => { // a new tab is wanted: htmx must not see the click
    if ((event.ctrlKey || event.metaKey) && event.target.closest("a[hx-get]")) event.stopPropagation();
  }, true);
  document.addEventListener("click", (event) => {
    const hook = event.target.closest("[data-copy], [data-dismiss], [data-poll-pause], dialog [data-dialog-close]");
    if (!hook) return;
    if ("copy" in hook.dataset) copy(hook);
    if ("dialogClose" in hook.dataset) { event.preventDefault(); hook.closest("dialog").close(); }
    if ("dismiss" in hook.dataset) { hook.closest(".message").remove(); byId("main").focus(); }
    if ("pollPause" in hook.dataset) {
      paused = !paused;
      showPause();
      announce(paused ? "Refresh paused" : "Refresh resumed");
    }
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!isPost(form) || event.defaultPrevented) return; // htmx has taken it: see htmx:beforeRequest
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => hold(form)); // afterwards, so that the button's own name and value are still sent
  });
  addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach(release); // the page may come back from the back-forward cache
    gate(document);
  });
  document.addEventListener("input", ({ target }) => { if (target.form) gate(target.form); });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || root.dataset.shortcuts === "off") return;
    if (event.target.closest("input, select, textarea, [contenteditable], dialog")) return;
    const hook = { "/": "[data-search]", "?": "[data-help]" }[event.key];
    if (!hook) return;
    event.preventDefault();
    document.querySelector(hook)?.focus();
    if (event.key === "?") document.querySelector(hook)?.click();
  });

  dialog.addEventListener("close", () => { [refusal, byId("dialog-body")].forEach((part) => part.replaceChildren()); comeBack(opener); });

  // A refresh must not take a word away that somebody is typing, nor a row that somebody has picked.
  const inUse = (card) => [...card.querySelectorAll("input, select")].some((field) => field === document.activeElement
    || field.value !== (field.defaultValue ?? field.value) || field.checked !== field.defaultChecked);

  document.addEventListener("htmx:beforeRequest", (event) => {
    const element = event.detail.elt;
    const polls = element.matches("[data-poll]");
    if (polls && (paused || document.hidden || dialog.open || inUse(element))) return event.preventDefault();
    if (element.matches("[data-dialog]")) opener = [element.id, element.closest("section[id]")?.id];
    if (isPost(element)) hold(element);
    if (!element.matches("form.confirm") || element.closest("dialog")) return;
    event.preventDefault(); // a confirmation on a page of its own stays a plain form: its answer is a page too
    element.submit();
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => { if (isPost(detail.elt)) release(detail.elt); });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "dialog-body") showDialog(); else gate(event.detail.target);
    if (event.detail.target === refusal) refusal.focus();
    showPause();
  });
  let focus = []; // ids of what has the focus and of its card, if anything has: a swap may take it away
  // A link into the dialog leads to a page that says what is wrong; a card that refreshes itself tries again.
  const speaksForItself = (element) => element.matches("[data-poll]") || (element.matches("[data-dialog]") && !dialog.open);
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const held = document.activeElement;
    focus = held === document.body ? [] : [held.id, held.closest("section[id]")?.id];
    const refused = detail.xhr.status >= 400 && detail.xhr.status < 500;
    if (!refused || !detail.xhr.getResponseHeader("HX-Retarget") || speaksForItself(detail.elt)) return;
    detail.shouldSwap = true; // the server's own words, at the place that it names
    detail.isError = false;
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (focus.length && !dialog.open && document.activeElement === document.body) comeBack(focus);
  });
  // The page of a store that fails says what was sent; a dialog shows its words.
  const said = (xhr) => [...new DOMParser().parseFromString(xhr.responseText, "text/html")
    .querySelectorAll("main h1, main p:not(.hint)")].map((part) => part.textContent.trim().replace(/\.$/, "")).join(". ");
  const failed = ({ type, detail: { elt: element, xhr } }) => {
    if (element.matches("[data-poll]")) return announce("Refresh failed; it will be tried again");
    if (speaksForItself(element)) return location.assign(element.href);
    if (type === "htmx:responseError" && xhr.status < 500) return complain(`This was refused (status ${xhr.status}), and nothing was sent. Reload the page to go on.`);
    const words = xhr?.status === 503 ? said(xhr) : "";
    if (words) { element.closest("dialog")?.close(); return complain(words); }
    if (!isPost(element)) return complain("This part of the page could not be loaded. Reload the page to try again.");
    element.closest("dialog")?.close();
    complain("The answer did not arrive. What you asked for may have been done: reload the page to see the state now.");
  };
  ["htmx:responseError", "htmx:sendError", "htmx:timeout"].forEach((name) => document.addEventListener(name, failed));
  document.addEventListener("dialog:close", () => dialog.close());
  document.addEventListener("announce", (event) => announce(event.detail.text));

  // htmx notes the page's address for itself and can do without: nothing of a gateway stays in the browser.
  const forget = () => { try { sessionStorage.removeItem("htmx-current-path-for-history"); } catch { /* switched off */ } };
  forget();
  document.addEventListener("htmx:pushedIntoHistory", forget);
})();
