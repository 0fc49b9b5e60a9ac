(() => {
  "use strict";
  /* Light and dark. */
  const root = document.documentElement;
  const theme = document.querySelector("#theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
  const showTheme = () => theme.setAttribute("aria-pressed", String(isDark()));
  theme.hidden = false;
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try { localStorage.setItem("bukti-theme", root.dataset.theme); } catch { /* storage is refused */ }
    showTheme();
  });
  system.addEventListener("change", showTheme);
  showTheme();
  /* Moments of a desk, in the reader's own time; days of publication have none. */
  for (const at of document.querySelectorAll("time[datetime*=T]")) {
    at.textContent = new Date(at.dateTime).toLocaleString(root.lang, { dateStyle: "medium", timeStyle: "short" });
  }
})();
