// A block's shared memory: the arrays that the kernel allocates, separated by red zones.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace warpgauge::simt::emulator {

struct SharedArray {
  const char* name;
  std::size_t declared_offset;  // in the kernel's layout, without red zones
  std::size_t offset;           // in the arena
  std::size_t bytes;
};

// What shared memory holds before the kernel writes it. NaN: 0xff bytes, NaN in every type.
enum class Contents { nan, zero, one, random };

class SharedArena {
 public:
  explicit SharedArena(std::size_t declared_bytes);

  std::size_t declared_bytes() const { return declared_bytes_; }
  std::size_t capacity() const { return capacity_; }
  std::size_t used() const { return used_; }
  bool contains(const void* address) const { return offset(address) < capacity_; }
  std::size_t offset(const void* address) const {  // wraps to a huge value for addresses below the arena
    return static_cast<std::size_t>(static_cast<const char*>(address) - memory_.get());
  }

  // Frees all arrays. New ones hold `contents`.
  void reset(Contents contents = Contents::nan);

  // The array at this offset of the kernel's layout, allocated by the first thread that asks for it. Null if
  // it does not fit, or differs from another thread's array.
  const SharedArray* allocate(const char* name, std::size_t declared_offset, std::size_t bytes);
  void* address(const SharedArray& array) const { return memory_.get() + array.offset; }

  // The array that contains all of these bytes; null if none does.
  const SharedArray* find(std::size_t offset, std::size_t bytes);

  // "at byte 64 of shared array 'keys' (8192 bytes)".
  std::string place(std::size_t offset) const;

 private:
  static constexpr std::size_t kRedZoneBytes = 1024;
  static constexpr std::size_t kMaxArrays = 64;

  std::size_t declared_bytes_;
  std::size_t capacity_;
  std::size_t used_ = 0;
  Contents contents_ = Contents::nan;
  std::unique_ptr<char, void (*)(void*)> memory_;
  std::vector<SharedArray> arrays_;
  std::size_t last_found_ = 0;
};

}  // namespace warpgauge::simt::emulator
