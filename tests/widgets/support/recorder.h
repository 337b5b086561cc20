// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QObject>
#include <QString>
#include <QStringList>

#include <utility>

namespace oodscope {

/// Writes down every signal it is connected to, in order: "temperatureEdited 1.6".
class Recorder {
public:
  /// Notes `name` and the signal's first argument, if it has one that a QString can show.
  template <typename Sender, typename... Args>
  void watch(Sender* sender, void (Sender::*signal)(Args...), const QString& name) {
    QObject::connect(sender, signal, [this, name](const Args&... args) { note(name, args...); });
  }
  [[nodiscard]] QStringList take() { return std::exchange(m_lines, {}); }
  [[nodiscard]] const QStringList& lines() const { return m_lines; }

private:
  template <typename... Args>
  void note(const QString& name, const Args&... args) {
    QString line = name;
    ((line += QLatin1Char(' ') + text(args)), ...);
    m_lines << line;
  }
  static QString text(const QString& value) { return value; }
  static QString text(double value) { return QString::number(value, 'g', 6); }
  static QString text(int value) { return QString::number(value); }
  static QString text(bool value) { return value ? QStringLiteral("true") : QStringLiteral("false"); }
  template <typename T>
  static QString text(const T&) {
    return QStringLiteral("…");
  }

  QStringList m_lines;
};

}  // namespace oodscope
