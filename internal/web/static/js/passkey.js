// Making and using passkeys.
//
//   form[data-passkey="create"|"get"]
//     data-begin-url     POST with the form's fields answers JSON options: {"publicKey": {…}}, binary values as base64url
//     data-finish-url    POST with the credential as JSON answers {"redirect": "/…"}, or not 2xx with {"error": "a sentence"}
//     data-word-…        unsupported, cancelled, failed, busy
//     [data-message]     where it is said (role=status)
//
// The form's fields go with the first request only; what the server remembers between the two lies in a cookie of its own.
(() => {
  "use strict";
  const toBytes = (text) => {
    const plain = text.replaceAll("-", "+").replaceAll("_", "/");
    return Uint8Array.from(atob(plain), (c) => c.charCodeAt(0));
  };
  const toText = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  // The options as the browser wants them: challenge, user and credential ids as bytes.
  const read = (options) => {
    options.challenge = toBytes(options.challenge);
    if (options.user) options.user.id = toBytes(options.user.id);
    for (const list of [options.excludeCredentials, options.allowCredentials]) {
      for (const credential of list || []) credential.id = toBytes(credential.id);
    }
    return options;
  };

  const write = (credential) => {
    const from = credential.response, response = { clientDataJSON: toText(from.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (from[name]) response[name] = toText(from[name]);
    }
    if (from.getTransports) response.transports = from.getTransports();
    return {
      id: credential.id, rawId: toText(credential.rawId), type: credential.type, response,
      authenticatorAttachment: credential.authenticatorAttachment || undefined,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  };

  const ask = async (url, body, headers) => {
    const answer = await fetch(url, { method: "POST", body, headers });
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) throw Object.assign(new Error("refused"), { said: said.error });
    return said;
  };

  const run = async (form) => {
    const { passkey: what, beginUrl, finishUrl } = form.dataset;
    const { publicKey } = await ask(beginUrl, new URLSearchParams(new FormData(form)));
    const credential = await navigator.credentials[what]({ publicKey: read(publicKey) });
    const done = await ask(finishUrl, JSON.stringify(write(credential)), { "Content-Type": "application/json" });
    location.assign(done.redirect || "/");
  };

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const words = form.dataset, button = form.querySelector("button");
    const say = (text) => { form.querySelector("[data-message]").textContent = text || ""; };
    if (!window.PublicKeyCredential) {
      button.disabled = true;
      return say(words.wordUnsupported);
    }
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      say(words.wordBusy);
      try { await run(form); } catch (failure) {
        const turnedDown = failure.name === "NotAllowedError" || failure.name === "AbortError";
        say(failure.said || (turnedDown ? words.wordCancelled : words.wordFailed));
        button.disabled = false;
      }
    });
  });
})();
