# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTML report in a real browser, with mouse and keys: report_in_browser.py PROGRAM [--pictures DIR].

Every number that the page shows is compared with the list in the file, read here without the browser."""
import base64
import json
import os
import re
import sys
import tempfile
import unittest
from html.parser import HTMLParser
from pathlib import Path

import made_report
import web_driver

SKIPPED = 77  # as ctest is told


class DataOf(HTMLParser):
    """The JSON elements of a page, in order."""

    def __init__(self, text):
        super().__init__()
        self.found, self.inside = [], False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.inside = tag == 'script' and dict(attributes).get('type') == 'application/json'

    def handle_data(self, data):
        if self.inside:
            self.found.append(json.loads(data))

    def handle_endtag(self, tag):
        self.inside = False


def percent(part, whole):
    return '–' if whole == 0 else f'{part / whole * 100:.2f}'


def short(threshold):
    return '∞' if threshold is None else f'{threshold:.4g}'.replace('-', '−')


def outcome(counts, index, run=None):
    """What the page is to show at a listed threshold."""
    run = run or counts
    tp, fp = counts['tp'][index], counts['fp'][index]
    fn, tn = counts['positives'] - tp, counts['negatives'] - fp
    return {'threshold': short(run['thresholds'][index]), 'tp': f'{tp:,}', 'fp': f'{fp:,}', 'fn': f'{fn:,}', 'tn': f'{tn:,}',
            'precision': percent(tp, tp + fp), 'recall': percent(tp, tp + fn), 'f1': percent(2 * tp, 2 * tp + fp + fn),
            'fpr': percent(fp, fp + tn)}


ROW = '''const row = document.querySelectorAll('.runs tbody tr')[arguments[0]];
  const out = {threshold: row.querySelector('output').textContent};
  for (const cell of row.querySelectorAll('[data-value]')) out[cell.dataset.value] = cell.textContent;
  return out;'''
MARKERS = '''return [...document.querySelectorAll('.run[data-run="' + arguments[0] + '"] .point')]
  .map(point => point.getAttribute('cx') + ' ' + point.getAttribute('cy'));'''
PIXELS = '''const canvas = document.querySelectorAll('.frame canvas')[arguments[0]];
  return canvas.hidden ? null
    : [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data].join();'''
MIDDLE = '''const element = document.querySelector(arguments[0]);
  element.scrollIntoView({block: 'center'});
  const box = element.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2, box.width];'''
IN_CHART = '''const svg = document.querySelector(`svg[data-chart="${arguments[0]}"]`);
  svg.scrollIntoView({block: 'center'});
  const [left, top, width, height] = svg.dataset.frame.split(' ').map(Number);
  const at = new DOMPoint(left + width * arguments[1], top + height * (1 - arguments[2])).matrixTransform(svg.getScreenCTM());
  return [at.x, at.y];'''


class Report(unittest.TestCase):
    program = ''
    pictures = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix='oodscope-report-')
        cls.file = made_report.make_report(cls.program, cls.folder.name)
        data = DataOf(cls.file.read_text(encoding='utf-8')).found
        cls.frames, cls.data = data[:-1], data[-1]
        cls.runs = cls.data['runs']
        cls.browser = web_driver.Browser(os.path.join(cls.folder.name, 'profile'))

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()
        cls.folder.cleanup()

    def setUp(self):
        self.browser.open(self.file.as_uri())
        self.browser.wait('return [...document.querySelectorAll(".frame canvas")].every(canvas => !canvas.hidden)')
        self.browser.log('browser')

    def tearDown(self):
        told = [entry['message'] for entry in self.browser.log('browser')]
        self.assertEqual(told, [], 'the console stays empty')

    def picture(self, name):
        if self.pictures:
            Path(self.pictures, f'{name}.png').write_bytes(base64.b64decode(self.browser.screenshot()))

    def focus(self, selector):
        self.browser.run('document.querySelector(arguments[0]).focus()', selector)

    def painted(self, frame, before=None):
        """The canvas, once it is another than `before`."""
        self.browser.wait('const now = (function() {' + PIXELS + '}).apply(null, [arguments[0]]);'
                          'return now !== null && now !== arguments[1];', frame, before)
        return self.browser.run(PIXELS, frame)

    # What is read.

    def test_hover_reads_a_listed_point_of_each_run_and_plot(self):
        for run_index, run in enumerate(self.runs):
            self.browser.run('document.querySelectorAll(".runs input[type=radio]")[arguments[0]].click()', run_index)
            finite = [t for t in run['thresholds'] if t is not None]
            for chart in ('pr', 'roc', 'f1'):
                for index in (40, 128, 200):
                    made = self.rates(run, index)
                    share = (run['thresholds'][index] - finite[-1]) / (finite[0] - finite[-1])
                    place = {'pr': (made['recall'], made['precision']), 'roc': (made['fpr'], made['recall']),
                             'f1': (share, made['f1'])}[chart]
                    self.browser.point_at(self.browser.run(IN_CHART, chart, *place))
                    lines = self.browser.text('.readout').split('\n')
                    self.expect_listed(lines, run, index, (chart, run['name'], index))
        self.browser.point_at((5, 5))
        self.assertTrue(self.browser.run('return document.querySelector(".readout").hidden'), 'it leaves with the mouse')

    @staticmethod
    def rates(run, index):
        tp, fp = run['tp'][index], run['fp'][index]
        fn = run['positives'] - tp
        return {'precision': tp / max(1, tp + fp), 'recall': tp / run['positives'], 'fpr': fp / run['negatives'],
                'f1': 2 * tp / (2 * tp + fp + fn)}

    def expect_listed(self, lines, run, index, where):
        """The box shows numbers of one listed threshold, at most three places from the one that was pointed at."""
        self.assertEqual(lines[0], run['name'], where)
        for near in range(index - 3, index + 4):
            made = outcome(run, near)
            if lines[1:] == [f"threshold {made['threshold']}", f"precision {made['precision']} %",
                             f"recall (TPR) {made['recall']} %", f"FPR {made['fpr']} %", f"F1 {made['f1']} %"]:
                return
        self.fail(f'{where}: not in the list: {lines}')

    def test_a_click_on_a_curve_moves_its_threshold(self):
        run = self.runs[0]
        made = self.rates(run, 100)
        self.browser.click(self.browser.run(IN_CHART, 'roc', made['fpr'], made['recall']))
        shown = self.browser.run(ROW, 0)
        self.assertIn(shown, [outcome(run, near) for near in range(97, 104)])

    # What moves.

    def test_keys_move_the_slider_over_listed_thresholds(self):
        run = self.runs[0]
        slider = '.runs tr[data-run="0"] input[type=range]'
        start = run['saved']
        self.assertEqual(self.browser.run(ROW, 0), outcome(run, start), 'as it was saved')
        self.focus(slider)
        before, markers = self.painted(0), self.browser.run(MARKERS, 0)
        self.browser.press(*['left'] * 30)
        self.assertEqual(self.browser.run(ROW, 0), outcome(run, start + 30), 'to the left is looser')
        self.assertEqual(len(markers), 3)
        for old, new in zip(markers, self.browser.run(MARKERS, 0)):
            self.assertNotEqual(old, new, 'the operating point of each plot moves')
        after = self.painted(0, before)
        self.expect_painting(0, 0, start + 30, after)
        self.browser.press('right')
        self.assertEqual(self.browser.run(ROW, 0), outcome(run, start + 29))
        self.browser.press('end')
        self.assertEqual(self.browser.run(ROW, 0), outcome(run, 0), 'nothing is flagged')
        self.browser.press('home')
        self.assertEqual(self.browser.run(ROW, 0), outcome(run, len(run['thresholds']) - 1))
        told = self.browser.run(f"return document.querySelector('{slider}').getAttribute('aria-valuetext')")
        self.assertIn(f"threshold {outcome(run, len(run['thresholds']) - 1)['threshold']}", told)

    def test_the_mouse_drags_the_slider_of_any_run_and_paints_that_run(self):
        slider = '.runs tr[data-run="1"] input[type=range]'
        x, y, width = self.browser.run(MIDDLE, slider)
        before = self.painted(0)
        self.browser.drag((x, y), (x - 0.1 * width, y), (x - 0.2 * width, y))
        value = int(self.browser.run(f"return document.querySelector('{slider}').value"))
        index = len(self.runs[1]['thresholds']) - 1 - value
        self.assertLess(value, 0.5 * len(self.runs[1]['thresholds']))
        self.assertEqual(self.browser.run(ROW, 1), outcome(self.runs[1], index))
        self.assertTrue(self.browser.run("return document.querySelector('.runs tr[data-run=\"1\"]').classList.contains('on')"))
        self.expect_painting(0, 1, index, self.painted(0, before))

    def expect_painting(self, frame, run_index, index, pixels):
        """False positives are painted where the file's 8-bit maps have them, as many as the frame's exact count."""
        run, data = self.runs[run_index], self.frames[frame]
        width, height, truth = made_report.grey_pixels(base64.b64decode(data['truth']))
        self.assertEqual((width, height), (made_report.WIDTH, made_report.HEIGHT), 'so small a frame is not reduced')
        levels = made_report.grey_pixels(base64.b64decode(data['levels'][run['painted']]))[2]
        least = len(run['thresholds']) - index
        wanted = [t == 0 and level >= least for t, level in zip(truth, levels)]
        values = pixels.split(',')
        colour = [str(part) for part in self.data['palette']['fp'][:3]]
        opaque = [values[4 * i + 3] != '0' for i in range(width * height)]
        # The canvas keeps colours times alpha: a level may be lost.
        is_fp = [opaque[i] and all(abs(int(a) - int(b)) <= 2 for a, b in zip(values[4 * i:4 * i + 3], colour))
                 for i in range(width * height)]
        self.assertEqual(is_fp, wanted)
        counts = data['counts'][run['painted']]
        self.assertEqual(sum(wanted), counts['fp'][index], "the frame's own exact count")
        made = outcome(counts, index, run)
        text = self.browser.run('return document.querySelectorAll(".frame .counts")[arguments[0]].textContent', frame)
        self.assertEqual(text, f"TP {made['tp']} · FP {made['fp']} · FN {made['fn']}")

    def test_rules_and_what_is_painted_can_be_chosen(self):
        before = self.painted(0)
        rule, index = self.runs[0]['marks'][1]
        self.browser.run('[...document.querySelectorAll(".marks button")].find(b => b.textContent === arguments[0]).click()', rule)
        self.assertEqual(self.browser.run(ROW, 0), outcome(self.runs[0], index))
        decided = self.painted(0, before)
        for mode, shown in (('score', True), ('photo', False), ('decision', True)):
            self.browser.run('''const box = document.querySelector('.tools select');
              box.value = arguments[0]; box.dispatchEvent(new Event('change'))''', mode)
            self.browser.wait('return document.querySelector(".frame canvas").hidden !== arguments[0]', shown)
            if mode == 'score':
                self.assertNotEqual(self.painted(0, decided), decided)

    # The page.

    def test_tables_sort_by_click_and_by_key(self):
        table = 'document.querySelector("table.sortable:not(.runs)")'
        column = self.browser.run(f'return [...{table}.tHead.rows[{table}.tHead.rows.length - 1].cells]'
                                  '.findIndex(cell => cell.textContent === "AP")')
        values = f'return [...{table}.tBodies[0].rows].map(row => row.cells[{column}].textContent)'
        order = f'return {table}.tHead.rows[{table}.tHead.rows.length - 1].cells[{column}].getAttribute("aria-sort")'
        original = self.browser.run(values)
        self.browser.run(f'{table}.id = "sorted"; {table}.tHead.rows[{table}.tHead.rows.length - 1].cells[{column}].id = "head"')
        self.browser.click(self.browser.run(MIDDLE, '#head button')[:2])
        self.assertEqual(self.browser.run(values), sorted(original, key=float))
        self.assertEqual(self.browser.run(order), 'ascending')
        self.focus('#head button')
        self.browser.press('enter')
        self.assertEqual(self.browser.run(values), sorted(original, key=float, reverse=True))
        self.assertEqual(self.browser.run(order), 'descending')
        self.browser.press('enter')
        self.assertEqual(self.browser.run(values), original)
        self.assertIsNone(self.browser.run(order))

    def background(self):
        return self.browser.run('return getComputedStyle(document.body).backgroundColor')

    def test_the_theme_follows_the_system_and_the_button(self):
        media = 'Emulation.setEmulatedMedia'
        for system, other in (('light', 'dark'), ('dark', 'light')):
            self.browser.devtools(media, features=[{'name': 'prefers-color-scheme', 'value': system}])
            self.setUp()
            own = self.background()
            self.assertEqual(self.browser.text('#theme'), f'{other.capitalize()} theme')
            self.picture(f'report-{system}')
            self.browser.click(self.browser.run(MIDDLE, '#theme')[:2])
            self.assertNotEqual(self.background(), own)
            self.browser.click(self.browser.run(MIDDLE, '#theme')[:2])
            self.assertEqual(self.background(), own)
        self.browser.devtools(media, features=[])

    def test_the_first_tab_stops_are_seen(self):
        self.browser.press('tab')
        seen = self.browser.run('''const style = getComputedStyle(document.activeElement);
          return [document.activeElement.id, style.outlineStyle, parseFloat(style.outlineWidth)];''')
        self.assertEqual(seen[:2], ['theme', 'solid'])
        self.assertGreaterEqual(seen[2], 2)

    def test_every_control_has_a_name(self):
        unnamed = self.browser.run('''return [...document.querySelectorAll('button, select, input, canvas, svg[role], img')]
          .filter(e => !(e.getAttribute('aria-label') || e.getAttribute('alt') || e.textContent.trim() || (e.labels || []).length))
          .map(e => e.outerHTML.slice(0, 80));''')
        self.assertEqual(unnamed, [])

    def test_a_phone_scrolls_in_one_direction(self):
        self.browser.devtools('Emulation.setDeviceMetricsOverride', width=390, height=844, deviceScaleFactor=2, mobile=True)
        try:
            self.setUp()
            self.assertLessEqual(self.browser.run('return document.documentElement.scrollWidth'), 390)
            self.picture('report-phone')
        finally:
            self.browser.devtools('Emulation.clearDeviceMetricsOverride')

    def test_nothing_is_asked_of_anybody(self):
        self.browser.log('performance')
        self.setUp()
        asked = []
        for entry in self.browser.log('performance'):
            message = json.loads(entry['message'])['message']
            if message['method'] == 'Network.requestWillBeSent':
                asked.append(message['params']['request']['url'])
        self.assertEqual([url for url in asked if url.startswith('file:')], [self.file.as_uri()])
        self.assertEqual([url[:80] for url in asked if not url.startswith(('file:', 'data:'))], [])

    def test_a_name_that_would_be_markup_is_a_name(self):
        self.assertTrue(self.browser.run('return document.title').startswith('Anomaly segmentation report'))
        self.assertIn(made_report.NAME, [self.browser.run('return [...document.querySelectorAll("h2")].map(h => h.textContent)'
                                                          '.find(text => text.includes("road"))')])

    def test_without_script_the_page_says_what_was_saved(self):
        alive = [self.browser.run(ROW, i) for i in range(len(self.runs))]
        self.browser.devtools('Emulation.setScriptExecutionDisabled', value=True)
        try:
            self.browser.open(self.file.as_uri())
            self.browser.log('browser')
            text = re.sub(r'\s+', ' ', self.browser.text('body'))
            self.picture('report-without-script')
            for run, shown in zip(self.runs, alive):
                self.assertIn(run['name'], text)
                for value in shown.values():
                    self.assertIn(value, text)
            for control in ('#theme', '.tools', '.runs input'):
                element = self.browser.find(control)
                self.assertFalse(self.browser.ask('GET', f'/element/{element}/displayed'), control)
            for part in ('svg.chart', '.frame .saved', '.frame .photo'):
                self.assertTrue(self.browser.ask('GET', f'/element/{self.browser.find(part)}/displayed'), part)
            self.assertIn('Without script', text)
        finally:
            self.browser.devtools('Emulation.setScriptExecutionDisabled', value=False)


if __name__ == '__main__':
    if missing := web_driver.missing_programs():
        print(f"{' and '.join(missing)} not installed: the report was not tried in a browser")
        sys.exit(SKIPPED)
    Report.program = sys.argv[1]
    if '--pictures' in sys.argv:
        at = sys.argv.index('--pictures')
        Report.pictures = sys.argv[at + 1]
        del sys.argv[at:at + 2]
    del sys.argv[1]
    unittest.main(verbosity=2)
