(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const theme = localStorage.getItem("bukti-theme");
    if (theme === "dark" || theme === "light") root.dataset.theme = theme;
  } catch { /* storage is refused: the system's choice stands */ }
})();
