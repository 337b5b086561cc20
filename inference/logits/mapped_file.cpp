// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/logits/mapped_file.h"

#include "analysis/core/error.h"

#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <utility>

namespace oodscope {

/// Never freed, so that the handler may follow the links at any time; used again once its mapping has gone.
struct MappedFile::Place {
  std::atomic<void*> start = nullptr;  ///< nullptr: no mapping
  std::atomic<std::size_t> bytes = 0;
  std::atomic<bool> isLost = false;
  Place* next = nullptr;      ///< of all; fixed once it is linked in
  Place* nextIdle = nullptr;  ///< guarded by the mutex below
};

namespace {

using Place = MappedFile::Place;

std::atomic<Place*> allPlaces = nullptr;
std::atomic<std::size_t> living = 0;
std::mutex idleMutex;
Place* idlePlaces = nullptr;
struct sigaction handlerBefore = {};

/// Puts zeros in place of a mapping whose file has become shorter, all of it: another mapping may not be had. Calls
/// nothing but mmap, a bare system call.
void onBusError(int signal, siginfo_t* info, void* context) {
  const int kept = errno;
  const auto at = reinterpret_cast<std::uintptr_t>(info->si_addr);
  for (Place* place = allPlaces.load(); place != nullptr; place = place->next) {
    void* const start = place->start.load();
    const std::size_t bytes = place->bytes.load();
    const auto first = reinterpret_cast<std::uintptr_t>(start);
    if (start == nullptr || at < first || at - first >= bytes) continue;
    place->isLost.store(true);
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    if (mmap(start, bytes, PROT_READ, flags, -1, 0) == MAP_FAILED) break;
    errno = kept;
    return;
  }
  errno = kept;
  if ((handlerBefore.sa_flags & SA_SIGINFO) != 0) {
    handlerBefore.sa_sigaction(signal, info, context);
  } else if (handlerBefore.sa_handler != SIG_DFL && handlerBefore.sa_handler != SIG_IGN) {
    handlerBefore.sa_handler(signal);
  } else {
    sigaction(SIGBUS, &handlerBefore, nullptr);  // returning repeats the access, which ends the program as before
  }
}

void installHandler() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action = {};
    action.sa_sigaction = onBusError;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &handlerBefore);
  });
}

Place* occupy(void* start, std::size_t bytes) {
  const std::lock_guard lock(idleMutex);
  Place* place = idlePlaces;
  const bool isNew = place == nullptr;
  if (isNew)
    place = std::make_unique<Place>().release();
  else
    idlePlaces = place->nextIdle;
  place->isLost.store(false);
  place->bytes.store(bytes);
  place->start.store(start);
  if (isNew) {
    place->next = allPlaces.load();
    allPlaces.store(place);
  }
  ++living;
  return place;
}

void vacate(Place* place) {
  const std::lock_guard lock(idleMutex);
  place->start.store(nullptr);
  place->nextIdle = idlePlaces;
  idlePlaces = place;
  --living;
}

}  // namespace

FileIdentity identityOf(const struct stat& status) {
  return {status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

MappedFile::MappedFile(int descriptor, const struct stat& status, std::filesystem::path file)
    : m_bytes(static_cast<std::size_t>(status.st_size)), m_file(std::move(file)), m_identity(identityOf(status)) {
  if (m_bytes == 0) return;
  installHandler();
  void* start = mmap(nullptr, m_bytes, PROT_READ, MAP_SHARED, descriptor, 0);
  if (start == MAP_FAILED) {
    copy(descriptor);
    return;
  }
  try {
    m_place = occupy(start, m_bytes);
  } catch (const std::bad_alloc&) {
    munmap(start, m_bytes);
    throw Error("Not enough memory to open the logits", m_file);
  }
  m_start = static_cast<const std::byte*>(start);
}

void MappedFile::copy(int descriptor) {
  const int problem = errno;
  try {
    m_copy.resize(m_bytes);
  } catch (const std::bad_alloc&) {
    throw Error({.what = "Not enough memory to read the logits",
                 .expected = std::to_string(m_bytes >> 20) + " MiB",
                 .found = std::strerror(problem),
                 .file = m_file});
  }
  for (std::size_t at = 0; at < m_bytes;) {
    const ssize_t count = pread(descriptor, m_copy.data() + at, m_bytes - at, static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0)
      throw Error({.what = "Cannot read the logits",
                   .expected = std::to_string(m_bytes) + " bytes",
                   .found = count < 0 ? std::strerror(errno) : "an end after " + std::to_string(at),
                   .file = m_file});
    at += static_cast<std::size_t>(count);
  }
  m_start = m_copy.data();
}

MappedFile::MappedFile(MappedFile&& other) noexcept { *this = std::move(other); }

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(m_start, other.m_start);
  std::swap(m_bytes, other.m_bytes);
  std::swap(m_place, other.m_place);
  std::swap(m_copy, other.m_copy);
  std::swap(m_file, other.m_file);
  std::swap(m_identity, other.m_identity);
  return *this;
}

MappedFile::~MappedFile() {
  if (m_place == nullptr) return;
  vacate(m_place);
  munmap(const_cast<std::byte*>(m_start), m_bytes);
}

bool MappedFile::isIntact() const {
  if (m_place == nullptr) return true;
  if (m_place->isLost.load()) return false;
  struct stat now {};
  if (m_file.empty() || stat(m_file.c_str(), &now) != 0) return true;
  const FileIdentity identity = identityOf(now);
  return identity.device != m_identity.device || identity.inode != m_identity.inode || identity == m_identity;
}

std::size_t MappedFile::livingMappings() { return living.load(); }

}  // namespace oodscope
