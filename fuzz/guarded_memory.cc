#include "fuzz/guarded_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <new>

namespace warpgauge {
namespace {

constexpr std::size_t kBandBytes = 4096;
constexpr Guard kGuards[] = {Guard::bands, Guard::start, Guard::end};

std::size_t page_bytes() {
  static const auto bytes = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return bytes;
}

std::size_t round_up(std::size_t value, std::size_t step) {
  return (value + step - 1) / step * step;
}

char* round_down(char* address, std::size_t step) {
  return address - reinterpret_cast<std::uintptr_t>(address) % step;
}

// The mappings of the process, for the handler of SIGSEGV. An entry is free if its name is null.
struct Entry {
  std::atomic<const char*> name{nullptr};
  const char *data, *mapping;
  std::size_t bytes, mapped_bytes;
};
std::array<Entry, 64> table;

std::size_t enter(const char* name, const char* data, std::size_t bytes, const char* mapping,
                  std::size_t mapped_bytes) {
  for (std::size_t n = 0; n < table.size(); ++n) {
    if (table[n].name.load()) continue;
    table[n].data = data, table[n].bytes = bytes;
    table[n].mapping = mapping, table[n].mapped_bytes = mapped_bytes;
    table[n].name.store(name);
    return n;
  }
  return table.size();  // the handler will not know it
}

void fill_with_poison(char* begin, std::size_t bytes, std::uint16_t poison) {
  auto* halves = reinterpret_cast<std::uint16_t*>(begin);
  std::fill_n(halves, bytes / 2, poison);
}

}  // namespace

std::span<const Guard> all_guards() {
  return kGuards;
}

const char* guard_name(Guard guard) {
  switch (guard) {
    case Guard::bands:
      return "bands";
    case Guard::start:
      return "start";
    case Guard::end:
      return "end";
  }
  return "?";
}

GuardedMemory::GuardedMemory(Backend backend, std::size_t bytes, const Options& options)
    : bytes_(bytes), poison_(options.poison) {
  if (backend == Backend::cuda) {
    const std::size_t before = kBandBytes + options.misalignment;
    device_.emplace(backend, round_up(before + bytes, 2) + kBandBytes);
    auto* begin = static_cast<char*>(device_->data());
    data_ = begin + before;
    spans_ = {{begin, device_->bytes(), 0}};
    image_bytes_ = device_->bytes();
    return;
  }
  const std::size_t page = page_bytes();
  const std::size_t inside =
      round_up(bytes + 2 * kBandBytes + options.alignment + options.misalignment, page);
  mapped_bytes_ = inside + 2 * page;
  void* memory = mmap(nullptr, mapped_bytes_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  mapping_ = static_cast<char*>(memory);
  char *const first = mapping_ + page, *const end = first + inside;
  place(options, first, end);
  place_in_table_ = enter(options.name, data_, bytes_, mapping_, mapped_bytes_);
  make_accessible(options.used, first, end);
}

GuardedMemory::~GuardedMemory() {
  if (!mapping_) return;
  if (place_in_table_ < table.size()) table[place_in_table_].name.store(nullptr);
  munmap(mapping_, mapped_bytes_);
}

void GuardedMemory::place(const Options& options, char* first, char* end) {
  const std::size_t past = options.misalignment;
  switch (options.guard) {
    case Guard::bands:
      data_ = first + kBandBytes + past;
      break;
    case Guard::start:
      data_ = first + past;
      break;
    case Guard::end:
      data_ = round_down(end - bytes_ - past, options.alignment) + past;
      break;
  }
}

void GuardedMemory::make_accessible(const std::vector<ByteRange>& used, char* first, char* end) {
  const std::size_t page = page_bytes();
  std::vector<std::pair<char*, char*>> pages;
  if (used.empty()) pages.emplace_back(first, end);
  for (const ByteRange& range : used) {
    char* begin = data_ + range.first;
    char* past_last = begin + range.bytes + page - 1;
    pages.emplace_back(round_down(begin, page), round_down(past_last, page));
  }
  std::sort(pages.begin(), pages.end());
  for (const auto& [begin, past_last] : pages) {
    char* from = begin;
    if (!spans_.empty()) {
      Span& last = spans_.back();
      char* covered = last.begin + last.bytes;
      if (from <= covered) {
        if (past_last > covered) last.bytes = static_cast<std::size_t>(past_last - last.begin);
        continue;
      }
    }
    spans_.push_back({from, static_cast<std::size_t>(past_last - from), 0});
  }
  for (Span& span : spans_) {
    span.offset = image_bytes_;
    image_bytes_ += span.bytes;
    if (mprotect(span.begin, span.bytes, PROT_READ | PROT_WRITE) != 0) {
      munmap(mapping_, mapped_bytes_);
      if (place_in_table_ < table.size()) table[place_in_table_].name.store(nullptr);
      throw std::bad_alloc();
    }
  }
}

std::size_t GuardedMemory::offset_of(std::int64_t byte) const {
  const char* address = data_ + byte;
  if (spans_.size() == 1) return static_cast<std::size_t>(address - spans_[0].begin);
  const auto after = std::upper_bound(spans_.begin(), spans_.end(), address,
                                      [](const char* at, const Span& span) { return at < span.begin; });
  const Span& span = *(after - 1);
  return span.offset + static_cast<std::size_t>(address - span.begin);
}

std::int64_t GuardedMemory::byte_at(std::size_t offset) const {
  const auto after = std::upper_bound(spans_.begin(), spans_.end(), offset,
                                      [](std::size_t at, const Span& span) { return at < span.offset; });
  const Span& span = *(after - 1);
  return span.begin + (offset - span.offset) - data_;
}

void GuardedMemory::upload(const void* image) {
  if (device_) return device_->upload(image, image_bytes_);
  for (const Span& span : spans_)
    std::memcpy(span.begin, static_cast<const char*>(image) + span.offset, span.bytes);
}

void GuardedMemory::download(void* image) const {
  if (device_) return device_->download(image, image_bytes_);
  for (const Span& span : spans_)
    std::memcpy(static_cast<char*>(image) + span.offset, span.begin, span.bytes);
}

void GuardedMemory::poison() {
  if (!device_) {
    for (const Span& span : spans_) fill_with_poison(span.begin, span.bytes, poison_);
    return;
  }
  constexpr std::size_t kChunkBytes = std::size_t{1} << 18;
  const std::vector<std::uint16_t> chunk(kChunkBytes / 2, poison_);
  for (std::size_t at = 0; at < image_bytes_; at += kChunkBytes)
    device_->upload(chunk.data(), std::min(kChunkBytes, image_bytes_ - at), at);
}

GuardedPlace find_guarded(const void* address) {
  const auto* at = static_cast<const char*>(address);
  for (const Entry& entry : table) {
    const char* name = entry.name.load();
    if (!name || at < entry.mapping || at >= entry.mapping + entry.mapped_bytes) continue;
    using Side = GuardedPlace::Side;
    if (at < entry.data) return {name, Side::before_start, static_cast<std::size_t>(entry.data - at)};
    const auto offset = static_cast<std::size_t>(at - entry.data);
    if (offset >= entry.bytes) return {name, Side::past_end, offset - entry.bytes};
    return {name, Side::in_gap, offset};
  }
  return {};
}

}  // namespace warpgauge
