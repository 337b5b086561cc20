// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/autosave.h"

#include "analysis/core/error.h"
#include "analysis/formats/atomic_file.h"

#include <QStandardPaths>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLockName = "lock";
constexpr int kLockAttempts = 20;
constexpr const char* kOriginName = "file";  // where the session's own file lies
// Of version 0.2.0, beside the folder: one state for all windows, and a mark for as long as one was open.
constexpr const char* kFormerState = "autosave.oodscope";
constexpr const char* kFormerMark = "running";

fs::path stateName(int number) { return std::to_string(number) + ".oodscope"; }

/// No window of this or another start of the machine is called so.
std::string windowName() {
  static std::atomic<unsigned> serial{0};
  std::string boot;
  std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
  return boot.substr(0, 8) + "-" + std::to_string(getpid()) + "-" + std::to_string(serial++);
}

[[noreturn]] void failToKeep(int problem, const fs::path& place) {
  throw Error(ErrorParts{.what = "what is open cannot be put by for a start after a crash",
                         .expected = "a folder that can be written",
                         .found = std::strerror(problem),
                         .file = place});
}

/// The lock's descriptor; -1 where another window has it or the file has gone. `flags`: of open() besides.
int lockOf(const fs::path& folder, int flags) {
  const fs::path file = folder / kLockName;
  const int descriptor = open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
  if (descriptor < 0) return -1;
  struct stat status {};
  // One that was removed between the two steps locks nothing.
  if (flock(descriptor, LOCK_EX | LOCK_NB) == 0 && fstat(descriptor, &status) == 0 && status.st_nlink > 0)
    return descriptor;
  const int problem = errno;
  close(descriptor);
  errno = problem;
  return -1;
}

std::optional<fs::path> originIn(const fs::path& folder) {
  std::ifstream in(folder / kOriginName, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (text.empty()) return std::nullopt;
  return text;
}

std::chrono::system_clock::time_point changedAt(const fs::path& file) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) return {};
  return std::chrono::system_clock::from_time_t(status.st_mtime);
}

bool holdsStates(const fs::path& folder) {
  std::error_code unknown;
  for (int number = 1; number <= Autosave::kKept; ++number)
    if (fs::exists(folder / stateName(number), unknown)) return true;
  return false;
}

/// The newest state that can be read: one that a full disk cut short does not hide those before it.
std::optional<LeftWork> workIn(const fs::path& folder) {
  for (int number = 1; number <= Autosave::kKept; ++number) {
    const fs::path file = folder / stateName(number);
    std::error_code unknown;
    if (!fs::exists(file, unknown)) continue;
    try {
      return LeftWork{.session = readSession(file), .file = originIn(folder), .when = changedAt(file)};
    } catch (const std::exception&) {
      continue;
    }
  }
  return std::nullopt;
}

/// Puts what version 0.2.0 left after a crash where windows leave theirs. Of several that try, one does.
void adoptFormer(const fs::path& all) {
  const fs::path state = all.parent_path() / kFormerState, mark = all.parent_path() / kFormerMark;
  std::error_code problem;
  if (!fs::is_regular_file(state, problem) || !fs::exists(mark, problem)) return;
  try {
    static_cast<void>(readSession(state));
  } catch (const std::exception&) {
    return;  // it stays as it is
  }
  fs::create_directories(all, problem);
  const fs::path own = all / windowName();
  if (mkdir(own.c_str(), 0700) != 0) return;
  const int lock = lockOf(own, O_CREAT);
  fs::rename(state, own / stateName(1), problem);
  if (problem) fs::remove_all(own, problem);
  fs::remove(mark, problem);
  if (lock >= 0) close(lock);
}

}  // namespace

Autosave::Autosave(fs::path folder) : m_folder(std::move(folder)) {}

Autosave::~Autosave() {
  for (Held* held : {&m_own, &m_former, &m_left}) letGo(*held);
}

fs::path Autosave::defaultFolder() {
  return fs::path(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation).toStdString()) / "autosave";
}

fs::path Autosave::folder() const { return m_folder.empty() ? defaultFolder() : m_folder; }

