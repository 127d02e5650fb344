// For pages with a search box. The form works without it.
//
//   input[data-suggest]          while somebody types, GET …?q=TEXT answers with a list of {kind, text, href}, shown below as a combobox
//     data-found                 what a screen reader is told, with the number in place of #
//   input[data-similar]          when the field is left or rests, GET …?title=TEXT answers with HTML that the server made, shown in the
//                                element that data-similar-into names
(() => {
  "use strict";
  const later = (wait, act) => {
    let timer;
    return () => { clearTimeout(timer); timer = setTimeout(act, wait); };
  };

  const suggest = (input, number) => {
    const list = document.createElement("ul"), told = document.createElement("span");
    let chosen = -1, asked = 0;
    list.id = "suggestions-" + number;
    list.className = "suggestions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.getAttribute("aria-label"));
    list.hidden = true;
    told.className = "unseen";
    told.setAttribute("role", "status");
    input.form.append(list, told);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) {
      input.setAttribute(name, value);
    }

    const close = () => {
      list.hidden = true;
      chosen = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const choose = (at) => {
      const all = list.children;
      all[chosen]?.setAttribute("aria-selected", "false");
      chosen = (at + all.length + 1) % (all.length + 1);
      if (chosen === all.length) chosen = -1;
      if (chosen < 0) return input.removeAttribute("aria-activedescendant");
      all[chosen].setAttribute("aria-selected", "true");
      all[chosen].scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", all[chosen].id);
    };
    const show = (found) => {
      list.replaceChildren(...found.map((one, i) => {
        const line = document.createElement("li"), kind = document.createElement("span"), text = document.createElement("bdi");
        line.id = list.id + "-" + i;
        line.setAttribute("role", "option");
        line.setAttribute("aria-selected", "false");
        line.dataset.href = one.href;
        kind.textContent = one.kind;
        text.textContent = one.text;
        line.append(kind, " ", text);
        return line;
      }));
      close();
      list.hidden = found.length === 0;
      input.setAttribute("aria-expanded", String(!list.hidden));
      told.textContent = found.length ? input.dataset.found.replace("#", found.length) : "";
    };
    const ask = async () => {
      const text = input.value.trim(), mine = ++asked;
      if (text.length < 2) return show([]);
      try {
        const answer = await fetch(input.dataset.suggest + "?q=" + encodeURIComponent(text), { headers: { Accept: "application/json" } });
        const found = answer.ok ? await answer.json() : [];
        if (mine === asked && document.activeElement === input) show(found);
      } catch { show([]); }
    };

    input.addEventListener("input", later(200, ask));
    input.addEventListener("keydown", (event) => {
      if (list.hidden || event.isComposing) return;
      if (event.key === "ArrowDown") choose(chosen + 1);
      else if (event.key === "ArrowUp") choose(chosen < 0 ? list.children.length - 1 : chosen - 1);
      else if (event.key === "Escape") { close(); event.stopPropagation(); }
      else if (event.key === "Enter" && chosen >= 0) location.assign(list.children[chosen].dataset.href);
      else return;
      event.preventDefault();
    });
    input.addEventListener("blur", close);
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
    list.addEventListener("click", (event) => {
      const line = event.target.closest("li");
      if (line) location.assign(line.dataset.href);
    });
  };

  const similar = (input) => {
    const into = document.getElementById(input.dataset.similarInto);
    let last = "";
    const ask = async () => {
      const title = input.value.trim();
      if (title === last || title.length < 8) return;
      last = title;
      try {
        const answer = await fetch(input.dataset.similar + "?title=" + encodeURIComponent(title));
        if (answer.ok && title === last) into.innerHTML = await answer.text();
      } catch { /* it is an offer; writing goes on */ }
    };
    input.addEventListener("input", later(900, ask));
    input.addEventListener("change", ask);
  };

  document.querySelectorAll("input[data-suggest]").forEach(suggest);
  document.querySelectorAll("input[data-similar]").forEach(similar);
})();
