// The form that writes posts, where scripts run: it counts, keeps what was typed, offers names, and sends without leaving.

const form = document.querySelector("form.composer");
const text = form?.elements.text;

// How long a post is, as the server counts: links are 23, a name of another server counts without it.
const LINK = /(^|[^\p{L}\p{N}_/.])https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]]/giu;
const HANDLE = /(^|[^\p{L}\p{N}_/])(@[\p{L}\p{N}_]+)@[\p{L}\p{N}.:-]+[\p{L}\p{N}]+/giu;
export const lengthOf = (words) =>
  [...new Intl.Segmenter("en", { granularity: "grapheme" }).segment(words.replace(LINK, "$1" + "x".repeat(23)).replace(HANDLE, "$1$2"))].length;

const said = (words) => {
  form.querySelector(".count").textContent = words;
};

// Counting: always shown, spoken only near the end.

const most = Number(form?.dataset.most);
const count = () => {
  const left = most - lengthOf(text.value) - [...(form.elements.warning?.value ?? "")].length;
  const line = form.querySelector(".count");
  line.setAttribute("aria-live", left < 50 ? "polite" : "off");
  line.classList.toggle("wrong", left < 0);
  said(form.dataset.left.replace("{}", left));
};

// Who will see it: said below the choice, with the names where only those see it.

const NAME = /(?<![\p{L}\p{N}_/@.])@[\p{L}\p{N}_]+(?:@[\p{L}\p{N}.:-]*[\p{L}\p{N}])?/giu;
const audience = () => {
  const line = form.querySelector(".audience");
  if (!line) return;
  const names = [...new Set(text.value.match(NAME) ?? [])];
  const chosen = form.elements.visibility.value;
  line.textContent = chosen !== "direct" ? line.dataset[chosen] : names.length ? line.dataset.direct.replace("{}", names.join(" ")) : line.dataset.nobody;
};

// Keeping: what was typed stays in this browser until it is posted.

const edits = () => form.getAttribute("action").startsWith("/posts/");
const place = () => `draft ${document.body.dataset.me ?? ""} ${edits() ? form.getAttribute("action") : ""} ${form.elements.reply_to_id?.value ?? ""} ${form.elements.draft_id?.value ?? ""}`;
const keep = () => {
  try {
    if (text.value.trim()) localStorage.setItem(place(), JSON.stringify({ text: text.value, warning: form.elements.warning?.value ?? "" }));
    else localStorage.removeItem(place());
  } catch {
    // a browser that keeps nothing
  }
};
const offer = () => {
  const held = localStorage.getItem(place());
  if (!held || (edits() ? JSON.parse(held).text === text.value : text.value.trim())) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet";
  button.textContent = form.dataset.restore;
  button.addEventListener("click", () => {
    const { text: words, warning } = JSON.parse(held);
    text.value = words;
    if (form.elements.warning) form.elements.warning.value = warning;
    button.remove();
    text.focus();
    count();
  });
  text.after(button);
};

// Offering names: a list below the field; the arrow keys choose, Enter or Tab takes, Escape closes.

