// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/imaging/resize.h"
#include "inference/training/samples.h"

#include <mutex>

namespace oodscope {
namespace {

class KeptSource final : public SampleSource {
public:
  KeptSource(std::unique_ptr<SampleSource> source, Size size)
      : m_source(std::move(source)), m_size(size), m_kept(m_source->size()) {}
  std::size_t size() const override { return m_kept.size(); }
  int classes() const override { return m_source->classes(); }
  std::vector<std::string> classNames() const override { return m_source->classNames(); }
  std::string identity() const override {
    return m_source->identity() + ", at " + std::to_string(m_size.width) + "x" + std::to_string(m_size.height);
  }
  std::vector<std::string> warnings() const override { return m_source->warnings(); }
  Sample read(std::size_t index) const override {
    require(index < size(), "no such sample");
    {
      const std::scoped_lock lock(m_mutex);
      if (m_kept[index]) return *m_kept[index];
    }
    Sample sample = resized(m_source->read(index), m_size);
    const std::scoped_lock lock(m_mutex);
    if (!m_kept[index]) m_kept[index] = std::make_unique<Sample>(sample);
    return sample;
  }

private:
  std::unique_ptr<SampleSource> m_source;
  Size m_size;
  mutable std::mutex m_mutex;
  mutable std::vector<std::unique_ptr<Sample>> m_kept;
};

}  // namespace

Sample resized(Sample sample, Size size) {
  if (sample.image.size() == size) return sample;
  sample.image = resizePilBilinear(sample.image, size);
  sample.classes = resizePilNearest(sample.classes, size);
  if (!sample.label.empty()) sample.label = resizePilNearest(sample.label, size);
  return sample;
}

std::unique_ptr<SampleSource> keptInMemory(std::unique_ptr<SampleSource> source, Size size) {
  return std::make_unique<KeptSource>(std::move(source), size);
}

}  // namespace oodscope
