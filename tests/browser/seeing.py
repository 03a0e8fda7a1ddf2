"""What is measured on a page as it is drawn; each is a function for the browser that names what is wrong."""

# What a tall page of a phone shows at once must not be wider than the phone.
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"

# Words whose boxes lie on one another by more than a hair, and words that do not fit their box.
COLLISIONS = """() => {
  const boxes = [...document.querySelectorAll(
    'h1, h2, .figure, .delta, .tile-name, .facts dt, .facts dd, .formula, .sums, .chart text, th, td')]
    .filter((e) => e.textContent.trim() && e.checkVisibility() && !e.closest('thead'))
    .map((e) => [e, e.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && box.height > 1);
  const found = [];
  boxes.forEach(([one, a], place) => boxes.slice(place + 1).forEach(([other, b]) => {
    if (one.contains(other) || other.contains(one)) return;
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 2 && high > 4) found.push(one.textContent.trim() + ' × ' + other.textContent.trim());
  }));
  for (const e of document.querySelectorAll('.figure, .tile, .badge, .facts dd'))
    if (e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline')
      found.push('cut off: ' + e.textContent.trim());
  return found;
}"""

# Where the system has colours of its own (forced-colors), backgrounds and shadows are gone: whatever has the focus
# has an outline; where one is, what is chosen, what is wrong or cannot be pressed is told apart by more than a colour;
# what is wrong says so in words, and charts have their table.
MARKS = """() => {
  const found = [];
  const looks = (e) => {
    const s = getComputedStyle(e);
    return ['outlineStyle', 'outlineWidth', 'borderTopWidth', 'borderBottomWidth', 'borderLeftWidth', 'borderTopStyle',
      'borderBottomColor', 'borderLeftColor', 'borderTopColor', 'backgroundColor', 'color', 'fontWeight',
      'textDecorationLine'].map((name) => s[name]).join('|');
  };
  for (const e of document.querySelectorAll('[aria-current]:not([aria-current=false]), [aria-pressed=true]')) {
    const beside = [...(e.closest('nav, ul, table, form, .switch')?.querySelectorAll(e.tagName) ?? [])].find(
      (one) => one !== e && !one.matches('[aria-current], [aria-pressed=true]') && one.className === e.className);
    if (beside && e.checkVisibility() && looks(e) === looks(beside)) found.push('not marked: ' + e.textContent.trim());
  }
  const border = (e) => getComputedStyle(e).borderTopStyle + getComputedStyle(e).borderTopWidth;
  for (const [off, on] of [['.button:disabled', 'button'], ['.input[aria-invalid=true]', 'input']]) {
    const usual = document.createElement(on);
    usual.className = on;
    document.body.append(usual);
    const plain = border(usual);
    usual.remove();
    for (const e of document.querySelectorAll(off))
      if (e.checkVisibility() && border(e) === plain) found.push('looks like any other: ' + e.outerHTML.slice(0, 90));
  }
  for (const e of document.querySelectorAll('[aria-invalid=true]'))
    if (!document.getElementById(e.getAttribute('aria-describedby') ?? '')?.textContent.trim())
      found.push('does not say what is wrong: ' + e.name);
  for (const e of document.querySelectorAll('.chart-card'))
    if (!e.querySelector('details table')) found.push('a chart without its table');
  const seen = new Set();
  for (const e of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')) {
    const kind = e.tagName + e.className;
    if (seen.has(kind) || e.disabled || !e.checkVisibility()) continue;
    seen.add(kind);
    e.focus({focusVisible: true});
    if (document.activeElement !== e) continue;
    const drawn = [getComputedStyle(e), getComputedStyle(e, '::after')];
    if (!drawn.some((s) => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1))
      found.push('no focus: ' + kind);
  }
  document.activeElement?.blur();
  return found;
}"""

# What has the focus must be seen, at least in part: nothing that stays at the edge of the window lies on all of it,
# whichever way one tabs.
HIDDEN = """() => {
  const found = new Set();
  const stays = (e) => ['fixed', 'sticky'].includes(getComputedStyle(e).position);
  const staying = (e) => (!e || stays(e) ? e : staying(e.parentElement));
  const shows = (e, box) => [0.1, 0.5, 0.9].some((across) => [0.1, 0.5, 0.9].some((down) => {
    const top = document.elementFromPoint(box.x + box.width * across, box.y + box.height * down);
    return top && (e.contains(top) || top.contains(e) || top.closest('label')?.contains(e));
  }));
  const walk = (all) => {
    for (const e of all) {
      e.focus();
      const box = e.getBoundingClientRect();
      if (document.activeElement !== e || box.width < 2 || box.height < 2 || shows(e, box)) continue;
      const over = staying(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
      if (over) found.add(`${e.tagName} ${e.textContent.trim() || e.name} is under ${over.className}`);
    }
  };
  const all = [...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
    .filter((e) => e.checkVisibility({visibilityProperty: true}) && !e.disabled);
  window.scrollTo(0, 0);
  walk(all);
  walk(all.reverse());
  document.activeElement?.blur();
  window.scrollTo(0, 0);
  return [...found];
}"""
