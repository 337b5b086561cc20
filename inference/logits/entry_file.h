// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/logits/cache_folder.h"
#include "inference/logits/logits_store.h"
#include "inference/logits/mapped_file.h"

#include <optional>

namespace oodscope {

/// Bytes of the logits' entry: header, array, record.
[[nodiscard]] std::uint64_t entryBytes(const LogitsMap& logits, StorePrecision precision);

/// Writes an entry. False, with errno set: it could not.
[[nodiscard]] bool writeEntry(const Descriptor& out, const std::string& address, const LogitsMap& logits,
                              StorePrecision precision);

/// The logits of an entry's file; nothing where the file is not the entry of that address or, unless `trusted`, is
/// damaged. Cost: where not trusted, reads all of it.
[[nodiscard]] std::optional<StoredLogits> readEntry(MappedFile file, const std::string& address, bool trusted);

}  // namespace oodscope
