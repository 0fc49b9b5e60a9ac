(function () {
  var root = document.documentElement;
  root.classList.add("js");
  var panels = document.querySelectorAll(".panel");
  var hint = document.querySelector(".hint");
  function show(id, focus) {
    var found = null;
    panels.forEach(function (panel) {
      var on = panel.id === id;
      panel.classList.toggle("on", on);
      if (on) { found = panel; }
    });
    document.querySelectorAll("a.c").forEach(function (link) {
      link.classList.toggle("on", link.dataset.claim === id);
    });
    if (hint) { hint.hidden = Boolean(found); }
    if (found && focus) { found.focus({ preventScroll: window.innerWidth > 800 }); }
  }
  document.querySelectorAll("a.c").forEach(function (link) {
    link.addEventListener("click", function (event) {
      event.preventDefault();
      history.replaceState(null, "", "#" + link.dataset.claim);
      show(link.dataset.claim, true);
    });
  });
  document.querySelectorAll(".count").forEach(function (button) {
    button.addEventListener("click", function () {
      var on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(on));
      document.querySelectorAll("a.c." + button.dataset.verdict).forEach(function (link) {
        link.style.textDecorationColor = on ? "" : "transparent";
      });
    });
  });
  function fromHash() { show(location.hash.slice(1), false); }
  window.addEventListener("hashchange", fromHash);
  fromHash();
})();
