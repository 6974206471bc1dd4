// Long lists go on by themselves, and are where they were when one comes back.

const list = document.querySelector("main ul.posts:not(.lane)");
const MOST_ALONE = 5; // pages; then one asks, so that the end of the page can be reached
const LARGEST = 1_500_000;
const steps = () => document.querySelector("main nav.steps");
const place = `list ${location.pathname}${location.search}`;
let alone = 0;
let busy = false;

// A list can't be a feed itself: what is around it is, and the list and its lines say nothing.
const frame = document.createElement("div");
const feed = () => {
  if (!frame.isConnected) {
    list.replaceWith(frame);
    frame.append(list);
    frame.setAttribute("role", "feed");
    list.setAttribute("role", "presentation");
  }
  [...list.children].forEach((line, number) => {
    line.setAttribute("role", "presentation");
    const post = line.querySelector("article.post");
    post?.setAttribute("aria-posinset", String(number + 1));
    post?.setAttribute("aria-setsize", "-1");
  });
};
const take = (page) => {
  const known = new Set([...list.querySelectorAll("article.post")].map((one) => one.id));
  const lines = [...page.querySelectorAll("main ul.posts:not(.lane) > li")];
  list.append(...lines.filter((one) => !known.has(one.querySelector("article.post")?.id)));
  const next = page.querySelector("main nav.steps");
  if (next) steps().replaceWith(next);
  else steps().remove();
  feed();
  watch();
};
const more = async (link) => {
  if (busy) return;
  busy = true;
  frame.setAttribute("aria-busy", "true");
  link.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(link.href);
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    take(new DOMParser().parseFromString(await answer.text(), "text/html"));
  } catch {
    link.removeAttribute("aria-busy");
    alone = MOST_ALONE; // the next try is the reader's
  } finally {
    busy = false;
    frame.removeAttribute("aria-busy");
  }
};
const sees = new IntersectionObserver(
  (found) => {
    if (!found.some((one) => one.isIntersecting) || alone >= MOST_ALONE || navigator.connection?.saveData) return;
    alone += 1;
    more(found[0].target);
  },
  { rootMargin: "600px" },
);
const watch = () => {
  sees.disconnect();
  const link = steps()?.querySelector("a[rel=next]");
  if (link) sees.observe(link);
};

if (list && steps()?.querySelector("a[rel=next]")) {
  const held = sessionStorage.getItem(place);
  const [visit] = performance.getEntriesByType("navigation");
  if (held && visit?.type === "back_forward") {
    const { lines, nav, top } = JSON.parse(held);
    const page = new DOMParser().parseFromString(`<main><ul class="posts">${lines}</ul>${nav}</main>`, "text/html");
    take(page);
    history.scrollRestoration = "manual";
    scrollTo({ top, behavior: "instant" });
  } else {
    feed();
    watch();
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("main nav.steps a[rel=next]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    alone = 0;
    more(link);
  });
  addEventListener("pagehide", () => {
    const lines = list.innerHTML;
    if (lines.length > LARGEST) return;
    try {
      sessionStorage.setItem(place, JSON.stringify({ lines, nav: steps()?.outerHTML ?? "", top: scrollY }));
    } catch {
      sessionStorage.clear(); // full: what was kept of other pages goes
    }
  });
}
