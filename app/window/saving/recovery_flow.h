// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/autosave.h"

#include <QObject>
#include <QString>

namespace oodscope {

class ChoiceBanner;
class Notices;
struct Desk;

/// "my.oodscope: 2 sets, 1 model, 3 notes": what somebody needs to know it again.
[[nodiscard]] QString leftWorkText(const LeftWork& left);

/// What windows left that ended without being closed, offered until it is taken or refused: the newest first, one at a
/// time. Where it is neither, the next start offers it again.
class RecoveryFlow : public QObject {
  Q_OBJECT

public:
  RecoveryFlow(Desk& desk, Notices& notices, ChoiceBanner& banner);
  void offer();

private:
  void answer(const QString& name);

  Desk& m_desk;
  Notices& m_notices;
  ChoiceBanner& m_banner;
};

}  // namespace oodscope
