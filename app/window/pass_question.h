// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QObject>

class QBoxLayout;

namespace oodscope {

struct Desk;
class RunFirst;

/// What stands above the views where the method that is looked at runs its network further: how many frames and how
/// long, and a button that runs them. Nothing is run because the method was chosen.
class PassQuestion : public QObject {
  Q_OBJECT

public:
  /// The panel becomes the last of `column`'s.
  PassQuestion(Desk& desk, QBoxLayout& column, QObject* parent);

private:
  void follow();

  Desk& m_desk;
  RunFirst* m_first;
};

}  // namespace oodscope
