// Ages count on, so that a page left open does not look fresh. The clock is read, not counted: laptops sleep.
"use strict";
(() => {
  const age = (s) => s < 120 ? `${s} s` : s < 7200 ? `${Math.floor(s / 60)} min` : s < 172800 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86400)} days`;
  const tick = (span) => { span.textContent = `${age(Math.floor((Date.now() - (span.born ??= Date.now() - span.dataset.age * 1000)) / 1000))} ago`; };
  setInterval(() => document.querySelectorAll("[data-age]").forEach(tick), 1000);
})();
