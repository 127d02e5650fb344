// For every page. Nothing here is needed to read or to write.
//
//   a[data-exit]                  leaves the site at once; so does Escape, pressed three times within two seconds
//   details.menu                  closes when something else is pressed, and on Escape
//   [data-confirm="question"]     a form or a submit button that asks first; body[data-cancel] is the word for "no"
(() => {
  "use strict";
  const all = (selector, act) => document.querySelectorAll(selector).forEach(act);

  // Leaving blanks the page before the next one has loaded, and takes this page's place in the history.
  const exit = document.querySelector("a[data-exit]");
  const leave = () => {
    document.documentElement.hidden = true;
    document.title = "";
    history.replaceState(null, "", "/");
    location.replace(exit.href);
  };
  if (exit) {
    exit.addEventListener("click", (event) => { event.preventDefault(); leave(); });
    // A page that the browser kept in memory must not come back as it was.
    addEventListener("pageshow", (event) => { if (event.persisted && document.documentElement.hidden) location.reload(); });
  }
  let escapes = [];
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    all("details.menu[open]", (menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
    if (!exit || event.repeat) return;
    escapes = escapes.filter((at) => event.timeStamp - at < 2000);
    if (escapes.push(event.timeStamp) >= 3) leave();
  }, true);

  addEventListener("click", (event) => {
    all("details.menu[open]", (menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });

  // Before what cannot be undone. The yes-button says the same as the button that was pressed.
  addEventListener("submit", (event) => {
    const form = event.target, button = event.submitter;
    const question = button?.dataset.confirm || form.dataset.confirm;
    if (!question || form.sure || !window.HTMLDialogElement) return;
    event.preventDefault();
    const dialog = document.createElement("dialog");
    dialog.className = "ask";
    dialog.innerHTML = '<form method="dialog"><p></p><div class="actions"><button class="button" value="">' +
      '</button><button class="button danger" value="yes"></button></div></form>';
    const [no, yes] = dialog.querySelectorAll("button");
    const text = dialog.querySelector("p");
    text.textContent = question;
    text.id = "ask-text";
    dialog.setAttribute("aria-labelledby", text.id);
    no.textContent = document.body.dataset.cancel;
    yes.textContent = button?.textContent.trim() || "OK";
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (dialog.returnValue !== "yes") return button?.focus();
      form.sure = true;
      form.requestSubmit(button);
      form.sure = false;
    });
    document.body.append(dialog);
    dialog.showModal();
    no.focus();
  });
})();
