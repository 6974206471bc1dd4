// Asks the browser for a passkey when a form that wants one is sent, puts the answer into the form, and sends it.
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

async function ask(kind, options) {
  options.challenge = bytes(options.challenge);
  if (kind === "create") {
    options.user.id = bytes(options.user.id);
    options.excludeCredentials = named(options.excludeCredentials);
    return navigator.credentials.create({ publicKey: options });
  }
  options.allowCredentials = named(options.allowCredentials);
  return navigator.credentials.get({ publicKey: options });
}

function told(credential) {
  const response = { clientDataJSON: text(credential.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: {},
  });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    const trouble = form.querySelector("[data-trouble]");
    button.disabled = true;
    trouble.hidden = true;
    try {
      if (!globalThis.PublicKeyCredential) throw new Error("unknown");
      const credential = await ask(form.dataset.passkey, JSON.parse(form.dataset.options));
      form.elements.credential.value = told(credential);
      form.submit();
    } catch {
      trouble.hidden = false;
      button.disabled = false;
    }
  });
}
