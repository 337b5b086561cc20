#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small experiments of each kind that seed 000 proposes, on generated scenes, by the program's own commands.

    experiments.py PROGRAM PART [--size test|guide] [--output DIR]

PROGRAM is oodscope-cli; PART one of sets (4a), losses (4b), backbones (4c), transformer (4d), shrinking (4e). Checks what must
hold of each, whatever the numbers, and writes DIR/PART.md (its table) and DIR/commands.txt. `guide` is the size of the tables in
resources/guide/experiments.md, minutes a part; that page must name every row that is measured here."""
import argparse
import json
import shutil
import tempfile
from pathlib import Path

import checkpoint_file
import label_pictures
from lab import SIZES, Lab, Table, both, percent

SOURCE = Path(__file__).resolve().parents[3]
SLIM = ('--network', 'ERFNet', '--widths', '16,32,64')
STATISTICS = ('running_mean', 'running_var', 'num_batches_tracked')


def check_learned(lab, weights, factor=2.0):
    """mIoU of the test scenes, which is to be `factor` times that of the best answer that is the same everywhere."""
    document, share = lab.closed_set(weights), label_pictures.shares(lab.folder / 'test')
    chance = max(share.values()) / len(share)
    assert document['miou'] > factor * chance, f"{weights}: mIoU {document['miou']}, by one class everywhere {chance}"
    return document


def backbone_of(tensors, prefix='backbone.'):
    """The tensors below `prefix`, by the rest of their keys."""
    return {key[len(prefix):]: tensor for key, tensor in tensors.items() if key.startswith(prefix)}


def named(options):
    return options if options == 'from nothing' else f'`{options}`'


def moved(before, after, keys):
    return {key for key in keys if before[key].data != after[key].data}


# 4a: further training sets, mixed or one after the other.


def sets(lab):
    lab.test_scenes()
    lab.scenes('home', 4711, lab.size.frames, '--no-anomalies')
    lab.foreign_scenes()
    epochs, home, foreign = lab.size.epochs, ('--set', 'home'), ('--set', 'foreign')
    common = (*SLIM, '--schedule', 'constant', '--weight-average', 0.98)
    runs = {'--set home': ('home-alone', home, epochs), '--set foreign': ('foreign-alone', foreign, epochs),
            '--set home --set foreign': ('mixed', home + foreign, epochs // 2),
            '--set home --set foreign --in-turn': ('home-first', (*home, *foreign, '--in-turn'), epochs),
            '--set foreign --set home --in-turn': ('foreign-first', (*foreign, *home, '--in-turn'), epochs)}
    table = Table('Sets', 'mIoU', 'MSP AP / FPR95', 'max-logit', 'max-entropy', 'void', 'CPU s')
    void = {}
    for options, (name, chosen, count) in runs.items():
        weights = lab.train(name, *common, *chosen, '--epochs', count)
        scores = lab.scores(weights)
        void[name] = scores['void']['ap']
        table.add(f'`{options}`', percent(check_learned(lab, weights)['miou']),
                  *(both(scores[m]) for m in ('msp', 'max-logit', 'max-entropy', 'void')), f'{lab.seconds[name]:.0f}')
    check_mapped(lab, common)
    check_in_turn(lab)
    chance = label_pictures.anomaly_share(lab.folder / 'test')
    assert void['foreign-alone'] > 1.5 * chance, f'objects that Cityscapes has no class for: AP {void}, by chance {chance}'
    return table


def check_mapped(lab, common):
    """The foreign numbers came to Cityscapes' classes: by the shipped table, and by a file that says the same."""
    assert lab.sidecar('foreign-alone')['known_classes'] == 19
    names = lab.sidecar('foreign-alone')['channels']
    document, share = lab.closed_set('foreign-alone/weights.pth'), label_pictures.shares(lab.folder / 'test')
    assert document['iou']['road'] > share[0] and document['iou']['sky'] > share[10], document['iou']
    lines = [f'{number},{names[train_id]}' for train_id, numbers in label_pictures.VISTAS.items() for number in numbers]
    lines += [f'{number},void' for number in label_pictures.VISTAS_OBJECTS]
    (lab.folder / 'classes.csv').write_text('# FROM,TO\n' + '\n'.join(lines) + '\n', encoding='utf-8')
    short = (*common, '--set', 'foreign', '--epochs', 1)
    usual, given = (lab.tensors(lab.train(name, *short, *more)) for name, more in
                    (('by-table', ()), ('by-file', ('--class-map', 'classes.csv'))))
    assert usual == given, 'a class map that says what the shipped table says'
    assert lab.log('by-file')[0]['loss'] == lab.log('foreign-alone')[0]['loss']


