// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <locale.h>

namespace oodscope {

/// While it lives, the C library of the calling thread reads and writes numbers as in the C locale, whatever the
/// desktop's language is: for code of others that uses strtod and printf.
class PlainNumbers {
public:
  PlainNumbers()
      : m_locale(newlocale(LC_NUMERIC_MASK, "C", duplocale(uselocale(nullptr)))), m_before(uselocale(m_locale)) {}
  PlainNumbers(const PlainNumbers&) = delete;
  PlainNumbers& operator=(const PlainNumbers&) = delete;
  ~PlainNumbers() {
    uselocale(m_before);
    if (m_locale != nullptr) freelocale(m_locale);
  }

private:
  locale_t m_locale, m_before;
};

/// The same for the whole process from now on: Qt sets the desktop's locale when its application is made. The language
/// of messages stays.
inline void keepPlainNumbers() { setlocale(LC_NUMERIC, "C"); }

}  // namespace oodscope
