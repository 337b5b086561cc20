# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder to experiment in: scenes, the program's commands and what they wrote, a Markdown table."""
import csv
import json
import os
import resource
import subprocess
from pathlib import Path
from typing import NamedTuple

import checkpoint_file
import label_pictures


class Size(NamedTuple):
    """How large an experiment is; `frames` and `epochs` are of each training."""
    picture: tuple  # width, height
    frames: int
    test_frames: int
    epochs: int  # even


SIZES = {'test': {'sets': Size((128, 64), 20, 6, 16),
                  'losses': Size((128, 64), 20, 6, 10),
                  'backbones': Size((128, 64), 20, 6, 8),
                  'transformer': Size((128, 64), 20, 6, 8),
                  'shrinking': Size((256, 128), 16, 6, 2)},
         'guide': {'sets': Size((256, 128), 48, 24, 10),
                   'losses': Size((256, 128), 48, 24, 8),
                   'backbones': Size((256, 128), 48, 24, 8),
                   'transformer': Size((256, 128), 48, 24, 10),
                   'shrinking': Size((512, 256), 32, 24, 2)}}


def processor_seconds():
    """Of all commands that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Lab:
    def __init__(self, program, size, folder):
        self.program, self.size, self.folder = str(Path(program).resolve()), size, Path(folder)
        self.environment = dict(os.environ, XDG_CACHE_HOME=str(self.folder / 'cache'))
        self.seconds = {}

    def run(self, *arguments):
        """Standard output of `oodscope-cli ARGUMENTS`, run in the folder, where its command is noted."""
        words = [str(argument) for argument in arguments]
        with open(self.folder / 'commands.txt', 'a', encoding='utf-8') as notes:
            print('oodscope-cli', *(f'"{word}"' if ' ' in word else word for word in words), file=notes)
        done = subprocess.run([self.program, *words], cwd=self.folder, env=self.environment, capture_output=True,
                              encoding='utf-8', check=False)
        assert done.returncode == 0, f'exit code {done.returncode} of {words}:\n{done.stderr}'
        return done.stdout

    def scenes(self, name, seed, frames, *options):
        width, height = self.size.picture
        self.run('demo', 'generate', '--seed', seed, '--frames', frames, '--size', width, height, *options, '--quiet',
                 '--output', name)
        return self.folder / name

    def test_scenes(self):
        """Scenes with anomalies that no training sees."""
        return self.scenes('test', 4713, self.size.test_frames)

    def home_scenes(self):
        """Scenes to train on, with the void objects that the test's anomalies are not, and the same without."""
        cluttered = self.scenes('home', 4711, self.size.frames, '--no-anomalies', '--clutter', '--clutter-kind', 'heaps')
        return cluttered, self.scenes('home-plain', 4711, self.size.frames, '--no-anomalies')

    def foreign_scenes(self):
        """Others, as a Vistas training split."""
        cluttered = self.scenes('foreign-scenes', 4721, self.size.frames, '--no-anomalies', '--clutter', '--clutter-kind', 'heaps')
        plain = self.scenes('foreign-plain', 4721, self.size.frames, '--no-anomalies')
        label_pictures.write_vistas(cluttered, plain, self.folder / 'foreign')

    def train(self, name, *options, rate=2e-3):
        """Trains into the folder `name`; returns its weights file, relative to the laboratory."""
        width, height = self.size.picture
        begin = processor_seconds()
        self.run('train', '--input', width, height, '--batch', 2, '--class-weights', 'equal', '--optimiser', 'adamw',
                 '--learning-rate', rate, '--dropout', 0, '--keep-in-memory', '--threads', 1, '--quiet', *options, '--output', name)
        self.seconds[name] = processor_seconds() - begin
        return f'{name}/weights.pth'

    def log(self, name):
        """Rows of a training's log.csv."""
        with open(self.folder / name / 'log.csv', encoding='utf-8') as file:
            return list(csv.DictReader(file))

    def sidecar(self, name):
        return json.loads((self.folder / name / 'weights.json').read_text(encoding='utf-8'))

    def tensors(self, weights):
        return checkpoint_file.read(self.folder / weights)

    def closed_set(self, weights, folder='test'):
        """miou's document of a network."""
        return json.loads(self.run('miou', '--set', folder, '--model', weights, '--threads', 1, '--format', 'json', '--quiet'))

    def scores(self, weights, methods='all'):
        """{method: row} of evaluate on the test scenes, all that the source serves where none is named."""
        text = self.run('evaluate', '--set', 'test', '--model', weights, '--method', methods, '--threads', 1, '--no-cache',
                        '--format', 'json', '--quiet')
        rows = json.loads(text)['rows']
        return {row['method']: row for row in rows}


def percent(value):
    return '–' if value is None else f'{100 * value:.2f}'


def both(row):
    """AP / FPR95 of a row of evaluate, in percent."""
    return '–' if row is None else f"{percent(row['ap'])} / {percent(row['fpr95'])}"


class Table:
    def __init__(self, *columns):
        self.columns, self.rows = columns, []

    def add(self, *cells):
        self.rows.append([str(cell) for cell in cells])
        print(self.line(self.rows[-1]), flush=True)

    @staticmethod
    def line(cells):
        return '| ' + ' | '.join(cells) + ' |'

    def text(self):
        numbers = ['---'] + ['---:'] * (len(self.columns) - 1)
        return '\n'.join(self.line(cells) for cells in [self.columns, numbers, *self.rows]) + '\n'