def check_in_turn(lab):
    """The first set's epochs are those of a training on it alone, and the second set's go on from there."""
    half = lab.size.epochs // 2
    for name, first, second in (('home-first', 'home-alone', 'foreign-alone'), ('foreign-first', 'foreign-alone', 'home-alone')):
        turns = lab.log(name)
        for key in ('steps', 'loss'):
            assert [row[key] for row in turns[:half]] == [row[key] for row in lab.log(first)[:half]], name
        anew = float(lab.log(second)[0]['loss'])
        assert float(turns[half]['loss']) < 0.8 * anew, f"{name}: {turns[half]['loss']} after the first set, {anew} from nothing"


# 4b: losses and heads.

OUTLIERS = ('--negatives', 'negatives', '--paste', 1)
LOSSES = {'cross-entropy': (), 'focal': (), 'logit-norm': (), 'logit-norm-focal': (), 'isomax': (), 'isomax-focal': (),
          'outlier-exposure': OUTLIERS, 'entropy-maximisation': OUTLIERS, 'densehybrid': OUTLIERS}
KNOWN_BESIDE_OUTLIERS = ('outlier-exposure', 'entropy-maximisation', 'densehybrid')
OF_SECOND_HEAD = {'densehybrid', 'densehybrid-discriminative'}


def losses(lab):
    lab.test_scenes()
    label_pictures.write_negatives(*lab.home_scenes(), lab.folder / 'negatives')
    table = Table('Loss', 'mIoU', 'MSP AP / FPR95', 'max-logit', 'max-entropy', 'energy', 'void or DenseHybrid', 'CPU s')
    for loss, options in LOSSES.items():
        name = 'loss-' + loss
        weights = lab.train(name, *SLIM, '--set', 'home', '--epochs', lab.size.epochs, '--loss', loss, *options)
        scores = lab.scores(weights)
        check_loss(lab, loss, name, scores)
        own = scores.get('densehybrid') or scores.get('void')
        table.add(' '.join(['`--loss', loss, *map(str, options)]) + '`', percent(check_learned(lab, weights, 1.5)['miou']),
                  *(both(scores[m]) for m in ('msp', 'max-logit', 'max-entropy', 'energy')), both(own), f'{lab.seconds[name]:.0f}')
    return table


def check_loss(lab, loss, name, scores):
    """It was made smaller, and what is served is what it trains."""
    log = [float(row['loss']) for row in lab.log(name)]
    assert log[-1] < log[0], f'{loss}: {log}'
    served = set(scores)
    assert ('void' in served) == (loss not in KNOWN_BESIDE_OUTLIERS), f'{loss}: {served}'
    assert OF_SECOND_HEAD <= served if loss == 'densehybrid' else not OF_SECOND_HEAD & served, f'{loss}: {served}'
    assert all(0 < row['ap'] < 1 for row in scores.values()), scores
    tensors = lab.tensors(f'{name}/weights.pth')
    assert any(key.endswith('prototypes') for key in tensors) == loss.startswith('isomax'), f'{loss}: {list(tensors)[-4:]}'


# 4c: backbones that others trained.

FOREIGN_CLASSES = ('--set', 'foreign', '--class-map', 'own', '--no-void')
R50 = ('--network', 'DeepLabV3+ R50', '--widths', '8,16,24,32')
FORMS = {'moco-v2.pth': ('state_dict', 'module.encoder_q.', 'module.encoder_q.fc.0.weight'),
         'simsiam.pth': ('state_dict', 'module.encoder.', 'module.predictor.0.weight'),
         'barlow-twins.pth': ('model', 'module.backbone.', 'module.projector.0.weight')}


