// Memory that notices every write, also one that is undone before anybody looks: pages are write-protected,
// and a fault is recorded before the write is allowed.
#pragma once

#include <cstddef>
#include <string>

namespace warpgauge::bench {

class WatchedMemory {
 public:
  // `bytes` that may be written or not, between pages that may not. They end at a page, except for what an
  // alignment of 256 bytes needs. Throws std::bad_alloc.
  WatchedMemory(std::size_t bytes, bool may_be_written);
  ~WatchedMemory();
  WatchedMemory(const WatchedMemory&) = delete;
  WatchedMemory& operator=(const WatchedMemory&) = delete;

  [[nodiscard]] void* data() const { return data_; }
  // From now on writes are recorded.
  void watch();
  // Empty, or the first write that was recorded: "12 bytes behind the end".
  [[nodiscard]] std::string violation() const;

 private:
  char* region_ = nullptr;
  std::size_t region_bytes_ = 0, bytes_;
  bool may_be_written_;
  char* data_ = nullptr;
  std::size_t slot_;
};

}  // namespace warpgauge::bench
