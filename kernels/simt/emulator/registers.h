// A log of the thread's last writes to its stack. The local arrays that wgmma uses as registers are there.
//
// wgmma_fence orders the thread's accesses of registers before later wgmmas. The log counts the fences and
// keeps for each word the number of fences before its last write, and the source location.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>

#include "kernels/simt/emulator/site_table.h"

namespace warpgauge::simt::emulator {

class RegisterLog {
 public:
  void reset() { is_tracking_ = false; }

  // Tracking starts at the thread's first fence.
  bool is_tracking() const { return is_tracking_; }

  // Throws std::length_error after 2^20 fences of one thread.
  void fence(std::size_t stack_bytes) {
    if (!written_) written_.reset(allocate(stack_bytes / kWordBytes + 1));
    if (++fences_ >> (32 - SiteTable::kIdBits))
      throw std::length_error("emulator limit: 2^20 wgmma fences by one thread index, over all blocks");
    is_tracking_ = true;
  }

  void write(std::size_t offset, std::size_t bytes, std::uint32_t site) {
    for (std::size_t word = offset / kWordBytes; word * kWordBytes < offset + bytes; ++word)
      written_.get()[word] = fences_ << SiteTable::kIdBits | site;
  }

  // The site of the last write to these bytes if no fence has followed it.
  std::optional<std::uint32_t> unfenced(std::size_t offset, std::size_t bytes) const {
    for (std::size_t word = offset / kWordBytes; word * kWordBytes < offset + bytes; ++word)
      if (written_.get()[word] >> SiteTable::kIdBits == fences_)
        return written_.get()[word] & ((1u << SiteTable::kIdBits) - 1);
    return std::nullopt;
  }

 private:
  static constexpr std::size_t kWordBytes = 4;

  // calloc: the system zeroes pages on first use.
  static std::uint32_t* allocate(std::size_t words) {
    void* memory = std::calloc(words, kWordBytes);
    if (!memory) throw std::bad_alloc();
    return static_cast<std::uint32_t*>(memory);
  }
  struct Free {
    void operator()(std::uint32_t* memory) const { std::free(memory); }
  };

  bool is_tracking_ = false;
  std::uint32_t fences_ = 0;  // never reset, so that writes of earlier blocks count as fenced
  std::unique_ptr<std::uint32_t[], Free> written_;
};

// Whether two ranges have a byte in common.
inline bool overlap(const void* address, std::size_t bytes, const void* first, std::size_t size) {
  const auto* const at = static_cast<const char*>(address);
  const auto* const from = static_cast<const char*>(first);
  return at < from + size && from < at + bytes;
}

}  // namespace warpgauge::simt::emulator
