# SPDX-License-Identifier: GPL-3.0-or-later
"""A browser driven over the WebDriver protocol, with nothing but the standard library."""
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

KEYS = {'tab': '\ue004', 'enter': '\ue007', 'end': '\ue010', 'home': '\ue011', 'left': '\ue012', 'right': '\ue014'}
ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'


def missing_programs():
    return [name for name in ('chromium', 'chromedriver') if shutil.which(name) is None]


def free_port():
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        return listener.getsockname()[1]


class Browser:
    """One headless Chromium of 1280 x 900. Throws RuntimeError for what the driver refuses."""

    def __init__(self, profile):
        port = free_port()
        self.base = f'http://127.0.0.1:{port}'
        self.driver = subprocess.Popen(['chromedriver', f'--port={port}', '--silent'], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
        try:
            self._wait_for_driver()
            self.session = ''
            options = {'args': ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run',
                                '--disable-background-networking', '--host-resolver-rules=MAP * ~NOTFOUND',
                                '--force-color-profile=srgb', '--window-size=1280,900', f'--user-data-dir={profile}']}
            self.session = f"/session/{self._start(options)['sessionId']}"
        except BaseException:
            self.driver.terminate()
            raise

    def _start(self, options, tries=3):
        """On a machine with other work the browser may take longer than the driver waits for it."""
        wanted = {'browserName': 'chrome', 'goog:chromeOptions': options,
                  'goog:loggingPrefs': {'browser': 'ALL', 'performance': 'ALL'}}
        try:
            return self._ask('POST', '/session', {'capabilities': {'alwaysMatch': wanted}})
        except RuntimeError as error:
            if tries == 1 or 'session not created' not in str(error):
                raise
            return self._start(options, tries - 1)

    def close(self):
        try:
            self._ask('DELETE', self.session)
        finally:
            self.driver.terminate()
            self.driver.wait()

    def _wait_for_driver(self):
        deadline = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(self.base + '/status', timeout=5) as answer:
                    if json.load(answer)['value']['ready']:
                        return
            except OSError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.1)

    def _ask(self, method, path, body=None):
        data = None if method in ('GET', 'DELETE') else json.dumps(body or {}).encode()
        request = urllib.request.Request(self.base + path, data, {'Content-Type': 'application/json'}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=180) as answer:
                return json.load(answer)['value']
        except urllib.error.HTTPError as error:
            raise RuntimeError(f'{method} {path}: {error.read().decode()[:600]}') from None

    def ask(self, method, path, body=None):
        return self._ask(method, self.session + path, body)

    def open(self, url):
        self.ask('POST', '/url', {'url': url})

    def run(self, script, *arguments):
        """The value of a function's body in the page."""
        return self.ask('POST', '/execute/sync', {'script': script, 'args': list(arguments)})

    def wait(self, script, *arguments):
        """Until the value is true; AssertionError after two minutes."""
        deadline = time.monotonic() + 120
        while not (value := self.run(script, *arguments)):
            if time.monotonic() > deadline:
                raise AssertionError(f'never came true: {script}')
            time.sleep(0.05)
        return value

    def find(self, selector):
        return self.ask('POST', '/element', {'using': 'css selector', 'value': selector})[ELEMENT]

    def text(self, selector):
        return self.ask('GET', f'/element/{self.find(selector)}/text')

    def devtools(self, command, **parameters):
        return self.ask('POST', '/goog/cdp/execute', {'cmd': command, 'params': parameters})

    def log(self, kind):
        return self.ask('POST', '/se/log', {'type': kind})

    def screenshot(self, whole=True):
        """Base64 of a PNG."""
        return self.devtools('Page.captureScreenshot', captureBeyondViewport=whole)['data']

    def press(self, *keys):
        strokes = []
        for key in keys:
            value = KEYS.get(key, key)
            strokes += [{'type': 'keyDown', 'value': value}, {'type': 'keyUp', 'value': value}]
        self.ask('POST', '/actions', {'actions': [{'type': 'key', 'id': 'keyboard', 'actions': strokes}]})

    def _pointer(self, *steps):
        self.ask('POST', '/actions', {'actions': [{'type': 'pointer', 'id': 'mouse', 'actions': list(steps)}]})

    @staticmethod
    def _to(place):
        return {'type': 'pointerMove', 'duration': 0, 'x': round(place[0]), 'y': round(place[1])}

    def point_at(self, place):
        self._pointer(self._to(place))

    def click(self, place):
        self.drag(place)

    def drag(self, *places):
        self._pointer(self._to(places[0]), {'type': 'pointerDown', 'button': 0},
                      *[self._to(place) for place in places[1:]], {'type': 'pointerUp', 'button': 0})
