// The report is whole without this file, which only eases reading it.
(() => {
  "use strict";
  const root = document.documentElement;
  const here = document.currentScript.src;

  // What a reader chose before is kept where the browser keeps such things; some keep nothing.
  const kept = {
    get theme() { try { return localStorage.getItem("report-theme"); } catch { return null; } },
    set theme(name) { try { localStorage.setItem("report-theme", name); } catch { /* for this page only */ } },
  };
  if (kept.theme) root.dataset.theme = kept.theme;

  const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  // A screen reader is told what only the eye would see change.
  const status = make("p", { className: "aloud", role: "status" });
  const say = (text) => { status.textContent = text; };

  // Theme ---------------------------------------------------------------------------------------

  function addTheme(tools) {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
    const button = make("button", { type: "button" });
    const name = () => { button.textContent = isDark() ? "Light" : "Dark"; button.title = `Switch to the ${isDark() ? "light" : "dark"} theme`; };
    button.addEventListener("click", () => {
      root.dataset.theme = kept.theme = isDark() ? "light" : "dark";
      name();
    });
    dark.addEventListener("change", name);
    name();
    tools.append(button);
  }

  // Search --------------------------------------------------------------------------------------

  let index;
  const loadIndex = () => (index ??= new Promise((resolve, reject) => {
    globalThis.reportIndex = resolve;
    const script = make("script", { src: here.replace("report.js", "search.js"), onerror: reject });
    document.head.append(script);
  }).then(({ titles, sections }) => ({
    titles,
    sections: sections.map(([page, id, title, shown, rest]) => (
      { page, id, title, shown, head: plain(title), text: plain(`${shown} ${rest}`) }
    )),
  })));
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const COMMON = new Set("a an and are as at by did do does for from had has have how i in is it many much of on or the their they this to was were what when where which who why with".split(" "));

  // Each word counts more the rarer it is, and more in a title; words may end otherwise.
  function find({ sections }, asked) {
    const all = plain(asked).match(/[\p{L}\p{N}]+/gu) ?? [];
    const wanted = all.filter((word) => !COMMON.has(word));
    const patterns = (wanted.length ? wanted : all).map((word) => {
      const stem = word.length > 4 ? word.replace(/(ing|ed|es|s)$/, "") : word;
      // A number is looked for as a whole.
      const end = /^\d+$/.test(word) ? "(?![\\p{L}\\p{N}]|[.,]\\p{N})" : "";
      return new RegExp(`(?<![\\p{L}\\p{N}]|\\p{N}[.,])${stem}${end}`, "u");
    });
    // Whoever asks for "Table 7" wants the one that is called so.
    const called = /\b(figure|table|section)\s+(\w+(?:\.\d+)*)/.exec(plain(asked));
    const name = called && new RegExp(`(?<!\\p{L})${called[1]} ${called[2].replaceAll(".", "\\.")}(?![\\p{L}\\p{N}]|\\.\\d)`, "u");
    const hits = patterns.map((pattern) => sections.map((one) => (pattern.test(one.head) ? 4 : 0) + (pattern.test(one.text) ? 1 : 0)));
    const scores = sections.map((one, at) => {
      let score = 0;
      for (const row of hits) {
        const found = row.filter(Boolean).length;
        if (row[at]) score += 10 + row[at] * Math.log(1 + sections.length / found);
      }
      const place = name ? one.head.search(name) : -1;
      // One's own number goes before the one in print, unless that is asked for.
      return { one, score: score + (place < 0 ? 0 : place ? 50 : 65) };
    });
    return scores.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score).slice(0, 15).map(({ one }) => one);
  }

  function addSearch(tools) {
    const input = make("input", { type: "search", placeholder: "Search the report", autocomplete: "off" });
    input.setAttribute("aria-label", "Search the report");
    const list = make("ol");
    const told = make("p", { role: "status" });
    const close = make("button", { type: "button", textContent: "Close" });
    const dialog = make("dialog", { className: "search" }, make("div", { className: "search-head" }, input, close), told, list);
    dialog.setAttribute("aria-label", "Search the report");
    const button = make("button", { type: "button", textContent: "Search", title: "Search the report (press /)" });
    const open = () => { dialog.showModal(); input.select(); loadIndex(); };
    button.addEventListener("click", open);
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("click", (event) => { if (event.target === dialog || event.target.closest("a")) dialog.close(); });
    addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.closest("input, textarea, select")) return;
      event.preventDefault();
      open();
    });
    input.addEventListener("input", async () => {
      const asked = input.value;
      let known;
      try { known = await loadIndex(); } catch { told.textContent = "The index assets/search.js could not be loaded."; return; }
      if (asked !== input.value) return;
      const found = asked.trim() ? find(known, asked) : [];
      told.textContent = asked.trim() ? `${found.length || "No"} part${found.length === 1 ? "" : "s"} found` : "";
      list.replaceChildren(...found.map((one) => make("li", {},
        make("a", { href: `${one.page}.html#${one.id}` }, one.title || known.titles[one.page]),
        make("span", { className: "where", textContent: known.titles[one.page] }),
        make("span", { className: "shown", textContent: one.shown }))));
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") list.querySelector("a")?.click();
      if (event.key === "ArrowDown") { event.preventDefault(); list.querySelector("a")?.focus(); }
    });
    list.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const links = [...list.querySelectorAll("a")];
      (links[links.indexOf(document.activeElement) + step] ?? input).focus();
    });
    tools.append(button);
    document.body.append(dialog);
  }

  // An address of the time when the report was one page leads to the page that has it now.
  async function leadOn() {
    const id = decodeURIComponent(location.hash.slice(1));
    if (!id || document.getElementById(id) || !document.body.classList.contains("first")) return;
    const { sections } = await loadIndex();
    const place = sections.find((one) => one.id === id);
    if (place) location.replace(`${place.page}.html#${id}`);
  }

  // Contents ------------------------------------------------------------------------------------

  function followReader() {
    const entries = new Map();
    for (const link of document.querySelectorAll('.contents a[href^="#"]')) {
      entries.set(decodeURIComponent(link.hash.slice(1)), link);
    }
    const headings = [...entries.keys()].map((id) => document.getElementById(id)).filter(Boolean);
    const nav = document.querySelector(".contents");
    let current = null;
    const follow = () => {
      const passed = headings.filter((heading) => heading.getBoundingClientRect().top < 120);
      const reached = passed.length ? entries.get(passed.at(-1).id) : null;
      if (reached === current) return;
      current?.removeAttribute("aria-current");
      reached?.setAttribute("aria-current", "true");
      if (reached && nav.scrollHeight > nav.clientHeight) nav.scrollTop = reached.offsetTop - nav.clientHeight / 2;
      current = reached;
    };
    if (!headings.length) return;
    addEventListener("scroll", () => requestAnimationFrame(follow), { passive: true });
    follow();
  }

  // Marks of pictures ---------------------------------------------------------------------------

  // How far from a mark a pointer may be, in pixels: a dot is hard to hit.
  const NEAR = 14;

  function addValues() {
    const tip = make("div", { className: "tip", hidden: true });
    document.body.append(tip);
    const show = (mark, text) => {
      const box = mark.getBoundingClientRect();
      tip.textContent = text;
      tip.hidden = false;
      const left = Math.min(Math.max(8, box.left + box.width / 2 - tip.offsetWidth / 2), root.clientWidth - tip.offsetWidth - 8);
      const above = box.top - tip.offsetHeight - 8;
      tip.style.left = `${left + scrollX}px`;
      tip.style.top = `${(above > 4 ? above : box.bottom + 8) + scrollY}px`;
    };
    for (const picture of document.querySelectorAll(".picture")) {
      const marks = [...picture.querySelectorAll(".mark")].map((mark) => {
        const title = mark.querySelector("title");
        const text = title?.textContent ?? "";
        title?.remove();
        return { mark, text };
      }).filter(({ text }) => text);
      if (!marks.length) continue;
      let at = -1;
      const choose = (place) => {
        marks[at]?.mark.classList.remove("at");
        at = place;
        if (at < 0) { tip.hidden = true; return; }
        marks[at].mark.classList.add("at");
        show(marks[at].mark, marks[at].text);
      };
      const distance = (event, { mark }) => {
        const box = mark.getBoundingClientRect();
        const across = Math.max(box.left - event.clientX, 0, event.clientX - box.right);
        const along = Math.max(box.top - event.clientY, 0, event.clientY - box.bottom);
        return Math.hypot(across, along) + Math.min(box.width * box.height, 1e6) / 1e7;
      };
      picture.addEventListener("pointermove", (event) => {
        const direct = marks.findIndex(({ mark }) => mark.contains(event.target));
        const far = marks.map((one) => distance(event, one));
        const nearest = direct >= 0 ? direct : far.indexOf(Math.min(...far));
        choose(direct >= 0 || far[nearest] < NEAR ? nearest : -1);
      });
      picture.addEventListener("pointerleave", () => choose(-1));
      const figure = picture.closest("figure");
      const number = figure?.querySelector("figcaption .number")?.textContent.replace(/\.$/, "") ?? "Picture";
      picture.tabIndex = 0;
      picture.setAttribute("role", "group");
      picture.setAttribute("aria-label", `${number}: arrow keys go from value to value`);
      picture.addEventListener("blur", () => choose(-1));
      picture.addEventListener("keydown", (event) => {
        const last = marks.length - 1;
        const next = {
          ArrowRight: at < last ? at + 1 : 0, ArrowDown: at < last ? at + 1 : 0,
          ArrowLeft: at > 0 ? at - 1 : last, ArrowUp: at > 0 ? at - 1 : last,
          Home: 0, End: last, Escape: -1,
        }[event.key];
        if (next === undefined) return;
        event.preventDefault();
        choose(next);
        say(next < 0 ? "" : marks[next].text);
      });
    }
  }

  // Copying -------------------------------------------------------------------------------------

  async function copy(text, button, done) {
    try { await navigator.clipboard.writeText(text); } catch { done = "The browser did not let it be copied"; }
    say(done);
    const before = button.textContent;
    button.textContent = done;
    setTimeout(() => { button.textContent = before; }, 1500);
  }

  function addCopying() {
    for (const link of document.querySelectorAll(".save a[href$='.csv']")) {
      const button = make("button", { type: "button", textContent: "Copy" });
      button.setAttribute("aria-label", `Copy ${link.textContent}`);
      button.addEventListener("click", async () => {
        let text;
        // A page on a disk may not read the file beside it, but shows its numbers.
        try { text = await (await fetch(link.href)).text(); } catch { text = readTable(link); }
        await copy(text, button, "Copied");
      });
      link.after(" ", button);
    }
    for (const link of document.querySelectorAll(".save a.itself")) {
      const button = make("button", { type: "button", textContent: "Copy" });
      button.setAttribute("aria-label", `Copy ${link.textContent}`);
      button.addEventListener("click", () => copy(link.href, button, "Copied"));
      link.after(" ", button);
    }
  }

  function readTable(link) {
    const figure = link.closest("figure");
    const place = [...figure.querySelectorAll(".save a[href$='.csv']")].indexOf(link);
    const quote = (cell) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
    const rows = figure.querySelectorAll("table")[place]?.rows ?? [];
    return [...rows].map((row) => [...row.cells].map((cell) => quote(cell.textContent.trim())).join(",")).join("\n");
  }

  addEventListener("DOMContentLoaded", () => {
    document.body.append(status);
    const tools = document.querySelector(".tools");
    addSearch(tools);
    addTheme(tools);
    followReader();
    addValues();
    addCopying();
    leadOn();
  });
  addEventListener("hashchange", leadOn);
  addEventListener("beforeprint", () => document.querySelectorAll(".tip").forEach((tip) => { tip.hidden = true; }));
})();
