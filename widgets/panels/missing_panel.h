// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QString>
#include <QWidget>

#include <vector>

class QLabel;
class QScrollArea;

namespace oodscope {

/// Something that a session lists and that is not to be found.
struct MissingRow {
  QString kind;  ///< "set", "model", "score maps"
  QString name, path, why;
  friend bool operator==(const MissingRow&, const MissingRow&) = default;
};

/// What of a session is missing, a row each: where it was sought, why it is not open, and two buttons. A few rows high,
/// then it scrolls. Hidden where nothing is missing, and by its user until something else is.
class MissingPanel : public QWidget {
  Q_OBJECT

public:
  explicit MissingPanel(QWidget* parent = nullptr);
  void setRows(const std::vector<MissingRow>& rows);
  [[nodiscard]] const std::vector<MissingRow>& rows() const { return m_rows; }

Q_SIGNALS:
  void locateRequested(int row);
  void removeRequested(int row);

protected:
  void paintEvent(QPaintEvent* event) override;
  void changeEvent(QEvent* event) override;

private:
  void fill();

  std::vector<MissingRow> m_rows;
  QLabel* m_heading = nullptr;
  QScrollArea* m_area = nullptr;
};

}  // namespace oodscope