def backbones(lab):
    """The backbone is one that learned another set's own classes: no self-supervision, which takes days, but its files."""
    lab.test_scenes()
    lab.home_scenes()
    lab.foreign_scenes()
    epochs = lab.size.epochs
    source = backbone_of(lab.tensors(lab.train('pretrained', *R50, *FOREIGN_CLASSES, '--epochs', epochs)))
    assert lab.sidecar('pretrained')['known_classes'] == 65
    for file, (entry, prefix, mark) in FORMS.items():
        beside = {mark: checkpoint_file.Tensor('FloatStorage', (1, 1), b'\0\0\0\0')}
        checkpoint_file.write(lab.folder / file, {prefix + key: tensor for key, tensor in source.items()} | beside, entry)
        taken = backbone_of(lab.tensors(lab.train('from-' + file, *R50, '--set', 'home', '--backbone', file, '--epochs', 0)))
        assert not moved(source, taken, [key for key in source if not key.endswith('tracked')]), file
    begin = ('--backbone', 'moco-v2.pth')
    runs = {'from nothing': (), '--backbone moco-v2.pth --freeze backbone': (*begin, '--freeze', 'backbone'),
            '--backbone moco-v2.pth --backbone-learning-rate 5e-4': (*begin, '--backbone-learning-rate', 5e-4),
            '--backbone moco-v2.pth': begin}
    table = Table('Start', 'mIoU', 'MSP AP / FPR95', 'max-logit', 'void', 'Mahalanobis', 'AUROC of it', 'CPU s')
    for place, (label, options) in enumerate(runs.items()):
        name = f'backbone-{place}'
        weights = lab.train(name, *R50, '--set', 'home', *options, '--epochs', epochs)
        check_parts(source, lab.tensors(weights), 'frozen' if '--freeze' in options else 'moved')
        lab.run('fit', '--model', weights, '--set', 'home', '--threads', 1, '--no-cache', '--quiet')
        scores = lab.scores(weights, 'msp,max-logit,void,mahalanobis')
        table.add(named(label), percent(lab.closed_set(weights)['miou']),
                  *(both(scores[m]) for m in ('msp', 'max-logit', 'void', 'mahalanobis')),
                  percent(scores['mahalanobis']['auroc']), f'{lab.seconds[name]:.0f}')
    check_learned(lab, weights, 1.5)
    return table


def check_parts(source, tensors, expected):
    """What a backbone learned, or did not, bit for bit; statistics of batch norms follow the pictures in both cases."""
    own = backbone_of(tensors)
    weights = [key for key in source if not key.endswith(STATISTICS)]
    changed = moved(source, own, weights)
    assert changed == (set() if expected == 'frozen' else set(weights)), f'{expected}: {sorted(changed)[:3]} of {len(weights)}'
    means = [key for key in source if key.endswith('running_mean')]
    assert moved(source, own, means) == set(means)


# 4d: a vision transformer: frozen, probed, fine-tuned, LP-FT.

VIT = ('--network', 'DINOv2', '--widths', '0,1,3,9,64')


def transformer(lab):
    """The transformer is a small one that learned another set's own classes, in the form of DINOv2's files."""
    lab.test_scenes()
    lab.home_scenes()
    lab.foreign_scenes()
    half = lab.size.epochs // 2
    source = backbone_of(lab.tensors(lab.train('pretrained', *VIT, *FOREIGN_CLASSES, '--epochs', 2 * half)))
    checkpoint_file.write(lab.folder / 'dino.pth', source, 'model')
    begin = ('--backbone', 'dino.pth')
    runs = {'from nothing': ('nothing', ('--epochs', 2 * half)),
            '--backbone dino.pth --freeze backbone': ('frozen', (*begin, '--freeze', 'backbone', '--epochs', 2 * half)),
            '--backbone dino.pth --freeze probe': ('probe', (*begin, '--freeze', 'probe', '--epochs', 2 * half)),
            '--backbone dino.pth': ('tuned', (*begin, '--epochs', 2 * half)),
            '--backbone dino.pth --head-epochs': ('lp-ft', (*begin, '--head-epochs', half, '--epochs', half))}
    table = Table('Training', 'mIoU', 'MSP AP / FPR95', 'max-logit', 'max-entropy', 'void', 'CPU s')
    for label, (name, options) in runs.items():
        weights = lab.train(name, *VIT, '--set', 'home', *options)
        scores = lab.scores(weights)
        table.add(named(label), percent(lab.closed_set(weights)['miou']),
                  *(both(scores[m]) for m in ('msp', 'max-logit', 'max-entropy', 'void')), f'{lab.seconds[name]:.0f}')
    check_transformer(lab, source, half)
    check_learned(lab, 'tuned/weights.pth', 1.5)
    return table


