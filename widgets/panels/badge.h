// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QWidget>

namespace oodscope {

/// "≈ estimated" in a dashed outline, "= exact" in a solid one, or a plain count. Hidden while it has no text.
class Badge : public QWidget {
  Q_OBJECT

public:
  enum class Kind { Estimated, Exact, Count };
  explicit Badge(QWidget* parent = nullptr);
  void setBadge(Kind kind, const QString& text);
  void clear();
  [[nodiscard]] QString text() const { return m_text; }
  [[nodiscard]] QSize sizeHint() const override;

protected:
  void paintEvent(QPaintEvent* event) override;

private:
  Kind m_kind = Kind::Exact;
  QString m_text;
};

}  // namespace oodscope
