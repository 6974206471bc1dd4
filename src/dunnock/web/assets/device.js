// This device: the pages that work without a connection, and notifications while no page is open.

const worker = "serviceWorker" in navigator ? navigator.serviceWorker : undefined;
worker?.register("/sw.js").catch(() => {}); // http without TLS, or a private window

const form = document.querySelector("form[data-device]");
const key = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

if (form && worker && "PushManager" in window) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.endpoint.value) return;
    event.preventDefault();
    try {
      const ready = await worker.ready;
      const made = await ready.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key(form.dataset.device) });
      form.elements.endpoint.value = made.endpoint;
      form.elements.p256dh.value = text(made.getKey("p256dh"));
      form.elements.auth.value = text(made.getKey("auth"));
      form.requestSubmit();
    } catch {
      form.querySelector("[data-trouble]").hidden = false;
    }
  });
}
