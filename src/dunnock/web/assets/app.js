// What pages do at once where scripts run. Without this file every button and link works by itself.

const said = document.getElementById("said");
const say = (words) => {
  said.textContent = "";
  said.textContent = words;
};

// Acts: the button shows its new state before the server answers, and the old one again if it does not.

const flip = (button) => {
  const on = button.getAttribute("aria-pressed") === "true";
  const name = button.value.replace(/^un/, "");
  button.setAttribute("aria-pressed", String(!on));
  button.classList.toggle("on", !on);
  button.value = on ? name : `un${name}`;
  button.querySelector(".word").textContent = on ? button.dataset.off : button.dataset.on;
  const number = button.querySelector(".number");
  const count = Number(number?.dataset.count ?? NaN);
  if (!Number.isNaN(count)) {
    number.dataset.count = String(count + (on ? -1 : 1));
    number.textContent = number.dataset.count === "0" ? "" : number.dataset.count;
  }
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
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    if (answer.type !== "opaqueredirect" && !answer.ok) throw new Error(answer.status);
  } catch {
    flip(button);
    say(form.dataset.failed);
  } finally {
    button.removeAttribute("aria-disabled");
  }
});

// New posts are announced; nothing that is being read moves.

const fresh = document.getElementById("fresh");
if (fresh) {
  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(`/home/new?after=${fresh.dataset.after}`, { headers: { accept: "application/json" } });
      if (!answer.ok) return;
      const { count, words } = await answer.json();
      if (count > 0) {
        fresh.querySelector("a").textContent = words;
        fresh.hidden = false;
      }
    } catch {
      // the next look may find the connection again
    }
  };
  setInterval(look, 30_000);
  document.addEventListener("visibilitychange", look);
}

// Keys, as Mastodon has them. They can be switched off, and are never taken from fields or from keys with modifiers.

const keys = document.getElementById("keys");
const off = () => localStorage.getItem("keys") === "off";
if (keys) {
  const choice = keys.querySelector("input[name=keys]");
  choice.checked = !off();
  keys.querySelector("button").addEventListener("click", () => keys.close());
  choice.addEventListener("change", () => localStorage.setItem("keys", choice.checked ? "on" : "off"));
}
const posts = () => [...document.querySelectorAll("article.post")];
const here = () => document.activeElement?.closest("article.post");
const step = (by) => {
  const all = posts();
  const at = all.indexOf(here());
  const next = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
  next?.setAttribute("tabindex", "-1");
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
};
const press = (selector) => here()?.querySelector(selector)?.click();
const does = {
  j: () => step(1),
  k: () => step(-1),
  f: () => press(".act[value$=favourite]"),
  b: () => press(".act[value$=boost]"),
  r: () => press("a.act"),
  o: () => press(".when a"),
  n: () => location.assign("/publish"),
  s: () => (document.querySelector("input[type=search]") ?? { focus: () => location.assign("/search") }).focus(),
  "?": () => keys?.showModal(),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || event.isComposing) return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  if (off() && event.key !== "?") return;
  const act = does[event.key];
  if (act) {
    event.preventDefault();
    act();
  }
});
