// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/window/thumbnail_loader.h"
#include "widgets/lists/frame_model.h"

#include <QObject>

#include <functional>
#include <map>
#include <vector>

namespace oodscope {

class FrameListView;
class WindowActions;
struct Desk;
struct OpenSet;

/// The list of frames: rows of every open set with their thumbnails, tags and numbers; choosing one shows it.
class FrameRows : public QObject {
  Q_OBJECT

public:
  /// What others know of a frame of the current set.
  using Fill = std::function<void(std::size_t frame, FrameRow& row)>;

  FrameRows(Desk& desk, FrameListView& list, WindowActions& actions, QObject* parent);

  void addFill(Fill fill) { m_fills.push_back(std::move(fill)); }
  void show();
  /// The current frame becomes the list's.
  void showCurrent();

Q_SIGNALS:
  void previewsChanged();

private:
  void connectActions(WindowActions& actions);
  void choose(int set, int frame);
  void addPreview(const QString& set, std::size_t frame, const FramePreview& preview);
  [[nodiscard]] FrameRow rowOf(const OpenSet& open, std::size_t frame) const;
  void addNumbers(std::size_t frame, FrameRow& row) const;

  Desk& m_desk;
  FrameListView& m_list;
  ThumbnailLoader m_thumbnails;
  std::map<QString, std::map<std::size_t, FramePreview>> m_previews;
  std::vector<Fill> m_fills;
  std::string m_shownSet;  ///< which the list was scrolled to
};

}  // namespace oodscope
