// The report is whole without this file, which only eases reading it.
(() => {
  "use strict";

  // The section that is being read is marked in the contents.
  const entries = new Map();
  for (const link of document.querySelectorAll('.contents a[href^="#"]')) {
    entries.set(decodeURIComponent(link.hash.slice(1)), link);
  }
  const headings = [...entries.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  let current = null;
  const follow = () => {
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top < 120);
    const reached = passed.length ? entries.get(passed.at(-1).id) : null;
    if (reached === current) return;
    current?.removeAttribute("aria-current");
    reached?.setAttribute("aria-current", "true");
    reached?.scrollIntoView({ block: "nearest" });
    current = reached;
  };
  if (headings.length) {
    addEventListener("scroll", () => requestAnimationFrame(follow), { passive: true });
    follow();
  }
})();
