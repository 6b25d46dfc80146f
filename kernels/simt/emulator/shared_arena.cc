#include "kernels/simt/emulator/shared_arena.h"

#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>

#include "kernels/simt/swizzle.h"

namespace warpgauge::simt::emulator {
namespace {

// Offsets in the arena equal those of the kernel's layout modulo this, so that swizzles and banks are the
// same as on a GPU.
constexpr std::size_t kPeriodBytes = kSwizzlePatternBytes;

char* allocate_aligned(std::size_t bytes) {
  void* memory = std::aligned_alloc(kPeriodBytes, bytes);
  if (!memory) throw std::bad_alloc();
  return static_cast<char*>(memory);
}

// The byte at this offset. `one` is 1 in a word of 4 bytes.
char content_at(Contents contents, std::size_t offset) {
  switch (contents) {
    case Contents::nan:
      return static_cast<char>(0xff);
    case Contents::zero:
      return 0;
    case Contents::one:
      return offset % 4 == 0 ? 1 : 0;
    case Contents::random:
      return static_cast<char>((offset + 1) * 0x9e3779b97f4a7c15u >> 56);
  }
  return 0;
}

}  // namespace

SharedArena::SharedArena(std::size_t declared_bytes)
    : declared_bytes_(declared_bytes),
      capacity_((declared_bytes + kPeriodBytes - 1) / kPeriodBytes * kPeriodBytes +
                (kMaxArrays + 1) * (kRedZoneBytes + kPeriodBytes)),
      memory_(allocate_aligned(capacity_), std::free) {
  arrays_.reserve(kMaxArrays);
}

void SharedArena::reset(Contents contents) {
  contents_ = contents;
  arrays_.clear();
  used_ = 0;
  last_found_ = 0;
}

const SharedArray* SharedArena::allocate(const char* name, std::size_t declared_offset, std::size_t bytes) {
  for (const SharedArray& array : arrays_)
    if (array.declared_offset == declared_offset && array.bytes == bytes)
      return std::string_view(array.name) == name ? &array : nullptr;
  const std::size_t declared_used =
      arrays_.empty() ? 0 : arrays_.back().declared_offset + arrays_.back().bytes;
  if (declared_offset < declared_used || declared_offset + bytes > declared_bytes_ ||
      arrays_.size() == kMaxArrays)
    return nullptr;
  const std::size_t phase = declared_offset % kPeriodBytes;
  const std::size_t offset =
      (used_ + kRedZoneBytes + kPeriodBytes - 1 - phase) / kPeriodBytes * kPeriodBytes + phase;
  used_ = offset + bytes;
  for (std::size_t at = offset; at < offset + bytes; ++at) memory_.get()[at] = content_at(contents_, at);
  arrays_.push_back({name, declared_offset, offset, bytes});
  return &arrays_.back();
}

const SharedArray* SharedArena::find(std::size_t offset, std::size_t bytes) {
  const auto holds = [&](const SharedArray& array) {
    return offset >= array.offset && offset + bytes <= array.offset + array.bytes;
  };
  if (last_found_ < arrays_.size() && holds(arrays_[last_found_])) return &arrays_[last_found_];
  for (last_found_ = 0; last_found_ < arrays_.size(); ++last_found_)
    if (holds(arrays_[last_found_])) return &arrays_[last_found_];
  return nullptr;
}

std::string SharedArena::place(std::size_t offset) const {
  const SharedArray* before = nullptr;
  for (const SharedArray& array : arrays_)
    if (array.offset <= offset) before = &array;
  if (!before)
    return arrays_.empty() ? "of shared memory that no array is allocated in"
                           : "before the first shared array";
  const std::size_t at = offset - before->offset;
  return fmt::format("at byte {}{} shared array '{}' ({} bytes)", at,
                     at < before->bytes ? " of" : ", past the end of", before->name, before->bytes);
}

}  // namespace warpgauge::simt::emulator
