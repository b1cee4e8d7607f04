(() => {
  const wrong = [];
  const say = (element, what) => wrong.push(`${what}: ${element.outerHTML.slice(0, 160).replace(/\s+/g, " ")}`);
  const shown = (e) => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const hiddenFromAll = (e) => e.closest("[aria-hidden=true], .visually-hidden, .skip");

  // Any CSS colour as [r, g, b, a] in 0..255 and 0..1.
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const luminance = ([r, g, b]) => {
    const f = (v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b);
  };
  const ratio = (a, b) => {
    const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p);
    return (x + 0.05) / (y + 0.05);
  };
  // The solid colour behind an element; null where a picture or a gradient is.
  const behind = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) {
      const style = getComputedStyle(e);
      if (style.backgroundImage !== "none") return null;
      const c = rgba(style.backgroundColor);
      if (c[3] > 0) layers.push(c);
      if (c[3] === 1) break;
    }
    return layers.reduceRight((under, top) => over(top, under), [255, 255, 255, 1]);
  };

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const done = new Set();
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || done.has(e) || !shown(e) || hiddenFromAll(e)) continue;
    if (e.closest("script, style, svg, option, .chart")) continue;
    done.add(e);
    const back = behind(e);
    if (!back) continue;
    const style = getComputedStyle(e);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    let alpha = 1;
    for (let p = e; p; p = p.parentElement) alpha *= Number(getComputedStyle(p).opacity);
    const colour = rgba(style.color);
    colour[3] *= alpha;
    const found = ratio(over(colour, back), back);
    if (found < (large ? 3 : 4.5)) say(e, `contrast ${found.toFixed(2)}`);
  }

  for (const e of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    if (!e.labels?.length && !e.ariaLabel) say(e, "field without a label");
    for (const id of (e.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean)) {
      if (!document.getElementById(id)) say(e, `described by ${id}, which is not there`);
    }
  }
  for (const e of document.querySelectorAll("a[href], button, summary")) {
    if (shown(e) && !(e.ariaLabel ?? e.textContent).trim() && !e.querySelector("img[alt]:not([alt=''])")) say(e, "control without a name");
  }
  for (const e of document.querySelectorAll("img:not([alt])")) say(e, "picture without a text");
  for (const e of document.querySelectorAll("[aria-labelledby]")) {
    if (!document.getElementById(e.getAttribute("aria-labelledby"))) say(e, "labelled by nothing");
  }
  for (const e of document.querySelectorAll("th:not([scope])")) say(e, "table head without a scope");
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) wrong.push(`id ${id} is there twice`);
  if (!document.documentElement.lang) wrong.push("the page has no language");
  if (!document.title.trim()) wrong.push("the page has no title");
  if (document.querySelectorAll("h1").length !== 1) wrong.push(`${document.querySelectorAll("h1").length} headings of the first level`);
  let level = 0;
  for (const h of document.querySelectorAll("h1, h2, h3, h4")) {
    const n = Number(h.tagName[1]);
    if (n > level + 1) say(h, `heading jumps from ${level} to ${n}`);
    level = n;
  }
  if (document.documentElement.scrollWidth > document.documentElement.clientWidth) {
    wrong.push(`wider than the window: ${document.documentElement.scrollWidth} > ${document.documentElement.clientWidth}`);
    for (const e of document.querySelectorAll("main *, header *, aside *")) {
      if (e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".table-responsive, .track, svg") && !e.querySelector("*")) say(e, "sticks out");
    }
  }
  return [...new Set(wrong)];
})()
