#include "kernels/simt/emulator/shared_arena.h"

#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>

namespace warpgauge::simt::emulator {
namespace {

// Offsets keep their place within this many bytes, so that swizzles and banks come out as on a GPU.
constexpr std::size_t kPeriodBytes = 1024;

char* allocate(std::size_t bytes) {
  void* memory = std::aligned_alloc(kPeriodBytes, bytes);
  if (!memory) throw std::bad_alloc();
  return static_cast<char*>(memory);
}

}  // namespace

SharedArena::SharedArena(std::size_t declared_bytes)
    : declared_bytes_(declared_bytes),
      capacity_((declared_bytes + kPeriodBytes - 1) / kPeriodBytes * kPeriodBytes +
                (kMostArrays + 1) * (kRedZoneBytes + kPeriodBytes)),
      memory_(allocate(capacity_), std::free) {
  arrays_.reserve(kMostArrays);
}

void SharedArena::reset() {
  arrays_.clear();
  used_ = 0;
  last_found_ = 0;
}

const SharedArray* SharedArena::carve(const char* name, std::size_t declared_offset, std::size_t bytes) {
  for (const SharedArray& array : arrays_)
    if (array.declared_offset == declared_offset && array.bytes == bytes)
      return std::string_view(array.name) == name ? &array : nullptr;
  const std::size_t declared_used =
      arrays_.empty() ? 0 : arrays_.back().declared_offset + arrays_.back().bytes;
  if (declared_offset < declared_used || declared_offset + bytes > declared_bytes_ ||
      arrays_.size() == kMostArrays)
    return nullptr;
  const std::size_t phase = declared_offset % kPeriodBytes;
  const std::size_t offset =
      (used_ + kRedZoneBytes + kPeriodBytes - 1 - phase) / kPeriodBytes * kPeriodBytes + phase;
  used_ = offset + bytes;
  std::memset(memory_.get() + offset, 0xff, bytes);
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
    return arrays_.empty() ? "in shared memory that was not carved" : "before the first shared array";
  const std::string name = std::string("shared array '") + before->name + "'";
  const std::string size = " (" + std::to_string(before->bytes) + " bytes)";
  if (offset < before->offset + before->bytes)
    return "at byte " + std::to_string(offset - before->offset) + " of " + name + size;
  return std::to_string(offset - before->offset - before->bytes) + " bytes past the end of " + name + size;
}

}  // namespace warpgauge::simt::emulator
