// For members who write or moderate. Every form works without it.
//
//   .composer                     a textarea with a toolbar; its words come from data-word-… attributes of the composer
//     data-preview-url            POST body=TEXT answers with HTML that the server has cleaned
//     data-draft-url              POST draft=ID and every named field of the form answers 2xx; the form's hidden field
//                                 "draft" carries the id, so that sending the form can throw the draft away
//     data-upload-url             POST file=… (multipart) answers with the markdown to put in, as plain text; an answer that
//                                 is not 2xx and is plain text is shown as the reason
//   [data-max]                    the count of characters that are left, told in data-count-id
//   form[data-guard]              asks before the page is left with words that are not saved
//   [data-keys] [data-key="1"]    pressed by the key, unless somebody is typing
//
// It also keeps the name of the reader's time zone in the cookie "zone", so that "yesterday at 23:40" is their yesterday.
(() => {
  "use strict";
  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

  // A draft's id is made here, so that a queue that was written without a line can be sent again without doubling.
  const newID = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };

  const later = (wait, act) => {
    let timer;
    return () => { clearTimeout(timer); timer = setTimeout(act, wait); };
  };

  // insert keeps the browser's own undo where it can.
  const insert = (area, text, from, to) => {
    area.focus();
    area.setSelectionRange(from, to);
    if (!document.execCommand("insertText", false, text)) area.setRangeText(text, from, to, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const around = (area, before, after, example) => {
    const { selectionStart: from, selectionEnd: to, value } = area;
    const chosen = value.slice(from, to) || example;
    insert(area, before + chosen + after, from, to);
    area.setSelectionRange(from + before.length, from + before.length + chosen.length);
  };

  const lines = (area, mark) => {
    const start = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
    const chosen = area.value.slice(start, area.selectionEnd);
    insert(area, chosen.split("\n").map((line) => mark + line).join("\n"), start, area.selectionEnd);
  };

  const doing = {
    bold: (area, word) => around(area, "**", "**", word),
    italic: (area, word) => around(area, "_", "_", word),
    link: (area, word) => around(area, "[", "](https://)", word),
    heading: (area) => lines(area, "## "),
    list: (area) => lines(area, "- "),
    quote: (area) => lines(area, "> "),
  };

  const setUp = (box) => {
    const area = box.querySelector("textarea"), bar = box.querySelector(".toolbar"), data = box.dataset;
    const say = (text) => { const at = document.getElementById(data.statusId); if (at) at.textContent = text || ""; };

    const preview = async (button) => {
      const shown = box.querySelector(".prose");
      if (shown) { shown.remove(); area.hidden = false; button.textContent = data.wordPreview; area.focus(); return; }
      try {
        const answer = await fetch(data.previewUrl, { method: "POST", body: new URLSearchParams({ body: area.value }) });
        if (!answer.ok) throw answer;
        const paper = document.createElement("div");
        paper.className = "prose";
        paper.innerHTML = await answer.text();
        area.hidden = true;
        area.after(paper);
        button.textContent = data.wordWrite;
        say("");
      } catch { say(data.wordPreviewFailed); }
    };

    const upload = async (file) => {
      if (!file) return;
      say(data.wordUploading);
      const form = new FormData();
      form.append("file", file);
      try {
        const answer = await fetch(data.uploadUrl, { method: "POST", body: form });
        const text = await answer.text();
        const plain = (answer.headers.get("Content-Type") || "").startsWith("text/plain");
        if (answer.ok) insert(area, text, area.selectionStart, area.selectionEnd);
        say(answer.ok ? "" : plain ? text : data.wordUploadFailed);
      } catch { say(data.wordUploadFailed); }
    };

    if (bar) {
      bar.hidden = false;
      bar.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (!button) return;
        const what = button.dataset.do;
        if (what === "preview") return preview(button);
        if (what === "image") return bar.querySelector("input").click();
        doing[what](area, data.wordExample);
      });
      const picker = bar.querySelector("input[type=file]");
      picker?.addEventListener("change", () => { upload(picker.files[0]); picker.value = ""; });
    }
    if (data.draftUrl) keepDraft(area, data, say);
  };

  const keepDraft = (area, data, say) => {
    const form = area.form, id = form.elements.draft;
    if (!id) return;
    id.value ||= newID();
    let sending = false, again = false;
    const save = async () => {
      if (sending) { again = true; return; }
      sending = true;
      say(data.wordSaving);
      const body = new URLSearchParams();
      for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
      try {
        const answer = await fetch(data.draftUrl, { method: "POST", body, keepalive: true });
        if (!answer.ok) throw answer;
        say(data.wordSaved);
        form.dispatchEvent(new Event("saved"));
      } catch { say(data.wordUnsaved); }
      sending = false;
      if (again) { again = false; save(); }
    };
    form.addEventListener("input", later(1500, save));
  };

  const count = (area) => {
    const at = document.getElementById(area.dataset.countId), max = Number(area.dataset.max);
    const show = () => {
      const left = max - [...area.value].length;
      at.textContent = left > max / 5 ? "" : (left < 0 ? area.dataset.over : area.dataset.left).replace("#", Math.abs(left));
      at.classList.toggle("over", left < 0);
    };
    if (at) { area.addEventListener("input", show); show(); }
  };

  const guard = (form) => {
    let dirty = false;
    form.addEventListener("input", () => { dirty = true; });
    form.addEventListener("saved", () => { dirty = false; });
    form.addEventListener("submit", () => { dirty = false; });
    // Whoever leaves quickly has blanked the page, and is never asked.
    addEventListener("beforeunload", (event) => { if (dirty && !document.documentElement.hidden) event.preventDefault(); });
  };

  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.includes("zone=" + zone)) {
    document.cookie = "zone=" + zone + "; path=/; max-age=31536000; samesite=lax" + (location.protocol === "https:" ? "; secure" : "");
  }

  each(".composer", setUp);
  each("[data-max]", count);
  each("form[data-guard]", guard);

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select, [contenteditable]")) return;
    if (!/^[1-9]$/.test(event.key)) return;
    document.querySelector(`[data-keys] [data-key="${event.key}"]`)?.click();
  });
})();
