// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/coalescing_job.h"
#include "app/live/live_set.h"
#include "app/session/session.h"

#include <QObject>
#include <QString>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

class QMenu;
class QWidget;

namespace oodscope {

class FrameListView;
class Notices;
struct Desk;

/// Exact numbers of some frames of a set alone.
struct SelectionNumbers {
  QString set;
  std::size_t selected = 0;  ///< frames that were asked for
  std::size_t taking = 0;    ///< those of them that are scored and have ground truth
  Configuration configuration;
  PixelMetrics metrics;
};
/// "3 frames of demo: AP 29.00 · FPR95 61.20 · best F1 31.00 · MSP · T 1.00, Course".
[[nodiscard]] QString selectionText(const SelectionNumbers& numbers);

/// What can be done with several frames that are selected in the list: tag them, keep their numbers as a table, measure
/// them by themselves.
class FrameSelection : public QObject {
  Q_OBJECT

public:
  /// Each asks its user, and returns nothing where they think better of it.
  using AskText =
      std::function<std::optional<QString>(const QString& title, const QString& question, const QString& proposal)>;
  using AskFile = std::function<QString(const QString& title, const QString& proposal, const QString& filter)>;

  FrameSelection(Desk& desk, FrameListView& list, Notices& notices, QWidget& window);

  void setAskText(AskText ask) { m_askText = std::move(ask); }
  void setAskFile(AskFile ask) { m_askFile = std::move(ask); }
  /// The entries of the list's menu.
  void fill(QMenu& menu);
  /// The tags that all of them have are asked for: what is added is added to each, what is taken away is taken from
  /// each.
  void tag();
  void copyTable();
  void saveTable();
  void evaluate();
  [[nodiscard]] const std::vector<SelectionNumbers>& numbers() const { return m_numbers; }
  [[nodiscard]] bool isBusy() const { return m_job.isBusy(); }

private:
  struct Part {
    std::shared_ptr<LiveSet> live;
    std::vector<std::size_t> frames;
  };
  struct Request {
    std::vector<Part> parts;
    Configuration configuration;
    Protocol protocol = {};
    std::uint64_t revision = 0;
  };
  using Result = std::vector<SelectionNumbers>;
  [[nodiscard]] static Result work(const Request& request, const std::stop_token& stop);
  void publish(const Request& request, const Outcome<Result>& outcome);
  [[nodiscard]] std::vector<Part> parts() const;
  /// Header and a line a frame, cells parted by `separator`.
  [[nodiscard]] QString table(QChar separator) const;
  void drop();
  void show(const QString& what = {});

  Desk& m_desk;
  FrameListView& m_list;
  Notices& m_notices;
  QWidget& m_window;
  AskText m_askText;
  AskFile m_askFile;
  std::vector<SelectionNumbers> m_numbers;
  std::uint64_t m_revision = 0;
  CoalescingJob<Request, Result> m_job;
};

}  // namespace oodscope
