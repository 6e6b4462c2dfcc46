// What the browser adds: every page works without it.
"use strict";

const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

// an error summary, or the heading of a swapped list, is announced and reached
const summary = $("#errors");
if (summary) summary.focus();
document.addEventListener("htmx:after:swap", () => {
  const told = $("[data-announce]");
  if (told) $("#live").textContent = told.dataset.announce;
});

// nothing typed is left by accident
let touched = false;
$$("form[data-guard]").forEach((form) => {
  form.addEventListener("input", () => { touched = true; });
  form.addEventListener("submit", () => { touched = false; });
});
window.addEventListener("beforeunload", (event) => { if (touched) event.preventDefault(); });

// ticking
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-tick-all]")) {
    $$('input[name="ids"]').forEach((box) => { box.checked = event.target.checked; });
  }
  const count = $("[data-ticked]");
  if (count) count.textContent = `(${$$('input[name="ids"]:checked').length})`;
});

// the arrows go from box to box
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !event.target.matches('input[name="ids"]')) return;
  const boxes = $$('input[name="ids"]');
  const next = boxes[boxes.indexOf(event.target) + step];
  if (next) next.focus();
  event.preventDefault();
});

// copying
$$("[data-copy][hidden]").forEach((button) => { button.hidden = false; });
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(source ? source.textContent : button.dataset.copy);
  $("#live").textContent = button.dataset.copied || "Copié";
});

// an open menu closes with Escape, or when the focus leaves it
$$("details.who").forEach((menu) => {
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) { menu.open = false; $("summary", menu).focus(); }
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
});

// the session warns two minutes before it closes
const { idleEnds, ends, jeton } = document.body.dataset;
const dialog = $("#session-warning");
if (idleEnds && dialog) {
  let timer;
  const plan = (end) => {
    clearTimeout(timer);
    timer = setTimeout(() => dialog.showModal(), Math.max(0, Math.min(end, Date.parse(ends)) - Date.now() - 120000));
  };
  plan(Date.parse(idleEnds));
  $("#session-stay").addEventListener("click", async () => {
    const answer = await fetch("/rester", { method: "POST", body: new URLSearchParams({ _jeton: jeton }) });
    dialog.close();
    if (answer.ok) plan(Date.now() + 3600000);
    else window.location.assign("/connexion?motif=expiree");
  });
}