def check_transformer(lab, source, half):
    used = [key for key in source if key != 'mask_token']
    for name, expected in (('frozen', set()), ('probe', set()), ('tuned', set(used)), ('lp-ft', set(used))):
        assert moved(source, backbone_of(lab.tensors(f'{name}/weights.pth')), used) == expected, name
    heads = {name: backbone_of(lab.tensors(f'{name}/weights.pth'), 'decode_head.') for name in ('frozen', 'probe')}
    begin = (*VIT, '--set', 'home', '--backbone', 'dino.pth')
    anew = backbone_of(lab.tensors(lab.train('untouched', *begin, '--epochs', 0)), 'decode_head.')
    learned = {key for key in anew if not key.endswith(STATISTICS)}
    followed = {key for key in anew if key.endswith(('running_mean', 'running_var'))}
    assert moved(anew, heads['frozen'], anew) >= learned | followed and moved(anew, heads['probe'], learned | followed) == learned
    first = lab.tensors(lab.train('head-alone', *begin, '--head-epochs', half, '--epochs', 0))
    probe = lab.tensors(lab.train('short-probe', *begin, '--freeze', 'probe', '--epochs', half))
    assert first == probe, 'the first stage of LP-FT is a linear probe'
    stages = lab.log('lp-ft')
    assert [row['loss'] for row in stages[:half]] == [row['loss'] for row in lab.log('short-probe')]
    assert [row['stage'] for row in stages] == ['head'] * half + ['network'] * half


# 4e: pruning and quantisation of the network that ships.


def shrinking(lab):
    lab.test_scenes()
    lab.home_scenes()
    for ending in ('pth', 'json'):
        shutil.copy(SOURCE / f'resources/demo/model/erfnet_slim_demo.{ending}', lab.folder / f'whole.{ending}')
    width, height = lab.size.picture
    tuning = ('--keep-zeros', '--set', 'home', '--epochs', lab.size.epochs)
    plans = [('magnitude', fraction) for fraction in (0.5, 0.8)] + [('channels', fraction) for fraction in (0.25, 0.5)]
    models = ['whole.pth']
    for how, fraction in plans:
        pruned = f'{how}-{fraction}.pth'
        lab.run('shrink', '--model', 'whole.pth', '--prune', how, '--fraction', fraction, '--output', pruned, '--quiet')
        tuned = f'{how}-{fraction}-tuned'
        shape = SLIM if how == 'magnitude' else SLIM[:2]
        lab.train(tuned, *shape, '--start', pruned, *tuning, rate=3e-4)
        for ending in ('pth', 'json'):
            shutil.copy(lab.folder / f'{tuned}/weights.{ending}', lab.folder / f'{tuned}.{ending}')
        models += [pruned, f'{tuned}.pth']
        if how == 'magnitude':
            check_zeros(lab, fraction, pruned, f'{tuned}.pth')
    lab.run('shrink', '--model', 'whole.pth', '--quantise', 'static', '--calibrate', 'home', '--output', 'int8.pth', '--quiet')
    models.append('int8.pth')
    written = shrunk_table(lab, models, width, height)
    check_costs(lab, {row['model']: row for row in written})
    table = Table('Network', 'mIoU', 'GMAC', 'Parameters', 'Non-zero', 'Bytes', 'ms', 'void AP / FPR95')
    for row in written:
        table.add(f"`{row['model']}`", percent(row['miou']), f"{row['giga_multiply_adds']:.3f}", row['parameters'],
                  row['nonzero_parameters'], row['bytes'], f"{row['latency_ms']:.1f}", both(row))
    return table


