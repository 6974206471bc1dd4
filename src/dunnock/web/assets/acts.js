// Acts: the button shows its new state before the server answers, and the old one again if it does not.

import { say } from "./said.js";

const flip = (button) => {
  const on = button.getAttribute("aria-pressed") === "true";
  const name = button.value.replace(/^un/, "");
  button.setAttribute("aria-pressed", String(!on));
  button.classList.toggle("on", !on);
  button.value = on ? name : `un${name}`;
  button.querySelector(".word").textContent = on ? button.dataset.off : button.dataset.on;
  if (name === "bookmark") return;
  let number = button.querySelector(".number");
  if (!number) {
    number = Object.assign(document.createElement("span"), { className: "number" });
    number.dataset.count = "0";
    button.append(" ", number);
  }
  const count = Math.max(0, Number(number.dataset.count) + (on ? -1 : 1));
  number.dataset.count = String(count);
  number.textContent = count ? new Intl.NumberFormat(document.documentElement.lang).format(count) : "";
};

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  if (!form.matches("form.acts") || !button?.dataset.on) return;
  event.preventDefault();
  if (button.getAttribute("aria-disabled") === "true") return;
  const body = new URLSearchParams(new FormData(form));
  body.set("act", button.value);
  button.setAttribute("aria-disabled", "true");
  flip(button);
  try {
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual", headers: { accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
  } catch {
    flip(button);
    say(form.dataset.failed);
  } finally {
    button.removeAttribute("aria-disabled");
  }
});
