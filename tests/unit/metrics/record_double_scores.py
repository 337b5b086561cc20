#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints the numbers that tests/unit/metrics/double_ranking_test.cpp expects, by scikit-learn on float64.
Usage: record_double_scores.py"""
import numpy
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve


def crowded_set():
    state = 12345
    labels, scores = [], []

    def draw():
        nonlocal state
        state = (state * 1664525 + 1013904223) % 2**32
        return state

    for _ in range(3 * 4000):
        kind = draw() >> 24
        label = 1 if kind < 16 else 255 if kind < 32 else 0
        steps = (draw() >> 14) + (120000.0 if label == 1 else 0.0)
        labels.append(label)
        scores.append(-1.0 + steps * 2.0**-45)
    keep = numpy.array(labels) != 255
    return numpy.array(labels)[keep], numpy.array(scores)[keep]


def main():
    labels, scores = crowded_set()
    precision, recall, thresholds = precision_recall_curve(labels, scores)
    f1 = 2 * precision * recall / (precision + recall)
    best = numpy.flatnonzero(f1[:-1] == f1[:-1].max())[-1]
    fpr, tpr, _ = roc_curve(labels, scores, drop_intermediate=False)
    print("ap", repr(average_precision_score(labels, scores)))
    print("auroc", repr(roc_auc_score(labels, scores)))
    print("fpr95", repr(fpr[numpy.argmax(tpr >= 0.95)]))
    print("best_f1", repr(f1[best]), "at", repr(thresholds[best]))
    print("ap of float32", repr(average_precision_score(labels, scores.astype("f4"))))


main()
