(() => {
  "use strict";
  const root = document.documentElement;
  const one = (name, within = document) => within.querySelector(name);
  const all = (name, within = document) => [...within.querySelectorAll(name)];
  const keep = (key, value, store = "localStorage") => { try { window[store].setItem(key, value); } catch { /* storage is refused */ } };
  const kept = (key, store = "localStorage") => { try { return window[store].getItem(key); } catch { return null; } };

  const cards = all(".card");
  if (!cards.length) { root.classList.add("ready"); return; }
  const list = one(".list");
  const right = one(".right");
  const article = one("article");
  const form = one("#tools");
  const boxes = all(".f");
  const search = one("#search");
  const undecided = one("#undecided"); // at the desk only
  const status = one("#status");
  const pager = one(".pager");
  const wide = matchMedia("(min-width: 861px)");
  const headOf = (card) => card.firstElementChild.firstElementChild;
  const bodyOf = (card) => card.lastElementChild;
  let current = null;

  for (const card of cards) {
    bodyOf(card).setAttribute("hidden", "until-found");
    headOf(card).setAttribute("aria-expanded", "false");
  }
  one(".find").hidden = false;
  if (undecided) undecided.parentElement.hidden = false;
  pager.hidden = false;
  root.classList.add("ready");

  /* Which stretches of the article and which numbers belong to a claim: looked up once, when first needed. */
  let places = null;
  const placesOf = (id) => {
    if (!places) {
      places = new Map(cards.map((card) => [card.id, { marks: [], number: null }]));
      for (const mark of all("[data-c]", article)) places.get(mark.dataset.c)?.marks.push(mark);
      for (const number of all("a.n", article)) {
        const place = places.get(number.hash.slice(1));
        if (place) place.number = number;
      }
    }
    return places.get(id);
  };

  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  let texts = null;
  const fits = (index, words) => {
    texts ??= cards.map((card) => plain(one(".claim", card).textContent));
    return words.every((word) => texts[index].includes(word));
  };

  const decided = location.hash.slice(1);
  if (undecided) {
    // The choice outlives the reload that a saved decision brings.
    const key = "bukti-undecided" + location.pathname;
    undecided.checked = kept(key, "sessionStorage") === "on";
    addEventListener("pagehide", () => keep(key, undecided.checked ? "on" : "off", "sessionStorage"));
  }

  /* At the desk: what was typed at other claims outlives the reload that a saved decision brings. */
  const reviewOf = (element) => element.closest(".review")?.querySelector("form[id]") || (element.form?.matches(".review form[id]") ? element.form : null);
  const draftOf = (review) => "bukti-draft " + review.getAttribute("action");
  const wrongOf = (review) => [...review.elements].filter((field) => field.name === "wrong");
  const keepDraft = (review, sent) => {
    const { seen, verdict, reviewer, note } = review.elements;
    const wrong = wrongOf(review).filter((box) => box.checked).map((box) => box.value);
    keep(draftOf(review), JSON.stringify({ seen: seen.value, verdict: verdict.value, reviewer: reviewer.value, note: note.value, wrong, sent }), "sessionStorage");
  };
  for (const review of all(".review form[id]")) {
    const text = kept(draftOf(review), "sessionStorage");
    // A decision that was refused comes back in its form.
    if (review.parentElement.querySelector("[role=alert]")) { keepDraft(review, false); continue; }
    if (!text) continue;
    const draft = JSON.parse(text);
    const { seen, verdict, reviewer, note } = review.elements;
    if (draft.sent && draft.seen !== seen.value) { sessionStorage.removeItem(draftOf(review)); continue; }
    // With the decision that was seen while it was typed: if there is another by now, it is shown before this one is taken.
    seen.value = draft.seen;
    verdict.value = draft.verdict;
    note.value = draft.note;
    if (draft.reviewer) reviewer.value = draft.reviewer;
    for (const box of wrongOf(review)) box.checked = draft.wrong.includes(box.value);
  }
  list.addEventListener("input", (event) => { const review = reviewOf(event.target); if (review) keepDraft(review, false); });
  list.addEventListener("submit", (event) => { const review = reviewOf(event.target); if (review) keepDraft(review, true); });

  let shown = cards;
  const apply = () => {
    const chosen = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    if (chosen.size) root.dataset.only = [...chosen].join(" ");
    else delete root.dataset.only;
    const words = plain(search.value).split(/\s+/).filter(Boolean);
    const open = undecided?.checked;
    shown = cards.filter((card, index) => {
      // What was decided a moment ago stays in view, so that the next claim is the one after it.
      const found = (!words.length || fits(index, words)) && !(open && "reviewed" in card.dataset && card.id !== decided);
      card.classList.toggle("miss", !found);
      return found && (!chosen.size || chosen.has(card.dataset.v));
    });
    const says = !shown.length ? "none" : shown.length === cards.length ? "all" : "some";
    status.textContent = status.dataset[says].replace("{n}", shown.length);
    one("#next").disabled = one("#previous").disabled = !shown.length;
  };

  const mark = (card, on) => {
    const place = placesOf(card.id);
    place.marks.forEach((piece) => piece.classList.toggle("on", on));
    if (on) place.number?.setAttribute("aria-current", "true");
    else place.number?.removeAttribute("aria-current");
    return place;
  };
  const close = () => {
    if (!current) return;
    current.classList.remove("on");
    bodyOf(current).setAttribute("hidden", "until-found");
    headOf(current).setAttribute("aria-expanded", "false");
    mark(current, false);
    current = null;
  };
  const address = (id) => { try { history.replaceState(null, "", id ? "#" + id : location.pathname + location.search); } catch { /* the address stays */ } };
  const inView = (box, top, bottom) => box.top >= top && box.bottom <= bottom;

  /* Brings a claim's words into view, then the column of claims: at the article's end that one would be pushed out above. */
  const settle = (place, jump) => {
    const first = place.marks[0] || place.number;
    // Twice, here and for the card: the first time brings it near enough to be laid out, the second then knows its place.
    for (let turn = 0; turn < 2; turn += 1) {
      if (first && !inView(first.getBoundingClientRect(), 60, innerHeight - 60)) first.scrollIntoView({ block: "center" });
    }
    const top = right.getBoundingClientRect().top;
    if (top < 0 || (jump ? top > 0 : top > innerHeight / 3)) scrollBy(0, top);
  };

  const open = (card, { focus = true, scroll = true, jump = true } = {}) => {
    if (!shown.includes(card)) { form.reset(); apply(); }
    if (current !== card) {
      close();
      current = card;
      card.classList.add("on");
      bodyOf(card).removeAttribute("hidden");
      headOf(card).setAttribute("aria-expanded", "true");
      mark(card, true);
    }
    if (wide.matches && (scroll || focus)) settle(placesOf(card.id), scroll && jump);
    if (scroll) {
      if (wide.matches) {
        for (let turn = 0; turn < 2; turn += 1) list.scrollTop += card.getBoundingClientRect().top - list.getBoundingClientRect().top - 6;
      } else card.scrollIntoView({ block: "start" });
    }
    if (focus) headOf(card).focus({ preventScroll: true });
    address(card.id);
  };

  const step = (by) => {
    if (!shown.length) return;
    const at = shown.indexOf(current);
    const next = at < 0 ? (by > 0 ? 0 : shown.length - 1) : Math.min(shown.length - 1, Math.max(0, at + by));
    open(shown[next]);
  };

  list.addEventListener("click", (event) => {
    const head = event.target.closest("a.open");
    if (!head || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const card = head.closest(".card");
    if (card === current) { close(); address(""); } else open(card, { scroll: false });
  });
  list.addEventListener("beforematch", (event) => {
    const card = event.target.closest(".card");
    if (card) open(card, { focus: false, scroll: false });
  });
  article.addEventListener("click", (event) => {
    const number = event.target.closest("a.n");
    if (number) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(document.getElementById(number.hash.slice(1)), { jump: false });
      return;
    }
    if (!getSelection().isCollapsed) return;
    // All claims of this place, the innermost first; a second click goes on to the next.
    const here = [];
    for (let piece = event.target.closest("[data-c]"); piece; piece = piece.parentElement.closest("[data-c]")) here.push(document.getElementById(piece.dataset.c));
    const open_to = here.filter((card) => shown.includes(card));
    const choice = open_to.length ? open_to : here;
    if (choice.length) open(choice[(choice.indexOf(current) + 1) % choice.length], { jump: false });
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", apply);
  form.addEventListener("input", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  one("#next").addEventListener("click", () => step(1));
  one("#previous").addEventListener("click", () => step(-1));

  const shortcuts = one("#keys");
  shortcuts.checked = kept("bukti-keys") !== "off";
  shortcuts.addEventListener("change", () => keep("bukti-keys", shortcuts.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") {
      if (event.target === search && search.value) { search.value = ""; apply(); return; }
      if (event.target.matches("input[type=text], textarea, select")) return; // it closes the list of a choice, or nothing
      const keys = one(".keys");
      if (keys.open) { keys.open = false; return; }
      const head = current && headOf(current);
      close();
      address("");
      head?.focus({ preventScroll: true });
      return;
    }
    if (!shortcuts.checked || event.target.matches("input[type=search], input[type=text], textarea, select")) return;
    const act = { j: () => step(1), n: () => step(1), k: () => step(-1), p: () => step(-1), "/": () => { search.focus(); search.select(); } }[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  const fromAddress = () => {
    let id = location.hash.slice(1);
    try { id = decodeURIComponent(id); } catch { /* not an id then */ }
    const card = id && document.getElementById(id);
    if (card && card.classList.contains("card")) open(card);
  };
  addEventListener("hashchange", fromAddress);
  apply();
  fromAddress();
  // The browser goes to the address once more when the page is whole, and takes the focus away.
  addEventListener("load", () => requestAnimationFrame(() => setTimeout(() => { if (document.activeElement === document.body) fromAddress(); })));
})();