const list = document.createElement("ul");
const heard = document.createElement("p");
let offers = [];
let at = -1;
let asked = 0;
const word = () => text.value.slice(0, text.selectionStart).match(/(?:^|\s)([@#:][^\s:]{1,60})$/u)?.[1];
const close = () => {
  list.hidden = true;
  offers = [];
  at = -1;
  heard.textContent = "";
  text.removeAttribute("aria-activedescendant");
};
const choose = (number) => {
  const typed = word();
  const end = text.selectionStart;
  if (typed && offers[number]) text.setRangeText(`${offers[number].word} `, end - typed.length, end, "end");
  close();
  count();
};
const mark = (number) => {
  at = (number + offers.length) % offers.length;
  [...list.children].forEach((one, place) => one.setAttribute("aria-selected", String(place === at)));
  text.setAttribute("aria-activedescendant", `offer-${at}`);
};
const show = (found) => {
  offers = found;
  list.replaceChildren(
    ...found.map((one, number) => {
      const line = document.createElement("li");
      line.id = `offer-${number}`;
      line.role = "option";
      line.setAttribute("aria-selected", "false");
      if (one.picture) {
        const picture = new Image(24, 24);
        picture.src = one.picture;
        picture.alt = "";
        line.append(picture);
      }
      const name = document.createElement("bdi");
      name.textContent = one.about ? `${one.about} ${one.word}` : one.word;
      line.append(name);
      line.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        choose(number);
      });
      return line;
    }),
  );
  list.hidden = !found.length;
  if (!found.length) return close();
  heard.textContent = form.dataset.found;
  mark(0);
};
const complete = async () => {
  const typed = word();
  if (!typed || typed.length < 2) return close();
  const mine = ++asked;
  try {
    const answer = await fetch(`/compose/complete?q=${encodeURIComponent(typed)}`, { headers: { accept: "application/json" } });
    const found = answer.ok ? await answer.json() : [];
    if (mine === asked && word() === typed) show(found);
  } catch {
    close();
  }
};

// Files: taken at once, described while one writes on.

const took = (file, { id, preview }) => {
  const files = form.querySelector(".files") ?? form.querySelector("details").insertAdjacentElement("beforebegin", Object.assign(document.createElement("ul"), { className: "files" }));
  const line = document.createElement("li");
  const held = Object.assign(document.createElement("input"), { type: "hidden", name: "media_ids[]", value: id });
  line.append(held);
  if (preview) line.append(Object.assign(new Image(96, 96), { src: preview, alt: "" }));
  const label = Object.assign(document.createElement("label"), { htmlFor: `f-says-${id}`, textContent: form.dataset.describe });
  const words = Object.assign(document.createElement("textarea"), { id: `f-says-${id}`, name: `descriptions[${id}]`, rows: 2, dir: "auto", maxLength: 1500 });
  const away = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: form.dataset.remove });
  away.addEventListener("click", () => line.remove());
  const side = document.createElement("div");
  side.append(label, words, away);
  line.append(side);
  files.append(line);
};
const send = (file) =>
  new Promise((done) => {
    const body = new FormData();
    body.set("token", form.elements.token.value);
    body.set("file", file);
    const ask = new XMLHttpRequest();
    ask.open("POST", "/compose/media");
    ask.responseType = "json";
    const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
    bar.setAttribute("aria-label", file.name);
    form.querySelector(".count").before(bar);
    ask.upload.addEventListener("progress", (event) => (bar.value = event.loaded / event.total));
    ask.addEventListener("loadend", () => {
      bar.remove();
      if (ask.status === 200) took(file, ask.response);
      else said(ask.response?.error ?? form.dataset.lost);
      done();
    });
    ask.send(body);
  });
const take = async (files) => {
  for (const file of files) await send(file);
};

// Sending: the page stays until the server has said yes; the same post is never made twice.

const publish = async (event) => {
  const button = event.submitter;
  if (button?.name === "do" && button.value !== "draft") return;
  event.preventDefault();
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  said(form.dataset.sending);
  const body = new FormData(form);
  if (button?.name) body.set(button.name, button.value);
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "application/json" } });
    const held = await answer.json();
    if (held.to) {
      localStorage.removeItem(place());
      location.assign(held.to);
      return;
    }
    said(held.error);
  } catch {
    said(form.dataset.lost);
  }
  form.removeAttribute("aria-busy");
};

if (form) {
  list.id = "offers";
  list.role = "listbox";
  list.className = "offers";
  list.hidden = true;
  list.setAttribute("aria-label", form.dataset.found);
  heard.className = "away";
  heard.role = "status";
  text.after(list, heard);
  text.setAttribute("aria-controls", "offers");
  text.setAttribute("aria-autocomplete", "list");
  text.setAttribute("aria-haspopup", "listbox");
  text.addEventListener("input", () => {
    count();
    audience();
    keep();
    complete();
  });
  text.addEventListener("blur", close);
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    } else if (!list.hidden && !event.isComposing) {
      if (event.key === "ArrowDown") mark(at + 1);
      else if (event.key === "ArrowUp") mark(at - 1);
      else if (event.key === "Enter" || event.key === "Tab") choose(at);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
    }
  });
  text.addEventListener("paste", (event) => {
    if (event.clipboardData.files.length) {
      event.preventDefault();
      take([...event.clipboardData.files]);
    }
  });
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    if (event.dataTransfer.files.length) {
      event.preventDefault();
      take([...event.dataTransfer.files]);
    }
  });
  const files = form.elements["files[]"];
  files?.addEventListener("change", async () => {
    const chosen = [...files.files];
    files.value = "";
    await take(chosen);
  });
  if (form.elements.zone) form.elements.zone.value = String(new Date().getTimezoneOffset());
  form.elements.warning?.addEventListener("input", count);
  form.elements.visibility?.addEventListener("change", audience);
  form.addEventListener("submit", publish);
  offer();
  count();
  audience();
}
