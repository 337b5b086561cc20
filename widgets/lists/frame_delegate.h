// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/lists/frame_model.h"

#include <QStyledItemDelegate>

namespace oodscope {

class FrameProxy;

/// Draws a frame: thumbnail, name and first metric, label badge and second metric.
class FrameDelegate : public QStyledItemDelegate {
  Q_OBJECT

public:
  FrameDelegate(const FrameModel& model, const FrameProxy& proxy, QObject* parent);
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
  const FrameModel& m_model;
  const FrameProxy& m_proxy;
};

}  // namespace oodscope
