// Keeps an open page up to date. Without it a page shows what is new when it is opened again.
//
//   body[data-live]        topics of which the page wants to hear; data-live-at is the event up to which it is
//   body[data-live-who]    the member, so that nobody's stream serves somebody else in the same browser
//   #live-bar, #live-word  where something new is offered, and said to a screen reader
//
// A browser has one stream for all its tabs: this file is also the worker that the tabs share; where there is none, one tab has the
// stream and tells the others. The stream only names topics. The page then asks for itself anew and puts what changed into its place.
// What is being read is never moved: a reply that would push words away waits until it is asked for.
(() => {
  "use strict";

  // line is the stream. deliver gets a port and what to tell it.
  const line = (deliver) => {
    const ports = new Map(), floor = new Map(), heard = new Map();
    let source = null, has = "", last = 0, wait = 0, timer;
    const union = () => {
      const all = new Map();
      for (const topics of ports.values()) for (const [t, at] of topics) all.set(t, Math.min(at, all.get(t) ?? at));
      return all;
    };
    const tell = (topics, message) => {
      for (const [port, mine] of [...ports]) {
        const some = topics.filter((t) => mine.has(t));
        if (some.length) deliver(port, { ...message, topics: some, at: last });
      }
    };
    const open = () => {
      const all = union(), key = [...all.keys()].sort().join(" ");
      if (source && source.readyState !== 2 && key === has) return;
      source?.close();
      source = null;
      has = key;
      for (const t of [...floor.keys()]) if (!all.has(t)) floor.delete(t);
      if (!key) return;
      const on = [...all].map(([t, at]) => {
        if (floor.has(t)) at = Math.max(at, last); // it was listened to until now
        else floor.set(t, at);
        return t + "@" + at;
      });
      source = new EventSource("/live?on=" + encodeURIComponent(on.join(" ")));
      source.onmessage = (event) => {
        last = Math.max(last, Number(event.lastEventId) || 0);
        wait = 0;
        const [spread, ...topics] = event.data.split(" ");
        for (const t of topics) heard.set(t, last);
        tell(topics, { spread: Number(spread) });
      };
      source.addEventListener("gone", (event) => {
        const topics = event.data.trim().split(" ");
        tell(topics, { gone: true });
        for (const mine of ports.values()) for (const t of topics) mine.delete(t);
        has = [...union().keys()].sort().join(" ");
        if (!has) source.close();
      });
      source.addEventListener("anew", () => tell([...union().keys()], { anew: true }));
      source.onerror = () => { // a broken line is mended by the browser; a refusal is not
        if (source?.readyState !== 2) return;
        wait = Math.min(Math.max(wait * 2, 15000), 300000);
        clearTimeout(timer);
        timer = setTimeout(open, wait * (0.5 + Math.random()));
      };
    };
    const soon = () => { clearTimeout(timer); timer = setTimeout(open, 30); };
    return {
      join(port, { topics, at }) {
        const mine = new Map(topics.map((t) => [t, at]));
        ports.set(port, mine);
        const missed = topics.filter((t) => floor.has(t) && (at < floor.get(t) || heard.get(t) > at));
        if (missed.length) deliver(port, { topics: missed, at: last, spread: 0 });
        soon();
      },
      leave(port) { ports.delete(port); soon(); },
    };
  };

  if (typeof document === "undefined") { // the worker that the tabs share
    const shared = line((port, message) => port.postMessage(message));
    onconnect = (event) => {
      const port = event.ports[0];
      if (typeof EventSource === "undefined") return port.postMessage({ lost: true });
      port.onmessage = ({ data }) => (data.bye ? shared.leave(port) : shared.join(port, data));
    };
    return;
  }

  const body = document.body, file = document.currentScript.src, name = "live " + body.dataset.liveWho;
  const topics = (body.dataset.live || "").split(" ").filter(Boolean);
  let at = Number(body.dataset.liveAt);
  if (!topics.length || !window.EventSource) return;

  // connect gives the ways to join and to leave.
  const alone = (hear) => {
    const own = line((_, message) => hear(message));
    return { join: () => own.join("me", { topics, at }), leave: () => own.leave("me") };
  };
  const led = (hear) => {
    const channel = new BroadcastChannel(name), me = String(Math.random());
    let lead = null, free;
    const join = () => (lead ? lead.join(me, { topics, at }) : channel.postMessage({ from: me, topics, at }));
    channel.onmessage = ({ data }) => {
      if (data.who) join();
      else if (data.to === me) hear(data.message);
      else if (lead && data.from) data.bye ? lead.leave(data.from) : lead.join(data.from, data);
    };
    const stand = () => navigator.locks.request(name, () => new Promise((done) => {
      free = done;
      lead = line((to, message) => (to === me ? hear(message) : channel.postMessage({ to, message })));
      channel.postMessage({ who: true });
      join();
    }));
    let standing = false;
    return {
      join() { if (!standing) { standing = true; stand(); } join(); },
      leave() {
        if (!lead) return channel.postMessage({ from: me, bye: true });
        lead.leave(me);
        lead = null;
        standing = false;
        free();
      },
    };
  };
  const connect = (hear) => {
    const fall = () => (window.BroadcastChannel && navigator.locks ? led(hear) : alone(hear));
    if (!window.SharedWorker) return fall();
    let way, port;
    const lost = () => { if (!way.other) { way.other = fall(); way.other.join(); } };
    try {
      const worker = new SharedWorker(file, name);
      worker.onerror = lost;
      port = worker.port;
    } catch { return fall(); }
    port.onmessage = ({ data }) => (data.lost ? lost() : hear(data));
    way = {
      join: () => (way.other ? way.other.join() : port.postMessage({ topics, at })),
      leave: () => (way.other ? way.other.leave() : port.postMessage({ bye: true })),
    };
    return way;
  };

  const bar = document.getElementById("live-bar"), word = document.getElementById("live-word"), [text, button] = bar.children;
  const say = (what) => { if (word.textContent !== what) word.textContent = what; };
  const offer = (what, label, act) => {
    text.textContent = what;
    button.textContent = label;
    button.onclick = () => { bar.hidden = true; act(); };
    bar.hidden = false;
  };
  const reload = (what) => { say(what); offer(what, bar.dataset.reload, () => location.reload()); };

  // morph makes an element like another one, and keeps what stays: the focus, and what was folded out.
  const morph = (old, now) => {
    if (!old || !now || old.isEqualNode(now)) return;
    if (old.nodeName !== now.nodeName) return old.replaceWith(now.cloneNode(true));
    if (old.nodeType !== 1) { old.data = now.data; return; }
    for (const { name, value } of now.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    for (const { name } of [...old.attributes]) if (name !== "open" && !now.hasAttribute(name)) old.removeAttribute(name);
    const a = [...old.childNodes], b = [...now.childNodes];
    b.forEach((n, i) => (a[i] ? morph(a[i], n) : old.append(n.cloneNode(true))));
    a.slice(b.length).forEach((n) => n.remove());
  };

  const find = (id) => document.getElementById(id);
  const posts = (root) => [...root.querySelectorAll("article.post")];
  const own = (post) => post.querySelector(":scope > .post-in");
  const follows = (a, b) => Boolean(a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING);

  // What was put in and not seen yet, and what waits to be put in.
  const unseen = new Set();
  let waiting = [];
  const watch = window.IntersectionObserver && new IntersectionObserver((entries) => {
    for (const e of entries) if (e.isIntersecting) { unseen.delete(e.target.id); watch.unobserve(e.target); }
    count();
  });
  const count = () => {
    const n = unseen.size + waiting.length;
    if (!n) { bar.hidden = true; return; }
    offer(bar.dataset.replies.replace("#", n), bar.dataset.show, () => {
      const first = [...unseen, ...waiting.map((p) => p.id)][0];
      waiting.forEach(put);
      waiting = [];
      unseen.clear();
      const post = find(first);
      if (!post) return;
      post.tabIndex = -1;
      post.focus({ preventScroll: true });
      post.scrollIntoView({ block: "nearest" });
    });
  };

  // place tells where a new post belongs: in which box, and after what.
  const place = (post) => {
    const answered = post.parentElement.closest("article.post");
    const root = answered ? find(answered.id) : find("replies");
    let before = post.previousElementSibling;
    while (before && !(before.matches("article.post") && find(before.id))) before = before.previousElementSibling;
    return { root, box: root.querySelector(answered ? ":scope > .replies" : ".comments"), before: before && find(before.id), kind: answered ? "replies" : "comments" };
  };
  const put = (post) => {
    const to = place(post), copy = post.cloneNode(true);
    if (!to.box) {
      to.box = document.createElement("div");
      to.box.className = to.kind;
      to.root.querySelector(":scope > p.soft")?.remove();
      to.root.append(to.box);
    }
    if (to.before) to.before.after(copy); else to.box.prepend(copy);
    return copy;
  };
  // pushes tells whether words that are in view would move.
  const pushes = (post) => {
    const { root, box, before } = place(post);
    const at = (before || box || own(root) || root).getBoundingClientRect();
    const y = before || !box ? at.bottom : at.top;
    if (y < 0 || y > innerHeight) return false;
    if (document.activeElement?.closest("main form")) return true;
    const mark = before ? posts(before).pop() || before : own(root) || root;
    return posts(find("replies")).some((p) => follows(mark, p) && own(p).getBoundingClientRect().top < innerHeight);
  };

  const thread = (doc) => {
    const here = find("replies"), now = doc.getElementById("replies"), theirs = posts(now);
    morph(document.querySelector("main > .head"), doc.querySelector("main > .head"));
    morph(here.querySelector("h2"), now.querySelector("h2"));
    for (const p of posts(doc)) if (find(p.id)) morph(own(find(p.id)), own(p));
    const poll = document.querySelector(".poll");
    if (poll && !poll.querySelector(":checked")) morph(poll, doc.querySelector(".poll"));
    const end = doc.querySelector(".pager [rel=next]") && theirs.map((p) => find(p.id)).filter(Boolean).pop();
    for (const p of posts(here)) {
      if (doc.getElementById(p.id) || end && !follows(p, end)) continue; // it may have come to the next page
      if (p.querySelector("textarea")) own(p).replaceChildren(); // somebody is answering it
      else p.remove();
      unseen.delete(p.id);
    }
    const pager = document.querySelector("nav.pager"), newPager = doc.querySelector("nav.pager");
    if (pager) morph(pager, newPager); else if (newPager) here.after(newPager.cloneNode(true));
    const known = new Set(waiting.map((p) => p.id));
    const fresh = theirs.filter((p) => !find(p.id) && !(p.parentElement.closest("article.post") && !find(p.parentElement.closest("article.post").id)));
    waiting = [];
    let told = 0;
    for (const p of fresh) {
      if (!known.has(p.id)) told++;
      if (known.has(p.id) || pushes(p)) { waiting.push(p); continue; }
      const post = put(p);
      const { top, bottom } = own(post).getBoundingClientRect();
      if (watch && (top > innerHeight || bottom < 0)) { unseen.add(post.id); watch.observe(post); }
    }
    if (told) say(bar.dataset.replies.replace("#", told));
    count();
  };

  const list = (doc) => {
    const here = [...document.querySelectorAll("main .rows")], now = [...doc.querySelectorAll("main .rows")];
    const key = (row) => row.querySelector(".row-title a")?.getAttribute("href").replace(/\/new$/, "");
    let changed = here.length !== now.length;
    here.forEach((ul, i) => {
      if (changed && !now[i]) return;
      const rows = new Map([...now[i].children].map((row) => [key(row), row]));
      const a = [...ul.children].map(key).join(" "), b = [...now[i].children].map(key).join(" ");
      for (const row of ul.children) morph(row, rows.get(key(row)));
      changed ||= a !== b;
    });
    if (!changed) return;
    say(bar.dataset.list);
    offer(bar.dataset.list, bar.dataset.show, () => {
      if (here.length !== now.length) return location.reload();
      here.forEach((ul, i) => ul.replaceChildren(...[...now[i].children].map((row) => row.cloneNode(true))));
      const first = here[0]?.querySelector("a");
      first?.focus();
    });
  };

  const pending = new Set();
  let timer = 0;
  const soon = (spread) => {
    if (timer || !pending.size || document.hidden) return;
    timer = setTimeout(refresh, 20 + Math.random() * spread);
  };
  const ask = async (path) => {
    const answer = await fetch(path, { headers: { "Dayroom-Live": "1" }, cache: "no-store" });
    if (answer.status === 429 || answer.status >= 500) throw answer;
    return answer.ok && !answer.redirected ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  };
  const refresh = async () => {
    const asked = [...pending];
    pending.clear();
    let again = 0;
    try {
      const page = asked.some((t) => t[0] !== "n");
      const doc = await ask(page ? location.pathname + location.search : "/notices/bell");
      if (!doc && page) reload(bar.dataset.gone);
      if (doc) {
        morph(find("bell"), doc.getElementById("bell"));
        if (page && find("replies") && doc.getElementById("replies")) thread(doc);
        else if (page) list(doc);
      }
    } catch {
      asked.forEach((t) => pending.add(t));
      again = 15000;
    }
    timer = 0;
    soon(again);
  };

  const way = connect((message) => {
    if (message.at) at = Math.max(at, message.at);
    if (message.gone) { if (message.topics.some((t) => t[0] !== "n")) reload(bar.dataset.gone); return; }
    if (message.anew) return reload(bar.dataset.anew);
    message.topics.forEach((t) => pending.add(t));
    soon(message.spread);
  });
  way.join();
  document.addEventListener("visibilitychange", () => soon(0));
  addEventListener("pagehide", () => way.leave());
  addEventListener("pageshow", (event) => { if (event.persisted) way.join(); });
})();
