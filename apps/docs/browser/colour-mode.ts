/** Shows a page in the colours that the reader chose on a page of a reference (Redoc keeps them), before it is painted. */
try {
  const chosen = localStorage.getItem("redoc.colorMode");
  if (chosen === "light" || chosen === "dark") document.documentElement.classList.add(chosen);
} catch {
  // A browser that keeps nothing for a page has nothing chosen.
}
