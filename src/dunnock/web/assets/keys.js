// Keys, as Mastodon has them. They can be changed and switched off, and are never taken from fields or from keys with modifiers.

const dialog = document.getElementById("keys");
const kept = () => JSON.parse(localStorage.getItem("keys.map") ?? "{}");
const off = () => localStorage.getItem("keys") === "off";
const inputs = [...(dialog?.querySelectorAll("input[data-does]") ?? [])];

const posts = () => [...document.querySelectorAll("article.post")].filter((one) => one.checkVisibility?.() ?? true);
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
const go = (path) => () => location.assign(path);
const open = (all) => all.forEach((one) => (one.open = !one.open));
const me = document.body.dataset.me;
const does = {
  next: () => step(1),
  before: () => step(-1),
  favourite: () => press(".act[value$=favourite]"),
  boost: () => press(".act[value$=boost]"),
  bookmark: () => press(".act[value$=bookmark]"),
  reply: () => press("a.act"),
  open: () => press(".when a"),
  author: () => press(".by a"),
  media: () => press(".pictures a, .pictures video"),
  warning: () => open([...(here()?.querySelectorAll("details.warned") ?? [])]),
  write: go("/publish"),
  search: () => (document.querySelector("main input[type=search]") ?? { focus: go("/search") }).focus(),
  more: () => document.querySelector("nav.steps a[rel=next]")?.click(),
  fresh: () => document.querySelector("#fresh:not([hidden]) a")?.click(),
};
const places = {
  h: "/", n: "/notifications", l: "/explore", f: "/favourites", b: "/bookmarks", d: "/conversations", u: `/@${me}`, r: "/follow_requests", s: "/settings/profile", k: "/lists",
};

// The list of keys: each is a field of one letter.
const read = () => Object.fromEntries(inputs.map((one) => [one.value, one.dataset.does]));
const show = () => {
  const map = kept();
  for (const one of inputs) one.value = map[one.dataset.does] ?? one.defaultValue;
};
if (dialog) {
  show();
  const choice = dialog.querySelector("input[name=keys]");
  choice.checked = !off();
  choice.addEventListener("change", () => localStorage.setItem("keys", choice.checked ? "on" : "off"));
  dialog.querySelector("button[value=close]").addEventListener("click", () => dialog.close());
  dialog.querySelector("button[value=reset]").addEventListener("click", () => {
    localStorage.removeItem("keys.map");
    show();
  });
  dialog.addEventListener("input", (event) => {
    const one = event.target;
    if (!one.dataset.does) return;
    one.value = one.value.slice(-1);
    const taken = one.value === "" || one.value === "?" || one.value === "g" || inputs.some((other) => other !== one && other.value === one.value);
    one.setCustomValidity(taken ? dialog.dataset.taken : "");
    one.reportValidity();
    if (!taken) localStorage.setItem("keys.map", JSON.stringify(Object.fromEntries(inputs.map((each) => [each.dataset.does, each.value]))));
  });
}

let gone = -Infinity; // when g was pressed
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || event.isComposing) return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog, video, audio")) return;
  if (event.key === "?" && dialog) {
    event.preventDefault();
    dialog.showModal();
    return;
  }
  if (off()) return;
  if (event.timeStamp - gone < 1500 && places[event.key]) {
    event.preventDefault();
    gone = -Infinity;
    location.assign(places[event.key]);
    return;
  }
  gone = event.key === "g" ? event.timeStamp : -Infinity;
  const act = does[read()[event.key]];
  if (act) {
    event.preventDefault();
    act();
  }
});
