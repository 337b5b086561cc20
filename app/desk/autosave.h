// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/session/session.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <vector>

namespace oodscope {

/// What a window was about when it ended without being closed.
struct LeftWork {
  Session session;
  std::optional<std::filesystem::path> file = {};  ///< of the session, where it had one
  std::chrono::system_clock::time_point when;      ///< of the latest change that was put by
};

/// One window's session, put by for a start after a crash, in a folder of its own below the one of all windows. A lock
/// that ends with the process says whose window still lives: what it holds is nobody else's. The latest states of
/// different minutes are kept. What version 0.2.0 left after a crash, beside that folder, counts as a window's. Files
/// that are not its own are never touched. In one thread.
class Autosave {
public:
  static constexpr int kKept = 3;  ///< states of a window

  /// `folder`: of all windows; nothing is made there before begin() or write(). Empty: defaultFolder().
  explicit Autosave(std::filesystem::path folder = {});
  /// Leaves what was put by.
  ~Autosave();
  Autosave(const Autosave&) = delete;
  Autosave& operator=(const Autosave&) = delete;

  /// Below the user's folder for data of programs.
  [[nodiscard]] static std::filesystem::path defaultFolder();
  [[nodiscard]] std::filesystem::path folder() const;
  /// Another place from now on. What was put by in the old one stays until the new one has taken something.
  void setFolder(std::filesystem::path folder);
  /// How old a state must be to be kept beside the newest one.
  void setSpacing(std::chrono::milliseconds spacing) { m_spacing = spacing; }

  /// Makes this window's folder and locks it. Throws Error: no such place, not writable, disk full.
  void begin();
  /// Throws Error; what was put by before stays then.
  void write(const Session& session, const std::optional<std::filesystem::path>& file);
  /// The window was closed: nothing is left of it.
  void remove();

  /// The newest of what windows left that have ended, locked by this one until it is dropped or put back; the same
  /// until then. Empty: there is none, or other windows hold it.
  [[nodiscard]] const std::optional<LeftWork>& left();
  /// How many more there are.
  [[nodiscard]] std::size_t moreLeft() const;
  /// It has been taken over or refused: its files go.
  void dropLeft();
  /// For the next start.
  void putLeftBack();

private:
  /// A window's folder whose lock this process has.
  struct Held {
    std::filesystem::path folder;
    int lock = -1;
  };
  void rotate();
  [[nodiscard]] std::vector<Held> heldFromOthers() const;
  static void letGo(Held& held);
  static void clear(Held& held);

  std::filesystem::path m_folder;
  std::chrono::milliseconds m_spacing{60'000};
  Held m_own, m_former, m_left;
  std::optional<LeftWork> m_leftWork;
  std::optional<std::chrono::steady_clock::time_point> m_rotated;
};

}  // namespace oodscope
