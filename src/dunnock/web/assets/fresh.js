// New posts are announced, and put in without moving what is being read; the bell says what is unread.

const fresh = document.getElementById("fresh");
const bell = document.getElementById("unread");
const EVERY_MS = 30_000;
const MOST_WAIT_MS = 600_000;
let wait = EVERY_MS;
let timer;

const told = ({ count, words, unread, unread_words: spoken }) => {
  if (fresh && count > 0) {
    fresh.querySelector("a").textContent = words;
    fresh.hidden = false;
  }
  if (bell) {
    bell.hidden = unread === 0;
    bell.firstElementChild.textContent = unread > 99 ? "99+" : String(unread);
    bell.lastElementChild.textContent = spoken;
  }
};
const look = async () => {
  clearTimeout(timer);
  if (!document.hidden) {
    try {
      const answer = await fetch(`/home/new?after=${fresh?.dataset.after ?? ""}`, { headers: { accept: "application/json" }, redirect: "manual" });
      if (!answer.ok) throw new Error(answer.status);
      told(await answer.json());
      wait = EVERY_MS;
    } catch {
      wait = Math.min(2 * wait, MOST_WAIT_MS); // the connection, or the server, may need time
    }
  }
  timer = setTimeout(look, wait);
};
const now = () => {
  wait = EVERY_MS;
  look();
};

const put = async (event) => {
  event.preventDefault();
  const list = document.querySelector("ul.posts");
  try {
    const answer = await fetch(location.pathname);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const known = new Set([...list.querySelectorAll("article.post")].map((one) => one.id));
    const lines = [...page.querySelectorAll("ul.posts > li")].filter((one) => !known.has(one.querySelector("article.post")?.id));
    const newest = page.getElementById("fresh")?.dataset.after;
    if (!answer.ok || !newest) throw new Error("no page");
    const first = list.firstElementChild;
    const stood = first?.getBoundingClientRect().top ?? 0;
    list.prepend(...lines);
    scrollBy(0, (first?.getBoundingClientRect().top ?? 0) - stood);
    fresh.dataset.after = newest;
    fresh.hidden = true;
    const next = lines.at(-1)?.querySelector("article.post");
    next?.setAttribute("tabindex", "-1");
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "nearest" });
  } catch {
    location.assign(location.pathname);
  }
};

if (fresh || bell) {
  fresh?.querySelector("a").addEventListener("click", put);
  timer = setTimeout(look, fresh ? EVERY_MS : 1_000);
  if (bell) look();
  document.addEventListener("visibilitychange", () => document.hidden || now());
  addEventListener("online", now);
}
