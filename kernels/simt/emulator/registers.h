// When a thread last wrote the words of its stack: what wgmma takes for registers lies there.
//
// wgmma_fence orders the thread's own accesses of registers before the wgmmas that follow. So the log counts
// fences, and keeps with each word after how many of them it was written, and where.
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
  void reset() { watches_ = false; }

  // Whether the thread has fenced, so that its writes matter from here on.
  bool watches() const { return watches_; }

  // Throws std::length_error after 2^20 fences of one thread.
  void fence(std::size_t stack_bytes) {
    if (!written_) written_.reset(allocate(stack_bytes / kWordBytes + 1));
    if (++fences_ >> (32 - SiteTable::kIdBits))
      throw std::length_error("a thread with too many wgmma fences for the emulator");
    watches_ = true;
  }

  void write(std::size_t offset, std::size_t bytes, std::uint32_t site) {
    for (std::size_t word = offset / kWordBytes; word * kWordBytes < offset + bytes; ++word)
      written_.get()[word] = fences_ << SiteTable::kIdBits | site;
  }

  // The site of a write to these bytes that no fence has followed.
  std::optional<std::uint32_t> unfenced(std::size_t offset, std::size_t bytes) const {
    for (std::size_t word = offset / kWordBytes; word * kWordBytes < offset + bytes; ++word)
      if (written_.get()[word] >> SiteTable::kIdBits == fences_)
        return written_.get()[word] & ((1u << SiteTable::kIdBits) - 1);
    return std::nullopt;
  }

 private:
  static constexpr std::size_t kWordBytes = 4;

  // Zeroed by the system page by page, as it is used.
  static std::uint32_t* allocate(std::size_t words) {
    void* memory = std::calloc(words, kWordBytes);
    if (!memory) throw std::bad_alloc();
    return static_cast<std::uint32_t*>(memory);
  }
  struct Free {
    void operator()(std::uint32_t* memory) const { std::free(memory); }
  };

  bool watches_ = false;
  std::uint32_t fences_ = 0;  // never reset: what earlier blocks wrote is old
  std::unique_ptr<std::uint32_t[], Free> written_;
};

// Whether two ranges of bytes share one.
inline bool overlap(const void* address, std::size_t bytes, const void* first, std::size_t size) {
  const auto* const at = static_cast<const char*>(address);
  const auto* const from = static_cast<const char*>(first);
  return at < from + size && from < at + bytes;
}

}  // namespace warpgauge::simt::emulator