def shrunk_table(lab, models, width, height):
    options = [word for model in models for word in ('--model', model)]
    lab.run('shrink', 'table', *options, '--set', 'test', '--cityscapes', 'test', '--method', 'void',
            '--input-width', width, '--input-height', height, '--threads', 1, '--no-cache', '--quiet', '--format', 'json',
            '--output', 'table.json', '--scatter', 'ap.svg')
    for picture in ('ap-parameters.svg', 'ap-latency.svg'):
        drawn = (lab.folder / picture).read_text(encoding='utf-8')
        assert all(model in drawn for model in models), picture
    return json.loads((lab.folder / 'table.json').read_text(encoding='utf-8'))['rows']


def zeros_of(tensors):
    """{key: places of zeros} of the convolutions' weights, and how many weights there are. The encoder's own head, which
    training alone uses, is not pruned."""
    weights = {key: tensor.values() for key, tensor in tensors.items()
               if len(tensor.shape) == 4 and not key.startswith('encoder.output_conv')}
    places = {key: {place for place, value in enumerate(values) if value == 0} for key, values in weights.items()}
    return places, sum(map(len, weights.values()))


def check_zeros(lab, fraction, pruned, tuned):
    """As many as were asked for, at the places of the least weights, and the same after fine-tuning."""
    (before, count), whole = zeros_of(lab.tensors(pruned)), lab.tensors('whole.pth')
    total = sum(map(len, before.values()))
    assert abs(total - fraction * count) <= 1, f'{total} zeros of {count}, {fraction} asked for'
    sizes = {key: [abs(value) for value in whole[key].values()] for key in before}
    gone = max(sizes[key][place] for key, places in before.items() for place in places)
    left = min(size for key, all_sizes in sizes.items() for place, size in enumerate(all_sizes) if place not in before[key])
    assert gone <= left, f'{gone} was taken, {left} was left'
    after, _ = zeros_of(lab.tensors(tuned))
    assert all(before[key] <= after[key] for key in before) and sum(map(len, after.values())) <= total + count // 1000
    assert any(a.data != b.data for a, b in zip(lab.tensors(pruned).values(), lab.tensors(tuned).values()))


def check_costs(lab, rows):
    whole = rows['whole.pth']
    for how, fraction in (('magnitude', 0.5), ('magnitude', 0.8), ('channels', 0.25), ('channels', 0.5)):
        for ending in ('.pth', '-tuned.pth'):
            row = rows[f'{how}-{fraction}{ending}']
            compare = (lambda a, b: a == b) if how == 'magnitude' else (lambda a, b: a < b)
            for cost in ('parameters', 'giga_multiply_adds'):
                assert compare(row[cost], whole[cost]), f'{row}, {whole}'
            assert row['nonzero_parameters'] < whole['nonzero_parameters']
    for how in ('magnitude-0.8', 'channels-0.5'):
        assert rows[f'{how}-tuned.pth']['miou'] > rows[f'{how}.pth']['miou'], f'fine-tuning of {how}'
    small = rows['int8.pth']
    assert small['bytes'] < 0.35 * whole['bytes'], f'{small}, {whole}'
    assert abs(small['ap'] - whole['ap']) < 0.05 and abs(small['miou'] - whole['miou']) < 0.03, f'{small}, {whole}'


PARTS = {'sets': sets, 'losses': losses, 'backbones': backbones, 'transformer': transformer, 'shrinking': shrinking}


def check_page(table):
    page = (SOURCE / 'resources/guide/experiments.md').read_text(encoding='utf-8')
    missing = [row[0] for row in table.rows if f'| {row[0]} |' not in page]
    assert not missing, f'resources/guide/experiments.md has no row {missing}'


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('program')
    parser.add_argument('part', choices=PARTS)
    parser.add_argument('--size', choices=SIZES, default='test')
    parser.add_argument('--output', type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.output or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        table = PARTS[options.part](Lab(options.program, SIZES[options.size][options.part], folder))
        (folder / f'{options.part}.md').write_text(table.text(), encoding='utf-8')
        print(table.text())
        check_page(table)


if __name__ == '__main__':
    main()