void Autosave::setFolder(fs::path folder) {
  if (folder == this->folder()) return;
  if (m_own.lock >= 0) {
    clear(m_former);
    m_former = std::exchange(m_own, {});
  }
  m_folder = std::move(folder);
}

void Autosave::begin() {
  if (m_own.lock >= 0) return;
  const fs::path all = folder();
  std::error_code problem;
  fs::create_directories(all, problem);
  if (problem || !fs::is_directory(all, problem)) failToKeep(problem ? problem.value() : ENOTDIR, all);
  Held own{.folder = all / windowName()};
  int failure = EWOULDBLOCK;
  // A window that looks for what others left may hold the new lock for a moment, and clear the empty folder away.
  for (int attempt = 0; attempt < kLockAttempts && own.lock < 0; ++attempt) {
    if (mkdir(own.folder.c_str(), 0700) != 0 && errno != EEXIST) failToKeep(errno, all);
    own.lock = lockOf(own.folder, O_CREAT);
    failure = errno;
  }
  if (own.lock < 0) failToKeep(failure, own.folder);
  m_own = own;
  m_rotated.reset();
}

void Autosave::rotate() {
  const auto now = std::chrono::steady_clock::now();
  if (m_rotated && now - *m_rotated < m_spacing) return;
  m_rotated = now;
  std::error_code ignored;
  for (int number = kKept; number > 1; --number)
    fs::rename(m_own.folder / stateName(number - 1), m_own.folder / stateName(number), ignored);
}

void Autosave::write(const Session& session, const std::optional<fs::path>& file) {
  begin();
  rotate();
  const std::string origin = file ? fs::absolute(*file).string() : std::string();
  if (origin != originIn(m_own.folder).value_or(fs::path()).string())
    writeFileAtomically(m_own.folder / kOriginName, origin);
  writeSession(session, m_own.folder / stateName(1));
  clear(m_former);
}

void Autosave::remove() {
  clear(m_own);
  clear(m_former);
}

std::vector<Autosave::Held> Autosave::heldFromOthers() const {
  std::vector<Held> out;
  std::error_code unknown;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder(), unknown)) {
    if (!entry.is_directory(unknown) || entry.path() == m_own.folder) continue;
    Held held{.folder = entry.path(), .lock = lockOf(entry.path(), 0)};
    if (held.lock >= 0) out.push_back(held);
  }
  return out;
}

const std::optional<LeftWork>& Autosave::left() {
  if (m_leftWork) return m_leftWork;
  adoptFormer(folder());
  for (Held& held : heldFromOthers()) {
    auto work = workIn(held.folder);
    if (!work) {
      // What cannot be read stays: a newer version may understand it.
      holdsStates(held.folder) ? letGo(held) : clear(held);
      continue;
    }
    if (m_leftWork && m_leftWork->when >= work->when) {
      letGo(held);
      continue;
    }
    letGo(m_left);
    m_left = held;
    m_leftWork = std::move(work);
  }
  return m_leftWork;
}

std::size_t Autosave::moreLeft() const {
  std::size_t count = 0;
  for (Held& held : heldFromOthers()) {
    if (workIn(held.folder)) ++count;
    letGo(held);
  }
  return count;
}

void Autosave::dropLeft() {
  m_leftWork.reset();
  clear(m_left);
}

void Autosave::putLeftBack() {
  m_leftWork.reset();
  letGo(m_left);
  m_left = {};
}

void Autosave::letGo(Held& held) {
  if (held.lock >= 0) close(held.lock);
  held.lock = -1;
}

void Autosave::clear(Held& held) {
  if (held.lock < 0) return;
  std::error_code ignored;
  for (int number = 1; number <= kKept; ++number) fs::remove(held.folder / stateName(number), ignored);
  fs::remove(held.folder / kOriginName, ignored);
  fs::remove(held.folder / kLockName, ignored);
  fs::remove(held.folder, ignored);  // only where nothing else lies in it
  letGo(held);
  held = {};
}

}  // namespace oodscope
