// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/notice_sources.h"

#include "app/desk/desk.h"
#include "app/window/notices.h"
#include "widgets/theme/number_text.h"

namespace oodscope {
namespace {

QString noticeText(const char* text) { return Notices::tr(text); }

}  // namespace

void connectNotices(Notices& notices, Desk& desk) {
  const auto failed = [&notices](const QString& text) { notices.tell(Severity::Error, text, QString(), Concern::Run); };
  const auto works = [&notices] { notices.resolve(Concern::Run); };
  QObject::connect(&desk.run, &SingleRun::failed, &notices, failed);
  QObject::connect(&desk.comparison, &Comparison::failed, &notices, failed);
  QObject::connect(&desk.run, &SingleRun::detailsChanged, &notices, [&desk, works] {
    if (desk.run.details()) works();
  });
  QObject::connect(&desk.workspace.runner(), &InferenceRunner::frameFailed, &notices,
                   [&notices](const std::shared_ptr<LiveSet>& set, std::size_t frame, const QString& text) {
                     const DataSet& whole = set->dataSet();
                     notices.tell(
                         Severity::Warning,
                         QString::fromStdString(whole.name + ", frame " + whole.frames[frame].name + ": ") + text);
                   });
  QObject::connect(&desk.session, &SessionModel::thresholdDropped, &notices, [&notices](float threshold) {
    notices.note(
        noticeText("The threshold %1 was of another score's range and has been dropped: it follows best F1 now.")
            .arg(scoreText(static_cast<double>(threshold))));
  });
  QObject::connect(&desk.file, &SessionFile::autosaved, &notices, [&notices] { notices.resolve(Concern::Autosave); });
}

}  // namespace oodscope
