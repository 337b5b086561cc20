// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QComboBox>

namespace oodscope {

/// The toolbar's "Method  MSP  key 1": a quiet caption, the value, a quiet note (the item's NoteRole).
class LabelledCombo : public QComboBox {
  Q_OBJECT

public:
  static constexpr int kNoteRole = Qt::UserRole + 100;

  explicit LabelledCombo(const QString& caption, QWidget* parent = nullptr);
  void setCaption(const QString& caption);
  /// The tool tip: what is chosen here. The present item's own (Qt::ToolTipRole) stands below it.
  void setExplanation(const QString& text);
  /// Shown while there is no item: "none".
  void setEmptyText(const QString& text);
  /// The value in run A's or B's colour; invalid: plain.
  enum class Accent { None, A, B };
  void setAccent(Accent accent);
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

protected:
  void paintEvent(QPaintEvent* event) override;
  bool event(QEvent* event) override;

private:
  [[nodiscard]] QString explanation() const;

  QString m_caption;
  QString m_explanation;
  QString m_emptyText;
  Accent m_accent = Accent::None;
};

}  // namespace oodscope
