// What counts on while a page lies open. The clock is read, not counted: laptops sleep.
"use strict";
(() => {
  // Ages count on, so that such a page does not look fresh.
  const age = (s) => s < 120 ? `${s} s` : s < 7200 ? `${Math.floor(s / 60)} min` : s < 172800 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86400)} days`;
  const tick = (span) => { span.textContent = `${age(Math.floor((Date.now() - (span.born ??= Date.now() - span.dataset.age * 1000)) / 1000))} ago`; };
  setInterval(() => document.querySelectorAll("[data-age]").forEach(tick), 1000);

  // Warn two minutes before the session ends.
  const warning = document.getElementById("session-dialog");
  if (!warning) return;
  let end = Date.now() + document.body.dataset.sessionEndsIn * 1000;
  setInterval(() => { if (!warning.open && Date.now() > end - 120000) warning.showModal(); }, 1000);
  document.addEventListener("session:extended", (event) => {
    end = Date.now() + event.detail.seconds * 1000;
    warning.close();
  });
  // Refused: somebody has signed in again since, so this is not the session that ends. The page says so.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (!warning.contains(detail.elt) || detail.xhr.status < 400) return;
    end = Infinity;
    warning.close();
  });
})();
