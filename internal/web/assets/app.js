// What the pages do beyond HTML: copy a code, open the menu on a small screen,
// print, and submit a form only once. Every page works without it.
import "htmx.org";
import "./passkey.js";

const on = (type, selector, act) =>
  document.addEventListener(type, (event) => {
    const found = event.target.closest?.(selector);
    if (found) act(found, event);
  });

on("click", "[data-copy]", async (button) => {
  await navigator.clipboard.writeText(button.dataset.copy);
  button.classList.add("is-copied");
  const said = document.getElementById("live");
  if (said) said.textContent = button.dataset.copied ?? "";
  setTimeout(() => button.classList.remove("is-copied"), 2000);
});

on("click", "[data-toggles]", (button) => {
  const target = document.getElementById(button.dataset.toggles);
  const open = target.classList.toggle("show");
  button.setAttribute("aria-expanded", String(open));
});

on("click", "[data-print]", () => window.print());

on("submit", "form[method=post]", (form, event) => {
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// A menu made of <details> closes on Escape and on a click elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
