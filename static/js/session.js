// Warn two minutes before the session ends. The clock is read, not counted, because laptops sleep.
"use strict";
(() => {
  const warning = document.getElementById("session-dialog");
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
