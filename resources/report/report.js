// SPDX-License-Identifier: GPL-3.0-or-later
// The HTML report comes alive: thresholds move between those that the page lists, tables sort, the theme changes.
// Counts are those of the page; nothing is counted here. Without this script the page shows them as they were saved.
'use strict';
(() => {
  const NOT_DEFINED = '–';
  const MINUS = '−';

  // Numbers, spelled as the report's writer spells them.

  const grouped = count => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

  /** A share in percent with two decimals; halves go to the even digit. */
  function percent(share) {
    if (share === null) return NOT_DEFINED;
    const value = 100 * share;
    if ((value * 8) % 2 !== 1) return value.toFixed(2);
    const floor = Math.floor(value * 100);
    return ((floor % 2 ? floor + 1 : floor) / 100).toFixed(2);
  }

  const withUnit = share => percent(share) + (share === null ? '' : ' %');

  /** Four significant digits, as C's %.4g; null is the threshold at which nothing is flagged. */
  function thresholdText(threshold) {
    if (threshold === null) return '∞';
    if (threshold === 0) return '0';
    const [digits, exponent] = threshold.toExponential(3).split('e').map(Number);
    if (exponent >= -4 && exponent < 4) return String(Number(threshold.toPrecision(4))).replace('-', MINUS);
    const sign = exponent < 0 ? MINUS : '+';
    return `${String(digits).replace('-', MINUS)}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }

  const ratio = (part, whole) => (whole > 0 ? part / whole : null);

  /** What a decision did, from the two counts that are listed and the two totals. */
  function outcome(tp, fp, positives, negatives) {
    const fn = positives - tp;
    return {
      tp, fp, fn, tn: negatives - fp,
      precision: ratio(tp, tp + fp),
      recall: ratio(tp, positives),
      f1: ratio(2 * tp, 2 * tp + fp + fn),
      fpr: ratio(fp, negatives),
    };
  }

  const cellText = (key, value) => (['tp', 'fp', 'fn', 'tn'].includes(key) ? grouped(value) : percent(value));

  /** One run of a set: its list, strictest first, and where its slider stands. */
  class Run {
    constructor(data, row) {
      Object.assign(this, data);
      this.row = row;
      this.slider = row.querySelector('input[type=range]');
      this.radio = row.querySelector('input[type=radio]');
      this.last = this.thresholds.length - 1;
      this.finite = this.thresholds.filter(threshold => threshold !== null);
    }

    at(index) { return outcome(this.tp[index], this.fp[index], this.positives, this.negatives); }
    rule(index) { return this.marks.filter(mark => mark[1] === index).map(mark => mark[0])[0] || ''; }

    /** Where a listed threshold stands in a plot, in shares of its frame; null where it has no place. */
    place(chart, index) {
      const made = this.at(index);
      if (chart === 'pr') return [made.recall ?? 0, made.precision ?? 1];
      if (chart === 'roc') return [made.fpr ?? 0, made.recall ?? 0];
      if (this.thresholds[index] === null) return null;
      const high = this.finite[0], low = this.finite[this.finite.length - 1];
      return [high > low ? (this.thresholds[index] - low) / (high - low) : 0.5, made.f1 ?? 0];
    }

    readout(index) {
      const made = this.at(index);
      return [
        this.name,
        this.thresholds[index] === null ? 'nothing flagged' : `threshold ${thresholdText(this.thresholds[index])}`,
        `precision ${withUnit(made.precision)}`,
        `recall (TPR) ${withUnit(made.recall)}`,
        `FPR ${withUnit(made.fpr)}`,
        `F1 ${withUnit(made.f1)}`,
      ];
    }

    /** The row's numbers at the slider's place. */
    show() {
      const made = this.at(this.index);
      this.row.querySelector('output').textContent = thresholdText(this.thresholds[this.index]);
      this.row.querySelector('small').textContent = this.rule(this.index);
      for (const cell of this.row.querySelectorAll('[data-value]'))
        cell.textContent = cellText(cell.dataset.value, made[cell.dataset.value]);
      this.slider.value = this.last - this.index;  // to the right is stricter
      this.slider.setAttribute('aria-valuetext', this.readout(this.index).slice(1).join(', '));
    }
  }

  /** One plot: finds the listed point under the pointer and moves the operating points. */
  class Chart {
    constructor(svg, set) {
      this.svg = svg;
      this.set = set;
      this.kind = svg.dataset.chart;
      [this.left, this.top, this.width, this.height] = svg.dataset.frame.split(' ').map(Number);
      this.hover = svg.querySelector('.hover');
      this.groups = new Map([...svg.querySelectorAll('.run')].map(group => [Number(group.dataset.run), group]));
      svg.addEventListener('pointermove', event => this.read(event));
      svg.addEventListener('pointerdown', event => this.read(event));
      svg.addEventListener('pointerleave', () => this.leave());
      svg.addEventListener('click', event => {
        const found = this.find(event);
        if (found) set.move(found.run, found.index);
      });
    }

    /** In units of the view box. */
    point(run, index) {
      const place = this.set.runs[run].place(this.kind, index);
      return place && [this.left + this.width * place[0], this.top + this.height * (1 - place[1])];
    }

    shownRuns() { return [...this.groups.keys()].filter(run => this.kind !== 'f1' || run === this.set.chosen); }

    /** The listed point nearest to the pointer of the curve nearest to it; null away from all curves. */
    find(event) {
      const matrix = this.svg.getScreenCTM();
      if (!matrix) return null;
      const pointer = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
      const far = 24;  // units of the view box
      let best = null;
      for (const run of this.shownRuns()) {
        let before = null;
        for (let index = 0; index <= this.set.runs[run].last; ++index) {
          const at = this.point(run, index);
          if (!at) continue;
          const distance = before ? toSegment([pointer.x, pointer.y], before.at, at) : apart([pointer.x, pointer.y], at);
          // Of curves that lie upon each other the chosen one is meant.
          const rank = distance - (run === this.set.chosen ? 0.5 : 0);
          if (distance < far && (!best || rank < best.rank)) {
            const isNearer = before && apart([pointer.x, pointer.y], before.at) < apart([pointer.x, pointer.y], at);
            best = { run, index: isNearer ? before.index : index, rank };
          }
          before = { at, index };
        }
      }
      return best;
    }

    read(event) {
      const found = this.find(event);
      if (!found) return this.leave();
      const [x, y] = this.point(found.run, found.index);
      this.hover.setAttribute('cx', x);
      this.hover.setAttribute('cy', y);
      this.hover.removeAttribute('visibility');
      this.set.showReadout(this.set.runs[found.run].readout(found.index), event);
    }

    leave() {
      this.hover.setAttribute('visibility', 'hidden');
      this.set.readout.hidden = true;
    }

    show(run) {
      const group = this.groups.get(run);
      if (!group) return;
      const marker = group.querySelector('.point');
      const at = this.point(run, this.set.runs[run].index);
      if (at) {
        marker.setAttribute('cx', at[0]);
        marker.setAttribute('cy', at[1]);
        marker.removeAttribute('visibility');
      } else {
        marker.setAttribute('visibility', 'hidden');
      }
    }

    choose(run) {
      for (const [index, group] of this.groups) group.classList.toggle('on', index === run);
      const chosen = this.groups.get(run);
      if (chosen) this.svg.insertBefore(chosen, this.hover);  // above the others
    }
  }

  const apart = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);

  function toSegment(p, a, b) {
    const along = [b[0] - a[0], b[1] - a[1]];
    const length = along[0] ** 2 + along[1] ** 2;
    const share = length > 0 ? ((p[0] - a[0]) * along[0] + (p[1] - a[1]) * along[1]) / length : 0;
    const t = Math.min(1, Math.max(0, share));
    return apart(p, [a[0] + t * along[0], a[1] + t * along[1]]);
  }

  /** The grey values of a PNG in base64. */
  async function greyValues(base64) {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.naturalWidth;
    canvas.height = image.naturalHeight;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.drawImage(image, 0, 0);
    const rgba = context.getImageData(0, 0, canvas.width, canvas.height).data;
    return Uint8Array.from({ length: rgba.length / 4 }, (_, i) => rgba[4 * i]);
  }

  /** One frame: paints what a threshold decides, from maps of 8 bits. */
  class Frame {
    constructor(figure, set) {
      this.set = set;
      this.figure = figure;
      this.canvas = figure.querySelector('canvas');
      this.stack = figure.querySelector('.stack');
      this.name = figure.querySelector('figcaption b').textContent;
      Object.assign(this, JSON.parse(figure.querySelector('script').textContent));
      this.maps = new Map();
    }

    map(key, base64) {
      if (!this.maps.has(key)) this.maps.set(key, greyValues(base64));
      return this.maps.get(key);
    }

    /** Resolves to whether there was a map to paint. */
    async paint(run, mode) {
      const wanted = `${run.name} ${run.index} ${mode}`;
      this.wanted = wanted;
      const levels64 = run.painted === null ? null : this.levels[run.painted];
      this.stack.classList.toggle('plain', mode === 'photo' || !levels64);
      this.say(run);
      if (mode === 'photo' || !levels64) {
        this.figure.querySelector('.saved').hidden = this.canvas.hidden = true;
        return Boolean(levels64);
      }
      const [truth, levels] = await Promise.all([this.map('truth', this.truth), this.map(run.painted, levels64)]);
      if (this.wanted !== wanted) return true;  // a newer one is under way
      const context = this.canvas.getContext('2d', { willReadFrequently: true });  // kept where it is written
      const picture = context.createImageData(this.canvas.width, this.canvas.height);
      if (mode === 'score') this.fillScores(picture, truth, levels, run);
      else this.fillDecision(picture, truth, levels, run.thresholds.length - run.index);
      context.putImageData(picture, 0, 0);
      this.figure.querySelector('.saved').hidden = true;
      this.canvas.hidden = false;
      return true;
    }

    /** The frame's own exact counts, which are listed too. */
    say(run) {
      const counts = run.painted === null ? null : this.counts[run.painted];
      let text = '';
      if (counts && counts.tp.length > run.index) {
        const made = outcome(counts.tp[run.index], counts.fp[run.index], counts.positives, counts.negatives);
        text = `TP ${grouped(made.tp)} · FP ${grouped(made.fp)} · FN ${grouped(made.fn)}`;
      }
      this.figure.querySelector('.counts').textContent = text;
      this.canvas.setAttribute('aria-label', `Decision over frame ${this.name}: ${text}`);
    }

    fillDecision(picture, truth, levels, least) {
      const { tp, fp, fn, fnHatch } = this.set.palette;
      this.fill(picture, truth, (i, x, y) => {
        const flagged = levels[i] >= least;
        if (truth[i] !== 1) return flagged ? fp : null;
        return flagged ? tp : (x + y) % 6 < 2 ? fnHatch : fn;
      });
    }

    fillScores(picture, truth, levels, run) {
      const top = this.set.colours.length - 1;
      this.fill(picture, truth, i => this.set.colours[Math.round((levels[i] / Math.max(1, run.last)) * top)]);
    }

    /** Outline and void are the same whatever is painted. */
    fill(picture, truth, colourOf) {
      const { width, height, data } = picture;
      const { contour, voidHatch } = this.set.palette;
      const isAnomaly = (x, y) => x >= 0 && y >= 0 && x < width && y < height && truth[y * width + x] === 1;
      for (let y = 0; y < height; ++y)
        for (let x = 0; x < width; ++x) {
          const i = y * width + x;
          let colour;
          if (truth[i] === 1 && !(isAnomaly(x - 1, y) && isAnomaly(x + 1, y) && isAnomaly(x, y - 1) && isAnomaly(x, y + 1)))
            colour = contour;
          else if (truth[i] === 255) colour = (x - y + 60 * height) % 6 < 2 ? voidHatch : null;
          else colour = colourOf(i, x, y);
          if (colour) data.set(colour, 4 * i);
        }
    }
  }

  const rgba = hex => [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16)).concat(255);

  /** A set: its runs, one of them chosen, its plots and its frames. */
  class LiveSet {
    constructor(section) {
      const data = JSON.parse(section.lastElementChild.textContent);
      this.section = section;
      this.palette = data.palette;
      this.colours = data.colours.map(rgba);
      this.readout = section.querySelector('.readout') || document.createElement('div');
      const rows = section.querySelectorAll('.runs tbody tr');
      this.runs = data.runs.map((run, i) => new Run(run, rows[i]));
      this.chosen = 0;
      this.frames = [...section.querySelectorAll('.frame')].map(figure => new Frame(figure, this));
      this.charts = [...section.querySelectorAll('svg.chart')].map(svg => new Chart(svg, this));
      this.mode = section.querySelector('select');
      this.mode.addEventListener('change', () => this.paint());
      this.runs.forEach((run, i) => this.wake(run, i));
      section.querySelector('.tools').hidden = false;
      this.choose(0);
    }

    wake(run, i) {
      run.index = run.saved ?? 0;
      run.slider.hidden = run.radio.hidden = false;
      run.slider.addEventListener('input', () => this.move(i, run.last - Number(run.slider.value)));
      run.radio.addEventListener('change', () => this.choose(i));
      if (run.saved !== null) run.show();
    }

    /** To a listed threshold; the run that is moved is the one that is painted. */
    move(i, index) {
      this.runs[i].index = index;
      this.runs[i].show();
      for (const chart of this.charts) chart.show(i);
      if (i === this.chosen) this.paint();
      else this.choose(i);
    }

    choose(i) {
      this.chosen = i;
      this.runs[i].radio.checked = true;
      this.runs.forEach((run, index) => run.row.classList.toggle('on', index === i));
      for (const chart of this.charts) chart.choose(i);
      const marks = this.section.querySelector('.marks');
      for (const button of marks.querySelectorAll('button')) button.remove();
      for (const [rule, index] of this.runs[i].marks) {
        const button = document.createElement('button');
        button.type = 'button';
        button.textContent = rule;
        button.addEventListener('click', () => this.move(i, index));
        marks.append(button);
      }
      this.paint();
    }

    /** Once a screen refresh, however fast the slider moves. */
    paint() {
      if (this.isDue) return;
      this.isDue = true;
      requestAnimationFrame(async () => {
        this.isDue = false;
        const run = this.runs[this.chosen];
        const done = await Promise.all(this.frames.map(frame => frame.paint(run, this.mode.value)));
        const note = this.section.querySelector('.nomap');
        if (note) note.hidden = done.every(Boolean);
      });
    }

    showReadout(lines, event) {
      const box = this.readout;
      box.textContent = lines.join('\n');
      box.hidden = false;
      const around = box.parentElement.getBoundingClientRect();
      const x = event.clientX - around.left, y = event.clientY - around.top;
      const isRight = x + 16 + box.offsetWidth > around.width;
      box.style.left = `${Math.max(0, isRight ? x - 12 - box.offsetWidth : x + 16)}px`;
      box.style.top = `${Math.max(0, y - box.offsetHeight / 2)}px`;
    }
  }

  // Tables.

  /** What a cell is sorted by; null where it is not defined. */
  function sortKey(cell, isNumber) {
    const shown = (cell.querySelector('output') || cell).textContent.trim();
    if (!isNumber) return shown;
    if (shown === '∞') return Infinity;
    const value = parseFloat(shown.replace(/[,†≈]/g, '').replaceAll(MINUS, '-'));
    return Number.isNaN(value) ? null : value;
  }

  /** Heads become buttons: rising, falling, as the file has it. What is not defined stays last. */
  function makeSortable(table) {
    const heads = [...table.tHead.rows[table.tHead.rows.length - 1].cells];
    const body = table.tBodies[0];
    const original = [...body.rows];
    heads.forEach((head, column) => {
      if (head.tagName !== 'TH') return;
      const button = document.createElement('button');
      button.type = 'button';
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => {
        const next = { ascending: 'descending', descending: null }[head.getAttribute('aria-sort')];
        const order = next === undefined ? 'ascending' : next;
        for (const other of heads) other.removeAttribute('aria-sort');
        if (order) head.setAttribute('aria-sort', order);
        body.append(...(order ? sorted(original, column, order, head.classList.contains('n')) : original));
      });
    });
  }

  function sorted(rows, column, order, isNumber) {
    const sign = order === 'ascending' ? 1 : -1;
    return rows.map(row => ({ row, key: sortKey(row.cells[column], isNumber) })).sort((a, b) => {
      if (a.key === null || b.key === null) return (a.key === null) - (b.key === null);
      if (isNumber) return a.key === b.key ? 0 : sign * (a.key < b.key ? -1 : 1);
      return sign * a.key.localeCompare(b.key, undefined, { numeric: true });
    }).map(entry => entry.row);
  }

  // The theme: the system's, until the button says otherwise.

  function wakeTheme(button) {
    const system = matchMedia('(prefers-color-scheme: dark)');
    const root = document.documentElement;
    const isDark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : system.matches);
    const say = () => { button.textContent = isDark() ? 'Light theme' : 'Dark theme'; };
    button.addEventListener('click', () => {
      root.dataset.theme = isDark() ? 'light' : 'dark';
      say();
    });
    system.addEventListener('change', say);
    button.hidden = false;
    say();
  }

  wakeTheme(document.getElementById('theme'));
  for (const section of document.querySelectorAll('section.live')) new LiveSet(section);
  for (const table of document.querySelectorAll('table.sortable')) makeSortable(table);
})();
