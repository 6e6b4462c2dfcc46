// What a page shows, examined: a list of sentences, each a defect.
(() => {
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const squeezed = (text) => (text || "").replace(/\s+/g, " ").trim();
  const at = (element) => `${element.localName}${element.id ? "#" + element.id : ""}.${element.className} « ${squeezed(element.textContent).slice(0, 40)} »`;
  const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".unseen");

  const spoken = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.nodeType !== Node.ELEMENT_NODE || node.getAttribute("aria-hidden") === "true") return "";
    return node.getAttribute("aria-label") || (node.localName === "img" ? node.alt : [...node.childNodes].map(spoken).join(""));
  };
  const byIds = (ids) => ids.split(/\s+/).map((id) => spoken(document.getElementById(id) || document.createTextNode(""))).join(" ");
  const named = (element) => squeezed(element.hasAttribute("aria-labelledby") ? byIds(element.getAttribute("aria-labelledby")) : spoken(element));

  const headings = () => {
    const levels = $$("h1, h2, h3, h4, h5, h6").filter(shown).map((h) => Number(h.localName[1]));
    const jumps = levels.filter((level, i) => level > (levels[i - 1] || 0) + 1);
    return [
      ...(levels.filter((level) => level === 1).length === 1 ? [] : [`${levels.filter((l) => l === 1).length} first headings`]),
      ...jumps.map((level) => `a heading jumps to level ${level}`),
      ...$$("h1, h2, h3, h4, h5, h6").filter((h) => shown(h) && !named(h)).map((h) => `an empty heading: ${at(h)}`),
    ];
  };

  const ids = () => {
    const seen = $$("[id]").map((element) => element.id);
    const twice = [...new Set(seen.filter((id, i) => seen.indexOf(id) !== i))];
    const missing = ["for", "aria-labelledby", "aria-describedby", "aria-controls"].flatMap((attribute) =>
      $$(`[${attribute}]`).flatMap((e) => e.getAttribute(attribute).split(/\s+/).filter((id) => id && !document.getElementById(id)).map((id) => `${attribute} names ${id}, which is not there`)));
    return [...twice.map((id) => `the id ${id} is there twice`), ...missing];
  };

  const tables = () => $$("table").filter((table) => !table.caption && !table.hasAttribute("aria-labelledby") && !table.hasAttribute("aria-label"))
    .map((table) => `a table without a name: ${squeezed(table.textContent).slice(0, 40)}`);

  // two controls of one name do the same thing
  const does = (element) => {
    if (element.localName === "a") return element.href.replace(/\?$/, "").replace(/#.*$/, (hash) => (element.pathname === location.pathname ? hash : ""));
    const form = element.form;
    const sent = form && element.type === "submit" ? (element.formAction || form.action) + squeezed($$("input[type=hidden]", form).map((i) => /^_/.test(i.name) ? "" : i.value).join()) : "";
    return `${sent} ${element.name}=${element.value} ${element.dataset.copy || ""}`;
  };
  const names = () => {
    const found = new Map();
    const nameless = [];
    $$("a[href], button, summary").filter((e) => shown(e) || e.closest("details")).forEach((e) => {
      const name = named(e).toLowerCase();
      if (!name) nameless.push(`a control without a name: ${at(e)}`);
      const what = e.localName === "summary" ? "summary" : e.localName === "a" ? "link" : "button";
      const key = `${what} « ${name} »`;
      found.set(key, (found.get(key) || new Set()).add(what === "summary" ? `${found.get(key)?.size}` : does(e)));
    });
    return [...nameless, ...[...found].filter(([, places]) => places.size > 1).map(([name, places]) => `${name} does ${places.size} things: ${[...places].slice(0, 2).join(" | ")}`)];
  };

  const page = () => [
    ...(document.documentElement.lang === "fr" ? [] : ["the page is not in French"]),
    ...(document.title ? [] : ["the page has no title"]),
    ...headings(), ...ids(), ...tables(), ...names(),
  ];

  // what is cut, or spills: once wide, once narrow, once with text spaced out
  const scrolled = (element) => element.closest(".scroll, .chart-box, pre");
  const cut = (when) => {
    const wide = document.scrollingElement.scrollWidth - innerWidth;
    const spills = $$("body *").filter((e) => shown(e) && !scrolled(e) && e.clientWidth && getComputedStyle(e).display !== "inline"
      && !["select", "input", "textarea", "svg"].includes(e.localName) && !e.closest("svg") && e.scrollWidth > e.clientWidth + 1);
    const hidden = $$("body *").filter((e) => shown(e) && !e.closest("svg") && ["hidden", "clip"].includes(getComputedStyle(e).overflowY) && e.scrollHeight > e.clientHeight + 1
      && !["select", "input"].includes(e.localName));
    return [
      ...(wide > 0 ? [`${when}: the page is ${wide} px too wide`] : []),
      ...spills.map((e) => `${when}: cut or spilt by ${e.scrollWidth - e.clientWidth} px: ${at(e)}`),
      ...hidden.map((e) => `${when}: hidden text: ${at(e)}`),
    ];
  };

  // one text of each kind: the same tags, classes and states all the way up are painted alike
  const states = (e) => ["aria-current", "aria-invalid", "aria-disabled", "open", "type"].map((name) => e.getAttribute(name)).join();
  const kind = (e) => (e ? `${kind(e.parentElement)} > ${e.localName}.${e.className} ${states(e)}` : "");
  const sample = () => {
    const kinds = new Map();
    $$("body *").filter((e) => e.matches("input, select, textarea") || [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim()))
      .forEach((e) => kinds.set(kind(e), kinds.get(kind(e)) || e));
    return [...kinds.values()];
  };

  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-block-end: 2em !important }");
  const spaced = (on) => { document.adoptedStyleSheets = [...document.adoptedStyleSheets.filter((other) => other !== sheet), ...(on ? [sheet] : [])]; };

  // with forced colours, what only a background told must have an edge
  const edges = () => $$(".badge, .button, .notice, input:not([type=hidden], [type=checkbox], [type=radio]), select, textarea, .quick a[aria-current], .menu a[aria-current], .tabs a[aria-current]")
    .filter(shown).filter((e) => {
      const style = getComputedStyle(e);
      return !["top", "bottom", "left", "right"].some((side) => parseFloat(style[`border-${side}-width`]) && style[`border-${side}-style`] !== "none" && style[`border-${side}-color`] !== style.backgroundColor);
    }).map((e) => `with forced colours, no edge: ${at(e)}`);
  const moving = () => $$("body *").filter((e) => getComputedStyle(e).transitionDuration.split(", ").some((d) => parseFloat(d) > 0) || getComputedStyle(e).animationName !== "none")
    .map((e) => `moves although motion is reduced: ${at(e)}`);

  window.audit = { page, cut, sample, spaced, edges, moving };
})();
