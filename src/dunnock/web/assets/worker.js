// Between the pages and the network: assets come from the device; without a connection there is the last home page, or a page that says so.

const SHELL = `shell ${held.version}`;
const HOME = "home";
const OFFLINE = "/offline";
const CLOSED = ["/settings", "/admin", "/auth", "/oauth", "/api", "/setup", "/dev"];

self.addEventListener("install", (event) => {
  const fill = async () => {
    const cache = await caches.open(SHELL);
    await cache.addAll(held.assets);
    await cache.add(new Request(OFFLINE, { credentials: "omit" }));
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});
self.addEventListener("activate", (event) => {
  const tidy = async () => {
    for (const name of await caches.keys()) if (name !== SHELL && name !== HOME) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

const page = async (event, path) => {
  try {
    const answer = await fetch(event.request);
    const member = answer.ok && !answer.redirected && (answer.headers.get("cache-control") ?? "").includes("private");
    if (path === "/" && member) (await caches.open(HOME)).put("/", answer.clone());
    else if (path.startsWith("/auth/")) await caches.delete(HOME);
    return answer;
  } catch {
    const kept = path === "/" ? await caches.match("/", { cacheName: HOME }) : undefined;
    return kept ?? (await caches.match(OFFLINE)) ?? Response.error();
  }
};
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/assets/")) {
    event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)));
  } else if (event.request.mode === "navigate") {
    const closed = CLOSED.some((one) => url.pathname.startsWith(one));
    if (!closed || url.pathname.startsWith("/auth/")) event.respondWith(page(event, url.pathname));
  }
});

self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data.json();
  } catch {
    return;
  }
  const about = { body: told.body, icon: told.icon, tag: String(told.notification_id ?? ""), lang: told.preferred_locale, data: "/notifications" };
  event.waitUntil(self.registration.showNotification(told.title ?? held.name, about));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const show = async () => {
    const open = await self.clients.matchAll({ type: "window" });
    const mine = open.find((one) => new URL(one.url).pathname === event.notification.data);
    return mine ? mine.focus() : self.clients.openWindow(event.notification.data);
  };
  event.waitUntil(show());
});
