// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/session_file.h"

#include <QDialog>

class QPushButton;

namespace oodscope {

/// "tags and notes, kept runs and what is open": what would be lost, as people call it.
[[nodiscard]] QString unsavedText(const UnsavedParts& parts);

/// Asks what becomes of unsaved work: to save it, not to, or to go on. Modal. Its buttons are named "save", "discard"
/// and "cancel"; Enter saves, Esc goes on.
class UnsavedDialog : public QDialog {
  Q_OBJECT

public:
  /// `name`: what the session is called; `where`: the file that Save would write, empty where it asks for one.
  UnsavedDialog(const UnsavedParts& parts, const QString& name, const QString& where, QWidget* parent);

  [[nodiscard]] SessionFile::Answer answer() const { return m_answer; }

private:
  QPushButton* addButton(const QString& text, const char* name, SessionFile::Answer answer);

  SessionFile::Answer m_answer = SessionFile::Answer::Cancel;
};

}  // namespace oodscope
