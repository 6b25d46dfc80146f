// The source location of a call: the last, defaulted parameter of each primitive. Empty on a GPU.
#pragma once

#include <cstdint>

#include "kernels/simt/target.h"

namespace warpgauge::simt {

#if defined(__CUDACC__)

struct Site {
  static SIMT_DEVICE constexpr Site here() { return {}; }
};

#else

// Either a file name and a line, or the code address of a plain access, whose line is looked up for a report.
// Packed into one word, because each access passes one.
class Site {
 public:
  Site() = default;

  SIMT_DEVICE static Site here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return Site(reinterpret_cast<std::uintptr_t>(file) | static_cast<std::uint64_t>(line) << kLineShift);
  }
  static Site code(const void* address) { return Site(reinterpret_cast<std::uintptr_t>(address) | kCode); }

  bool is_code() const { return (word_ & kCode) != 0; }
  const void* address() const { return reinterpret_cast<const void*>(word_ & kAddressMask); }
  int line() const { return static_cast<int>(word_ >> kLineShift); }
  std::uint64_t word() const { return word_; }
  bool operator==(const Site&) const = default;

 private:
  explicit Site(std::uint64_t word) : word_(word) {}

  static constexpr int kLineShift = 48;  // user-space addresses have 47 bits
  static constexpr std::uint64_t kCode = std::uint64_t{1} << 63;
  static constexpr std::uint64_t kAddressMask = (std::uint64_t{1} << kLineShift) - 1;
  std::uint64_t word_ = 0;
};

#endif

}  // namespace warpgauge::simt
